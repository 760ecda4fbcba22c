// Which operations are a logon.
import { describe, expect, it } from 'vitest'
import { LogonCollector, ROWS_MAX } from '../../host/analysis/logons.ts'
import type { OperationRow } from '../../host/analysis/operation-row.ts'
import { row } from './rows.ts'

function logonsOf(rows: readonly OperationRow[], options = {}) {
  const collector = new LogonCollector(options)
  for (const each of rows) collector.add(each)
  return collector.finish()
}

describe('a logon', () => {
  it('is a session from its first operation until none was running for 30 s; what follows came later', () => {
    const found = logonsOf([row(0), row(20_000), row(49_000), row(90_000), row(91_000)])
    expect(found).toMatchObject({ count: 1, operations: 3, later: 2 })
    expect(found.slowest[0]).toMatchObject({ operations: 3, later: 2 })
  })

  it('counts a gap from the end of what was running, not from its beginning', () => {
    expect(logonsOf([row(0, { durationMs: 60_000 }), row(80_000)])).toMatchObject({ operations: 2, later: 0 })
  })

  it('goes on across a gap in which an operation was running that is told later', () => {
    // Told in the order of their ends: the long one last.
    const found = logonsOf([row(0), row(40_000), row(5, { durationMs: 100_000, localName: 'S:' })])
    expect(found).toMatchObject({ count: 1, operations: 3, later: 0 })
  })

  it('belongs to one session of one user on one machine', () => {
    const rows = [row(0), row(1, { sessionId: 3 }), row(2, { logonId: '0x9' }), row(3, { host: 'ts02' }), row(4, { user: 'S-1-5-18' })]
    expect(logonsOf(rows).count).toBe(5)
  })

  it('counts an operation once whose end came after it was given up', () => {
    const given = row(0, { outcome: 'unfinished', durationMs: undefined, status: undefined })
    const found = logonsOf([given, row(400, { completes: given.id, status: 53 })])
    expect(found.slowest[0]).toMatchObject({ operations: 1, failed: 1, unfinished: 0 })
  })

  it('may have another gap', () => {
    expect(logonsOf([row(0), row(20_000)], { gapMs: 5_000 })).toMatchObject({ operations: 1, later: 1 })
  })

  it('counts what comes long after it, when it is settled already', () => {
    const found = logonsOf([row(0), row(3_600_000, { sessionId: 9 }), row(3_700_000)])
    expect(found.slowest.map(({ later }) => later).sort()).toEqual([0, 1])
    expect(found.later).toBe(1)
  })

  it('ends after as many operations as a logon script never has', () => {
    const rows = Array.from({ length: ROWS_MAX + 5 }, (_, i) => row(i))
    expect(logonsOf(rows)).toMatchObject({ count: 1, operations: ROWS_MAX, later: 5 })
  })
})

describe('of many logons', () => {
  it('the slowest keep their operations, slowest first, and all have their mapping time', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => row(i, { logonId: `0x${i}`, durationMs: (i * 7919) % 1000 }))
    const found = logonsOf(rows, { kept: 3 })
    expect(found.slowest.map(({ mappingMs }) => mappingMs)).toEqual([999, 998, 997])
    expect(found.mappingMs).toHaveLength(1000)
    expect([found.mappingMs[0], found.mappingMs[500]]).toEqual([0, 500])
  })
})
