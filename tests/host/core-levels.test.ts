// What beside pairing the core promises its host: the level `record`, gaps that a source knows of, ring numbers, owners, values that cannot be.

import { beforeEach, describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { SLOT_SIZE } from '../../format/layout.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import { FILE_ID, OTHER_SID, post, pre, record, SID } from './records.ts'

const LIMIT = 5000
let ring: RingWriter

beforeEach(() => {
  ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 10 })
})

function driverOf(level: number): CoreDriver {
  const driver = new CoreDriver(level, LIMIT)
  driver.open(0, ring.bytes)
  return driver
}

describe('the level record', () => {
  it('leaves good slots as they are and lists where each is, how long, its sequence and time; bad ones are counted', () => {
    const driver = driverOf(abi.LEVEL_RECORD)
    for (let i = 0; i < 5; i++) ring.append(pre({ wallTime: record.wallTime + BigInt(12_345 * i), remoteName: 'x'.repeat(20 * i) }))
    ring.poke(ring.slotOffset(1n) + 40, Uint8Array.of(1))
    const { core } = driver
    const { f64, u32 } = core.columns
    const copy = () => Buffer.from(ring.bytes.subarray(core.turn.offset, core.turn.offset + core.turn.planned * SLOT_SIZE))
    driver.plan(0, ring.bytes)
    const slots = copy()
    core.window.set(slots)
    expect(core.take(0)).toBe(1)
    driver.plan(0, ring.bytes)
    const rest = copy()
    core.window.set(rest)
    expect(core.take(0)).toBe(3)
    expect(Buffer.from(core.window.subarray(0, rest.length)).equals(rest)).toBe(true)
    expect(driver.account(0)).toMatchObject({ delivered: 4, corrupt: 1, pending: 0 })
    for (let row = 0; row < 3; row++) {
      const offset = u32[abi.COLUMN_RECORD_OFFSET * abi.ROWS_MAX + row]!
      const used = u32[abi.COLUMN_RECORD_USED * abi.ROWS_MAX + row]!
      const ticks = 12_345 * (row + 2)
      expect(offset).toBe((row + 1) * SLOT_SIZE)
      expect(used).toBe(core.window[offset + 16]! + 256 * core.window[offset + 17]!)
      expect(f64[abi.COLUMN_SEQUENCE * abi.ROWS_MAX + row]).toBe(row + 2)
      expect(f64[abi.COLUMN_TIME * abi.ROWS_MAX + row]).toBe(1_767_600_000_000 + Math.floor(ticks / 10_000))
      expect(u32[abi.COLUMN_TIME_TICKS * abi.ROWS_MAX + row]).toBe(ticks % 10_000)
      expect(u32[abi.COLUMN_RING * abi.ROWS_MAX + row]).toBe(0)
    }
  })
})

describe('a gap that a source knows of', () => {
  it.each([
    ['overrun', abi.SKIP_OVERRUN, 3],
    ['abandoned', abi.SKIP_ABANDONED, 3],
    ['corrupt', abi.SKIP_CORRUPT, 3],
    ['filtered', abi.SKIP_FILTERED, 0],
  ] as const)('is passed over and accounted for as %s', (fate, reason, lost) => {
    const driver = driverOf(abi.LEVEL_NOTIFICATION)
    for (let i = 0; i < 6; i++) ring.append(pre())
    expect(driver.core.skip(0, 3, reason)).toBe(true)
    expect(driver.core.turn).toMatchObject({ [fate]: 3, lost, next: 3 })
    expect(driver.core.losses()).toEqual(lost > 0 ? [{ first: 0, count: 3, reason: fate }] : [])
    expect(driver.drain(0, ring.bytes).map(({ sequence }) => sequence)).toEqual([3, 4, 5])
    expect(driver.core.account(0)).toMatchObject({ [fate]: 3, delivered: 3, pending: 0 })
  })

  it('may be ahead of what was promised, but not behind what was read, nor beyond all sequences', () => {
    const driver = driverOf(abi.LEVEL_NOTIFICATION)
    expect(driver.core.skip(0, 5, abi.SKIP_OVERRUN)).toBe(true)
    expect(driver.core.account(0)).toMatchObject({ next: 5, head: 5, overrun: 5 })
    for (const to of [5, 4, -1, Number.NaN, 2 ** 53 + 2, Number.POSITIVE_INFINITY])
      expect(driver.core.skip(0, to, abi.SKIP_OVERRUN)).toBe(false)
    expect(driver.core.skip(0, 6, 4)).toBe(false)
    expect(driver.core.account(0)).toMatchObject({ next: 5, overrun: 5 })
  })
})

