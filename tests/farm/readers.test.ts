// Readers of a stream: from a time on, and several that share the work.

import { describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { partitionOf } from '../../host/streams/subject.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { appendOperations, Farm, mprtap, until } from './farm.ts'

const farm = new Farm()
const rings = new RingsOnDisk()

const HOSTS = ['RDS01', 'RDS02', 'RDS03', 'RDS04', 'RDS05', 'RDS06']

/** Sends what is in the ring as records of that host, until the stream has so many messages. */
async function forwarded(host: string, messages: number): Promise<void> {
  const forwarder = await farm.forward(rings.directory, { host, consumer: `of-${host.toLowerCase()}` })
  await until(async () => (await farm.messages()) >= messages)
  await forwarder.stop()
}

/** Reads what is there as a named consumer, and acknowledges each batch. */
async function readAs(consumer: string, partitions: string): Promise<string[]> {
  const tap = await openTap({
    sources: [`${farm.url}/MPRTAP?partitions=${partitions}`],
    follow: false,
    from: { consumer },
    checkpointFolder: farm.folder,
  })
  const ids: string[] = []
  for await (const batch of tap.batches()) {
    for (const { host, id } of batch.objects()) ids.push(`${host} ${id}`)
    batch.acknowledge()
  }
  return ids
}

describe('readers that share a stream by partitions', () => {
  it('have each operation at one of them, and go on after a restart where they were, by a checkpoint each', async () => {
    const ring = rings.create()
    appendOperations(ring, 20)
    for (const [i, host] of HOSTS.entries()) await forwarded(host, i + 1)
    const middle = [...HOSTS.map(partitionOf)].sort((a, b) => a - b)[2]!
    const parts = [`0-${middle}`, `${middle + 1}-63`]
    const [first, second] = await Promise.all(parts.map((part, i) => readAs(`reader-${i}`, part)))
    expect(first!.length).toBeGreaterThan(0)
    expect(second!.length).toBeGreaterThan(0)
    expect(new Set([...first!, ...second!]).size).toBe(20 * HOSTS.length)
    expect(first!.length + second!.length).toBe(20 * HOSTS.length)
    // The same readers, later.
    appendOperations(ring, 5)
    for (const [i, host] of HOSTS.entries()) await forwarded(host, HOSTS.length + i + 1)
    const later = (await Promise.all(parts.map((part, i) => readAs(`reader-${i}`, part)))).flat()
    expect(later).toHaveLength(5 * HOSTS.length)
    expect(new Set([...first!, ...second!, ...later]).size).toBe(25 * HOSTS.length)
  })

  it('may be of one partition, for which the engine gives nothing else', async () => {
    appendOperations(rings.create(), 20)
    await forwarded('RDS01', 1)
    await forwarded('RDS02', 2)
    const ids = await readAs('one', String(partitionOf('RDS02')))
    expect(ids).toHaveLength(20)
    expect(ids.every((id) => id.startsWith('RDS02 '))).toBe(true)
    expect(await readAs('none', String((partitionOf('RDS02') + 1) % 64))).toHaveLength(0)
  })

  it('are told when there are no such partitions', async () => {
    for (const query of ['partitions=64', 'partitions=3-2', 'partitions=', 'partition=1', ''])
      expect(await mprtap('report', `${farm.url}/MPRTAP?${query}`)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/names no partitions/),
      })
  })
})

describe('a reader with --since', () => {
  it('asks the engine for messages from an hour before on, and for none that are older', async () => {
    appendOperations(rings.create(), 20)
    await forwarded('RDS01', 1)
    const read = async (since: number) => {
      const tap = await openTap({ sources: [`${farm.url}/MPRTAP`], follow: false, filter: `time >= ${since}` })
      await tap.drain({ final: true })
      await tap.close()
      return tap.stats().notifications
    }
    // The records say that they are of another day: what was sent lately is read, and what the filter refuses is not counted as operations.
    expect(await read(Date.now() - 60_000)).toBe(40)
    expect(await read(Date.now() + 3_590_000)).toBe(40)
    expect(await read(Date.now() + 3_700_000)).toBe(0)
  })
})

describe('a reader that follows a stream', () => {
  it('reads the stream that is made anew under its name from the beginning, though it had come further in the old one', async () => {
    const ring = rings.create()
    const ids = new Set<string>()
    appendOperations(ring, 1)
    await forwarded('RDS03', 1)
    await forwarded('RDS04', 2)
    await farm.manager.streams.purge('MPRTAP')
    const tap = await openTap({ sources: [`${farm.url}/MPRTAP`], from: 'oldest' })
    const reading = (async () => {
      for await (const { host, id } of tap) ids.add(`${host} ${id}`)
    })()
    for (let i = 1; i <= 4; i++) {
      appendOperations(ring, 5)
      await forwarded('RDS01', i)
    }
    await until(() => ids.size === 21)
    const { config } = await farm.manager.streams.info('MPRTAP')
    await farm.manager.streams.delete('MPRTAP')
    await farm.manager.streams.add(config)
    // The one message of the new stream has a lower sequence than the last of the old one had.
    await forwarded('RDS02', 1)
    await until(() => ids.size === 42)
    await tap.close()
    await reading
  })
})
