// What tests of the farm share: a server with the farm's stream, rings on this machine, forwarders and readers.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { type ConnectionOptions, connect, headers, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type JetStreamForwarder, openJetStreamForwarder } from '../../host/forwarding/forward-jetstream.ts'
import type { Forwarded } from '../../host/forwarding/forwarder.ts'
import type { WholeForwardOptions } from '../../host/forwarding/options.ts'
import { openTap } from '../../host/index.ts'
import type { TapStats } from '../../host/model/account.ts'
import type { Operation } from '../../host/model/events.ts'
import { initFarm } from '../../host/streams/farm-stream.ts'
import { packSection } from '../../host/streams/message.ts'
import { subjectOf } from '../../host/streams/subject.ts'
import type { RingWriter } from '../../host/testing/index.ts'
import { type NatsOptions, type NatsServers, startNats } from '../../scripts/lib/nats-server.mjs'
import { inRoot } from '../../scripts/lib/paths.mjs'
import { post, pre } from '../host/records.ts'

export const HOST = 'RDS07'

export interface RunningForwarder {
  readonly opened: JetStreamForwarder
  readonly told: string[]
  /** Ends it as Ctrl-C does. */
  stop(): Promise<Forwarded>
}

export class Farm {
  servers!: NatsServers
  connection!: NatsConnection
  manager!: JetStreamManager
  /** For checkpoints; a new one for each test. */
  folder = ''
  readonly #client: ConnectionOptions
  readonly #stops: (() => Promise<unknown>)[] = []

  /** @param client how the test itself connects. */
  constructor(options: NatsOptions = {}, client: ConnectionOptions = {}) {
    this.#client = client
    beforeAll(async () => {
      this.servers = await startNats(options)
      await this.connect()
    })
    afterAll(async () => {
      await this.connection.close()
      await this.servers.stop()
    })
    beforeEach(async () => {
      this.folder = mkdtempSync(join(tmpdir(), 'mprtap-farm-'))
      await initFarm(this.manager, { name: 'MPRTAP', replicas: this.servers.nodes.length, maxAgeMs: 3_600_000, maxBytes: 2 ** 30 })
    })
    afterEach(async () => {
      for (const stop of this.#stops.splice(0)) await stop()
      for await (const { config } of this.manager.streams.list()) await this.manager.streams.delete(config.name)
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  get url(): string {
    return this.servers.nodes[0]!.url
  }

  async connect(): Promise<void> {
    this.connection = await connect({
      ...this.#client,
      servers: this.servers.url.split(','),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
    })
    this.manager = await jetstreamManager(this.connection)
  }

  async forward(source: string, options: Partial<WholeForwardOptions> = {}): Promise<RunningForwarder> {
    const told: string[] = []
    const stop = new AbortController()
    const opened = await openJetStreamForwarder({
      sources: [source],
      to: this.url,
      site: 'main',
      host: HOST,
      lingerMs: 20,
      everyMs: 60_000,
      statisticsEveryMs: 0,
      syncMs: 300,
      consumer: 'forward',
      checkpointFolder: this.folder,
      spoolBytes: 1e9,
      rotateBytes: 1e6,
      keep: 10,
      stdout: process.stdout,
      version: '0.0.0',
      signal: stop.signal,
      tell: (text) => void told.push(text),
      ...options,
    })
    const run = opened.run().finally(() => opened.close())
    const end = () => {
      stop.abort()
      return run
    }
    this.#stops.push(end)
    return { opened, told, stop: end }
  }

  /** Everything that is in the stream now. */
  async read(): Promise<{ operations: Operation[]; ids: string[]; stats: TapStats; told: string[]; lost: number }> {
    const told: string[] = []
    let lost = 0
    const tap = await openTap({
      sources: [`${this.url}/MPRTAP`],
      follow: false,
      onDiagnostic: ({ text }) => void told.push(text),
      onLoss: (loss) => {
        lost += loss.count
      },
    })
    const operations: Operation[] = []
    for await (const operation of tap) operations.push(operation)
    return { operations, ids: operations.map(({ id }) => id), stats: tap.stats(), told, lost }
  }

  async messages(): Promise<number> {
    return (await this.manager.streams.info('MPRTAP')).state.messages
  }

  /** Publishes what somebody else might. */
  async publish(
    section: Uint8Array,
    { host = HOST, subject = subjectOf('main', host), encoding = 'gzip', packed = false } = {},
  ): Promise<void> {
    const list = headers()
    if (encoding !== '') list.set('Content-Encoding', encoding)
    await this.manager.jetstream().publish(subject, packed || encoding === '' ? section : await packSection(section), { headers: list })
  }
}

export function appendOperations(ring: RingWriter, operations: number): void {
  for (let i = 0; i < operations; i++) ring.append(post(ring.append(pre())!))
}

/** Resolves once `condition` holds; the test's own time limit is the only one. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** The command, from a command line until it has ended. */
export async function mprtap(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const running = start(...args)
  await running.ended
  return { code: running.child.exitCode, stdout: running.stdout, stderr: running.stderr }
}

/** The command, as it runs. */
export function start(...args: string[]) {
  const child = spawn(process.execPath, [inRoot('build/cli.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const running = { child, stdout: '', stderr: '', ended: once(child, 'close') }
  child.stdout.on('data', (text) => {
    running.stdout += text
  })
  child.stderr.on('data', (text) => {
    running.stderr += text
  })
  return running
}
