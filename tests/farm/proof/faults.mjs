// What befalls the farm while it runs. Each fault begins, lasts, and is over when its promise resolves.
import { cpSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { headers } from '@nats-io/transport-node'

const any = (list) => list[Math.floor(Math.random() * list.length)]
const between = (least, most) => least + Math.random() * (most - least)

const UNTIL_DONE_MS = 60_000

/** Of a disk, as nobody is short of it. */
export const DISK_KIBIBYTES = 2 << 20

const usedKibibytes = (folder) => {
  const { bsize, blocks, bfree } = statfsSync(folder)
  return Math.ceil((bsize * (blocks - bfree)) / 1024)
}

/** Leaves nothing free but a little. What is written at the same moment may need more: then it is looked at again. */
async function fill(disk) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await disk.resize(usedKibibytes(disk.directory) + 16)
    } catch (error) {
      if (attempt === 10) throw error
    }
  }
}

const some = (list, count) => [...list].sort(() => Math.random() - 0.5).slice(0, count)

/** The folder stays, as it may be a disk. */
const clear = (folder) => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
}

/** Links are bad for a while: one of them, or all. */
async function whileBad(links, make, ms, isAll = Math.random() < 0.5) {
  for (const link of isAll ? links.all : [any(links.all)]) make(link)
  await delay(ms)
  links.mend()
}

/** The stream has other settings for a while. A change that nobody confirms may have been made all the same. */
async function whileOtherwise(manager, change, work) {
  const { config, state } = await manager.streams.info('MPRTAP')
  try {
    await manager.streams.update('MPRTAP', { ...config, ...change(state) })
    await work()
  } finally {
    await untilDone(() => manager.streams.update('MPRTAP', { ...config }))
  }
}

/**
 * Servers that lost a part of what they had may disagree for good in nats-server 2.9: each says that it is current, and has other messages at the same
 * sequences, or fewer. An administrator has the leader's made the only copy, and then copied again.
 */
async function copyAgain(manager, replicas) {
  if (replicas === 1) return
  for (const name of ['MPRTAP', 'KV_MPRTAP_statistics']) {
    for (const num_replicas of [1, replicas])
      await untilDone(async () => {
        const { config } = await manager.streams.info(name)
        await manager.streams.update(name, { ...config, num_replicas })
      })
    await untilDone(async () => {
      const { cluster } = await manager.streams.info(name)
      if (cluster?.replicas?.length !== replicas - 1 || !cluster.replicas.every(({ current }) => current)) throw new Error('not copied yet')
    })
  }
}

/** The stores of these servers are put back to what they were a moment ago. */
async function putBack({ servers, manager, syncMs }, nodes) {
  const copyOf = (node) => join(node.folder, 'copy')
  for (const node of nodes) node.signal('SIGSTOP')
  for (const node of nodes) cpSync(node.store, copyOf(node), { recursive: true })
  for (const node of nodes) node.signal('SIGCONT')
  await delay(between(500, syncMs))
  await Promise.all(servers.nodes.map((node) => node.stop()))
  for (const node of nodes) {
    clear(node.store)
    cpSync(copyOf(node), node.store, { recursive: true })
    rmSync(copyOf(node), { recursive: true })
  }
  await servers.start()
  await copyAgain(manager, servers.nodes.length)
}

async function stopAndStart(servers, nodes, ms) {
  await Promise.all(nodes.map((node) => node.stop()))
  await delay(ms)
  await servers.start()
}

/** The server that leads the stream, as far as one can be asked. */
async function leaderOf({ servers, manager }) {
  const name = await manager.streams.info('MPRTAP').then(
    ({ cluster }) => cluster?.leader,
    () => undefined,
  )
  return servers.nodes.find((node) => node.name === name) ?? any(servers.nodes)
}

