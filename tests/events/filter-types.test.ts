// Checked by the compiler: every line under @ts-expect-error would fail the type check if it compiled.

import { describe, expect, it } from 'vitest'
import { type FieldName, FilterSyntaxError, field } from '../../host/index.ts'

describe('field()', () => {
  it('takes the values of its field, and no others', () => {
    expect(field('outcome').equals('failed')).toMatchObject({ value: 'failed' })
    expect(field('flags').has('CONNECT_TEMPORARY')).toMatchObject({ bits: 4 })
    expect(field('resourceType').oneOf(['disk', 7])).toMatchObject({ values: ['disk', 7] })
    expect(field('time').atLeast('2026-01-31')).toMatchObject({ operator: '>=' })
    // @ts-expect-error no outcome of that name
    expect(() => field('outcome').equals('faild')).toThrow(FilterSyntaxError)
    // @ts-expect-error a duration is a number
    expect(() => field('durationMs').lessThan('2 s')).toThrow(FilterSyntaxError)
    // @ts-expect-error a flag of that name does not exist
    expect(() => field('flags').has('CONNECT_TEMPORARILY')).toThrow(FilterSyntaxError)
    // @ts-expect-error true or false
    expect(() => field('force').equals('yes')).toThrow(FilterSyntaxError)
  })

  it('has the conditions of its field, and no others', () => {
    // @ts-expect-error an outcome has no order
    expect(() => field('outcome').lessThan('failed')).toThrow(FilterSyntaxError)
    // @ts-expect-error a number is no text
    expect(() => field('sessionId').glob('1*')).toThrow(FilterSyntaxError)
    // @ts-expect-error no field of that name
    expect(() => field('outcom')).not.toThrow()
  })

  it('of a name that is known only when the program runs has the conditions that all fields have', () => {
    const name = 'user' as FieldName
    expect(field(name).present()).toEqual({ type: 'present', field: 'user' })
  })
})
