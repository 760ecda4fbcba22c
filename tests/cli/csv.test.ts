import { describe, expect, it } from 'vitest'
import { csvLine } from '../../host/text/csv.ts'

describe('a line of CSV', () => {
  it('has commas between its cells, quotes where they are needed, and nothing for what is not known', () => {
    expect(csvLine(['a', 1.5, undefined, 'b,c', 'say "x"', ''])).toBe('a,1.5,,"b,c","say ""x""",')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', "=cmd|' /C calc'!A0"])('makes no formula of %s', (name) => {
    expect(csvLine([name])).toBe(`'${name}`)
  })

  it.each([
    ['a tab', '\t=1', "'<U+0009>=1"],
    ['a line end', '\r\n=1', "'<U+000D><U+000A>=1"],
  ])('escapes %s', (_, name, cell) => {
    expect(csvLine([name])).toBe(cell)
  })

  it('leaves numbers as they are, also below zero', () => {
    expect(csvLine([-1, 0])).toBe('-1,0')
  })
})
