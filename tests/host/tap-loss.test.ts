import { truncateSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Loss, type Operation, openTap, type Tap } from '../../host/index.ts'
import { fileTimeOf, type RingWriter } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { RingsOnDisk, setWriterCounts, take, until } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
let losses: Loss[]

beforeEach(() => {
  losses = []
})

const open = (options: object = {}) =>
  openTap({ sources: [rings.directory], from: 'oldest', onLoss: (loss) => void losses.push(loss), ...options }) as Promise<Tap<Operation>>
const write = (ring: RingWriter, count: number) => {
  for (let i = 0; i < count; i++) ring.append(post(0n, { threadId: i }))
}
const told = (reason: 'overrun' | 'abandoned' | 'corrupt', first: number, count: number): Loss => ({
  ring: rings.path(),
  user: SID,
  host: undefined,
  fileId: expect.stringMatching(/^[0-9a-f]{16}$/),
  reason,
  first,
  count,
  totals: { overrun: 0, abandoned: 0, corrupt: 0, late: 0, gaveUp: 0, faults: 0, [reason]: count },
})
const lost = () => losses.reduce((sum, loss) => sum + loss.count, 0)

describe('records that a tap loses', () => {
  it('by being lapped are told with ring, owner, number and reason', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    const tap = await open()
    write(ring, 20)
    await take(tap[Symbol.asyncIterator](), 8)
    await tap.close()
    expect(losses).toEqual([told('overrun', 0, 12)])
    expect(tap.stats()).toMatchObject({ lost: 12, overrun: 12, operations: 8 })
  })

  it('by a writer that died between claim and commit are told after a second, and the rest is delivered', async () => {
    const ring = rings.create()
    const tap = await open()
    write(ring, 1)
    ring.claim()
    ring.claim()
    write(ring, 2)
    expect(await take(tap[Symbol.asyncIterator](), 3)).toHaveLength(3)
    await tap.close()
    expect(losses).toEqual([told('abandoned', 1, 2)])
    expect(tap.stats()).toMatchObject({ lost: 2, abandoned: 2, late: 0 })
  })

  it('but come late are a part of those abandoned', async () => {
    const ring = rings.create()
    const tap = await open()
    const hole = ring.claim()
    const waiting = tap[Symbol.asyncIterator]().next()
    await until(() => tap.stats().abandoned === 1)
    ring.fill(hole, post(0n))
    ring.commit(hole)
    await until(() => tap.stats().late === 1)
    expect(tap.stats()).toMatchObject({ lost: 1, abandoned: 1, late: 1, operations: 0 })
    await tap.close()
    await waiting
    expect(lost()).toBe(1)
  })

  it('because somebody wrote garbage into a slot are told as corrupt', async () => {
    const ring = rings.create()
    write(ring, 3)
    ring.pokeRecord(1n, 40, Buffer.from('garbage'))
    const tap = await open()
    const events = await take(tap[Symbol.asyncIterator](), 2)
    expect(events.map((event) => event.sequence)).toEqual([0, 2])
    await tap.close()
    expect(losses).toEqual([told('corrupt', 1, 1)])
  })

  it('are told ring by ring, and what is told adds up to what stats() counts', async () => {
    const mine = rings.create({ slotCountLog2: 3 })
    const theirs = rings.create({ sid: OTHER_SID, slotCountLog2: 2 })
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    for (const count of [3, 30, 9, 100]) {
      write(mine, count)
      write(theirs, 2 * count)
      if (count === 100) theirs.pokeRecord(theirs.head - 2n, 40, Buffer.from('x'))
      await take(events, Math.min(count, 8) + Math.min(2 * count, 4) - (count === 100 ? 1 : 0))
    }
    const { overrun, abandoned, corrupt, notifications, pending } = tap.stats()
    await tap.close()
    expect(pending).toBe(0)
    expect(overrun + corrupt + abandoned).toBe(lost())
    expect(notifications + lost()).toBe(3 + 30 + 9 + 100 + 2 * (3 + 30 + 9 + 100))
    expect(corrupt).toBe(1)
    for (const user of [SID, OTHER_SID]) {
      const of = losses.filter((loss) => loss.user === user)
      const { overrun: all, corrupt: bad, abandoned: dead } = of.at(-1)!.totals
      expect(of.reduce((sum, loss) => sum + loss.count, 0)).toBe(all + bad + dead)
    }
  })

  it('are told even if the file goes away before anything of it is delivered', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    const tap = await open()
    write(ring, 20)
    truncateSync(rings.path(), 4096)
    const waiting = tap[Symbol.asyncIterator]().next()
    await until(() => tap.stats().rings === 0)
    expect(losses).toMatchObject([
      { reason: 'overrun', first: 0, count: 12, totals: { overrun: 12, abandoned: 0 } },
      // To the end of the ring, and from its beginning.
      { reason: 'abandoned', first: 12, count: 4, totals: { overrun: 12, abandoned: 4 } },
      { reason: 'abandoned', first: 16, count: 4, totals: { overrun: 12, abandoned: 8 } },
    ])
    expect(tap.stats()).toMatchObject({ lost: 20, operations: 0, pending: 0 })
    await tap.close()
    await waiting
  })

  it('are counted in stats() without onLoss, too', async () => {
    const ring = rings.create({ slotCountLog2: 2 })
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    write(ring, 10)
    await take(tap[Symbol.asyncIterator](), 4)
    expect(tap.stats()).toMatchObject({ lost: 6, overrun: 6, operations: 4, pending: 0 })
    await tap.close()
  })
})

