// Filters in code, without text: field('remoteName').glob('\\\\fs01\\*'), all(…), any(…), not(…).

import type { FlagName } from '../model/connect-flags.ts'
import type { ResourceType } from '../model/events.ts'
import { checkCondition } from './check.ts'
import type { Comparison, FilterExpression, Literal } from './expression.ts'
import type { FieldName, FieldTypes } from './fields.ts'

/** Conditions that every field has. Each throws FilterSyntaxError if a value does not fit, as it may when it is not known to the compiler. */
export interface AnyConditions<Value> {
  equals(value: Value): FilterExpression
  differs(value: Value): FilterExpression
  oneOf(values: readonly Value[]): FilterExpression
  present(): FilterExpression
}

/** Conditions of numbers, times and durations. */
export interface OrderedConditions<Value> extends AnyConditions<Value> {
  lessThan(value: Value): FilterExpression
  atMost(value: Value): FilterExpression
  greaterThan(value: Value): FilterExpression
  atLeast(value: Value): FilterExpression
}

/** Conditions of texts. */
export interface TextConditions<Value> extends AnyConditions<Value> {
  /** `*` is any run of characters, `?` any one; case does not matter. */
  glob(pattern: string): FilterExpression
}

/** Conditions of bits. */
export interface BitConditions<Value> extends AnyConditions<Value> {
  /** Any of the bits is set. */
  has(bits: Value): FilterExpression
}

/** What `field()` offers for a field of each type. Durations are in milliseconds. */
export interface ConditionsByType {
  readonly string: TextConditions<string>
  readonly statusName: TextConditions<string>
  readonly number: OrderedConditions<number>
  readonly duration: OrderedConditions<number>
  /** ISO 8601, or epoch ms. */
  readonly time: OrderedConditions<string | number>
  readonly boolean: AnyConditions<boolean>
  readonly hexadecimal: AnyConditions<string | number>
  readonly flags: BitConditions<number | FlagName>
  readonly bits: BitConditions<number>
}

/** The conditions that a field has, and the values that they take. */
export type FieldConditions<Name extends FieldName> = Name extends 'resourceType'
  ? AnyConditions<Exclude<ResourceType, number> | number>
  : FieldTypes[Name] extends keyof ConditionsByType
    ? ConditionsByType[FieldTypes[Name]]
    : FieldTypes[Name] extends readonly (infer Value)[]
      ? AnyConditions<Value>
      : never

/** Begins a condition on a field, named as in the JSON output. */
export function field<Name extends FieldName>(name: Name): FieldConditions<Name> {
  const compare = (operator: Comparison) => (value: Literal) => checkCondition({ type: 'compare', field: name, operator, value })
  const conditions = {
    equals: compare('=='),
    differs: compare('!='),
    lessThan: compare('<'),
    atMost: compare('<='),
    greaterThan: compare('>'),
    atLeast: compare('>='),
    oneOf: (values: readonly Literal[]) => checkCondition({ type: 'in', field: name, values }),
    glob: (pattern: string) => checkCondition({ type: 'glob', field: name, pattern }),
    has: (bits: number | string) => checkCondition({ type: 'has', field: name, bits: bits as number }),
    present: () => checkCondition({ type: 'present', field: name }),
  }
  return conditions as unknown as FieldConditions<Name>
}

/** Holds when every operand holds. */
export function all(...operands: readonly FilterExpression[]): FilterExpression {
  return { type: 'all', operands }
}

/** Holds when some operand holds. A policy of hundreds of rules is one `any`. */
export function any(...operands: readonly FilterExpression[]): FilterExpression {
  return { type: 'any', operands }
}

/** Everything that the operand does not match. */
export function not(operand: FilterExpression): FilterExpression {
  return { type: 'not', operand }
}
