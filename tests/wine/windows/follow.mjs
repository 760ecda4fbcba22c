// Runs in Node for Windows: follows the rings from now on and writes the first operations into a file. follow.mjs BUNDLE FILE COUNT
import { appendFileSync, writeFileSync } from 'node:fs'

const [bundle, file, count] = process.argv.slice(2)
const { openTap } = await import(bundle)
const tap = await openTap()
writeFileSync(file, '')
let left = Number(count)
for await (const operation of tap) {
  appendFileSync(file, `${JSON.stringify(operation)}\n`)
  if (--left === 0) break
}
