// The spool: what the rings cannot hold while the engine is away is on disk, and in the stream afterwards.

import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { batchOf, sectionsIn } from '../../host/sinks/spool.ts'
import { SmallDisk } from '../../scripts/lib/small-disk.mjs'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, until } from './farm.ts'

const farm = new Farm()
const rings = new RingsOnDisk()
const AWAY = 'nats://127.0.0.1:1'

const spool = () => join(farm.folder, 'spool')
const files = () => readdirSync(spool(), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.pcapng')).map((name) => join(spool(), name)) // biome-ignore format: short

/** Several times what a ring of 256 slots holds, as the forwarder keeps up. */
async function appendALot(forwarder: Awaited<ReturnType<Farm['forward']>>, ring: ReturnType<RingsOnDisk['create']>): Promise<void> {
  for (let round = 1; round <= 10; round++) {
    appendOperations(ring, 64)
    await until(() => forwarder.opened.spool!.counts.spooled >= round)
  }
}

describe('a forwarder with a spool', () => {
  it('loses nothing of ten rings full while the engine is away, over a restart, and sends it in order', async () => {
    const ring = rings.create({ slotCountLog2: 8 })
    await farm.servers.nodes[0]!.stop()
    const first = await farm.forward(rings.directory, { spool: spool() })
    await appendALot(first, ring)
    expect(await first.stop()).toMatchObject({ records: 1280, lost: 0 })
    expect(files()).toHaveLength(1)
    await farm.servers.start()
    await farm.connection.close()
    await farm.connect()
    const second = await farm.forward(rings.directory, { spool: spool() })
    await until(() => second.opened.spool!.counts.removed === 1)
    expect(files()).toHaveLength(0)
    appendOperations(ring, 10)
    await until(async () => (await farm.messages()) === 11)
    await second.stop()
    const { stats, ids } = await farm.read()
    expect(stats).toMatchObject({ delivered: 1300, lost: 0 })
    const sequences = ids.map((id) => Number(id.split('-')[1]))
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b))
  })

  it('waits while its disk is full, says so, and goes on when there is room', async () => {
    const disk = await SmallDisk.mount(256)
    if (typeof disk === 'string') throw new Error(`no small disk: ${disk}`)
    try {
      const ring = rings.create({ slotCountLog2: 10 })
      disk.fill()
      appendOperations(ring, 200)
      const forwarder = await farm.forward(rings.directory, { to: AWAY, spool: join(disk.directory, 'spool') })
      await until(() => forwarder.told.some((text) => /cannot be written \(the disk is full\)/.test(text)))
      disk.empty()
      await until(() => forwarder.opened.spool!.counts.spooled === 2)
      expect(await forwarder.stop()).toMatchObject({ records: 400, lost: 0 })
    } finally {
      disk.remove()
    }
  })

  it('waits while its disk is read-only, says so, and goes on when it is not', async () => {
    const disk = await SmallDisk.mount(2048)
    if (typeof disk === 'string') throw new Error(`no small disk: ${disk}`)
    try {
      const folder = join(disk.directory, 'spool')
      const ring = rings.create()
      // The folder is there, as an earlier process made it.
      await (await farm.forward(rings.directory, { to: AWAY, spool: folder })).stop()
      appendOperations(ring, 200)
      await disk.setReadOnly(true)
      const forwarder = await farm.forward(rings.directory, { to: AWAY, spool: folder })
      await until(() => forwarder.told.some((text) => /cannot be written \(the disk is read-only\)/.test(text)))
      expect(forwarder.opened.spool!.counts.spooled).toBe(0)
      await disk.setReadOnly(false)
      await until(() => forwarder.opened.spool!.counts.spooled === 2)
      expect(await forwarder.stop()).toMatchObject({ records: 400, lost: 0 })
    } finally {
      disk.remove()
    }
  })

  it('that cannot make its folder says which, and what to do', async () => {
    const disk = await SmallDisk.mount(256)
    if (typeof disk === 'string') throw new Error(`no small disk: ${disk}`)
    try {
      rings.create()
      await disk.setReadOnly(true)
      const opened = farm.forward(rings.directory, { to: AWAY, spool: join(disk.directory, 'spool') })
      await expect(opened).rejects.toThrow(
        /^The folder .*spool.* cannot be made or read \(the disk is read-only\); name another: --spool FOLDER/,
      )
    } finally {
      disk.remove()
    }
  })

  it('keeps no more than it may, and says so', async () => {
    const ring = rings.create()
    appendOperations(ring, 256)
    const forwarder = await farm.forward(rings.directory, { to: AWAY, spool: spool(), spoolBytes: 100_000 })
    await until(() => forwarder.told.some((text) => /The spool in .* is full/.test(text)))
    await forwarder.stop()
    const bytes = files().reduce((sum, path) => sum + readFileSync(path).length, 0)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(100_000)
  })

  it('sends batches under the ids that they had', async () => {
    appendOperations(rings.create(), 300)
    const spooling = await farm.forward(rings.directory, { to: AWAY, spool: spool() })
    await until(() => spooling.opened.spool!.counts.spooled === 3)
    await spooling.stop()
    const spooled = [...sectionsIn(readFileSync(files()[0]!))].map((section) => batchOf(section)!.id)
    const direct = await farm.forward(rings.directory, { consumer: 'other' })
    await until(() => direct.opened.counts.sent === 3)
    await direct.stop()
    const ids: string[] = []
    for (let seq = 1; seq <= 3; seq++) ids.push((await farm.manager.streams.getMessage('MPRTAP', { seq }))!.header.get('Nats-Msg-Id'))
    expect(spooled).toEqual(ids)
  })

  it('reads a file that was cut by a kill up to its last whole batch', async () => {
    appendOperations(rings.create(), 256)
    const forwarder = await farm.forward(rings.directory, { to: AWAY, spool: spool() })
    await until(() => forwarder.opened.spool!.counts.spooled === 2)
    await forwarder.stop()
    const path = files()[0]!
    const whole = readFileSync(path)
    for (const cut of [1, 100, 30_000]) {
      truncateSync(path, whole.length - cut)
      expect([...sectionsIn(readFileSync(path))].length).toBe(1)
      writeFileSync(path, whole)
    }
    expect([...sectionsIn(Buffer.concat([whole, Buffer.alloc(40, 0xff)]))].length).toBeLessThanOrEqual(2)
  })
})
