// The servers that the tests of this folder use: real ones, ready when they are said to be.

import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { describe, expect, it } from 'vitest'
import { startNats } from '../../scripts/lib/nats-server.mjs'

describe('nats-server as the tests start it', () => {
  it('keeps a stream when it is killed and started again', async () => {
    const servers = await startNats()
    try {
      let connection = await connect({ servers: servers.url })
      let manager = await jetstreamManager(connection)
      await manager.streams.add({ name: 'KEPT', subjects: ['kept'] })
      await manager.jetstream().publish('kept', 'one')
      await connection.close()
      const before = servers.nodes[0]!.child!.pid
      await servers.nodes[0]!.stop()
      await servers.start()
      expect(servers.nodes[0]!.child!.pid).not.toBe(before)
      connection = await connect({ servers: servers.url })
      manager = await jetstreamManager(connection)
      expect((await manager.streams.info('KEPT')).state.messages).toBe(1)
      await connection.close()
    } finally {
      await servers.stop()
    }
  })

  it('makes three nodes a cluster that keeps three copies', async () => {
    const servers = await startNats({ nodes: 3 })
    try {
      const connection = await connect({ servers: servers.url.split(',') })
      const manager = await jetstreamManager(connection)
      const { cluster } = await manager.streams.add({ name: 'THRICE', subjects: ['thrice'], num_replicas: 3 })
      expect(cluster?.replicas).toHaveLength(2)
      await connection.close()
    } finally {
      await servers.stop()
    }
  })
})
