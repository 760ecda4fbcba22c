// The farm on one machine, with faults: hosts whose rings are written, forwarders as processes, real servers, a reader; and in the end every journalled
// record is at the reader once, or inside a loss that was told.
//
//   npm run farm -- --minutes 1 --json          three servers, each message on three
//   npm run farm -- --hosts 200 --faults kill,killAll
//
// The last line: hosts, produced, delivered, toldLost, lost, repeated, wrong, faults.
import { spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { openTap } from '../../../build/index.js'
import { startNats } from '../../../scripts/lib/nats-server.mjs'
import { inBuild } from '../../../scripts/lib/paths.mjs'
import { SmallDisk } from '../../../scripts/lib/small-disk.mjs'
import { stopWine, toWindowsPath } from '../../../scripts/lib/wine.mjs'
import { ensureSetupOrExit } from '../../../scripts/setup.mjs'
import { DISK_KIBIBYTES, faults } from './faults.mjs'
import { Links } from './links.mjs'
import { Process } from './processes.mjs'
import { whatServersSay } from './servers.mjs'
import { Host, Reading } from './truth.mjs'
import { prepareWindows, windowsBundle } from './windows.mjs'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    hosts: { type: 'string', default: '30' },
    processes: { type: 'string', default: '3' },
    nodes: { type: 'string', default: '3' },
    rate: { type: 'string', default: '10' },
    size: { type: 'string', default: '1GB' },
    /** Hosts whose forwarder is in Node for Windows under Wine; 1 where those are set up. */
    windows: { type: 'string' },
    faults: { type: 'string', default: Object.keys(faults).join(',') },
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})
const chosen = values.faults.split(',').filter((name) => name !== '')
const unknown = chosen.find((name) => !Object.hasOwn(faults, name))
if (unknown !== undefined) {
  process.stderr.write(`There is no fault "${unknown}"; there are ${Object.keys(faults).join(', ')}.\n`)
  process.exit(2)
}
await ensureSetupOrExit({ tiers: ['core', 'farm'] })
const windows = await prepareWindows(values.windows)

const SYNC_MS = 5000
/** After the last fault: hosts that wait long between attempts, elections, and a reader that is told of nothing more. */
const SETTLE_MS = 120_000 + 300 * Number(values.hosts)
/** Longer than any forwarder waits until its next attempt. */
const STUCK_MS = 45_000
const TOKEN = 'farm-token'
const say = (text) => process.stderr.write(`${text}\n`)

mkdirSync(inBuild('farm'), { recursive: true })
const home = mkdtempSync(inBuild('farm', 'run-'))
const credentials = join(home, 'token')
writeFileSync(credentials, TOKEN)
chmodSync(credentials, 0o600)
process.env.MPRTAP_CREDENTIALS = credentials

/** Disks that may become full, where this machine mounts any. */
const disks = await Promise.all(Array.from({ length: Number(values.nodes) + 1 }, () => SmallDisk.mount(DISK_KIBIBYTES)))
const isMounted = disks.every((disk) => typeof disk !== 'string')
if (!isMounted) say(`no disk here can become full: ${disks.find((disk) => typeof disk === 'string')}`)
const spoolDisk = isMounted ? disks.pop() : undefined
const stores = isMounted ? disks.map(({ directory }) => join(directory, 'store')) : undefined

// More than all streams may take, and once more what is being copied.
const MAX_FILE = 16 * 2 ** 30
const servers = await startNats({ maxFile: MAX_FILE, nodes: Number(values.nodes), folder: join(home, 'servers'), stores, more: `authorization { token: "${TOKEN}" }` }) // biome-ignore format: one call
const links = await Links.to(servers.nodes)
const connection = await connect({ servers: servers.url.split(','), token: TOKEN, maxReconnectAttempts: -1, reconnectTimeWait: 200, ignoreAuthErrorAbort: true, timeout: 2000, pingInterval: 3000 }) // biome-ignore format: one call
const manager = await jetstreamManager(connection, { checkAPI: false })
const cli = join(import.meta.dirname, '../../../build/cli.js')

/** The command, to its end; what it printed. */
async function mprtap(...args) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  return { code, text }
}
const initFarm = () => mprtap('farm', 'init', `${servers.url}/MPRTAP`, '--replicas', values.nodes, '--max-size', values.size, '--credentials', credentials) // biome-ignore format: one call
if ((await initFarm()).code !== 0) throw new Error('farm init failed')

