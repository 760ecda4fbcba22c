// npm run bench -- farm: how many operations a second one host forwards to one real server and to three, against a message an operation; and how soon a
// record is at a reader. Servers, forwarder and reader share the machine.

import { join } from 'node:path'
import { FarmStatistics } from '../../host/analysis/farm-statistics.ts'
import { packStatistics, unpackStatistics } from '../../host/analysis/host-statistics.ts'
import { openTap } from '../../host/index.ts'
import { CELLS, cellOf } from '../../host/model/duration-cells.ts'
import { readBucket, valueSubjectOf } from '../../host/streams/statistics-bucket.ts'
import { writeRings } from '../../host/testing/index.ts'
import { operationJson } from '../../host/text/event-json.ts'
import { environment } from '../lib/environment.ts'
import { exactNow, exactTime } from '../lib/exact-time.ts'
import { median, percentile } from '../lib/measure.ts'
import { makeRing, startWriter, withFolder } from '../lib/rings.ts'
import { forwardHosts, hostLatencies } from './hosts.ts'
import { idle } from './idle.ts'
import { outage } from './outage.ts'
import { forwarderOf, pause, withServers } from './servers.ts'

const quick = process.argv.includes('--quick')
const OPERATIONS = quick ? 50_000 : 200_000
const SINGLES = quick ? 5000 : 20_000
/** Messages on their way, of a sender that sends each operation alone. */
const WINDOW = 256
const RATE = 20
/** Hosts that have published statistics, and servers of each. */
const HOSTS = 1000
const SERVERS = 30
/** Hosts that forward at one time on this machine. */
const LIVE_HOSTS = quick ? 50 : 1000
const SECONDS = quick ? 5 : 20
const tell = (text: string) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`))

interface Figure {
  readonly what: string
  readonly value: number
  readonly unit: string
}

/** Operations a second, from the first look to the acknowledgement of the last; and bytes an operation in the stream. */
async function forwardRate(folder: string, nodes: number): Promise<{ rate: number; bytes: number }> {
  return withServers(nodes, async ({ url, manager }) => {
    const stop = new AbortController()
    const sources = [join(folder, 'rings')]
    const forwarder = await forwarderOf({ sources, to: url, checkpointFolder: join(folder, `checkpoints-${nodes}`), lingerMs: 100, signal: stop.signal }) // biome-ignore format: one call
    const started = performance.now()
    const run = forwarder.run()
    let quietSince = performance.now()
    let sent = 0
    // All of it is sent when nothing more has been for a second.
    while (sent === 0 || performance.now() - quietSince < 1000) {
      if (forwarder.counts.sent !== sent) quietSince = performance.now()
      sent = forwarder.counts.sent
      await pause(20)
    }
    stop.abort()
    const { records, lost } = await run
    forwarder.close()
    if (lost > 0 || records < OPERATIONS) throw new Error(`${records} records were sent and ${lost} lost of ${OPERATIONS} operations`)
    const { state } = await manager.streams.info('MPRTAP')
    return { rate: OPERATIONS / ((quietSince - started) / 1000), bytes: state.bytes / OPERATIONS }
  })
}

/** The same operations by a program that reads them and sends a line of JSON for each: a message an operation, many on their way. */
async function singleRate(folder: string, nodes: number): Promise<number> {
  return withServers(nodes, async ({ manager }) => {
    const stream = manager.jetstream()
    const started = performance.now()
    let sent = 0
    let onTheirWay = 0
    let answered = () => {}
    for await (const operation of await openTap({ sources: [join(folder, 'rings')], follow: false })) {
      onTheirWay++
      void stream.publish('mprtap.bench', operationJson(operation), { msgID: operation.id }).then(() => {
        onTheirWay--
        answered()
      })
      if (++sent === SINGLES) break
      while (onTheirWay >= WINDOW) await new Promise<void>((resolve) => (answered = resolve))
    }
    while (onTheirWay > 0) await new Promise<void>((resolve) => (answered = resolve))
    return SINGLES / ((performance.now() - started) / 1000)
  })
}

/** What `report --farm` does, from the first question to the sorted groups, ms. */
async function farmReport(): Promise<{ ms: number; bytes: number }> {
  return withServers(1, async ({ manager, connection }) => {
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
  return withServers(1, async ({ url }) => {
    const stop = new AbortController()
    const path = makeRing(folder, 14, 1000 + lingerMs)
    const forwarder = await forwarderOf({
      sources: [path],
      to: url,
      checkpointFolder: join(folder, `latency-${lingerMs}`),
      lingerMs,
      signal: stop.signal,
    })
    const run = forwarder.run()
    const tap = await openTap({ sources: [`${url}/MPRTAP`], level: 'notification', from: 'oldest' })
    const times: number[] = []
    const count = RATE * SECONDS
    const written = startWriter(path, RATE, count)
    for await (const notification of tap) {
      times.push(exactNow() - exactTime(notification.timestamp))
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

const role = process.argv.find((argument) => argument.startsWith('--forward-hosts='))
if (role !== undefined) await forwardHosts(role.slice(role.indexOf('=') + 1))

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
  tell('one host, a few records a second')
  const { processorPercent, overBareNode } = await idle(folder, SECONDS)
  found.push({ what: 'mprtap forward at 20 records/s: processor', value: processorPercent, unit: '% of a core' })
  found.push({ what: 'memory over Node with koffi', value: overBareNode, unit: 'MB' })
  tell('an outage')
  found.push({ what: 'after 10 minutes at 10 operations/s without the engine: sent again within', value: await outage(folder), unit: 'ms' })
  tell(`${LIVE_HOSTS} hosts live`)
  const live = (await hostLatencies(folder, LIVE_HOSTS, SECONDS)).sort((a, b) => a - b)
  for (const [name, q] of [
    ['median', 0.5],
    ['p99', 0.99],
  ] as const)
    found.push({
      what: `${LIVE_HOSTS} hosts x 10 operations/s, linger 500 ms: ${name} to a reader of the stream`,
      value: percentile(live, q),
      unit: 'ms',
    })
  tell('')
  return found
})
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
