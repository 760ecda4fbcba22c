// When records are missing, and for whom.
import { describe, expect, it } from 'vitest'
import { MissingRecordsFinder } from '../../host/analysis/missing-records.ts'
import { row, T0 } from './rows.ts'

const USER = 'S-1-5-21-1-2-3-1001'
const at = (ring: string, sequence: number, ms: number, user = USER) => row(ms, { id: `${ring}-${sequence}`, user })

describe('a run of missing records', () => {
  it('lies between the records on both sides of it, although rows before it come later', () => {
    const finder = new MissingRecordsFinder()
    finder.addRow(at('aa', 1, 10))
    finder.addLoss({ user: USER, first: 4, count: 6 })
    finder.addRow(at('aa', 3, 30))
    finder.addRow(at('aa', 10, 90))
    expect(finder.finish()).toEqual([{ user: USER, records: 6, from: T0 + 30, to: T0 + 90 }])
  })

  it('is not ended by another user’s records', () => {
    const finder = new MissingRecordsFinder()
    finder.addLoss({ user: USER, first: 4, count: 6 })
    finder.addRow(at('bb', 99, 50, 'S-1-5-18'))
    expect(finder.finish()).toEqual([{ user: USER, records: 6, from: undefined, to: undefined }])
  })

  it('of a user with two rings is ended by the ring that goes on after it', () => {
    const finder = new MissingRecordsFinder()
    finder.addRow(at('aa', 1, 10))
    finder.addRow(at('bb', 1, 20))
    finder.addLoss({ user: USER, first: 4, count: 6 })
    finder.addRow(at('bb', 2, 30))
    finder.addRow(at('aa', 10, 90))
    expect(finder.finish()).toEqual([{ user: USER, records: 6, from: T0 + 10, to: T0 + 90 }])
  })

  it('does not take memory without end: of too many runs the last ones are told together', () => {
    const finder = new MissingRecordsFinder(10)
    for (let i = 0; i < 1000; i++) {
      finder.addLoss({ user: USER, first: 2 * i, count: 1 })
      finder.addRow(at('aa', 2 * i + 1, i))
    }
    const found = finder.finish()
    expect(found).toHaveLength(10)
    expect(found.reduce((sum, { records }) => sum + records, 0)).toBe(1000)
  })
})
