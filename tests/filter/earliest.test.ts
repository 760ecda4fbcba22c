// How far back a filter looks: never later than the first event that it lets pass.

import { describe, expect, it } from 'vitest'
import { earliestOf } from '../../host/filter/earliest.ts'
import { parseFilter } from '../../host/filter/parser.ts'

const NOON = Date.parse('2026-01-31T12:00:00Z')
const ONE = Date.parse('2026-01-31T13:00:00Z')

describe('the earliest time that a filter lets pass', () => {
  it.each([
    ['time >= "2026-01-31T12:00:00Z"', NOON],
    ['time > "2026-01-31T12:00:00Z" && kind == "add"', NOON],
    ['time >= "2026-01-31T12:00:00Z" && time >= "2026-01-31T13:00:00Z"', ONE],
    ['time >= "2026-01-31T12:00:00Z" || time >= "2026-01-31T13:00:00Z"', NOON],
    ['time == "2026-01-31T12:00:00Z"', NOON],
    ['time >= "2026-01-31T12:00:00Z" || kind == "add"', Number.NEGATIVE_INFINITY],
    ['!(time >= "2026-01-31T12:00:00Z")', Number.NEGATIVE_INFINITY],
    ['time < "2026-01-31T12:00:00Z"', Number.NEGATIVE_INFINITY],
    ['time != "2026-01-31T12:00:00Z"', Number.NEGATIVE_INFINITY],
    ['process.startTime >= "2026-01-31T12:00:00Z"', Number.NEGATIVE_INFINITY],
    ['kind == "add"', Number.NEGATIVE_INFINITY],
  ])('%s', (text, time) => {
    expect(earliestOf(parseFilter(text, 'operation'))).toBe(time)
  })
})
