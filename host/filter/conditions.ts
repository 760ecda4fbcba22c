// What each type of field can be compared with. Conditions of the parser and of the builder all pass through here.

import { CONNECT_FLAGS } from '../win32/connect-flags.ts'
import type { FilterExpression, Literal } from './expression.ts'
import { type FieldName, fieldOf, literalHint } from './fields.ts'
import { nearest } from './nearest.ts'

export type Condition = Exclude<FilterExpression, { type: 'all' | 'any' | 'not' }>

const ORDERED: ReadonlySet<string> = new Set(['number', 'time', 'duration'])
/** Globs longer than this cannot match any name that a record can hold. */
const PATTERN_MAX = 1024

/** The condition with its values in the form that the compiler takes, or a sentence that says what is wrong with it. */
export function normalise(condition: Condition): Condition | string {
  const { field } = condition
  const { type } = fieldOf(field)
  switch (condition.type) {
    case 'present':
      return condition
    case 'glob':
      if (type !== 'string') return `${field} is no text; glob works on texts only.`
      if (condition.pattern.length > PATTERN_MAX)
        return `a glob can have ${PATTERN_MAX} characters, this one has ${condition.pattern.length}.`
      return condition
    case 'has': {
      if (type !== 'flags') return `${field} has no bits to test; has works on flags and notifyStatus.`
      const bits = literalOf(field, condition.bits)
      return typeof bits === 'number' && bits > 0 ? { ...condition, bits } : wrongValue(field, condition.bits)
    }
    case 'compare': {
      const { operator } = condition
      const orders = operator !== '==' && operator !== '!='
      if (orders && !ORDERED.has(type as string)) return `${field} has no order; use == or !=.`
      const value = literalOf(field, condition.value)
      return value === undefined ? wrongValue(field, condition.value) : { ...condition, value }
    }
    case 'in': {
      const values = condition.values.map((value) => literalOf(field, value))
      const wrong = values.indexOf(undefined)
      return wrong < 0 ? { ...condition, values: values as Literal[] } : wrongValue(field, condition.values[wrong]!)
    }
  }
}

function wrongValue(field: FieldName, value: Literal): string {
  const { type } = fieldOf(field)
  const meant = Array.isArray(type) && typeof value === 'string' ? nearest(value, type as string[]) : undefined
  return `${field} is compared with ${JSON.stringify(value)}; expected ${literalHint(field)}.${meant ? ` Did you mean "${meant}"?` : ''}`
}

/** The literal as the field's own type, or `undefined` if it is none. */
function literalOf(field: FieldName, value: Literal): Literal | undefined {
  const { type } = fieldOf(field)
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'number':
    case 'duration':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined
    case 'time':
      return timeOf(value)
    case 'hexadecimal':
      return hexadecimalOf(value)
    case 'flags':
      return flagsOf(value)
    default:
      if (field === 'resourceType' && typeof value === 'number') return value
      return (type as readonly string[]).includes(value as string) ? value : undefined
  }
}

function timeOf(value: Literal): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined
}

function hexadecimalOf(value: Literal): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? `0x${value.toString(16)}` : undefined
  const digits = typeof value === 'string' ? /^0x0*([0-9a-f]{1,16})$/i.exec(value) : undefined
  return digits ? `0x${digits[1]!.toLowerCase()}` : undefined
}

function flagsOf(value: Literal): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value < 2 ** 32 ? value : undefined
  return CONNECT_FLAGS.find(([, name]) => name === value)?.[0]
}
