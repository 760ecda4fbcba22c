import { describe, expect, it } from 'vitest'
import { filterFor } from '../../host/filter/check.ts'
import { all, any, type FieldName, type FilterExpression, FilterSyntaxError, field, not, openTap, parseFilter } from '../../host/index.ts'

describe('the builder makes what the text makes', () => {
  it.each([
    [field('outcome').equals('failed'), 'outcome == "failed"'],
    [field('outcome').differs('failed'), 'outcome != failed'],
    [field('durationMs').lessThan(500), 'durationMs < 500ms'],
    [field('durationMs').atMost(2000), 'durationMs <= 2s'],
    [field('durationMs').greaterThan(60_000), 'durationMs > 1m'],
    [field('durationMs').atLeast(3_600_000), 'durationMs >= 1h'],
    [field('status').oneOf([53, 67]), 'status in {53, 67}'],
    [field('localName').oneOf(['Z:']), 'localName in {"Z:"}'],
    [field('remoteName').glob('\\\\fs01\\*'), 'remoteName glob "\\\\fs01\\*"'],
    [field('flags').has('CONNECT_TEMPORARY'), 'flags has CONNECT_TEMPORARY'],
    [field('flags').has(5), 'flags has 0x5'],
    [field('flags').equals('CONNECT_PROMPT'), 'flags == CONNECT_PROMPT'],
    [field('provider').present(), 'provider present'],
    [field('logonId').equals('0x3E7'), 'logonId == 0x3e7'],
    [field('logonId').equals(999), 'logonId == 0x3e7'],
    [field('time').atLeast('2026-01-05'), 'time >= "2026-01-05"'],
    [field('force').equals(true), 'force == true'],
    [field('resourceType').equals(7), 'resourceType == 7'],
    [not(field('kind').equals('add')), '!kind == add'],
    [all(field('kind').equals('add'), field('status').equals(5)), 'kind == add && status == 5'],
    [any(field('kind').equals('add'), field('status').equals(5)), 'kind == add || status == 5'],
    [
      all(any(field('kind').equals('add'), field('status').equals(5)), not(field('force').present())),
      '(kind == add || status == 5) && !force present',
    ],
  ])('%# %j', (expression, text) => {
    expect(expression).toEqual(parseFilter(text))
    expect(filterFor(expression, 'operation')).toEqual(expression)
    // An expression is plain data: it may have been stored meanwhile.
    expect(filterFor(JSON.parse(JSON.stringify(expression)), 'operation')).toEqual(expression)
  })
})

describe('the builder refuses', () => {
  const wrong = 'x' as never
  // As a program without types calls it.
  const unchecked = field as (
    name: string,
  ) => Record<'glob' | 'atLeast' | 'has' | 'equals' | 'oneOf' | 'lessThan', (value: unknown) => unknown>
  it.each([
    [() => field('remotename' as FieldName).present(), 'Expected a field name, found "remotename". Did you mean remoteName?'],
    [() => field('constructor' as FieldName).present(), 'Expected a field name, found "constructor".'],
    [() => unchecked('outcome').glob('f*'), 'outcome is not a text; glob works on texts only.'],
    [() => field('remoteName').glob(5 as never), 'Expected a text in quotes, found 5.'],
    [() => unchecked('user').atLeast('a'), 'user has no order; use == or !=.'],
    [() => unchecked('status').has(1), 'status has no bits to test; has works on flags and notifyStatus.'],
    [() => field('flags').has(0), 'Expected at least one bit, found 0.'],
    [() => unchecked('flags').has('TEMPORARY'), /found "TEMPORARY". Did you mean CONNECT_TEMPORARY\?$/],
    [() => unchecked('outcome').equals('faild'), /^Expected one of "succeeded", .* for outcome, found "faild"\. Did you mean failed\?$/],
    [() => unchecked('outcome').oneOf(['failed', 'open']), /^Expected one of .*, found "open"\.$/],
    [() => field('status').equals(Number.NaN), 'Expected a number for status, found NaN.'],
    [() => field('durationMs').lessThan(Number.POSITIVE_INFINITY), /found Infinity\.$/],
    [() => unchecked('durationMs').lessThan('5s'), /^Expected a duration for durationMs, .*, found "5s"\.$/],
    [() => field('logonId').equals(2 ** 53), /found 9007199254740992\.$/],
    [() => field('status').equals(undefined as never), 'Expected a number for status, found undefined.'],
    [() => filterFor({ type: wrong, field: 'status' }, 'operation'), '"x" is not a condition.'],
    [() => filterFor(5 as never, 'operation'), 'A filter is a text or an expression, not 5.'],
    [() => filterFor(null as never, 'operation'), 'A filter is a text or an expression, not null.'],
    [() => filterFor({ type: 'all', operands: 5 as never }, 'operation'), 'all has a list of operands, not 5.'],
    [() => filterFor({ type: 'not', operand: null as never }, 'operation'), 'A filter is a text or an expression, not null.'],
    [() => filterFor({ type: 'in', field: 'status', values: 5 as never }, 'operation'), 'the values for status are not a list.'],
    [() => filterFor({ type: 'present', field: 5 as never }, 'operation'), 'Expected a field name, found 5.'],
    [() => filterFor({ type: 'compare', field: 'status', operator: wrong, value: 5 }, 'operation'), '"x" is not a comparison.'],
  ])('%# %s', (make, message) => {
    expect(make).toThrow(FilterSyntaxError)
    expect(make).toThrow(message)
    try {
      make()
    } catch (error) {
      expect(error).toMatchObject({ code: 'MPRTAP_FILTER_SYNTAX', column: 0 })
    }
  })
})

describe('a tap', () => {
  it('refuses an expression with a field that its events do not have, however deep it stands', async () => {
    const filter = any(field('kind').equals('add'), not(all(field('phase').equals('pre'))))
    await expect(openTap({ sources: ['x'], filter })).rejects.toMatchObject({
      code: 'MPRTAP_FILTER_SYNTAX',
      message: 'phase is a field of notifications; this tap delivers operations.',
    })
    await expect(openTap({ sources: ['x'], filter: field('outcome').equals('failed'), level: 'notification' })).rejects.toThrow(
      'outcome is a field of operations; this tap delivers notifications.',
    )
  })

  it('refuses an empty text', async () => {
    await expect(openTap({ sources: ['x'], filter: '' })).rejects.toThrow(/^This filter is empty; leave it out/)
  })

  it('refuses an expression nested more than 1,000 deep with an error, not a stack overflow', () => {
    const nest = (levels: number, of: (inner: FilterExpression) => FilterExpression) => {
      let expression = field('status').equals(1)
      for (let i = 0; i < levels; i++) expression = of(expression)
      return expression
    }
    expect(filterFor(nest(1000, not), 'operation')).toBeTruthy()
    for (const of of [not, all, any, (inner: FilterExpression) => any(inner, field('status').equals(2))]) {
      expect(() => filterFor(nest(100_000, of), 'operation')).toThrow(
        /nested more than 1000 deep; give all\(\) and any\(\) their operands at once\.$/,
      )
    }
  })
})
