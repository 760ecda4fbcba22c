// Statistics of hosts, merged: whatever hosts the operations are spread over, and in whichever order they are added, the sums are those of one host
// that had them all.

import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FarmStatistics } from '../../host/analysis/farm-statistics.ts'
import { type HostStatistics, packStatistics, unpackStatistics, VALUE_MAX } from '../../host/analysis/host-statistics.ts'
import { MergedGroups } from '../../host/analysis/merged-groups.ts'
import { type CountedGroup, type Outcomes, operationCountsOf } from '../../host/model/counted-group.ts'
import { CELLS, cellOf } from '../../host/model/duration-cells.ts'
import { cases } from '../sweeps.ts'

interface Counted {
  readonly server: string
  readonly outcome: 0 | 1 | 2 | 3
  /** Ticks of 0.1 µs; sums of them are exact. */
  readonly ticks: number | undefined
}

function groupOf({ server, outcome, ticks }: Counted): CountedGroup {
  const outcomes = [0, 1, 2, 3].map((i) => (i === outcome ? 1 : 0)) as unknown as Outcomes
  if (ticks === undefined) return { key: server, outcomes, durations: undefined }
  const ms = ticks / 8
  const cells = new Float64Array(CELLS)
  cells[cellOf(ms)] = 1
  return { key: server, outcomes, durations: { count: 1, sum: ms, min: ms, max: ms, cells } }
}

function hostOf(operations: readonly Counted[], more: Partial<HostStatistics> = {}): HostStatistics {
  const merged = new MergedGroups(1023)
  const outcomes = [0, 0, 0, 0]
  for (const operation of operations) {
    merged.add(groupOf(operation))
    outcomes[operation.outcome]!++
  }
  return {
    since: 1,
    at: 2,
    lost: 0,
    isFull: false,
    outcomes: outcomes as unknown as Outcomes,
    groups: { server: merged.groups(), error: [] },
    ...more,
  }
}

/** Over the wire and back. */
function published(statistics: HostStatistics): HostStatistics {
  const read = unpackStatistics(packStatistics(statistics))
  if (typeof read === 'string') throw new Error(read)
  return read
}

const told = (groups: readonly CountedGroup[]) =>
  Object.fromEntries(groups.map(({ key, ...counted }) => [String(key).toUpperCase(), operationCountsOf(counted)]))

const operation = fc.record({
  server: fc.constantFrom('fs01', 'FS01', 'fs02', 'ström', 'STRÖM', 'dav.example'),
  outcome: fc.constantFrom(0, 1, 2, 3) as fc.Arbitrary<Counted['outcome']>,
  ticks: fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: undefined }),
})

describe('statistics of several hosts', () => {
  it('are those of one host that had all operations, number for number', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(operation, fc.nat(4)), { maxLength: 200 }), fc.func(fc.integer()), (spread, order) => {
        const hosts = [0, 1, 2, 3, 4]
          .map((host) => published(hostOf(spread.filter(([, at]) => at === host).map(([one]) => one))))
          .sort((a, b) => order(a.outcomes) - order(b.outcomes))
        const farm = new FarmStatistics()
        for (const host of hosts) farm.add(host)
        const all = hostOf(spread.map(([one]) => one))
        expect(told(farm.groups('server'))).toEqual(told(all.groups.server))
        expect(farm.outcomes).toEqual(all.outcomes)
        expect(farm.lowerBounds('server')).toEqual([])
      }),
      { numRuns: cases(300) },
    )
  })

  it('are marked as lower bounds as soon as one host has had no room for a group, lost a record, or counted to the end', () => {
    const many = Array.from({ length: 1100 }, (_, i) => ({ server: `fs${i}`, outcome: 0 as const, ticks: 80 }))
    const why = (statistics: HostStatistics) => {
      const farm = new FarmStatistics()
      farm.add(published(hostOf([{ server: 'fs1', outcome: 0, ticks: 8 }])))
      farm.add(published(statistics))
      return farm.lowerBounds('server')
    }
    expect(why(hostOf([]))).toEqual([])
    expect(why(hostOf(many))).toEqual(['1 host has more groups than they can publish'])
    expect(why(hostOf([], { lost: 3 }))).toEqual(['3 records were lost before they were counted'])
    expect(why(hostOf([], { isFull: true }))).toEqual(['1 host has counters that are full'])
  })
})

