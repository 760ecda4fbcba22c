// What a report counts.
import { describe, expect, it } from 'vitest'
import type { OperationRow } from '../../host/analysis/operation-row.ts'
import { ReportCollector } from '../../host/analysis/report-data.ts'
import { row, T0 } from './rows.ts'

function dataOf(rows: readonly OperationRow[]) {
  const collector = new ReportCollector()
  for (const each of rows) collector.add(each)
  return collector.finish()
}

describe('groups', () => {
  it('join names that differ in case, spelled as they came first, and count users', () => {
    const { groups } = dataOf([row(0, { remoteName: '\\\\FS01\\a' }), row(1, { remoteName: '\\\\fs01\\A', user: 'S-1-5-18' })])
    expect(groups.server).toMatchObject([{ key: 'FS01', operations: 2, users: 2 }])
    expect(groups.share).toHaveLength(1)
  })

  it('count an error code and the HRESULT that holds it as one error', () => {
    const { groups } = dataOf([row(0, { status: 53 }), row(1, { status: 0x80070035 })])
    expect(groups.error).toMatchObject([{ key: 53, operations: 2 }])
    expect(groups.server).toMatchObject([{ isDead: true }])
  })

  it('call a server dead that answered nothing', () => {
    const { groups } = dataOf([row(0, { status: 53 }), row(1, { status: 5, remoteName: '\\\\fs02\\a' })])
    expect(groups.server.map(({ key, isDead }) => [key, isDead])).toEqual([
      ['fs01', true],
      ['fs02', false],
    ])
  })

  it('count an operation once whose end came after it was given up', () => {
    const given = row(0, { outcome: 'unfinished', durationMs: undefined, status: undefined })
    const data = dataOf([given, row(1, { completes: given.id, status: 53 })])
    expect(data).toMatchObject({ operations: 1, failed: 1, unfinished: 0 })
    expect(data.groups.server).toMatchObject([{ operations: 1, failed: 1, unfinished: 0 }])
  })

  it('are bounded: what finds no room is counted together', () => {
    const { groups } = dataOf(Array.from({ length: 5000 }, (_, i) => row(i, { remoteName: `\\\\s${i}\\a` })))
    expect(groups.server).toHaveLength(4097)
    expect(groups.server.find(({ key }) => key === undefined)?.operations).toBe(5000 - 4096)
  })
})

describe('the timeline', () => {
  it('has a bounded number of bins over any period, and each operation is in one', () => {
    const day = 86_400_000
    const { timeline } = dataOf(Array.from({ length: 1000 }, (_, i) => row((i * 30 * day) / 1000, { status: i % 10 === 0 ? 53 : 0 })))
    expect(timeline.bins.length).toBeLessThanOrEqual(120)
    expect(timeline.bins.reduce((sum, { operations }) => sum + operations, 0)).toBe(1000)
    expect(timeline.bins.reduce((sum, { failed }) => sum + failed, 0)).toBe(100)
    expect(timeline.bins[0]!.from).toBeLessThanOrEqual(T0)
  })

  it('leaves out times that no clock can have shown', () => {
    const { timeline } = dataOf([row(0), row(Number.POSITIVE_INFINITY)])
    expect(timeline.bins).toHaveLength(1)
  })
})
