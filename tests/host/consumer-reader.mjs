// Reads as a named consumer until it is killed or told to stop, and writes each sequence into a log before it asks for the next one:
//   consumer-reader.mjs INDEX_JS RINGS_DIRECTORY LOG operation|notification
import { openSync, writeSync } from 'node:fs'

const [, , index, directory, logPath, level] = process.argv
const { openTap } = await import(index)
const log = openSync(logPath, 'a')
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const tap = await openTap({ sources: [directory], level, from: { consumer: 'killed' }, signal: stop.signal })
for await (const { sequence } of tap) writeSync(log, `${sequence}\n`)
