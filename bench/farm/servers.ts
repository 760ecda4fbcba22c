// Real servers with the farm's stream, and forwarders in this process, for the benchmarks of the farm.

import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { openJetStreamForwarder } from '../../host/forwarding/forward-jetstream.ts'
import type { WholeForwardOptions } from '../../host/forwarding/options.ts'
import { initFarm } from '../../host/streams/farm-stream.ts'
import { type NatsServers, startNats } from '../../scripts/lib/nats-server.mjs'

export interface Target {
  readonly servers: NatsServers
  readonly url: string
  readonly manager: JetStreamManager
  readonly connection: NatsConnection
}

export function forwarderOf(
  options: Pick<WholeForwardOptions, 'to' | 'sources' | 'lingerMs' | 'signal' | 'checkpointFolder'> & Partial<WholeForwardOptions>,
) {
  return openJetStreamForwarder({
    site: 'main',
    host: 'BENCH',
    everyMs: 60_000,
    statisticsEveryMs: 0,
    consumer: 'bench',
    spoolBytes: 1e9,
    rotateBytes: 0,
    keep: 0,
    stdout: process.stdout,
    version: 'bench',
    tell: (text) => void process.stderr.write(`${text}\n`),
    ...options,
  })
}

export async function withServers<Result>(nodes: number, work: (target: Target) => Promise<Result>): Promise<Result> {
  const servers = await startNats({ nodes })
  const connection = await connect({ servers: servers.url.split(','), maxReconnectAttempts: -1, reconnectTimeWait: 50 })
  try {
    const manager = await jetstreamManager(connection)
    await initFarm(manager, { name: 'MPRTAP', replicas: nodes, maxAgeMs: 3_600_000, maxBytes: 2 ** 30 })
    return await work({ servers, url: servers.url, manager, connection })
  } finally {
    await connection.close()
    await servers.stop()
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10)
}