const hosts = Array.from(
  { length: Number(values.hosts) },
  (_, i) => new Host(join(home, 'hosts'), `RDS${String(i + 1).padStart(4, '0')}`, i + 1),
)

const log = join(home, 'processes.log')
let started = 0
/** A process with the forwarders of some hosts. */
function startForwarders(some, { checkpoints = 'first', isSpooling = false, isOnWindows = false } = {}) {
  const there = isOnWindows ? toWindowsPath : (path) => path
  const settings = {
    bundle: isOnWindows ? windowsBundle : pathToFileURL(inBuild('sinks.js')).href,
    // On Windows a ring of a folder has to belong to the user of its name.
    hosts: some.map(({ name, ring, folder }) => ({ name, source: there(isOnWindows ? ring : folder) })),
    url: links.url,
    credentials: there(credentials),
    checkpoints: there(join(home, checkpoints)),
    syncMs: SYNC_MS,
    spool: isSpooling ? spoolDisk?.directory : undefined,
  }
  const one = new Process('forwarders.mjs', join(home, `forwarders-${++started}`), settings, log, isOnWindows)
  return Object.assign(one, { hosts: some, isSpooling })
}
const onWindows = hosts.slice(hosts.length - windows)
const onLinux = hosts.slice(0, hosts.length - windows)
const share = Math.ceil(onLinux.length / Number(values.processes))
// The hosts of the first process have a spool.
const forwarders = Array.from({ length: Number(values.processes) }, (_, i) =>
  startForwarders(onLinux.slice(i * share, (i + 1) * share), { isSpooling: i === 0 }),
)
for (const host of onWindows) forwarders.push(startForwarders([host], { isOnWindows: true }))
/** Two readers that share the work. */
const readers = ['0-31', '32-63'].map((partitions) => {
  const results = join(home, `reader-${partitions}`)
  const settings = { url: links.url, partitions, consumer: `reader-${partitions}`, checkpoints: join(home, 'readers'), results }
  return Object.assign(new Process('reader.mjs', join(home, `stop-${partitions}`), settings, log), { results })
})
process.on('exit', () => {
  if (windows > 0) stopWine()
  for (const one of [...forwarders, ...readers]) one.signal('SIGKILL')
})
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => process.exit(1))

/** Reads the stream into a reading; live until it is closed, or what is there now. */
async function read(reading, follow, url) {
  const tap = await openTap({
    sources: [`${url}/MPRTAP`],
    level: 'notification',
    from: 'oldest',
    follow,
    onLoss: (loss) => reading.lose(loss),
    onDiagnostic: ({ text }) => say(`reader: ${text}`),
  })
  const done = (async () => {
    for await (const row of tap) reading.take(row)
  })()
  return { tap, done }
}
const live = new Reading(hosts)
/** What the readers that share the work have written down. */
const shared = new Reading(hosts, readers.map(({ results }) => results)) // biome-ignore format: one line
const reader = await read(live, true, links.url)

const produced = () => hosts.reduce((sum, { journal }) => sum + journal.filter((number) => number !== undefined).length, 0)
let isWriting = true
const writing = (async () => {
  while (isWriting) {
    for (const host of hosts) host.write(Math.floor(Math.random() * 2 * (Number(values.rate) / 5) + Math.random()))
    await delay(200)
  }
})()

// All that the live reader has got is in the stream up to here: what is before may be purged.
const readUpTo = async () => {
  const before = await manager.streams.info('MPRTAP').then(
    ({ state }) => state.last_seq,
    () => 0,
  )
  const goal = produced()
  const haveRead = () => shared.readOn() >= goal && live.heard >= goal
  for (let i = 0; i < 100 && !haveRead(); i++) await delay(50)
  return haveRead() ? before : 0
}

// Nothing befalls a farm that is not there yet.
for (const host of hosts) host.write(1)
const everyoneBy = performance.now() + SETTLE_MS
for (const written = produced(); Math.min(live.heard, shared.readOn()) < written; await delay(500))
  if (performance.now() > everyoneBy) throw new Error(`not all hosts are heard of, before any fault: ${log} may say why`)
say(`all hosts are heard of; ${produced()} written`)

