// Forwarders of several hosts in one process: node forwarders.mjs FILE, with its settings as JSON. Prints nothing but complaints, and ends in good order
// when its stop file is there.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const { bundle, hosts, url, credentials, checkpoints, syncMs, spool, stopFile } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const { openForwarder } = await import(bundle)
const stop = new AbortController()
const looking = setInterval(() => existsSync(stopFile) && stop.abort(), 200)
// So that hosts do not begin in one moment.
const running = hosts.map(async ({ name, source }) => {
  await new Promise((resolve) => setTimeout(resolve, 500 * Math.random()))
  const forwarder = await openForwarder({
    sources: [source],
    to: url,
    host: name,
    credentials,
    syncMs,
    lingerMs: 500,
    everyMs: 10_000,
    statisticsEveryMs: 5000,
    spool: spool && join(spool, name),
    spoolBytes: 4e6,
    checkpointFolder: join(checkpoints, name),
    signal: stop.signal,
    tell: (text) => process.stderr.write(`${name}: ${text}\n`),
  })
  await forwarder.run()
  forwarder.close()
})
await Promise.all(running)
clearInterval(looking)