describe('the value that a host publishes', () => {
  it('is never longer than 64 KiB: its smallest groups are counted together, and no operation is left out', () => {
    let seed = 1
    const next = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    const groups = Array.from({ length: 1023 }, (_, i): CountedGroup => {
      const cells = new Float64Array(CELLS)
      for (let cell = 0; cell < 80; cell++) cells[next(CELLS)] = 1 + next(1000)
      const count = cells.reduce((sum, inCell) => sum + inCell)
      const durations = { count, sum: next(1e9) / 7, min: next(1000) / 7, max: 1e6 + next(1e6) / 7, cells }
      return { key: `server-${i}.corp.example`, outcomes: [count, next(100), 0, 0], durations }
    })
    const whole = { ...hostOf([]), groups: { server: groups, error: [] } }
    const value = packStatistics(whole)
    expect(value.length).toBeLessThanOrEqual(VALUE_MAX)
    const read = unpackStatistics(value) as HostStatistics
    const sum = (groups: readonly CountedGroup[]) => groups.reduce((total, { outcomes }) => total + outcomes.reduce((a, b) => a + b), 0)
    expect(sum(read.groups.server)).toBe(sum(groups))
    expect(read.groups.server.length).toBeLessThan(whole.groups.server.length)
    expect(read.groups.server.at(-1)!.key).toBeUndefined()
    const least = Math.min(...read.groups.server.slice(0, -1).map((group) => sum([group])))
    const kept = new Set(read.groups.server.map(({ key }) => key))
    for (const group of whole.groups.server) if (!kept.has(group.key)) expect(sum([group])).toBeLessThanOrEqual(least)
  })

  it('is not read when it is not what a host would publish', () => {
    const good = JSON.parse(gunzipSync(packStatistics(hostOf([{ server: 'fs01', outcome: 0, ticks: 8000 }]))).toString())
    const read = (change: object) => unpackStatistics(gzipSync(JSON.stringify({ ...good, ...change })))
    expect(read({})).toMatchObject({ outcomes: [1, 0, 0, 0] })
    const [row] = good.server
    expect(read({ format: 2, server: 'anything' })).toBe('newer')
    for (const change of [
      { format: 0 },
      { cells: 160 },
      { since: -1 },
      { at: 9e15 },
      { lost: 0.5 },
      { isFull: 'no' },
      { operations: [1, 2, 3] },
      { operations: [1, 2, 3, -4] },
      { server: [row.slice(0, 3)] },
      { server: [['x'.repeat(40_000), ...row.slice(1)]] },
      { server: [[7, ...row.slice(1)]] },
      { error: [row] },
      { error: [[2 ** 33, 0, 1, 0, 0]] },
      { server: Array.from({ length: 1025 }, (_, i) => [`fs${i}`, 1, 0, 0, 0]) },
      { server: [['fs01', 1, 0, 0, 0, 1, 1, 3, 2, 10, 1]] },
      { server: [['fs01', 1, 0, 0, 0, 1, 1, 1, 1, 10, 2]] },
      { server: [['fs01', 1, 0, 0, 0, 1, 1, 1, 1, CELLS, 1]] },
      { server: [['fs01', 1, 0, 0, 0, 2, 1, 1, 1, 10, 1, 9, 1]] },
      { server: [['fs01', 1, 0, 0, 0, 1, null, 1, 1, 10, 1]] },
    ])
      expect(read(change), JSON.stringify(change).slice(0, 80)).toBe('damaged')
    expect(unpackStatistics(gzipSync('null'))).toBe('damaged')
    expect(unpackStatistics(Buffer.from('garbage'))).toBe('damaged')
    expect(unpackStatistics(gzipSync(Buffer.alloc(64 << 20)))).toBe('tooLarge')
    expect(unpackStatistics(Buffer.alloc(VALUE_MAX + 1))).toBe('tooLarge')
  })
})