const happened = {}
const end = performance.now() + Number(values.minutes) * 60_000
const farm = { servers, manager, links, disks: isMounted ? disks : [], spoolDisk, forwarders, readers, hosts, startForwarders, readUpTo, token: TOKEN, syncMs: SYNC_MS } // biome-ignore format: one object
let order = []
while (performance.now() < end) {
  await delay(1000 + 2000 * Math.random())
  if (chosen.length === 0) continue
  if (order.length === 0) order = [...chosen].sort(() => Math.random() - 0.5)
  const name = order.pop()
  say(`${Math.round((end - performance.now()) / 1000)} s left: ${name}; ${produced()} written, ${live.heard} heard of`)
  try {
    await faults[name](farm)
    happened[name] = (happened[name] ?? 0) + 1
  } catch (error) {
    say(`the fault ${name} could not be made: ${error.message}`)
    links.mend()
    await servers.start().catch(() => {})
  }
}

isWriting = false
await writing
await servers.start()
say(`settling; ${produced()} written, ${live.heard} heard of`)
const deadline = performance.now() + SETTLE_MS
// An administrator looks after it: servers that lost their disks' last writes may have lost a change of the stream's settings, too.
while ((await initFarm()).code !== 0 && performance.now() < deadline) await delay(2000)
const heardByAll = () => Math.min(live.heard, shared.readOn())
let movedAt = performance.now()
let restarts = 0
for (let heard = heardByAll(); heard < produced() && performance.now() < deadline; await delay(200)) {
  const now = heardByAll()
  if (now > heard) movedAt = performance.now()
  heard = now
  if (performance.now() - movedAt < STUCK_MS) continue
  // Servers that lost a part of their disks can come to disagree for good: one says that there is no such stream, and another takes its messages.
  say(`nothing has moved for ${STUCK_MS / 1000} s: all servers are started anew, as an administrator does it; ${heard} heard of`)
  for (const line of await whatServersSay(servers, TOKEN)) say(line)
  await Promise.all(servers.nodes.map((node) => node.stop('SIGTERM')))
  await servers.start()
  restarts++
  movedAt = performance.now()
}
const settledMs = SETTLE_MS - (deadline - performance.now())
/** What `report --farm` says of the statistics that hosts publish. */
async function countedByHosts() {
  const { text } = await mprtap('report', '--farm', '--json', `${servers.url}/MPRTAP`)
  return text === '' ? { operations: 0, lost: 0 } : JSON.parse(text.trim().split('\n').at(-1))
}
// Each host publishes them every few seconds; the last time when it ends, if the engine answers at once.
let counted = await countedByHosts()
for (; counted.operations + counted.lost < produced() && performance.now() < deadline; counted = await countedByHosts()) await delay(3000)
await Promise.all(forwarders.map((one) => one.stop('SIGTERM')))
await Promise.all(readers.map((one) => one.stop('SIGTERM')))
shared.readOn()
await reader.tap.close()
await reader.done
const again = new Reading(hosts)
const second = await read(again, false, servers.url)
await second.done
// What was purged is not there for the second reader; all else has to be, and nothing may come twice or wrong.
const { delivered, toldLost, lost, repeated, wrong } = live.judge(again)
const byTwo = shared.judge(again)
for (const sentence of [...live.wrong, ...again.wrong, ...shared.wrong].slice(0, 20)) say(sentence)
counted = await countedByHosts()
const result = {
  hosts: hosts.length,
  windows,
  produced: produced(),
  delivered,
  toldLost,
  lost: lost + byTwo.lost,
  repeated: repeated + again.repeated + byTwo.repeated,
  wrong: wrong + again.wrong.length + byTwo.wrong,
  faults: happened,
  /** Of the statistics that hosts published: operations, and records that were lost before they were counted. */
  counted: counted.operations,
  uncounted: counted.lost,
  settledMs: Math.round(settledMs),
  /** Servers started anew because nothing moved. */
  restarts,
  readAgain: again.delivered,
}
for (const host of hosts) host.close()
await connection.close()
// What they said is kept with the rest.
for (const { name, folder } of servers.nodes) copyFileSync(join(folder, 'server.log'), join(home, `${name}.log`))
await servers.stop()
links.close()
if (isMounted) for (const disk of [...disks, spoolDisk]) disk.remove()
const isGood =
  lost === 0 &&
  result.repeated === 0 &&
  result.wrong === 0 &&
  delivered + toldLost === result.produced &&
  counted.operations + counted.lost === result.produced
if (isGood && !values.keep) rmSync(home, { recursive: true, force: true })
else say(`what is left is in ${home}`)
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${Object.entries(result).map(([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ')}\n`) // biome-ignore format: one line
process.exit(isGood ? 0 : 1)
