// A formula as a list of rules joined by "or" (assembly/abi.ts): of each rule, what it asks of each string field, and the rest.

import type { FilterExpression } from './expression.ts'
import { type Formula, formulaOf, TRUE, withoutNegations } from './formula.ts'

export interface Rule {
  /** One formula a string field, over that field's tests only. */
  readonly strings: ReadonlyMap<number, Formula>
  /** Everything else. */
  readonly residual: Formula
}

export interface RuleList {
  /** What the rules accept is refused. */
  readonly inverted: boolean
  /** Demanded by every rule, without string tests. */
  readonly gate: Formula
  readonly rules: readonly Rule[]
}

/** Which string fields a formula looks at, and whether it looks at numbers. */
function outlook(formula: Formula): { fields: Set<number>; numbers: boolean } {
  switch (formula.type) {
    case 'string':
      return { fields: new Set([formula.field]), numbers: false }
    case 'number':
      return { fields: new Set(), numbers: true }
    case 'not':
      return outlook(formula.operand)
    default: {
      const all = formula.operands.map(outlook)
      return { fields: new Set(all.flatMap(({ fields }) => [...fields])), numbers: all.some(({ numbers }) => numbers) }
    }
  }
}

/** The one string field that a formula is about, or `undefined`. */
export function soleField(formula: Formula): number | undefined {
  const { fields, numbers } = outlook(formula)
  return fields.size === 1 && !numbers ? [...fields][0] : undefined
}

function operandsOf(formula: Formula, type: 'and' | 'or'): readonly Formula[] {
  return formula.type === type ? formula.operands : [formula]
}

export function ruleListOf(expression: FilterExpression): RuleList {
  const inverted = expression.type === 'not'
  const formula = withoutNegations(formulaOf(inverted ? expression.operand : expression))
  if (formula.type === 'or') return { inverted, gate: TRUE, rules: formula.operands.map((rule) => ruleOf(operandsOf(rule, 'and'))) }
  // "kind == … && (a hundred rules)": the hundred are the rules, what stands beside them is demanded by all.
  const conditions = operandsOf(formula, 'and')
  const list = longestMixedOr(conditions)
  const others = conditions.filter((condition) => condition !== list)
  const gate = others.filter((condition) => outlook(condition).fields.size === 0)
  const shared = others.filter((condition) => outlook(condition).fields.size > 0)
  const rules = list ? operandsOf(list, 'or') : [TRUE]
  return { inverted, gate: { type: 'and', operands: gate }, rules: rules.map((rule) => ruleOf([...shared, ...operandsOf(rule, 'and')])) }
}

function longestMixedOr(conditions: readonly Formula[]): Formula | undefined {
  const lists = conditions.filter(
    (condition) => condition.type === 'or' && soleField(condition) === undefined && outlook(condition).fields.size > 0,
  )
  return lists.sort((a, b) => operandsOf(b, 'or').length - operandsOf(a, 'or').length)[0]
}

function ruleOf(conditions: readonly Formula[]): Rule {
  const strings = new Map<number, Formula>()
  const rest: Formula[] = []
  for (const condition of conditions) {
    const field = soleField(condition)
    if (field === undefined) rest.push(condition)
    else strings.set(field, { type: 'and', operands: [...operandsOf(strings.get(field) ?? TRUE, 'and'), condition] })
  }
  return { strings, residual: { type: 'and', operands: rest } }
}
