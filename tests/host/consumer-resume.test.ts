import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Loss, Notification, Operation } from '../../host/index.ts'
import { openTap, type Tap, type TapOptions } from '../../host/index.ts'
import type { Position } from '../../host/model/checkpoint.ts'
import type { RingWriter } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { RingsOnDisk, setWriterCounts, take, until } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
let losses: Loss[]
let diagnostics: string[]

beforeEach(() => {
  losses = []
  diagnostics = []
})

const options = (more: TapOptions = {}): TapOptions => ({
  sources: [rings.directory],
  from: { consumer: 'audit' },
  onLoss: (loss) => void losses.push(loss),
  onDiagnostic: ({ text }) => void diagnostics.push(text),
  ...more,
})
const open = (more: TapOptions = {}) => openTap(options({ ...more, level: 'notification' })) as Promise<Tap<Notification>>
const openOperations = (more: TapOptions = {}) => openTap(options(more)) as Promise<Tap<Operation>>
const file = () => join(rings.directory, 'consumers', 'audit.json')
const saved = () => (JSON.parse(readFileSync(file(), 'utf8')) as { rings: Position[] }).rings
const write = (ring: RingWriter, count: number) => {
  for (let i = 0; i < count; i++) ring.append(pre({ threadId: i }))
}

/** The sequences that a tap of this consumer delivers next; it is closed then. */
async function deliver(count: number, more: TapOptions = {}): Promise<number[]> {
  const tap = await open(more)
  const events = await take(tap[Symbol.asyncIterator](), count)
  await tap.close()
  return events.map(({ sequence }) => sequence)
}

async function operations(count: number, more: TapOptions = {}): Promise<Operation[]> {
  const tap = await openOperations(more)
  const events = await take(tap[Symbol.asyncIterator](), count)
  await tap.close()
  return events
}

