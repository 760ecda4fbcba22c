// Runs in Node for Windows: follows the rings from now on and writes the first operations into a file. follow.mjs FILE COUNT
import { appendFileSync, writeFileSync } from 'node:fs'
import { openTap } from './index.js'

const [file, count] = process.argv.slice(2)
const tap = await openTap()
writeFileSync(file, '')
let left = Number(count)
for await (const operation of tap) {
  appendFileSync(file, `${JSON.stringify(operation)}\n`)
  if (--left === 0) break
}
