// Runs in Node for Windows: opens what is no ring, then a ring that is cut off while it is read, until an operation comes.
// survive.mjs BUNDLE RING READY-FILE CUT-FILE, which is made when the tap has left the ring
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const [bundle, ring, ready, cut] = process.argv.slice(2)
const { openTap } = await import(bundle)
const failure = (path) => openTap({ sources: [path] }).catch((error) => [error.code, error.cause?.code])
const missing = await failure(`${ring}.not-there`)
const directory = await failure(dirname(ring))

const tap = await openTap({ sources: [ring] })
writeFileSync(ready, '')
const looking = setInterval(() => {
  if (tap.stats().rings > 0) return
  writeFileSync(cut, '')
  clearInterval(looking)
}, 20)
for await (const { remoteName } of tap) {
  process.stdout.write(JSON.stringify({ missing, directory, remoteName }))
  break
}
