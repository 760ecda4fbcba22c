// Runs in Node for Windows: reads as a named consumer until the file STOP is there, and logs each sequence before it asks for the next one.
//   consume.mjs BUNDLE LOG STOP
import { existsSync, openSync, writeSync } from 'node:fs'

const [bundle, logPath, stop] = process.argv.slice(2)
const { openTap } = await import(bundle)
const log = openSync(logPath, 'a')
const stopping = new AbortController()
const looking = setInterval(() => existsSync(stop) && stopping.abort(), 20)
try {
  const tap = await openTap({ level: 'notification', from: { consumer: 'audit' }, signal: stopping.signal })
  writeSync(log, `opened by ${process.pid}\n`)
  for await (const { sequence } of tap) writeSync(log, `${sequence}\n`)
} catch (error) {
  writeSync(log, `${error.code}: ${error.message}\n`)
}
clearInterval(looking)
