// Forwarders of several hosts in one process: node forwarders.mjs SETTINGS, a JSON object. Prints nothing but complaints, and ends on SIGTERM.
import { join } from 'node:path'
import { openForwarder } from '../../../build/sinks.js'

const { folder, hosts, url, credentials, checkpoints, syncMs, spool } = JSON.parse(process.argv[2])
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
// So that hosts do not begin in one moment.
const running = hosts.map(async (host) => {
  await new Promise((resolve) => setTimeout(resolve, 500 * Math.random()))
  const forwarder = await openForwarder({
    sources: [join(folder, host)],
    to: url,
    host,
    credentials,
    syncMs,
    lingerMs: 500,
    everyMs: 10_000,
    statisticsEveryMs: 5000,
    spool: spool && join(spool, host),
    spoolBytes: 4e6,
    checkpointFolder: join(checkpoints, host),
    signal: stop.signal,
    tell: (text) => process.stderr.write(`${host}: ${text}\n`),
  })
  await forwarder.run()
  forwarder.close()
})
await Promise.all(running)
