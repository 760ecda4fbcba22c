// Every connection that fails, as it happens.   node watch.mjs [SOURCE…]
import { openTap } from 'mprtap'

const tap = await openTap({ sources: process.argv.slice(2), filter: 'outcome == "failed"' })
for await (const { remoteName, error, durationMs } of tap) console.log(remoteName, error.name, durationMs)