describe('a named consumer', () => {
  it('begins with the oldest record, and goes on after the last one that was handed out before a clean close', async () => {
    const ring = rings.create()
    write(ring, 10)
    expect(await deliver(3)).toEqual([0, 1, 2])
    write(ring, 2)
    expect(await deliver(1)).toEqual([3])
    expect(await deliver(8)).toEqual([4, 5, 6, 7, 8, 9, 10, 11])
    const tap = await open()
    write(ring, 1)
    expect((await take(tap[Symbol.asyncIterator](), 1))[0]!.sequence).toBe(12)
    await tap.close()
  })

  it('has nothing repeated when its loop is left with break', async () => {
    write(rings.create(), 5)
    for (const expected of [0, 1, 2, 3, 4]) {
      for await (const { sequence } of await open()) {
        expect(sequence).toBe(expected)
        break
      }
    }
  })

  it('may have several batches in flight, acknowledged in any order: what is not, and what came after it, is read again', async () => {
    const ring = rings.create({ slotCountLog2: 11 })
    write(ring, 1200)
    const tap = await open()
    const batches = tap.batches()
    const acknowledge: (() => void)[] = []
    for (let i = 0; i < 4; i++) acknowledge.push((await batches.next()).value!.acknowledge)
    for (const i of [0, 3, 2]) acknowledge[i]!()
    await batches.return()
    expect(await deliver(1)).toEqual([256])
    const again = await open()
    const rest = again.batches()
    const later: (() => void)[] = []
    for (let i = 0; i < 4; i++) later.push((await rest.next()).value!.acknowledge)
    for (const i of [2, 0, 3, 1]) later[i]!()
    await rest.return()
    write(ring, 1)
    expect(await deliver(1)).toEqual([1200])
  })

  it('gets a batch again that it did not acknowledge', async () => {
    write(rings.create(), 3)
    for await (const _ of (await open()).batches()) break
    expect(await deliver(3)).toEqual([0, 1, 2])
  })

  it('has nothing repeated of batches that it acknowledged', async () => {
    const ring = rings.create()
    write(ring, 300)
    const batches = (await open()).batches()
    const batch = (await batches.next()).value!
    expect(batch.length).toBe(256)
    batch.acknowledge()
    await batches.return()
    expect(await deliver(44)).toEqual(Array.from({ length: 44 }, (_, i) => 256 + i))
  })

  it('gets the event that was in hand when the signal came only if nobody asked for the next one', async () => {
    write(rings.create(), 3)
    const stop = new AbortController()
    const events = (await open({ signal: stop.signal }))[Symbol.asyncIterator]()
    await events.next()
    await events.next()
    stop.abort()
    expect(await events.next()).toEqual({ value: undefined, done: true })
    expect(await deliver(1)).toEqual([2])
  })

  it('stands in each ring by itself; a ring that is new is read from its oldest record', async () => {
    const mine = rings.create()
    write(mine, 4)
    await deliver(4)
    write(rings.create({ sid: OTHER_SID }), 3)
    write(mine, 1)
    expect((await deliver(4)).sort()).toEqual([0, 1, 2, 4])
  })

  it('keeps its place in a ring that is not there for a while', async () => {
    const ring = rings.create()
    write(ring, 4)
    await deliver(2)
    const away = `${rings.path()}.away`
    renameSync(rings.path(), away)
    await (await open()).close()
    renameSync(away, rings.path())
    expect(await deliver(2)).toEqual([2, 3])
  })

  it('is saved while it waits, about once a second, without what is in hand', async () => {
    write(rings.create(), 3)
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    await take(events, 2)
    await until(() => {
      try {
        return saved()[0]!.next === 1
      } catch {
        return false
      }
    })
    await take(events, 1)
    void events.next()
    await until(() => saved()[0]!.next === 3)
    await tap.close()
  })

  it('adds its totals up over all taps, so that they account for every sequence', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    write(ring, 20)
    await deliver(3)
    write(ring, 20)
    await deliver(8)
    const [{ next, totals }] = saved() as [Position]
    expect(next).toBe(40)
    // 12 is where the oldest record of the first tap was.
    expect(totals).toEqual({ delivered: 11, overrun: 17, abandoned: 0, late: 0, corrupt: 0, rewinds: 0, gaveUp: 0, faults: 0 })
    expect(totals.delivered + totals.overrun).toBe(next - 12)
  })

  it('hears of what was overwritten while it was away, and of nothing twice', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    write(ring, 6)
    await deliver(2)
    write(ring, 8)
    expect(await deliver(2)).toEqual([6, 7])
    expect(losses).toMatchObject([
      { ring: rings.path(), user: SID, reason: 'overrun', first: 2, count: 4, totals: { overrun: 4, abandoned: 0, corrupt: 0, late: 0 } },
    ])
    expect(await deliver(6)).toEqual([8, 9, 10, 11, 12, 13])
    expect(losses).toHaveLength(1)
  })
})