/** By name. `syncMs` is what forwarders take for the servers' sync interval. */
export const faults = {
  /** A server is killed and started again. */
  kill: ({ servers }) => stopAndStart(servers, [any(servers.nodes)], between(200, 3000)),
  /** The stream's leader is. */
  killLeader: async (farm) => stopAndStart(farm.servers, [await leaderOf(farm)], between(200, 3000)),
  /** All are. */
  killAll: ({ servers }) => stopAndStart(servers, servers.nodes, between(200, 2000)),
  /** One after the other ends in good order and is started again. */
  rollingRestart: async ({ servers }) => {
    for (const node of servers.nodes) {
      await node.stop('SIGTERM')
      await servers.start()
    }
  },
  /** The leader stands still, and wakes as the leader that it was. */
  freezeLeader: async (farm) => {
    const leader = await leaderOf(farm)
    leader.signal('SIGSTOP')
    await delay(between(1000, 8000))
    leader.signal('SIGCONT')
  },
  /** All servers lose what their disks had not written. */
  lostSyncs: (farm) => putBack(farm, farm.servers.nodes),
  /** Most of them do. */
  majorityBack: (farm) => putBack(farm, some(farm.servers.nodes, Math.floor(farm.servers.nodes.length / 2) + 1)),
  /** A server comes back with nothing, and is given what the others have. */
  emptied: async ({ servers }) => {
    if (servers.nodes.length === 1) return
    const node = any(servers.nodes)
    await node.stop()
    clear(node.store)
    await servers.start()
  },
  /** The disks of a server, or of all, are full. An administrator makes room and starts them again. */
  diskFull: async ({ servers, disks }) => {
    if (disks.length === 0) throw new Error('this machine mounts no small disk')
    const chosen = Math.random() < 0.5 ? [any([...disks.keys()])] : [...disks.keys()]
    for (const i of chosen) await fill(disks[i])
    await delay(between(1000, 5000))
    for (const i of chosen) await disks[i].resize(DISK_KIBIBYTES)
    await stopAndStart(
      servers,
      chosen.map((i) => servers.nodes[i]),
      0,
    )
  },
  /** The disk of the spools is full while the engine is away, and rings are overwritten. */
  spoolFull: async ({ servers, hosts, forwarders, spoolDisk }) => {
    if (!spoolDisk) throw new Error('this machine mounts no small disk')
    await Promise.all(servers.nodes.map((node) => node.stop()))
    const spooling = hosts.filter((host) => forwarders.some((one) => one.isSpooling && one.hosts.includes(host)))
    for (const host of spooling) host.write(200)
    await delay(between(500, 2000))
    await fill(spoolDisk)
    for (const host of spooling) host.write(any([100, 1500]))
    await delay(between(500, 2000))
    await spoolDisk.resize(DISK_KIBIBYTES)
    await servers.start()
  },
  /** All connections end, and nobody gets another for a while. */
  cut: ({ links }) => whileBad(links, (link) => link.cut(), between(200, 3000)),
  /** Nothing passes, in one direction or both, and nobody is told. */
  stall: ({ links }) => whileBad(links, (link) => link.stall(...any([['up'], ['down'], ['up', 'down']])), between(1000, 8000)),
  /** The links are as slow as a modem. */
  throttle: ({ links }) => whileBad(links, (link) => link.throttle(between(3000, 30_000)), between(1000, 5000)),
  /** What was sent is there, its answer does not come, and the engine has forgotten the id when it is sent again. */
  windowOver: ({ manager, links }) =>
    whileOtherwise(
      manager,
      () => ({ duplicate_window: 100_000_000 }),
      () => whileBad(links, (link) => link.stall('down'), between(4000, 6000), true),
    ),
  /** A reader that shares the work is killed, at whatever step it is, and started again. */
  killReader: async ({ readers }) => {
    const one = any(readers)
    await one.stop('SIGKILL')
    await delay(between(0, 2000))
    one.start()
  },
  /** The stream is deleted when all of it was read, and made anew. */
  deleted: async ({ manager, readUpTo }) => {
    if ((await readUpTo()) === 0) return
    const { config } = await manager.streams.info('MPRTAP')
    // It may be deleted although nobody says so.
    await manager.streams.delete('MPRTAP').catch(() => {})
    await untilDone(() => manager.streams.add(config))
  },
  /** A host has a newer mprtap for a while: what it sends has more in it than is known today, or is of another version altogether. */
  versions: async ({ manager }) => {
    const { state } = await manager.streams.info('MPRTAP')
    const stream = manager.jetstream()
    for (let i = 0; i < 20 && state.messages > 0; i++) {
      const seq = state.first_seq + Math.floor(Math.random() * (state.last_seq - state.first_seq + 1))
      const message = await manager.streams.getMessage('MPRTAP', { seq }).catch(() => undefined)
      if (!message?.subject.startsWith('mprtap.v1.')) continue
      const list = headers()
      list.set('Content-Encoding', 'gzip')
      list.set('Mprtap-Version', '99.0.0')
      list.set('Mprtap-Newer', 'yes')
      const newer = any([newerMinor, newerMajor])(message.data)
      if (newer) await stream.publish(message.subject, newer, { headers: list, retries: 1 }).catch(() => {})
    }
  },
  /** Forwarders are killed, at whatever step they are, and started again. */
  killForwarders: async ({ forwarders }) => {
    const one = any(forwarders)
    await one.stop('SIGKILL')
    await delay(between(0, 1000))
    one.start()
  },
  /** Forwarders stand still while rings go on: they may be overwritten. */
  freezeForwarders: async ({ forwarders, hosts }) => {
    const one = any(forwarders)
    one.signal('SIGSTOP')
    for (const host of hosts) if (one.hosts.includes(host) && Math.random() < 0.3) host.write(1500)
    await delay(between(500, 4000))
    one.signal('SIGCONT')
  },
  /** Other forwarders of the same hosts begin, with checkpoints of their own. */
  twoForwarders: async ({ forwarders, startForwarders }) => {
    const second = startForwarders(any(forwarders).hosts, { checkpoints: `second-${Date.now()}` })
    await delay(between(2000, 5000))
    await second.stop(any(['SIGTERM', 'SIGKILL']))
  },
  /** Some hosts' clocks are an hour off, or right again. */
  clocks: async ({ hosts }) => {
    for (const host of hosts) if (Math.random() < 0.3) host.turnClock()
  },
  /** What the reader has read is purged. */
  purge: async ({ manager, readUpTo }) => {
    const seq = await readUpTo()
    if (seq > 1) await manager.streams.purge('MPRTAP', { seq }).catch(() => {})
  },
  /** The stream takes no more for a while. */
  full: ({ manager }) =>
    whileOtherwise(
      manager,
      ({ bytes }) => ({ max_bytes: Math.max(bytes, 1) }),
      () => delay(between(1000, 3000)),
    ),
  /** The token of all is withdrawn, and given back. */
  revoked: async ({ servers, token }) => {
    for (const node of servers.nodes) node.configure((text) => text.replaceAll(token, `${token}-withdrawn`))
    await delay(between(1000, 3000))
    for (const node of servers.nodes) node.configure((text) => text.replaceAll(`${token}-withdrawn`, token))
  },
  /** Somebody publishes what is no message of ours, or in another host's name. */
  garbage: async ({ manager, hosts }) => {
    const list = headers()
    list.set('Content-Encoding', 'gzip')
    const stream = manager.jetstream()
    const subjects = ['mprtap.v1.main.0.nobody', 'mprtap.v9.main.0.x', 'mprtap.x']
    for (const bytes of [gzipSync(Buffer.alloc(32 << 20)), Buffer.from('garbage'), gzipSync('garbage')])
      for (const subject of [...subjects, await anySubject(manager)].filter(Boolean))
        await stream.publish(subject, bytes, { headers: list, retries: 1 }).catch(() => {})
    return hosts.length
  },
}

