// npm run bench -- farm: how many operations a second one host forwards to one real server and to three, against a message an operation; and how soon a
// record is at a reader. Servers, forwarder and reader share the machine.

import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { FarmStatistics } from '../../host/analysis/farm-statistics.ts'
import { packStatistics, unpackStatistics } from '../../host/analysis/host-statistics.ts'
import { openJetStreamForwarder } from '../../host/forwarding/forward-jetstream.ts'
import { openTap } from '../../host/index.ts'
import { CELLS, cellOf } from '../../host/model/duration-cells.ts'
import { initFarm } from '../../host/streams/farm-stream.ts'
import { readBucket, valueSubjectOf } from '../../host/streams/statistics-bucket.ts'
import { writeRings } from '../../host/testing/index.ts'
import { operationJson } from '../../host/text/event-json.ts'
import { startNats } from '../../scripts/lib/nats-server.mjs'
import { environment } from '../lib/environment.ts'
import { median, percentile } from '../lib/measure.ts'
import { makeRing, startWriter, withFolder } from '../lib/rings.ts'

const quick = process.argv.includes('--quick')
const OPERATIONS = quick ? 50_000 : 200_000
const SINGLES = quick ? 5000 : 20_000
/** Messages on their way, of a sender that sends each operation alone. */
const WINDOW = 256
const RATE = 20
/** Hosts that have published statistics, and servers of each. */
const HOSTS = 1000
const SERVERS = 30
const SECONDS = quick ? 5 : 20
const tell = (text: string) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`))

interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
}

function forwarderOf(sources: string[], to: string, checkpointFolder: string, lingerMs: number, signal: AbortSignal) {
  return openJetStreamForwarder({
    sources,
    to,
    checkpointFolder,
    lingerMs,
    signal,
    site: 'main',
    host: 'BENCH',
    everyMs: 60_000,
    statisticsEveryMs: 0,
    consumer: 'bench',
    spoolBytes: 0,
    rotateBytes: 0,
    keep: 0,
    stdout: process.stdout,
    version: 'bench',
    tell: (text) => void process.stderr.write(`${text}\n`),
  })
}

async function withServers<Result>(
  nodes: number,
  work: (url: string, manager: Awaited<ReturnType<typeof jetstreamManager>>, connection: NatsConnection) => Promise<Result>,
) {
  const servers = await startNats({ nodes })
  const connection = await connect({ servers: servers.url.split(',') })
  try {
    const manager = await jetstreamManager(connection)
    await initFarm(manager, { name: 'MPRTAP', replicas: nodes, maxAgeMs: 3_600_000, maxBytes: 2 ** 30 })
    return await work(servers.url, manager, connection)
  } finally {
    await connection.close()
    await servers.stop()
  }
}

/** Operations a second, from the first look to the acknowledgement of the last; and bytes an operation in the stream. */
async function forwardRate(folder: string, nodes: number): Promise<{ rate: number; bytes: number }> {
  return withServers(nodes, async (url, manager) => {
    const stop = new AbortController()
    const forwarder = await forwarderOf([join(folder, 'rings')], url, join(folder, `checkpoints-${nodes}`), 100, stop.signal)
    const started = performance.now()
    const run = forwarder.run()
    let quietSince = performance.now()
    let sent = 0
    // All of it is sent when nothing more has been for a second.
    while (sent === 0 || performance.now() - quietSince < 1000) {
      if (forwarder.counts.sent !== sent) quietSince = performance.now()
      sent = forwarder.counts.sent
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    stop.abort()
    const { records, lost } = await run
    forwarder.close()
    if (lost > 0 || records < OPERATIONS) throw new Error(`${records} records were sent and ${lost} lost of ${OPERATIONS} operations`)
    const { state } = await manager.streams.info('MPRTAP')
    return { rate: OPERATIONS / ((quietSince - started) / 1000), bytes: state.bytes / OPERATIONS }
  })
}

/** The same operations as lines of JSON, a message each. */
async function singleRate(folder: string, nodes: number): Promise<number> {
  return withServers(nodes, async (_, manager) => {
    const lines: Buffer[] = []
    const tap = await openTap({ sources: [join(folder, 'rings')], follow: false })
    for await (const operation of tap) {
      lines.push(Buffer.from(operationJson(operation)))
      if (lines.length === SINGLES) break
    }
    const stream = manager.jetstream()
    const started = performance.now()
    const next = lines.entries()
    const send = async () => {
      for (const [i, line] of next) await stream.publish('mprtap.bench', line, { msgID: String(i) })
    }
    await Promise.all(Array.from({ length: WINDOW }, send))
    return SINGLES / ((performance.now() - started) / 1000)
  })
}

/** What `report --farm` does, from the first question to the sorted groups, ms. */
async function farmReport(): Promise<{ ms: number; bytes: number }> {
  return withServers(1, async (_, manager, connection) => {
    const stream = manager.jetstream()
    let bytes = 0
    for (let host = 0; host < HOSTS; host++) {
      const server = Array.from({ length: SERVERS }, (__, i) => {
        const cells = new Float64Array(CELLS)
        // Different for each host and server, so that it compresses no better than what is real.
        for (let n = 0; n < 60; n++) cells[cellOf(2 ** (4 + ((n * 7 + host) % 60) / 6))]! += 1 + ((n * 7919 * (host + 3) * (i + 5)) % 997)
        const count = cells.reduce((sum, inCell) => sum + inCell)
        const durations = { count, sum: count * 300.5, min: 16, max: 16_384, cells }
        return { key: `fs${(host * 7 + i) % 200}.corp.example`, outcomes: [count, 8, 1, 1] as const, durations }
      })
      const value = packStatistics({
        since: 0,
        at: 1,
        lost: 0,
        isFull: false,
        outcomes: [1500, 240, 30, 30],
        groups: { server, error: [] },
      })
      bytes += value.length
      await stream.publish(valueSubjectOf('MPRTAP', 'main', `RDS${host}`), value)
    }
    const started = performance.now()
    const farm = new FarmStatistics()
    await readBucket(connection, 'MPRTAP', ({ bytes: value }) => {
      const read = unpackStatistics(value)
      if (typeof read === 'object') farm.add(read)
    })
    const groups = farm.groups('server').length
    const ms = performance.now() - started
    if (farm.hosts !== HOSTS || groups !== 200) throw new Error(`${farm.hosts} hosts and ${groups} groups were read`)
    return { ms, bytes: bytes / HOSTS }
  })
}

/** From a writer's clock to the iteration of a tap of the stream, ms. */
async function latencies(folder: string, lingerMs: number): Promise<number[]> {
  return withServers(1, async (url) => {
    const stop = new AbortController()
    const path = makeRing(folder, 14, 1000 + lingerMs)
    const forwarder = await forwarderOf([path], url, join(folder, `latency-${lingerMs}`), lingerMs, stop.signal)
    const run = forwarder.run()
    const tap = await openTap({ sources: [`${url}/MPRTAP`], level: 'notification', from: 'oldest' })
    const times: number[] = []
    const count = RATE * SECONDS
    const written = startWriter(path, RATE, count)
    for await (const notification of tap) {
      times.push(performance.timeOrigin + performance.now() - notification.time)
      if (times.length === count) break
    }
    await written
    stop.abort()
    await run
    forwarder.close()
    // The first ones wait for connections.
    return times.slice(count / 5)
  })
}

const figures = await withFolder(async (folder) => {
  const found: Figure[] = []
  tell('making rings')
  writeRings(join(folder, 'rings'), { seed: 1, operations: OPERATIONS, users: 8, slotCountLog2: 17 })
  for (const nodes of [1, 3]) {
    tell(`${nodes} servers`)
    const { rate, bytes } = await forwardRate(folder, nodes)
    const single = await singleRate(folder, nodes)
    const to = nodes === 1 ? 'one server' : 'three servers, each message on all'
    found.push({ what: `forward to ${to}`, value: rate, unit: 'operations/s' })
    if (nodes === 1) found.push({ what: 'bytes of the stream', value: bytes, unit: 'bytes/operation' })
    found.push({ what: `a message an operation to ${to}`, value: single, unit: 'operations/s' })
    found.push({ what: `a message a batch, against a message an operation, to ${to}`, value: rate / single, unit: 'x' })
  }
  tell(`${HOSTS} hosts`)
  const report = await farmReport()
  found.push({ what: `report --farm over ${HOSTS} hosts with ${SERVERS} servers each`, value: report.ms, unit: 'ms' })
  found.push({ what: 'statistics of such a host', value: report.bytes, unit: 'bytes' })
  for (const lingerMs of [20, 1000]) {
    tell(`latency, linger ${lingerMs} ms`)
    const times = await latencies(folder, lingerMs)
    found.push({ what: `${RATE} records/s, linger ${lingerMs} ms: median to a reader of the stream`, value: median(times), unit: 'ms' })
    found.push({
      what: `${RATE} records/s, linger ${lingerMs} ms: p99 to a reader of the stream`,
      value: percentile(times, 0.99),
      unit: 'ms',
    })
  }
  tell('')
  return found
})
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
