// What a filter means, said as plainly as can be: over the event as an object, one condition at a time. Nothing here comes from assembly/,
// nor from the compiler.

import type { Comparison, FilterExpression, Literal } from '../../host/filter/expression.ts'
import type { Notification, Operation } from '../../host/model/events.ts'

export type Event = Operation | Notification

export function matches(expression: FilterExpression, event: Event): boolean {
  switch (expression.type) {
    case 'all':
      return expression.operands.every((operand) => matches(operand, event))
    case 'any':
      return expression.operands.some((operand) => matches(operand, event))
    case 'not':
      return !matches(expression.operand, event)
    case 'present':
      return fieldValue(event, expression.field) !== undefined
    case 'compare':
      return compare(fieldValue(event, expression.field), expression.operator, expression.value)
    case 'in':
      return expression.values.some((value) => compare(fieldValue(event, expression.field), '==', value))
    case 'glob': {
      const text = fieldValue(event, expression.field)
      return typeof text === 'string' && globMatches(expression.pattern, text)
    }
    case 'has': {
      const value = fieldValue(event, expression.field)
      return typeof value === 'number' && (value & expression.bits) !== 0
    }
  }
}

/** `process.image` is `event.process.image`. */
export function fieldValue(event: Event, field: string): unknown {
  return field.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event)
}

/** With an absent value every comparison is false, but for `!=`, which is `==` negated. */
function compare(value: unknown, operator: Comparison, literal: Literal): boolean {
  if (operator === '!=') return !compare(value, '==', literal)
  if (operator === '==')
    return value === literal || (RESOURCE_TYPES.includes(value as string) && RESOURCE_TYPES.indexOf(value as string) === literal)
  if (typeof value !== 'number' || typeof literal !== 'number') return false
  if (operator === '<') return value < literal
  if (operator === '<=') return value <= literal
  if (operator === '>') return value > literal
  return value >= literal
}

/** Values of `resourceType` that have a name can be asked for by number, too. */
const RESOURCE_TYPES = ['any', 'disk', 'print']

/** Row i of the table: which prefixes of the text the first i units of the pattern match. */
export function globMatches(pattern: string, text: string): boolean {
  let row = Array.from({ length: text.length + 1 }, (_, i) => i === 0)
  for (const wanted of pattern.split('')) {
    const next = new Array<boolean>(text.length + 1).fill(false)
    if (wanted === '*') next[0] = row[0]!
    for (let i = 1; i <= text.length; i++) {
      const given = text[i - 1]!
      next[i] = wanted === '*' ? row[i]! || next[i - 1]! : row[i - 1]! && (wanted === '?' || upper(wanted) === upper(given))
    }
    row = next
  }
  return row[text.length]!
}

/** The upper case of a unit where that is one unit, too; otherwise the unit. */
function upper(unit: string): string {
  const cased = unit.toUpperCase()
  return cased.length === 1 ? cased : unit
}
