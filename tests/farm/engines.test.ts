// Engines that are not as `mprtap farm init` makes them.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'
import { startNats } from '../../scripts/lib/nats-server.mjs'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, start, until } from './farm.ts'

const rings = new RingsOnDisk()

describe('a server that takes smaller messages than batches are', () => {
  const farm = new Farm({ maxPayload: 3000 })

  it('gets the others; what it does not take is kept as a capture, and the stream is told that it is missing', async () => {
    const source = join(farm.folder, 'rings')
    const { notifications } = writeRings(source, { seed: 3, operations: 400, users: 1, slotCountLog2: 12 })
    const forwarder = await farm.forward(source)
    await until(async () => {
      const { stats } = await farm.read()
      return stats.delivered + stats.lost === notifications
    })
    await forwarder.stop()
    const { stats } = await farm.read()
    expect(stats.lost).toBeGreaterThan(0)
    expect(forwarder.told.join('\n')).toMatch(
      /A batch of \d+ records was refused \(a message may have 3000 bytes; this one has \d+\)\. It is kept in/,
    )
    const aside = readdirSync(farm.folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.pcapng'))
    const kept = await openTap({ sources: aside.map((name) => join(farm.folder, name)), follow: false, level: 'notification' })
    await kept.drain({ final: true })
    await kept.close()
    expect(kept.stats().delivered).toBe(stats.lost)
  })
})

describe('a server without JetStream, and a stream with other limits', () => {
  const farm = new Farm()

  it('is told once, and waited for', async () => {
    const plain = await startNats({ jetStream: false })
    try {
      appendOperations(rings.create(), 10)
      const forwarder = await farm.forward(rings.directory, { to: plain.url })
      await until(() => forwarder.told.length > 0)
      expect(await forwarder.stop()).toMatchObject({ records: 20 })
      expect(forwarder.told).toEqual([expect.stringMatching(/or no JetStream; what is not sent yet waits/)])
    } finally {
      await plain.stop()
    }
  })

  it('that are too small for a batch, keeps the batch aside and goes on', async () => {
    const { config } = await farm.manager.streams.info('MPRTAP')
    await farm.manager.streams.update('MPRTAP', { ...config, max_msg_size: 900 })
    const source = join(farm.folder, 'rings')
    writeRings(source, { seed: 3, operations: 200, users: 1, slotCountLog2: 12 })
    const forwarder = await farm.forward(source)
    await until(() => forwarder.opened.counts.setAside > 0 && forwarder.told.some((text) => text.includes('is kept in')))
    await forwarder.stop()
  })
})

describe('mprtap forward to several', () => {
  const farm = new Farm()

  it('goes on to the others when one fails for good, each with a checkpoint of its own, says which, and ends with 1', async () => {
    const ring = rings.create()
    appendOperations(ring, 10)
    const taken = `file:${join(farm.folder, 'events')}`
    const args = (...to: string[]) => ['forward', '--checkpoint-folder', farm.folder, '--linger', '20ms', ...to.flatMap((url) => ['--to', url]), rings.directory] // biome-ignore format: one line
    const first = start(...args(taken))
    await until(() => readdirSync(farm.folder).some((name) => name.endsWith('.ndjson')))
    const second = start(...args(taken, farm.url))
    await until(() => /Forwarding to file:.* has failed: .* is in use by process/.test(second.stderr))
    appendOperations(ring, 10)
    await until(async () => (await farm.read()).stats.delivered === 40)
    for (const { child, ended } of [second, first]) {
      child.kill('SIGTERM')
      await ended
    }
    expect(second.child.exitCode).toBe(1)
    expect(second.stdout).toMatch(/40 records in \d+ batches to nats:/)
    expect(first.child.exitCode).toBe(0)
    expect(readdirSync(farm.folder).filter((name) => /^forward\.[0-9a-f]{8}\.json$/.test(name))).toHaveLength(2)
  })
})