describe('the operations of a named consumer', () => {
  it('that had begun before it was closed have their beginning and their duration when they end', async () => {
    const ring = rings.create()
    const slow = ring.append(pre({ threadId: 1, remoteName: '\\\\slow\\share' }))!
    const quick = ring.append(pre({ threadId: 2 }))!
    ring.append(post(quick, { threadId: 2 }))
    expect((await operations(1)).map(({ sequence }) => sequence)).toEqual([1])
    expect(saved()[0]).toMatchObject({ next: 3, waiting: [0] })
    ring.append(post(slow, { threadId: 1, remoteName: '\\\\slow\\share' }))
    expect(await operations(1)).toMatchObject([{ sequence: 0, remoteName: '\\\\slow\\share', durationMs: 25, outcome: 'succeeded' }])
    expect(saved()[0]).toMatchObject({ next: 4, waiting: [] })
    expect(diagnostics).toEqual([])
  })

  it('are delivered once each, whole, however often it is closed among them', async () => {
    const ring = rings.create()
    const begun: bigint[] = []
    for (let threadId = 0; threadId < 40; threadId++) {
      begun.push(ring.append(pre({ threadId }))!)
      if (threadId % 3 === 2) for (const back of [2, 0, 1]) ring.append(post(begun[threadId - back]!, { threadId: threadId - back }))
    }
    const delivered: Operation[] = []
    for (const count of [1, 4, 1, 7, 2, 11, 1, 1, 11]) delivered.push(...(await operations(count)))
    expect(delivered.map(({ process }) => process.threadId).sort((a, b) => a - b)).toEqual(Array.from({ length: 39 }, (_, i) => i))
    expect(new Set(delivered.map(({ durationMs }) => durationMs))).toEqual(new Set([25]))
    // The last PRE stands behind the last row, so it is read again rather than listed.
    expect(saved()[0]).toMatchObject({ next: Number(begun[39]), waiting: [] })
  })

  it('that the filter refuses do not come back without their beginning', async () => {
    const ring = rings.create()
    const begun = [0, 1, 2, 3].map((threadId) => ring.append(pre({ threadId, remoteName: threadId % 2 ? '\\\\b\\x' : '\\\\a\\x' }))!)
    for (const [threadId, sequence] of begun.entries())
      ring.append(post(sequence, { threadId, remoteName: threadId % 2 ? '\\\\b\\x' : '\\\\a\\x' }))
    expect((await operations(1, { filter: 'remoteName glob "*a*x"' })).map(({ sequence }) => sequence)).toEqual([0])
    expect((await operations(3)).map(({ sequence, durationMs }) => [sequence, durationMs])).toEqual([
      [1, 25],
      [2, 25],
      [3, 25],
    ])
  })

  it('whose beginning was overwritten while it was away are told of, and end without a duration', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    const slow = ring.append(pre({ threadId: 9 }))!
    ring.append(post(77n))
    await operations(1)
    for (let i = 0; i < 9; i++) ring.append(post(77n))
    ring.append(post(slow, { threadId: 9 }))
    const [, , , , , , , last] = await operations(8)
    expect(last).toMatchObject({ durationMs: undefined, process: { threadId: 9 } })
    expect(diagnostics).toEqual([expect.stringContaining('the beginnings of 1 operations that had not ended then are gone')])
  })

  it('that are unfinished are delivered once, and those not handed out wait again', async () => {
    const ring = rings.create()
    for (let threadId = 0; threadId < 3; threadId++) ring.append(pre({ threadId }))
    const [first] = await operations(1, { unfinishedAfterMs: 1 })
    expect(first).toMatchObject({ outcome: 'unfinished', sequence: 0 })
    expect(saved()[0]).toMatchObject({ next: 3, waiting: [1, 2] })
    ring.append(post(1n, { threadId: 1 }))
    expect(await operations(1)).toMatchObject([{ sequence: 1, durationMs: 25 }])
  })
})

describe('a PRE that waits since an earlier file had the ring’s name', () => {
  it('is not taken for a record of the new file', async () => {
    rings.create().append(pre({ threadId: 1 }))
    const tap = await openOperations()
    const waiting = tap[Symbol.asyncIterator]().next()
    await until(() => tap.stats().waiting === 1)
    renameSync(rings.path(), `${rings.path()}.old`)
    const ring = rings.create()
    ring.append(post(ring.append(pre({ threadId: 2 }))!, { threadId: 2 }))
    expect((await waiting).value).toMatchObject({ sequence: 0, durationMs: 25, process: { threadId: 2 } })
    await tap.close()
    expect(saved()[0]).toMatchObject({ next: 2, waiting: [] })
  })
})

