// Real nats-server processes for tests, the farm and benchmarks: each on free ports of loopback, in a folder of its own, waited for until it
// is ready, and ended by its process id.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inBuild } from './paths.mjs'

/** Debian puts it where a user's PATH does not look. */
const PROGRAM = existsSync('/usr/sbin/nats-server') ? '/usr/sbin/nats-server' : 'nats-server'
const READY_MS = 30_000
const LOOK_MS = 50
/** Bytes that a server's streams may take; unset, it is three quarters of what the disk has free at the start. */
const MAX_FILE = 2 * 2 ** 30

/** Below those that systems give to connections: a server that is away for a moment must find its port free when it is back. */
const PORT_MIN = 15_000
const PORT_MAX = 32_000
const PORT_ATTEMPTS = 100

/** @returns {Promise<import('node:net').Server>} that listens on a port which nobody had. */
async function holdPort(attempt = 1) {
  const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN))
  try {
    return await new Promise((resolve, reject) => {
      const server = createServer()
      server.on('error', reject)
      server.listen(port, '127.0.0.1', () => resolve(server))
    })
  } catch (error) {
    if (attempt === PORT_ATTEMPTS) throw error
    return holdPort(attempt + 1)
  }
}

/** @returns {Promise<number[]>} ports that nobody listens on; all are held until the last is known, so that they differ. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => holdPort()))
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/**
 * @typedef {object} NatsOptions
 * @property {number} [nodes] 1, or 3 for streams that are replicated
 * @property {string} [folder] where configuration, logs and streams are; a new one below build/nats if absent
 * @property {boolean} [jetStream] default true
 * @property {string} [more] lines added to every configuration, such as `authorization { … }`
 * @property {number} [maxPayload] bytes
 * @property {number} [maxFile] bytes of streams
 * @property {string[]} [stores] a folder for the streams of each node; in the node's own if absent
 */

/** One server process, and all that may be done to it. */
export class NatsNode {
  constructor({ name, folder, port, monitor, store, configuration }) {
    this.name = name
    this.folder = folder
    this.port = port
    this.monitor = monitor
    /** Where its streams are. */
    this.store = store
    this.url = `nats://127.0.0.1:${port}`
    this.config = join(folder, 'server.conf')
    /** @type {import('node:child_process').ChildProcess | undefined} */
    this.child = undefined
    mkdirSync(folder, { recursive: true })
    writeFileSync(this.config, configuration)
  }

  get isRunning() {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  /** Starts the process; ready() says when it answers. */
  start() {
    if (this.isRunning) return
    const log = openSync(join(this.folder, 'server.log'), 'a')
    this.child = spawn(PROGRAM, ['-c', this.config], { stdio: ['ignore', log, log] })
    // A failed start is seen by ready().
    this.child.on('error', () => {})
    closeSync(log)
  }

  /** @param {string} path of the monitoring port. @returns {Promise<any>} `undefined`: no answer. */
  async ask(path) {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.monitor}${path}`, { signal: AbortSignal.timeout(1000) })
      return answer.ok ? await answer.json() : undefined
    } catch {
      return undefined
    }
  }

  /** Resolves when it answers. @throws Error with the end of its log when it has ended, or is not ready in time. */
  async ready() {
    for (const end = performance.now() + READY_MS; ; await delay(LOOK_MS)) {
      if (await this.ask('/varz')) return
      if (!this.isRunning || performance.now() > end) throw new Error(`${this.name} is not ready:\n${this.log().slice(-2000)}`)
    }
  }

  log() {
    const path = join(this.folder, 'server.log')
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** Sends a signal to this process and no other. */
  signal(name) {
    if (this.isRunning) process.kill(this.child.pid, name)
  }

  /** Ends it, and resolves when it has ended. */
  async stop(signal = 'SIGKILL') {
    if (!this.isRunning) return
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.signal('SIGCONT')
    this.signal(signal)
    await ended
  }

  /** Writes another configuration, which a running server takes over. */
  configure(change) {
    writeFileSync(this.config, change(readFileSync(this.config, 'utf8')))
    this.signal('SIGHUP')
  }
}

/** All servers of one cluster. */
export class NatsServers {
  constructor(folder, nodes) {
    this.folder = folder
    this.nodes = nodes
    this.atExit = () => {
      for (const node of nodes) node.signal('SIGKILL')
    }
    process.on('exit', this.atExit)
  }

  /** All of them, with commas between. */
  get url() {
    return this.nodes.map(({ url }) => url).join(',')
  }

  /** Starts those that do not run, and resolves when all answer and the cluster, if it is one, has a leader. */
  async start() {
    for (const node of this.nodes) node.start()
    await Promise.all(this.nodes.map((node) => node.ready()))
    if (this.nodes.length === 1) return
    for (const end = performance.now() + READY_MS; !(await this.leader()); await delay(LOOK_MS))
      if (performance.now() > end) throw new Error(`the cluster has no leader:\n${this.nodes[0].log().slice(-2000)}`)
  }

  /** The leader of JetStream's own group, once all nodes agree. */
  async leader() {
    const answers = await Promise.all(this.nodes.map((node) => node.ask('/jsz')))
    const names = new Set(answers.map((answer) => answer?.meta_cluster?.leader))
    return names.size === 1 ? this.nodes.find(({ name }) => names.has(name)) : undefined
  }

  /** Ends them all and removes what they kept. */
  async stop() {
    process.off('exit', this.atExit)
    await Promise.all(this.nodes.map((node) => node.stop()))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/**
 * Starts servers and waits until they are ready.
 * @param {NatsOptions} [options]
 */
export async function startNats(options = {}) {
  const servers = await prepareNats(options)
  try {
    await servers.start()
    return servers
  } catch (error) {
    await servers.stop()
    throw error
  }
}

/** @param {NatsOptions} options */
async function prepareNats({ nodes = 1, folder, jetStream = true, more = '', maxPayload, maxFile = MAX_FILE, stores = [] }) {
  mkdirSync(inBuild('nats'), { recursive: true })
  const home = folder ?? mkdtempSync(inBuild('nats', 'servers-'))
  const ports = await freePorts(3 * nodes)
  const routes = Array.from({ length: nodes }, (_, i) => `nats-route://127.0.0.1:${ports[3 * i + 2]}`).join(', ')
  return new NatsServers(
    home,
    Array.from({ length: nodes }, (_, i) => {
      const [port, monitor, route] = ports.slice(3 * i)
      const name = `n${i + 1}`
      const store = stores[i] ?? join(home, name, 'store')
      const lines = [
        `server_name: ${name}`,
        `listen: "127.0.0.1:${port}"`,
        `http: "127.0.0.1:${monitor}"`,
        jetStream ? `jetstream { store_dir: "${store}", max_mem: 64MB, max_file: ${maxFile} }` : '',
        // Clients keep to the addresses that they were given: there may be proxies between.
        nodes > 1 ? `cluster { name: farm, no_advertise: true, listen: "127.0.0.1:${route}", routes: [${routes}] }` : '',
        maxPayload === undefined ? '' : `max_payload: ${maxPayload}`,
        more,
      ]
      return new NatsNode({ name, folder: join(home, name), port, monitor, store, configuration: `${lines.join('\n')}\n` })
    }),
  )
}
