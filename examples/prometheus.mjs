// Counts and durations for Prometheus: http://127.0.0.1:9464/metrics   node prometheus.mjs PORT [SOURCE…]
// `mprtap serve` has more metrics, ready made; this is for a program that has a registry of its own.
import { createServer } from 'node:http'
import { openTap } from 'mprtap'
import prometheus from 'prom-client'

const [port = '9464', ...sources] = process.argv.slice(2)
const operations = new prometheus.Counter({
  name: 'connection_operations_total',
  help: 'Connections that programs asked for.',
  // Few values each. Shares, users and programs are many: they would make a time series each.
  labelNames: ['kind', 'outcome'],
})
const durations = new prometheus.Histogram({
  name: 'connection_duration_seconds',
  help: 'How long they took.',
  buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60],
})
const tap = await openTap({ sources })
new prometheus.Gauge({
  name: 'connection_records_lost',
  help: 'Records that this program has missed.',
  collect() {
    this.set(tap.stats().lost)
  },
})

const server = createServer(async (_, response) => {
  response.setHeader('content-type', prometheus.register.contentType)
  response.end(await prometheus.register.metrics())
}).listen(Number(port), '127.0.0.1', () => console.log(`listening on port ${server.address().port}`))

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => tap.close())
for await (const { kind, outcome, durationMs } of tap) {
  operations.inc({ kind, outcome })
  if (durationMs !== undefined) durations.observe(durationMs / 1000)
}
server.close()
server.closeAllConnections()
