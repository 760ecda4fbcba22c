// Forwarding: what is in the rings comes to be in the stream, each record once, whatever ends in between.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, HOST, until } from './farm.ts'

const farm = new Farm()
const rings = new RingsOnDisk()

function state() {
  const name = readdirSync(farm.folder).find((file) => file.endsWith('.json'))!
  return JSON.parse(readFileSync(join(farm.folder, name), 'utf8'))
}

describe('a forwarder', () => {
  it('brings every record of the rings into the stream, with its host', async () => {
    const ring = rings.create()
    appendOperations(ring, 300)
    const forwarder = await farm.forward(rings.directory)
    await until(() => forwarder.opened.counts.sent >= 3)
    appendOperations(ring, 10)
    await until(() => forwarder.opened.counts.sent >= 4)
    expect(await forwarder.stop()).toMatchObject({ records: 620, lost: 0 })
    const { operations, ids, stats, told } = await farm.read()
    expect(new Set(ids).size).toBe(310)
    expect(operations.every(({ host }) => host === HOST)).toBe(true)
    expect(stats).toMatchObject({ delivered: 620, lost: 0, succeeded: 310 })
    expect(told).toEqual([])
    expect(forwarder.told).toEqual([])
  })

  it('goes on after a restart where it was, and what it sends again is known by its id', async () => {
    const ring = rings.create()
    appendOperations(ring, 100)
    const first = await farm.forward(rings.directory, { syncMs: 600_000 })
    await until(() => first.opened.counts.sent === 1)
    await first.stop()
    expect(state().stored).toHaveLength(1)
    expect(state().rings[0]).toMatchObject({ next: 0, ends: [200] })
    appendOperations(ring, 100)
    const second = await farm.forward(rings.directory, { syncMs: 600_000 })
    // [0, 200) is seen to be there; [200, 256) and [256, 400) are new.
    await until(async () => (await farm.messages()) === 3)
    await second.stop()
    expect(second.opened.counts).toMatchObject({ sent: 2, duplicates: 0 })
    expect((await farm.read()).stats).toMatchObject({ delivered: 400, lost: 0 })
  })

  it('moves its checkpoint only after the servers have written to their disks', async () => {
    const ring = rings.create()
    appendOperations(ring, 64)
    const forwarder = await farm.forward(rings.directory, { syncMs: 1000 })
    await until(() => forwarder.opened.counts.sent === 1)
    const sentAt = performance.now()
    await until(() => forwarder.opened.counts.kept === 1)
    expect(performance.now() - sentAt).toBeGreaterThan(1900)
    await forwarder.stop()
    expect(state()).toMatchObject({ stored: [], rings: [{ next: 128 }] })
  })

  it('says what the rings have lost, where it was lost', async () => {
    const ring = rings.create({ slotCountLog2: 8 })
    appendOperations(ring, 64)
    const first = await farm.forward(rings.directory)
    await until(() => first.opened.counts.kept === 1)
    await first.stop()
    appendOperations(ring, 1000)
    const second = await farm.forward(rings.directory)
    await until(() => second.opened.counts.sent >= 3)
    expect(await second.stop()).toMatchObject({ records: 256, lost: 2128 - 128 - 256 })
    const { stats, lost } = await farm.read()
    expect(stats).toMatchObject({ delivered: 128 + 256, overrun: 2128 - 128 - 256 })
    expect(lost).toBe(2128 - 128 - 256)
  })

  it('sends again what the engine has lost after it was acknowledged', async () => {
    const ring = rings.create()
    appendOperations(ring, 384)
    const forwarder = await farm.forward(rings.directory, { syncMs: 600_000 })
    await until(() => forwarder.opened.counts.sent === 3)
    // As a store that was put back to what its disk had: the end is gone, and the connection was lost.
    const { state: before } = await farm.manager.streams.info('MPRTAP')
    await farm.manager.streams.delete('MPRTAP')
    await farm.manager.streams.add({ name: 'MPRTAP', subjects: ['mprtap.>'], allow_direct: true })
    expect(before.messages).toBe(3)
    await farm.servers.nodes[0]!.stop()
    await farm.servers.start()
    await farm.connection.close()
    await farm.connect()
    await until(() => forwarder.opened.counts.again === 3 && forwarder.opened.counts.sent === 6)
    await forwarder.stop()
    expect((await farm.read()).stats).toMatchObject({ delivered: 768, lost: 0 })
    expect(forwarder.told.join('\n')).toMatch(/has lost the last 3 batches that it had acknowledged; they are sent again/)
  })

  it('is the only one of its name', async () => {
    rings.create()
    await farm.forward(rings.directory)
    await expect(farm.forward(rings.directory)).rejects.toThrow(/in use by process/)
  })
})