describe('a loss', () => {
  it('is told by runs, each with its reason', () => {
    ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 3 })
    const driver = driverOf(abi.LEVEL_NOTIFICATION)
    for (let i = 0; i < 10; i++) ring.append(pre())
    // Two are overwritten. Of the others: a hole, two that somebody spoiled, a hole, a record.
    ring.claim()
    for (let i = 0; i < 2; i++) ring.append(pre())
    ring.claim()
    ring.append(pre())
    for (const sequence of [11n, 12n]) ring.pokeRecord(sequence, 40, Buffer.from('x'))
    const told: unknown[] = []
    for (let now = 0; now < 20_000; now += 1500) {
      driver.turn(0, ring.bytes, now)
      told.push(...driver.core.losses())
    }
    expect(told).toEqual(expect.arrayContaining([{ first: 0, count: 7, reason: 'overrun' }]))
    expect(told.slice(1)).toEqual([
      { first: 10, count: 1, reason: 'abandoned' },
      { first: 11, count: 1, reason: 'corrupt' },
      { first: 12, count: 1, reason: 'corrupt' },
      { first: 13, count: 1, reason: 'abandoned' },
    ])
  })

  it('is told by the turn that found it, and by no other', () => {
    ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 3 })
    const driver = driverOf(abi.LEVEL_NOTIFICATION)
    for (let i = 0; i < 20; i++) ring.append(pre())
    driver.turn(0, ring.bytes, 0)
    expect(driver.core.losses()).toEqual([{ first: 0, count: 12, reason: 'overrun' }])
    driver.turn(0, ring.bytes, 0)
    expect(driver.core.losses()).toEqual([])
  })

  it('has a true beginning when head jumps about', () => {
    ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 3 })
    const driver = driverOf(abi.LEVEL_NOTIFICATION)
    let lost = 0
    let state = 12_345n
    for (let i = 0; i < 500; i++) {
      state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & (2n ** 64n - 1n)
      ring.setHead(state >> (11n + (state & 31n)))
      const before = driver.account(0)
      driver.turn(0, ring.bytes, 2000 * i)
      const { turn } = driver.core
      if (turn.lost === 0) continue
      lost += turn.lost
      let expected = turn.rewinds === before.rewinds ? before.next : turn.start
      for (const { first, count } of driver.core.losses()) {
        expect(first).toBe(expected)
        expected += count
      }
      expect(expected).toBe(turn.next)
    }
    const { overrun, abandoned, corrupt } = driver.account(0)
    expect(lost).toBe(overrun + abandoned + corrupt)
    expect(lost).toBeGreaterThan(0)
  })
})

describe('a ring number', () => {
  it('means another ring when its own was closed and nothing waits of it; then nothing of the old ring is left', () => {
    const driver = driverOf(abi.LEVEL_OPERATION)
    const { core } = driver
    core.setUser(0, SID)
    const sequence = ring.append(pre())!
    driver.drain(0, ring.bytes)
    core.closeRing(0)
    expect(core.waiting(abi.ALL_ROWS)).toMatchObject([{ ring: 0 }])
    expect(core.expire(LIMIT)).toBe(1)
    expect(core.waiting(abi.ALL_ROWS)).toEqual([])
    const other = RingWriter.create({ sid: OTHER_SID, slotCountLog2: 4 })
    driver.open(0, other.bytes)
    core.setUser(0, OTHER_SID)
    expect(driver.account(0)).toMatchObject({ delivered: 0, next: 0, rewinds: 0 })
    other.append(post(sequence))
    expect(driver.drain(0, other.bytes)).toMatchObject([{ completes: undefined, durationMs: undefined }])
  })
})

