import { describe, expect, it } from 'vitest'
import { momentOf } from '../../host/cli/moment.ts'

const NOW = new Date(2026, 0, 31, 9, 5, 3, 7).getTime()
const local = (year: number, month: number, day: number, hours = 0, minutes = 0, seconds = 0) =>
  new Date(year, month, day, hours, minutes, seconds).getTime()

describe('a moment on the command line', () => {
  it.each([
    ['now', NOW],
    ['-90s', NOW - 90_000],
    ['-30m', NOW - 1_800_000],
    ['-1h', NOW - 3_600_000],
    ['-2d', NOW - 172_800_000],
    ['-1w', NOW - 604_800_000],
    ['today', local(2026, 0, 31)],
    ['yesterday', local(2026, 0, 30)],
    ['08:00', local(2026, 0, 31, 8)],
    ['08:00:30', local(2026, 0, 31, 8, 0, 30)],
    ['2026-01-05', local(2026, 0, 5)],
    ['2026-01-05T08:00', local(2026, 0, 5, 8)],
    ['2026-01-05 08:00', local(2026, 0, 5, 8)],
    ['2024-02-29', local(2024, 1, 29)],
    ['2026-01-05T08:00:00Z', Date.UTC(2026, 0, 5, 8)],
    ['2026-01-05T08:00:00.250+01:00', Date.UTC(2026, 0, 5, 7, 0, 0, 250)],
  ])('%s is understood', (text, moment) => {
    expect(momentOf(text, NOW, false)).toBe(moment)
  })

  it('is UTC where that is asked for, unless it has an offset', () => {
    expect(momentOf('2026-01-05', NOW, true)).toBe(Date.UTC(2026, 0, 5))
    expect(momentOf('today', Date.UTC(2026, 0, 5, 23), true)).toBe(Date.UTC(2026, 0, 5))
    expect(momentOf('23:00', Date.UTC(2026, 0, 5, 1), true)).toBe(Date.UTC(2026, 0, 5, 23))
    expect(momentOf('2026-01-05T08:00+01:00', NOW, true)).toBe(Date.UTC(2026, 0, 5, 7))
  })

  it.each([
    '',
    'tomorrow',
    '1h',
    '-1y',
    '8:00',
    '25:00',
    '10:60',
    '2026-13-01',
    '2026-02-30',
    '2026-02-29T08:00',
    '2026-04-31T08:00Z',
    '2026-01-00',
    '2026-01',
    '05.01.2026',
    '1767600009744',
    '-1h ago',
  ])('%j is none', (text) => {
    expect(momentOf(text, NOW, false)).toBeUndefined()
  })
})
