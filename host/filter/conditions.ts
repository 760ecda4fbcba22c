// What each type of field can be compared with. Conditions of the parser and of the builder all pass through here.

import { CONNECT_FLAGS } from '../model/connect-flags.ts'
import { nearest } from '../model/nearest.ts'
import { isList, shown } from '../model/options.ts'
import { statusNames } from '../model/status.ts'
import type { FilterExpression, Literal } from './expression.ts'
import { type FieldName, fieldOf, literalHint } from './fields.ts'

export type Condition = Exclude<FilterExpression, { type: 'all' | 'any' | 'not' }>

/** What is wrong with a condition. */
export interface Problem {
  readonly type: 'problem'
  /** What was expected of the value; without one, the end of a sentence about the operator. */
  readonly says: string
  /** Which value does not fit; the first is 0. Left out: the field does not have this operator. */
  readonly value?: number
  /** What the value's writer may have meant. */
  readonly meant?: string | undefined
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>='])
const ORDERED: ReadonlySet<string> = new Set(['number', 'time', 'duration'])
/** Globs longer than this cannot match any name that a record can hold. */
const PATTERN_MAX = 1024
/** The forms of ISO 8601 that name a day or a moment. Everything else that Date.parse() takes is a guess. */
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/** The condition with its values in the form that the compiler takes, or what is wrong with it. */
export function normalise(condition: Condition): Condition | Problem {
  const { field } = condition
  const { type } = fieldOf(field)
  switch (condition.type) {
    case 'present':
      return condition
    case 'glob': {
      const { pattern } = condition
      if (type !== 'string' && type !== 'statusName') return noOperator(`${field} is not a text; glob works on texts only`)
      if (typeof pattern !== 'string') return noValue('a text in quotes')
      if (pattern.length > PATTERN_MAX) return noValue(`a pattern of at most ${PATTERN_MAX} characters`)
      return condition
    }
    case 'has': {
      if (type !== 'flags' && type !== 'bits') return noOperator(`${field} has no bits to test; has works on flags and notifyStatus`)
      const bits = literalOf(field, condition.bits)
      if (bits === 0) return noValue('at least one bit')
      return typeof bits === 'number' ? { ...condition, bits } : wrongValue(field, condition.bits, 0)
    }
    case 'compare': {
      const { operator } = condition
      if (!COMPARISONS.has(operator)) return noOperator(`${shown(operator)} is not a comparison`)
      const orders = operator !== '==' && operator !== '!='
      if (orders && !ORDERED.has(type as string)) return noOperator(`${field} has no order; use == or !=`)
      const value = literalOf(field, condition.value)
      return value === undefined ? wrongValue(field, condition.value, 0) : { ...condition, value }
    }
    case 'in': {
      if (!isList(condition.values)) return noOperator(`the values for ${field} are not a list`)
      const values = condition.values.map((value) => literalOf(field, value))
      const wrong = values.indexOf(undefined)
      return wrong < 0 ? { ...condition, values: values as Literal[] } : wrongValue(field, condition.values[wrong]!, wrong)
    }
    default:
      return noOperator(`${shown((condition as Condition).type)} is not a condition`)
  }
}

function noOperator(says: string): Problem {
  return { type: 'problem', says }
}

function noValue(says: string, value = 0, meant?: string): Problem {
  return { type: 'problem', says, value, meant }
}

function wrongValue(field: FieldName, found: Literal, value: number): Problem {
  const word = typeof found === 'string' ? found : ''
  const names = namesOf(field)
  const meant = nearest(word, names) ?? nearest(`CONNECT_${word}`, names)
  return noValue(literalHint(field), value, meant)
}

/** The names that a value can have. */
function namesOf(field: FieldName): readonly string[] {
  const { type } = fieldOf(field)
  if (typeof type !== 'string') return type
  if (type === 'flags') return CONNECT_FLAGS.map(([, name]) => name)
  return type === 'statusName' ? [...statusNames().values()] : []
}

/** The literal as the field's own type, or `undefined` if it is not one. */
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
    case 'bits':
      return wordOf(value)
    case 'flags':
      return wordOf(value) ?? CONNECT_FLAGS.find(([, name]) => name === value)?.[0]
    default:
      if (field === 'resourceType' && typeof value === 'number') return wordOf(value)
      return namesOf(field).includes(value as string) ? value : undefined
  }
}

function timeOf(value: Literal): number | undefined {
  const time = typeof value === 'string' && TIME.test(value) ? Date.parse(value) : value
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined
}

function hexadecimalOf(value: Literal): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? `0x${value.toString(16)}` : undefined
  const digits = typeof value === 'string' ? /^0x0*([0-9a-f]{1,16})$/i.exec(value) : undefined
  return digits ? `0x${digits[1]!.toLowerCase()}` : undefined
}

function wordOf(value: Literal): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32 ? value : undefined
}
