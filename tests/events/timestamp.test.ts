import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timestamp } from '../../host/events/timestamp.ts'

describe('the timestamp of an event', () => {
  it('is its time in ISO 8601, UTC, with seven digits, whatever came before', () => {
    // Every FILETIME that a record may have: 1601 to 30828.
    const time = fc.oneof(
      fc.integer({ min: -11_644_473_600_000, max: 910_692_730_085_477 }),
      fc.integer({ min: 1_767_600_000_000, max: 1_767_607_200_000 }),
    )
    fc.assert(
      fc.property(time, fc.nat({ max: 9999 }), (ms, ticks) => {
        expect(timestamp(ms, ticks)).toBe(new Date(ms).toISOString().replace('Z', `${String(ticks).padStart(4, '0')}Z`))
      }),
      { numRuns: 5000 },
    )
  })
})
