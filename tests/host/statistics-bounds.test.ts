import { describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { naiveStatusPlace } from '../format/naive-ring.ts'
import { SEED } from './core-driver.ts'
import { type Ring, ringOf } from './filter-rings.ts'
import { SID } from './records.ts'
import { KINDS } from './reference-statistics.ts'
import { type Counting, countRings, expectSameGroups, write } from './statistics-rings.ts'

const MOST = abi.GROUPS_MAX - 1
const operationsOf = ({ driver }: Counting, kind: number) => driver.core.groups(kind).reduce((sum, { operations }) => sum + operations, 0)
/** Operations that found no group of their own. */
const others = ({ driver }: Counting, kind: number) => driver.core.groups(kind).find(({ key }) => key === undefined)

describe('more keys than groups', () => {
  it('of every kind share one group: the first 1,023 keep their own, nothing is lost', () => {
    const sidOf = (n: number) => `S-1-5-21-1004336348-1177238915-682003330-${n}`
    const rings = Array.from({ length: MOST + 60 }, (_, n) => ringOf(sidOf(n), [], 3))
    for (const [n, ring] of rings.entries()) {
      const fields = { remoteName: `\\\\s${n}\\x`, imageName: `${n}.exe`, operationStatus: 40_000 + n }
      write(ring, fields, { halves: 'post' })
    }
    // Later operations of an early key, and of a late one, are counted where those of their key were before.
    for (const n of [0, MOST - 1, MOST, MOST + 59])
      write(rings[n]!, { remoteName: `\\\\S${n}\\x`, imageName: `${n}.EXE`, operationStatus: 40_000 + n })
    const counting = countRings(rings)
    for (const kind of KINDS) {
      expect(counting.driver.core.groups(kind)).toHaveLength(abi.GROUPS_MAX)
      expect(operationsOf(counting, kind)).toBe(rings.length + 4)
      expect(others(counting, kind)).toMatchObject({ operations: 62, failed: 62 })
    }
    expectSameGroups(counting)
  })
})

describe('more names than the core can tell apart at a time', () => {
  it('are counted right all the same: groups outlive the ids of strings', () => {
    const ring = ringOf(SID, [], 17)
    const names = 42_000
    for (let n = 0; n < names; n++) {
      write(ring, { remoteName: `\\\\server${n % 300}\\${n}`, imageName: `${n % 7}.exe`, operationStatus: n % 5 }, { halves: 'post' })
    }
    const counting = countRings([ring])
    expect(counting.driver.core.turn.epoch).toBeGreaterThan(1)
    expect(counting.operations).toHaveLength(names)
    expect(others(counting, abi.BY_SHARE)!.operations).toBe(names - MOST)
    for (const kind of [abi.BY_SERVER, abi.BY_SHARE, abi.BY_IMAGE, abi.BY_USER]) expect(operationsOf(counting, kind)).toBe(names)
    expectSameGroups(counting)
  })
})

describe('keys that somebody chose so that they crowd one place of the table', () => {
  const statusesAt = (wanted: number, count: number) => {
    const statuses: number[] = []
    for (let status = 50_000; statuses.length < count; status++) if (naiveStatusPlace(SEED, status) === wanted) statuses.push(status)
    return statuses
  }

  it('share one group once 32 of them have their own, nothing is lost, and neighbours find their way round', () => {
    const ring = ringOf(SID, [])
    const crowd = statusesAt(7, 40)
    const neighbours = [...statusesAt(6, 1), ...statusesAt(8, 1), ...statusesAt(38, 1), ...statusesAt(39, 1)]
    const all = [...crowd, ...neighbours]
    for (const operationStatus of [...all, ...all]) write(ring, { operationStatus }, { halves: 'post' })
    const counting = countRings([ring])
    const groups = counting.driver.core.groups(abi.BY_ERROR).map(({ key, failed }) => [key, failed])
    expect(groups).toEqual([[undefined, 16], ...[...crowd.slice(0, 32), ...neighbours].map((key) => [key, 2])])
  })
})

describe('a counter', () => {
  it('that is full stays full, and the durations stay as they are with it', () => {
    const ring = ringOf(SID, [])
    const fill = (operations: number, options: Parameters<typeof write>[2]) => {
      for (let i = 0; i < operations; i++) write(ring, {}, options)
    }
    fill(3, { duration: 10_000n })
    const { driver } = countRings([ring])
    const { core, exports } = driver
    const place = exports.statisticsAddress(abi.BY_SERVER, 1)
    const memory = new DataView(exports.memory.buffer)
    for (const offset of [abi.GROUP_OUTCOMES, abi.GROUP_DURATIONS]) memory.setUint32(place + offset, 0xffff_ffff, true)
    const cells = new Uint8Array(memory.buffer, place + abi.GROUP_SUM, abi.GROUP_NAME - abi.GROUP_SUM)
    const before = Buffer.from(cells)
    fill(2, { duration: 70_000_000n })
    driver.drain(0, ring.writer.bytes)
    expect(core.groups(abi.BY_SERVER)[0]).toMatchObject({ succeeded: 0xffff_ffff, failed: 0, durationMs: { count: 0xffff_ffff, max: 1 } })
    expect(Buffer.from(cells).equals(before)).toBe(true)
    // The other kinds' groups go on.
    expect(core.groups(abi.BY_SHARE)[0]).toMatchObject({ succeeded: 5, durationMs: { count: 5, max: 7000 } })
  })
})

describe('a duration', () => {
  const durationsOf = (...ticks: bigint[]) => {
    const ring: Ring = ringOf(SID, [])
    for (const duration of ticks) write(ring, {}, { duration })
    const counting = countRings([ring])
    return counting.driver.core.groups(abi.BY_SERVER)[0]!.durationMs!
  }

  it.each([
    ['nothing', 0n, 0],
    ['a tick', 1n, 0.0001],
    ['7.9 µs', 79n, 0.0079],
    ['8 µs', 80n, 0.008],
    ['a second', 10_000_000n, 1000],
  ])('of %s, alone, is every figure of its group', (_, ticks, ms) => {
    expect(durationsOf(ticks)).toEqual({ count: 1, mean: ms, min: ms, max: ms, p50: ms, p90: ms, p99: ms })
  })

  it('of more than 19 hours is counted and summed, and quantiles only say that it was long', () => {
    const day = 24n * 3600n * 10_000_000n
    const { count, mean, max, p50 } = durationsOf(day, day, 400n * day)
    expect({ count, mean, max }).toEqual({ count: 3, mean: 134 * 24 * 3600_000, max: 400 * 24 * 3600_000 })
    expect(p50).toBeGreaterThanOrEqual(Number(day / 10_000n))
  })

  it('that no clock measures is counted, and touches nothing beside', () => {
    const ring = ringOf(SID, [])
    const names = ['a', 'b'].map((server) => `\\\\${server}`.padEnd(384, 'x'))
    // From a day to more years than there have been.
    const durations = [5n, ...Array.from({ length: 23 }, (_, i) => 2n ** BigInt(40 + i))]
    for (const duration of durations) {
      for (const remoteName of names) write(ring, { remoteName, localName: null, imageName: null }, { duration })
    }
    // By a clock of one tick a second, which the wall clock contradicts: counted, without a duration.
    for (const remoteName of names)
      write(ring, { remoteName, localName: null, imageName: null, ticksPerSecond: 1n }, { duration: 2n ** 62n })
    const { core } = countRings([ring]).driver
    const count = durations.length
    const durationMs = { count, min: 0.0005, max: 2 ** 62 / 10_000 }
    expect(core.groups(abi.BY_SHARE)).toMatchObject(names.map((key) => ({ key, operations: count + 1, succeeded: count + 1, durationMs })))
  })

  it('is absent where a half is missing or the clock ran backwards: the operation is counted, without one', () => {
    const ring = ringOf(SID, [])
    write(ring, {}, { duration: -1n })
    write(ring, {}, { halves: 'post' })
    write(ring, {}, { halves: 'pre' })
    const counting = countRings([ring])
    expect(counting.driver.core.groups(abi.BY_SERVER)).toMatchObject([{ succeeded: 2, unfinished: 1, durationMs: undefined }])
    expect(counting.driver.core.groups(abi.BY_ERROR)).toEqual([])
  })
})