describe('a ring that is not what it was', () => {
  it('because another file has its name is read from its oldest record, and that is told', async () => {
    write(rings.create(), 9)
    await deliver(9)
    renameSync(rings.path(), `${rings.path()}.old`)
    write(rings.create(), 2)
    expect(await deliver(2)).toEqual([0, 1])
    expect(diagnostics).toEqual([
      expect.stringMatching(/is not the ring that the consumer read before, so it is read from its oldest record/),
    ])
  })

  it('because it was set back is flagged as a rewind', async () => {
    const ring = rings.create()
    write(ring, 9)
    await deliver(9)
    ring.setHead(4n)
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    void events.next()
    await until(() => tap.stats().rewinds === 1)
    await tap.close()
    expect(saved()[0]).toMatchObject({ next: 4, totals: { rewinds: 1, delivered: 9 } })
  })

  it('because it was set back and its sequences were used again is read from its oldest record, and that is told', async () => {
    const ring = rings.create()
    write(ring, 6)
    await deliver(6)
    ring.stamp(5n, 0, 0n)
    ring.setHead(5n)
    ring.append(pre({ threadId: 1234 }))
    write(ring, 1)
    expect(await deliver(7)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(diagnostics).toHaveLength(1)
  })
})

it('a ring whose head claims the impossible does not spoil what the cursor knows of another', async () => {
  write(rings.create(), 3)
  const hostile = rings.create({ sid: OTHER_SID, slotCountLog2: 3 })
  write(hostile, 1)
  await deliver(4)
  hostile.setHead(2n ** 52n + 12345n)
  const tap = await open()
  void tap[Symbol.asyncIterator]().next()
  await until(() => tap.stats().rewinds > 0)
  await tap.close()
  write(rings.create({ sid: SID, variant: '.1' }), 1)
  expect(await deliver(1)).toEqual([0])
  expect(diagnostics).toEqual([])
})

describe('onLoss', () => {
  it('names the run of sequences that were lost', async () => {
    const ring = rings.create({ slotCountLog2: 4 })
    write(ring, 5)
    ring.pokeRecord(1n, 40, Buffer.from('x'))
    ring.pokeRecord(2n, 40, Buffer.from('x'))
    ring.pokeRecord(4n, 40, Buffer.from('x'))
    write(ring, 1)
    await deliver(3)
    expect(losses.flatMap(({ first = -1, count }) => Array.from({ length: count }, (_, i) => first + i))).toEqual([1, 2, 4])
  })

  it('tells a consumer once what writers could not record, also what they could not while it was away', async () => {
    const ring = rings.create({ slotCountLog2: 4 })
    write(ring, 1)
    setWriterCounts(ring, { gaveUp: 3n, faults: 1n })
    await deliver(1)
    write(ring, 1)
    setWriterCounts(ring, { gaveUp: 5n, faults: 1n })
    await deliver(1)
    write(ring, 1)
    await deliver(1)
    expect(losses.map(({ reason, count, totals }) => [reason, count, totals.gaveUp, totals.faults])).toEqual([
      ['gaveUp', 3, 3, 0],
      ['fault', 1, 3, 1],
      ['gaveUp', 2, 2, 0],
    ])
    expect(saved()[0]!.totals).toMatchObject({ gaveUp: 5, faults: 1 })
  })

  it('that throws loses no event of a named consumer', async () => {
    const ring = rings.create({ slotCountLog2: 3 })
    write(ring, 1)
    await deliver(1)
    write(ring, 20)
    const fail = () => {
      throw new Error('mine')
    }
    const tap = await open({ onLoss: fail })
    await expect(tap[Symbol.asyncIterator]().next()).rejects.toThrow('mine')
    await tap.close()
    expect(await deliver(8)).toEqual([13, 14, 15, 16, 17, 18, 19, 20])
  })
})

it.each(['onLoss', 'onDiagnostic'])('%s that rejects ends its loop with that error, and not the process', async (name) => {
  const ring = rings.create({ slotCountLog2: 3 })
  const fail = async () => {
    throw new Error('mine')
  }
  const tap = await open({ [name]: fail })
  write(ring, 20)
  if (name === 'onDiagnostic') writeFileSync(rings.path({ sid: OTHER_SID }), 'garbage')
  const read = async () => {
    for await (const _ of tap);
  }
  await expect(read()).rejects.toThrow('mine')
})

it('a cursor that says nonsense of its ring does no harm', async () => {
  write(rings.create(), 3)
  await deliver(1)
  const content = JSON.parse(readFileSync(file(), 'utf8'))
  content.rings[0] = { ...content.rings[0], next: 2 ** 52, waiting: [7, 2 ** 52, 1], last: '00'.repeat(16) }
  writeFileSync(file(), JSON.stringify(content))
  const tap = await open()
  void tap[Symbol.asyncIterator]().next()
  await until(() => tap.stats().rewinds === 1)
  await tap.close()
})
