import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { type Column, tableLines } from '../../host/text/table.ts'

interface Row {
  readonly name: string
  readonly count: number
}
const columns: readonly Column<Row>[] = [
  { title: 'name', type: 'text', rank: 0, text: ({ name }) => name },
  { title: 'count', type: 'number', rank: 0, text: ({ count }) => String(count) },
  { title: 'twice', type: 'number', rank: 1, text: ({ count }) => String(2 * count) },
  { title: 'thrice', type: 'number', rank: 2, text: ({ count }) => String(3 * count) },
]
const rows = [
  { name: 'short', count: 7 },
  { name: `\\\\files01\\${'long'.repeat(20)}`, count: 1_000_000 },
  { name: '共有フォルダー'.repeat(9), count: 3 },
]

describe('a table', () => {
  it('is as wide as its texts in a pipe, texts on the left and numbers on the right', () => {
    expect(tableLines(columns, rows.slice(0, 1), undefined)).toEqual(['name   count  twice  thrice', 'short      7     14      21'])
    expect(tableLines(columns, rows, undefined).join('\n')).toContain(rows[1]!.name)
  })

  it.each([24, 30, 40, 60, 80, 120])('takes no more than %i columns on a terminal', (width) => {
    for (const line of tableLines(columns, rows, width)) expect(stringWidth(line)).toBeLessThanOrEqual(width)
  })

  it('shortens the texts first, then leaves out what matters least', () => {
    expect(tableLines(columns, rows, 60)[0]).toMatch(/^name +count +twice +thrice$/)
    expect(tableLines(columns, rows, 45)[0]).toMatch(/^name +count +twice$/)
    expect(tableLines(columns, rows, 30)[0]).toMatch(/^name +count$/)
    expect(tableLines(columns, rows, 60)[2]).toMatch(/^\\\\files01.*….*long +1000000 +2000000 +3000000$/)
  })
})