describe('what writers could not record', () => {
  it('is told by their own count, as it grows, and counted apart from records that were lost', async () => {
    const ring = rings.create()
    write(ring, 1)
    setWriterCounts(ring, { gaveUp: 2n, faults: 1n })
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    await take(events, 1)
    setWriterCounts(ring, { gaveUp: 7n, faults: 1n })
    write(ring, 1)
    await take(events, 1)
    await tap.close()
    expect(losses).toMatchObject([
      { reason: 'gaveUp', count: 2, user: SID, ring: rings.path(), totals: { gaveUp: 2, faults: 0 } },
      { reason: 'fault', count: 1, totals: { gaveUp: 2, faults: 1 } },
      { reason: 'gaveUp', count: 5, totals: { gaveUp: 7, faults: 1 } },
    ])
    expect(losses.every((loss) => loss.first === undefined)).toBe(true)
    expect(tap.stats()).toMatchObject({ gaveUp: 7, faults: 1, lost: 0 })
  })

  it('before a tap of what happens from now on is not its business', async () => {
    const ring = rings.create()
    setWriterCounts(ring, { gaveUp: 9n, faults: 9n })
    const tap = await open({ from: 'now' })
    const events = tap[Symbol.asyncIterator]()
    write(ring, 1)
    setWriterCounts(ring, { gaveUp: 10n, faults: 9n })
    await take(events, 1)
    await tap.close()
    expect(tap.stats()).toMatchObject({ gaveUp: 1, faults: 0 })
  })

  it('is what no writer can say when its count falls, or is larger than any number can be', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    for (const gaveUp of [5n, 2n ** 64n - 1n, 3n, 2n ** 53n, 6n]) {
      setWriterCounts(ring, { gaveUp, faults: 0n })
      write(ring, 1)
      await take(events, 1)
    }
    await tap.close()
    expect(losses.map(({ count }) => count)).toEqual([5, 1])
  })
})

describe('a head that somebody sets at random', () => {
  it('tells every loss once, with sequences that the ring has had', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    const tap = await open()
    const reading = tap[Symbol.asyncIterator]().next()
    let state = 99n
    for (let i = 0; i < 60; i++) {
      state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & (2n ** 64n - 1n)
      ring.setHead(state >> (12n + (state & 31n)))
      const { lost, rewinds } = tap.stats()
      await until(() => tap.stats().lost !== lost || tap.stats().rewinds !== rewinds)
    }
    await tap.close()
    await reading
    expect(losses.length).toBeGreaterThan(0)
    for (const { first, count } of losses) expect(first !== undefined && first >= 0 && count > 0 && first + count <= 2 ** 53).toBe(true)
    expect(lost()).toBe(tap.stats().lost)
    const { overrun, abandoned, corrupt } = losses.at(-1)!.totals
    expect(overrun + abandoned + corrupt).toBe(lost())
  })
})

describe('when records were written', () => {
  it('is told from the first to the last that was read, with how many had been overwritten before', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    const wallTimes = Array.from({ length: 12 }, (_, i) => fileTimeOf(1_790_000_000_000 + 1000 * i))
    for (const wallTime of wallTimes) ring.append(post(0n, { wallTime }))
    const tap = await open()
    expect(tap.stats()).toMatchObject({ from: undefined, to: undefined, overwritten: 4 })
    await take(tap[Symbol.asyncIterator](), 8)
    await tap.close()
    expect(tap.stats()).toMatchObject({ from: 1_790_000_004_000, to: 1_790_000_011_000, overwritten: 4, lost: 0 })
  })
})

describe('what was there before the tap', () => {
  it('is not a loss: neither from now nor from oldest', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    write(ring, 100)
    for (const [from, delivered] of [
      ['oldest', 8],
      ['now', 0],
    ] as const) {
      const tap = await open({ from })
      const events = tap[Symbol.asyncIterator]()
      await take(events, delivered)
      write(ring, 1)
      await take(events, 1)
      await tap.close()
      expect(tap.stats()).toMatchObject({ operations: delivered + 1, lost: 0 })
    }
    expect(losses).toEqual([])
  })
})

describe('stats()', () => {
  it('counts waiting PREs, and what is in the rings and not read yet', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    ring.append(pre())
    for (let i = 0; i < 300; i++) ring.append(post(99n))
    await take(events, 1)
    expect(tap.stats()).toMatchObject({ waiting: 1, notifications: 256, operations: 255, pending: 45 })
    await take(events, 299)
    expect(tap.stats()).toMatchObject({ waiting: 1, notifications: 301, operations: 300, pending: 0 })
    await tap.close()
  })
})
