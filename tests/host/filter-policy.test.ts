import { describe, expect, it } from 'vitest'
import { FILTER_RULES } from '../../assembly/abi.ts'
import { all, any, field, not } from '../../host/filter/builder.ts'
import { compileFilter } from '../../host/filter/compile.ts'
import type { FilterExpression } from '../../host/filter/expression.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import { FilterSyntaxError } from '../../host/filter/syntax-error.ts'
import { acceptedBy, ringOf } from './filter-rings.ts'
import { pre, SID } from './records.ts'

/** What the core has for a program. */
const CAPACITY = 0x180000

const compile = (filter: string | FilterExpression) => compileFilter(typeof filter === 'string' ? parseFilter(filter) : filter, CAPACITY)
const rulesOf = (program: Uint8Array) => new DataView(program.buffer).getUint32(FILTER_RULES, true)

/** What somebody who looks after a farm might write: shares of a server, mapped by a program. */
const policy = (rules: number) =>
  Array.from(
    { length: rules },
    (_, i) => `(remoteName glob "\\\\fs${i % 97}.corp.example\\team ${i}\\*" && process.image glob "app${i % 31}-*.exe")`,
  ).join(' || ')

/** What is left after the error's first words. */
function refusal(filter: string | FilterExpression): string {
  try {
    compile(filter)
  } catch (error) {
    expect(error).toBeInstanceOf(FilterSyntaxError)
    expect(error).toMatchObject({ code: 'MPRTAP_FILTER_SYNTAX', column: 0 })
    return (error as Error).message
  }
  throw new Error('it was compiled')
}

const kept = (names: string[], filter: FilterExpression) => {
  const records = names.map((remoteName) => pre({ remoteName, imageName: 'app7-x.exe' }))
  return [...acceptedBy([ringOf(SID, records, 10)], 'notification', filter).keys].map((key) => names[Number(key.split(' ')[1])])
}

describe('a policy list', () => {
  it('of 256 rules is a program of some ten KiB, a share of it for each rule', () => {
    const program = compile(policy(256))
    expect(rulesOf(program)).toBe(256)
    expect(program.length).toBeLessThan(48 * 1024)
  })

  it('may have 4,096 rules over two texts, and no more', () => {
    const program = compile(policy(4096))
    expect(rulesOf(program)).toBe(4096)
    expect(program.length).toBeLessThan(CAPACITY)
    expect(refusal(policy(4097))).toBe('This filter has 4097 rules; 4096 are allowed; split it over several taps.')
  })

  it('keeps what its first, its last and any rule asks for', () => {
    const names = [
      '\\\\FS7.corp.example\\team 7\\a',
      '\\\\fs38.corp.example\\team 4015\\b',
      '\\\\fs7.corp.example\\team 8\\a',
      '\\\\fs0\\x',
    ]
    expect(kept(names, parseFilter(policy(4096)))).toEqual([names[0]])
    expect(kept(names, not(parseFilter(policy(4096))))).toEqual(names.slice(1))
  })

  it('over one text is one rule, however long it is', () => {
    const names = Array.from({ length: 6000 }, (_, i) => `\\\\fs01\\home ${i}`)
    const quoted = names.map((name) => `"${name}"`).join(', ')
    expect(rulesOf(compile(`remoteName in {${quoted}}`))).toBe(1)
    expect(rulesOf(compile(names.map((name) => `remoteName glob "${name}"`).join('||')))).toBe(1)
    expect(kept(['\\\\fs01\\home 0', '\\\\fs01\\home 5999', '\\\\fs01\\home 6000'], parseFilter(`remoteName in {${quoted}}`))).toEqual([
      '\\\\fs01\\home 0',
      '\\\\fs01\\home 5999',
    ])
  })

  it('over numbers is one rule as well', () => {
    expect(rulesOf(compile(`status in {${Array.from({ length: 6000 }, (_, i) => i).join()}}`))).toBe(1)
  })

  it('behind a condition that all share is still a list of rules', () => {
    expect(rulesOf(compile(`kind == add && outcome in {failed, cancelled} && (${policy(256)})`))).toBe(256)
    expect(rulesOf(compile(`user glob "S-1-5-21-*" && (${policy(256)})`))).toBe(256)
    expect(rulesOf(compile(`!(kind == add && (${policy(256)}))`))).toBe(256)
  })

  it('keeps one copy of what several rules ask', () => {
    const rule = (i: number) => `(remoteName glob "${'x'.repeat(1000)}" && process.image == "${i % 2}")`
    expect(compile(Array.from({ length: 500 }, (_, i) => rule(i)).join('||')).length).toBeLessThan(64 * 1024)
  })
})

describe('what is too much', () => {
  const tooMuch = 'This filter has too many conditions'
  it.each([
    ['numbers in a set', `status in {${'0,'.repeat(400_000)}0}`],
    ['numbers in a chain', 'status>0||'.repeat(90_000).concat('status>0')],
    ['texts in a set', `user in {${'"",'.repeat(200_000)}""}`],
    ['characters', `user in {${Array.from({ length: 900 }, (_, i) => `"${i}${'x'.repeat(1000)}"`).join()}}`],
    ['conditions that each of many rules repeats', `remoteName in {${'"",'.repeat(1000)}""} && (${policy(100)})`],
  ])('%s: an error that says so', (_, source) => {
    expect(refusal(source)).toContain(tooMuch)
  })

  it('nesting is not: the deepest that is allowed compiles, whichever way it is built', () => {
    const nest = (of: (inner: FilterExpression, i: number) => FilterExpression) => {
      let expression = field('status').equals(1)
      for (let i = 0; i < 1000; i++) expression = of(expression, i)
      return expression
    }
    const glob = (i: number) => field('remoteName').glob(`*${i}*`)
    expect(kept(['a'], nest(not))).toEqual(kept(['a'], field('status').equals(1)))
    expect(
      kept(
        ['a', '7'],
        nest((inner, i) => any(inner, glob(i))),
      ),
    ).toEqual(['7'])
    expect(
      kept(
        ['a', '7'],
        nest((inner, i) => all(not(inner), field('user').glob(`*${i}*`), glob(i))),
      ),
    ).toEqual([])
    expect(
      kept(
        ['a', '7'],
        nest((inner, i) => (i % 2 ? any(inner, glob(i)) : all(inner, not(field('provider').equals(`${i}`))))),
      ),
    ).toEqual(['7'])
  })

  it('nor are the longest and deepest of texts', () => {
    let source = 'status > 0'
    for (let i = 0; i < 90; i++)
      source = `(${source} && ${'(remoteName glob "a" || status == 1) && '.repeat(100)}force present || status == 5)`
    expect(compile(source).length).toBeLessThan(CAPACITY)
  })
})
