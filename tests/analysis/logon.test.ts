// Where the time of a logon went.
import { describe, expect, it } from 'vitest'
import { describeLogon } from '../../host/analysis/logon.ts'
import { row, T0 } from './rows.ts'

describe('the time of a logon', () => {
  it('is the union of its operations, and their sum is told beside it', () => {
    const logon = describeLogon([row(0, { durationMs: 1000 }), row(500, { localName: 'S:', durationMs: 1000 })], 0)
    expect(logon).toMatchObject({ mappingMs: 1500, summedMs: 2000, serialMs: 1000, parallelMs: 500, idleMs: 0, from: T0, to: T0 + 1500 })
  })

  it('has gaps in which no operation was running, and they are not mapping time', () => {
    const logon = describeLogon([row(0, { durationMs: 100 }), row(5000, { localName: 'S:', durationMs: 100 })], 0)
    expect(logon).toMatchObject({ mappingMs: 200, idleMs: 4900 })
    expect(logon.gaps).toEqual([{ from: T0 + 100, to: T0 + 5000 }])
  })

  it('counts an operation without a known end as one that took no time', () => {
    expect(describeLogon([row(0, { outcome: 'unfinished', durationMs: undefined })], 0)).toMatchObject({ mappingMs: 0, unfinished: 1 })
  })
})

describe('what a logon lost', () => {
  it('is the time during which operations ran that then failed, overlaps once', () => {
    const rows = [row(0, { status: 53, durationMs: 1000 }), row(500, { status: 53, durationMs: 1000, localName: 'S:' }), row(2000)]
    expect(describeLogon(rows, 0).lostMs).toBe(1500)
  })

  it('names servers that answered nothing, those that cost most first', () => {
    const rows = [
      row(0, { status: 53, durationMs: 1000, remoteName: '\\\\gone1\\a' }),
      row(1000, { status: 64, durationMs: 3000, remoteName: '\\\\GONE2\\a' }),
      row(4000, { status: 53, durationMs: 1000, remoteName: '\\\\gone2\\b' }),
      row(6000),
    ]
    expect(describeLogon(rows, 0).deadServers).toEqual([
      { server: 'GONE2', operations: 2, lostMs: 4000 },
      { server: 'gone1', operations: 1, lostMs: 1000 },
    ])
  })

  it('does not call a server dead that refused, or that answered once', () => {
    const refused = [row(0, { status: 5, remoteName: '\\\\fs02\\a' })]
    const once = [row(0, { status: 53, remoteName: '\\\\fs03\\a' }), row(100, { remoteName: '\\\\fs03\\a' })]
    expect(describeLogon([...refused, ...once], 0).deadServers).toEqual([])
  })

  it('joins several attempts at one letter, whatever its case', () => {
    const rows = [
      row(0, { status: 53, localName: 'Z:', durationMs: 1000 }),
      row(2000, { status: 53, localName: 'z:', durationMs: 1000 }),
      row(4000, { localName: 'Z:', durationMs: 10 }),
    ]
    expect(describeLogon(rows, 0).retries).toEqual([{ name: 'Z:', attempts: 3, succeeded: true, spanMs: 4010 }])
  })

  it('does not call an add after a success another attempt', () => {
    expect(describeLogon([row(0), row(100)], 0).retries).toEqual([])
  })
})

describe('the critical chain', () => {
  it('goes from the operation that ended last back to what it waited for', () => {
    const rows = [
      row(0, { durationMs: 1000 }),
      row(0, { durationMs: 200, localName: 'A:' }),
      row(1000, { durationMs: 4000, localName: 'B:' }),
      row(1100, { durationMs: 100, localName: 'C:' }),
    ]
    expect(describeLogon(rows, 0).criticalChain).toEqual([0, 2])
  })
})
