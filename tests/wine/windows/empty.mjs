// Runs in Node for Windows: opens the rings of this machine while the only one has no bytes, says so, and reads what is in it later.
// empty.mjs BUNDLE READY-FILE
import { writeFileSync } from 'node:fs'

const [bundle, ready] = process.argv.slice(2)
const { openTap } = await import(bundle)
const told = []
const tap = await openTap({ onDiagnostic: (text) => told.push(text) })
const { rings } = tap.stats()
writeFileSync(ready, '')
for await (const { remoteName } of tap) {
  process.stdout.write(JSON.stringify({ rings, told, remoteName }))
  break
}
