// Expressions that were built in code are held to the same rules as those that were parsed.

import { nearest } from '../model/nearest.ts'
import { shown as describe, isList } from '../model/options.ts'
import { type Condition, normalise } from './conditions.ts'
import type { FilterExpression, Literal } from './expression.ts'
import { fieldNames, hasField, isField, type Level, otherLevel } from './fields.ts'
import { parseFilter } from './parser.ts'
import { FilterSyntaxError, quoted } from './syntax-error.ts'

/** Deeper expressions are refused: compiling them could exhaust the stack. The parser's own limit keeps texts far below this. */
const DEPTH_MAX = 1000

/**
 * A filter as it was given to a tap, as an expression for that tap.
 * @throws FilterSyntaxError if it has a fault, or names a field that events of the level do not have.
 */
export function filterFor(filter: string | FilterExpression, level: Level): FilterExpression {
  return typeof filter === 'string' ? parseFilter(filter, level) : checkExpression(filter, level, 0)
}

function checkExpression(expression: FilterExpression, level: Level, depth: number): FilterExpression {
  if (typeof expression !== 'object' || expression === null)
    throw fault(`A filter is a text or an expression, not ${describe(expression)}.`)
  if (depth > DEPTH_MAX) throw fault(`This filter is nested more than ${DEPTH_MAX} deep; give all() and any() their operands at once.`)
  switch (expression.type) {
    case 'all':
    case 'any':
      if (!isList(expression.operands)) throw fault(`${expression.type} has a list of operands, not ${describe(expression.operands)}.`)
      return { type: expression.type, operands: expression.operands.map((operand) => checkExpression(operand, level, depth + 1)) }
    case 'not':
      return { type: 'not', operand: checkExpression(expression.operand, level, depth + 1) }
    default: {
      const condition = checkCondition(expression)
      if (!hasField(level, condition.field)) throw fault(`${otherLevel(level, condition.field)}.`)
      return condition
    }
  }
}

/**
 * The condition with its values as the compiler takes them.
 * @throws FilterSyntaxError if its field, operator or a value is wrong; column 0, since there is no text.
 */
export function checkCondition(condition: Condition): Condition {
  const { field } = condition
  if (typeof field !== 'string' || !isField(field)) {
    const meant = typeof field === 'string' && nearest(field, [...fieldNames('operation'), ...fieldNames('notification')])
    throw fault(`Expected a field name, found ${shown(field)}.${meant ? ` Did you mean ${meant}?` : ''}`)
  }
  const normal = normalise(condition)
  if (normal.type !== 'problem') return normal
  const { says, value, meant } = normal
  if (value === undefined) throw fault(`${says}.`)
  throw fault(`Expected ${says}, found ${shown(valuesOf(condition)[value])}.${meant ? ` Did you mean ${meant}?` : ''}`)
}

function valuesOf(condition: Condition): readonly (Literal | undefined)[] {
  switch (condition.type) {
    case 'in':
      return condition.values
    case 'compare':
      return [condition.value]
    case 'glob':
      return [condition.pattern]
    case 'has':
      return [condition.bits]
    default:
      return []
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? quoted(value) : describe(value)
}

function fault(text: string): FilterSyntaxError {
  return new FilterSyntaxError(text, 0)
}
