// Filters in code, without text: field('remoteName').glob('\\\\fs01\\*'), all(…), any(…), not(…).

import { checkCondition } from './check.ts'
import type { Comparison, FilterExpression, Literal } from './expression.ts'
import type { FieldName } from './fields.ts'

/** Conditions on one field. Each method throws FilterSyntaxError if the field's type does not have it or the value does not fit. */
export interface FieldConditions {
  equals(value: Literal): FilterExpression
  differs(value: Literal): FilterExpression
  lessThan(value: Literal): FilterExpression
  atMost(value: Literal): FilterExpression
  greaterThan(value: Literal): FilterExpression
  atLeast(value: Literal): FilterExpression
  oneOf(values: readonly Literal[]): FilterExpression
  /** `*` is any run of characters, `?` any one; case does not matter. */
  glob(pattern: string): FilterExpression
  /** Any of the bits is set. */
  has(bits: number | string): FilterExpression
  present(): FilterExpression
}

/** Begins a condition on a field, named as in the JSON output. */
export function field(name: FieldName): FieldConditions {
  const compare = (operator: Comparison) => (value: Literal) => checkCondition({ type: 'compare', field: name, operator, value })
  return {
    equals: compare('=='),
    differs: compare('!='),
    lessThan: compare('<'),
    atMost: compare('<='),
    greaterThan: compare('>'),
    atLeast: compare('>='),
    oneOf: (values) => checkCondition({ type: 'in', field: name, values }),
    glob: (pattern) => checkCondition({ type: 'glob', field: name, pattern }),
    has: (bits) => checkCondition({ type: 'has', field: name, bits: bits as number }),
    present: () => checkCondition({ type: 'present', field: name }),
  }
}

/** Holds when every operand holds. */
export function all(...operands: readonly FilterExpression[]): FilterExpression {
  return { type: 'all', operands }
}

/** Holds when some operand holds. A policy of hundreds of rules is one `any`. */
export function any(...operands: readonly FilterExpression[]): FilterExpression {
  return { type: 'any', operands }
}

export function not(operand: FilterExpression): FilterExpression {
  return { type: 'not', operand }
}
