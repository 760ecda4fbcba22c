// How far back a filter looks, for sources that need not be read from their beginning.

import type { FilterExpression } from './expression.ts'

/** Nothing that began before matches; epoch ms. -Infinity: the filter does not say. */
export function earliestOf(expression: FilterExpression): number {
  switch (expression.type) {
    case 'all':
      return Math.max(Number.NEGATIVE_INFINITY, ...expression.operands.map(earliestOf))
    case 'any':
      return expression.operands.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...expression.operands.map(earliestOf))
    case 'compare': {
      const { field, operator, value } = expression
      const isBound = field === 'time' && typeof value === 'number' && ['>', '>=', '=='].includes(operator)
      return isBound ? value : Number.NEGATIVE_INFINITY
    }
    default:
      return Number.NEGATIVE_INFINITY
  }
}
