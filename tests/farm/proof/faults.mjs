// What befalls the farm while it runs. Each fault begins, lasts, and is over when its promise resolves.
import { cpSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { headers } from '@nats-io/transport-node'

const any = (list) => list[Math.floor(Math.random() * list.length)]
const between = (least, most) => least + Math.random() * (most - least)

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
  /** All servers lose what their disks had not written: their stores are put back to what they were a moment ago. */
  lostSyncs: async ({ servers, syncMs }) => {
    const copyOf = (node) => join(node.folder, 'copy')
    for (const node of servers.nodes) node.signal('SIGSTOP')
    for (const node of servers.nodes) cpSync(join(node.folder, 'store'), copyOf(node), { recursive: true })
    for (const node of servers.nodes) node.signal('SIGCONT')
    await delay(between(500, syncMs))
    await Promise.all(servers.nodes.map((node) => node.stop()))
    for (const node of servers.nodes) {
      rmSync(join(node.folder, 'store'), { recursive: true, force: true })
      renameSync(copyOf(node), join(node.folder, 'store'))
    }
    await servers.start()
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
    for (const host of hosts) if (one.hosts.includes(host.name) && Math.random() < 0.3) host.write(1500)
    await delay(between(500, 4000))
    one.signal('SIGCONT')
  },
  /** Other forwarders of the same hosts begin, with checkpoints of their own. */
  twoForwarders: async ({ forwarders, startForwarders }) => {
    const second = startForwarders(any(forwarders).hosts, `second-${Date.now()}`)
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
  full: async ({ manager }) => {
    try {
      const { config, state } = await manager.streams.info('MPRTAP')
      await manager.streams.update('MPRTAP', { ...config, max_bytes: Math.max(state.bytes, 1) })
      await delay(between(1000, 3000))
      await untilDone(() => manager.streams.update('MPRTAP', { ...config }))
    } catch {
      // It has no leader at present: another fault is at work.
    }
  },
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

async function untilDone(work) {
  for (;;) {
    try {
      return await work()
    } catch {
      await delay(300)
    }
  }
}

/** A subject that a host uses. */
async function anySubject(manager) {
  const info = await manager.streams.info('MPRTAP', { subjects_filter: 'mprtap.v1.>' }).catch(() => undefined)
  return any(Object.keys(info?.state.subjects ?? {}))
}
