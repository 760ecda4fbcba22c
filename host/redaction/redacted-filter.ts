// A filter that names users, servers or shares, for records whose names are pseudonyms: the same question, asked with pseudonyms.

import type { FilterExpression, Literal } from '../filter/expression.ts'
import type { Redactor } from './redactor.ts'

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT for a pattern within a name. */
export function redactedFilter(redactor: Redactor, expression: FilterExpression): FilterExpression {
  const question = redactor.ofQuestion()
  const changes: Readonly<Record<string, (name: string) => string>> = {
    user: (name) => question.user(name),
    remoteName: (name) => question.remoteName(name),
    localName: (name) => question.localName(name),
    provider: (name) => question.provider(name),
    'process.image': (name) => question.imageName(name),
  }
  const changed = (one: FilterExpression): FilterExpression => {
    if ('operands' in one) return { ...one, operands: one.operands.map(changed) }
    if ('operand' in one) return { ...one, operand: changed(one.operand) }
    const change = changes[one.field]
    if (!change) return one
    const value = (of: Literal) => (typeof of === 'string' ? change(of) : of)
    if (one.type === 'compare') return { ...one, value: value(one.value) }
    if (one.type === 'in') return { ...one, values: one.values.map(value) }
    return one.type === 'glob' ? { ...one, pattern: change(one.pattern) } : one
  }
  return changed(expression)
}
