// Starts nats-server with JetStream, prints its URLs, and ends it on Ctrl-C.
//   node scripts/nats.mjs [--nodes 3]
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { startNats } from './lib/nats-server.mjs'
import { ensureSetupOrExit } from './setup.mjs'

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '1' } } })
await ensureSetupOrExit({ tiers: ['farm'] })
const servers = await startNats({ nodes: Number(values.nodes) })
for (const { name, url, child } of servers.nodes) process.stdout.write(`${name} ${url} (process ${child.pid})\n`)
process.stdout.write(`ready: ${servers.url}\n`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await servers.stop()