/** Packet blocks of a capture begin with this, and their data here; see format/CAPTURE.md. */
const BLOCK_PACKET = 6
const PACKET_DATA = 28
/** Of a packet's data: the version, and the kind. */
const PACKET_MAJOR = 4
const PACKET_KIND = 5

function* packetsIn(section) {
  const view = new DataView(section.buffer, section.byteOffset, section.length)
  for (let at = 0; at + 12 <= section.length; at += view.getUint32(at + 4, true)) {
    if (view.getUint32(at, true) === BLOCK_PACKET) yield { start: at, end: at + view.getUint32(at + 4, true) }
  }
}

/** The same records, packets of a kind that is not known today, and a block that no version knows. */
function newerMinor(data) {
  const section = gunzipSync(data)
  const packet = [...packetsIn(section)].at(-1)
  if (!packet) return undefined
  const unknownKind = Buffer.from(section.subarray(packet.start, packet.end))
  unknownKind[PACKET_DATA + PACKET_KIND] = 200
  const unknownBlock = Buffer.alloc(16)
  unknownBlock.writeUInt32LE(0x80000abc, 0)
  unknownBlock.writeUInt32LE(16, 4)
  unknownBlock.writeUInt32LE(16, 12)
  return gzipSync(Buffer.concat([section, unknownKind, unknownBlock]))
}

/** Packets that nobody understands today. */
function newerMajor(data) {
  const section = gunzipSync(data)
  for (const { start } of packetsIn(section)) section[start + PACKET_DATA + PACKET_MAJOR] = 9
  return gzipSync(section)
}

/** Tries until it is done; what cannot be done for long is a fault of the proof. */
async function untilDone(work) {
  for (const end = performance.now() + UNTIL_DONE_MS; ; await delay(300)) {
    try {
      return await work()
    } catch (error) {
      if (performance.now() > end) throw error
    }
  }
}

/** A subject that a host uses. */
async function anySubject(manager) {
  const info = await manager.streams.info('MPRTAP', { subjects_filter: 'mprtap.v1.>' }).catch(() => undefined)
  return any(Object.keys(info?.state.subjects ?? {}))
}
