// docs/windows-assumptions.md names a test for each assumption: the test is there, and so is the case of it that the page names.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const page = readFileSync('docs/windows-assumptions.md', 'utf8')
const unkind = readFileSync('tests/dll/unkind.c', 'utf8')

interface Named {
  readonly row: string
  readonly test: string
  /** What stands in brackets after it. */
  readonly part: string | undefined
}

/** What the last column of each table names, in code. */
const named: Named[] = [...page.matchAll(/^\|(.*)\|\n/gm)].flatMap(([, row]) => {
  const cells = row!.split('|')
  return [...cells.at(-1)!.matchAll(/`([^`]+)`(?: \(([^)]+)\))?/g)].map(([, test, part]) => ({
    row: cells[0]!.trim(),
    test: test!.replace(/^node /, ''),
    part,
  }))
})
const isPath = ({ test }: Named) => test.includes('/')

describe('a test that docs/windows-assumptions.md names', () => {
  it.each(named.filter(isPath))('$test is there, with what is named of it ($row)', ({ test, part }) => {
    expect(existsSync(test), test).toBe(true)
    if (part !== undefined) expect(readFileSync(test, 'utf8').toLowerCase()).toContain(part.toLowerCase())
  })

  it.each(named.filter((name) => !isPath(name)))('$test is a case of tests/dll/unkind.c ($row)', ({ test }) => {
    expect(unkind).toContain(`{L"${test.split(' ')[0]}",`)
  })

  it('stands in every row but those that are documented only', () => {
    const rows = [...page.matchAll(/^\| (?!-|behaviour|no\.)(.*) \|\n/gm)].map(([, row]) => row!.split(' | '))
    expect(rows.length).toBeGreaterThan(60)
    for (const row of rows.filter((row) => !/`/.test(row.at(-1)!))) expect(row.join(' | ')).toMatch(/documented|none:/)
  })
})

it('each of the 17 findings has its row', () => {
  expect([...page.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number))).toEqual(Array.from({ length: 17 }, (_, i) => i + 1))
})