describe('an owner of several rings', () => {
  const rings = (count: number, sid: string) => Array.from({ length: count }, () => RingWriter.create({ sid, slotCountLog2: 12 }))
  const open = (driver: CoreDriver, all: readonly RingWriter[]) => {
    for (const [n, { bytes }] of all.entries()) driver.open(n, bytes)
  }

  it('has one share of the table of waiting operations, not one a ring', () => {
    const driver = new CoreDriver(abi.LEVEL_OPERATION, LIMIT)
    const all = [...rings(1, OTHER_SID), ...rings(4, SID)]
    open(driver, all)
    for (const n of all.keys()) driver.core.setUser(n, n === 0 ? OTHER_SID : SID)
    for (let i = 0; i < 1600; i++) all[0]!.append(pre({ threadId: i }))
    driver.drain(0, all[0]!.bytes)
    const given: (number | undefined)[] = []
    for (const n of [1, 2, 3, 4]) {
      for (let i = 0; i < 1000; i++) all[n]!.append(pre({ threadId: i }))
      given.push(...driver.drain(n, all[n]!.bytes).map(({ ring: of }) => of))
    }
    expect(given.length).toBe(1600 + 4000 - 4096)
    expect(new Set(given)).toEqual(new Set([1, 2]))
  })

  it('has operations that begin in one and end in another; nobody ends those of others', () => {
    const driver = new CoreDriver(abi.LEVEL_OPERATION, LIMIT)
    const all = [...rings(2, SID), ...rings(1, OTHER_SID)]
    open(driver, all)
    for (const [n, sid] of [SID, SID, OTHER_SID].entries()) driver.core.setUser(n, sid)
    const sequence = all[0]!.append(pre())!
    driver.drain(0, all[0]!.bytes)
    all[2]!.append(post(sequence))
    expect(driver.drain(2, all[2]!.bytes)).toMatchObject([{ ring: 2, durationMs: undefined }])
    all[1]!.append(post(sequence))
    expect(driver.drain(1, all[1]!.bytes)).toMatchObject([{ ring: 0, sequence: 0, durationMs: 25 }])
  })

  it('is another one on another host', () => {
    const driver = new CoreDriver(abi.LEVEL_OPERATION, LIMIT)
    const all = rings(2, SID)
    open(driver, all)
    driver.core.setUser(0, SID, 'one')
    driver.core.setUser(1, SID, 'two')
    const sequence = all[0]!.append(pre())!
    driver.drain(0, all[0]!.bytes)
    all[1]!.append(post(sequence))
    expect(driver.drain(1, all[1]!.bytes)).toMatchObject([{ ring: 1, durationMs: undefined }])
  })
})

describe('values that cannot be true', () => {
  const durationOf = (first: object, second: object) => {
    const driver = driverOf(abi.LEVEL_OPERATION)
    ring.append(post(ring.append(pre(first))!, second))
    return driver.drain(0, ring.bytes).at(-1)!.durationMs
  }
  const HOUR = 36_000_000_000n

  it('are a duration that the wall clock contradicts by more than a day', () => {
    expect(durationOf({ ticks: 0n, ticksPerSecond: 1n }, { ticks: 2n ** 63n, ticksPerSecond: 1n })).toBeUndefined()
    const clock = { ticksPerSecond: 10_000_000n, wallTime: record.wallTime }
    expect(durationOf({ ...clock, ticks: 0n }, { ...clock, ticks: 25n * HOUR })).toBeUndefined()
    expect(durationOf({ ...clock, ticks: 0n }, { ...clock, ticks: 0n, wallTime: clock.wallTime + 25n * HOUR })).toBeUndefined()
  })

  it('are not a duration during which the clock was set by hours', () => {
    const clock = { ticksPerSecond: 10_000_000n, wallTime: record.wallTime }
    expect(durationOf({ ...clock, ticks: 0n }, { ...clock, ticks: 23n * HOUR })).toBe(23 * 3_600_000)
    expect(durationOf({ ...clock, ticks: 0n }, { ...clock, ticks: 10_000n, wallTime: clock.wallTime - 23n * HOUR })).toBe(1)
  })

  it.each(['wallTime', 'processStartTime'])('are a FILETIME from 2^63 on: a record that has it as its %s is corrupt', (field) => {
    const driver = driverOf(abi.LEVEL_NOTIFICATION)
    for (const time of [2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]) ring.append(pre({ [field]: time }))
    expect(driver.drain(0, ring.bytes).map(({ sequence }) => sequence)).toEqual([0])
    driver.drain(0, ring.bytes)
    expect(driver.account(0)).toMatchObject({ delivered: 1, corrupt: 2 })
  })
})
