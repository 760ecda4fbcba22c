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
  /** Records that the rules accept are refused. */
  readonly inverted: boolean
  /** Demanded by every rule, without string tests. */
  readonly gate: Formula
  readonly rules: readonly Rule[]
}

/** What a formula looks at: bit f for string field f, NUMBERS for anything else. */
type Outlook = number

const NUMBERS = 1 << 31
const outlooks = new WeakMap<Formula, Outlook>()

/** Kept for every part of a formula, so that taking a deep one apart level by level does not count its leaves again at each. */
function outlook(formula: Formula): Outlook {
  let known = outlooks.get(formula)
  if (known === undefined) {
    known = outlookOf(formula)
    outlooks.set(formula, known)
  }
  return known
}

function outlookOf(formula: Formula): Outlook {
  switch (formula.type) {
    case 'string':
      return 1 << formula.field
    case 'number':
      return NUMBERS
    case 'not':
      return outlook(formula.operand)
    default:
      return formula.operands.reduce((all, operand) => all | outlook(operand), 0)
  }
}

function hasStrings(formula: Formula): boolean {
  return (outlook(formula) & ~NUMBERS) !== 0
}

/** The one string field that a formula is about, or `undefined`. */
export function soleField(formula: Formula): number | undefined {
  const looks = outlook(formula)
  const isOne = looks > 0 && (looks & (looks - 1)) === 0
  return isOne ? 31 - Math.clz32(looks) : undefined
}

function operandsOf(formula: Formula, type: 'and' | 'or'): readonly Formula[] {
  return formula.type === type ? formula.operands : [formula]
}

export function ruleListOf(expression: FilterExpression): RuleList {
  const inverted = expression.type === 'not'
  const formula = withoutNegations(formulaOf(inverted ? expression.operand : expression))
  // "kind == … && (a hundred rules)": the hundred are the rules, what stands beside them is demanded by all.
  const conditions = operandsOf(formula, 'and')
  const list = longestMixedOr(conditions)
  const others = conditions.filter((condition) => condition !== list)
  const gate = others.filter((condition) => !hasStrings(condition))
  const shared = others.filter(hasStrings)
  const rules = list ? operandsOf(list, 'or') : [TRUE]
  return { inverted, gate: { type: 'and', operands: gate }, rules: rules.map((rule) => ruleOf([...shared, ...operandsOf(rule, 'and')])) }
}

/** Alternatives over several fields. Those over one need no rules: they are a single formula, and all numbers are. */
function longestMixedOr(conditions: readonly Formula[]): Formula | undefined {
  const lists = conditions.filter((condition) => condition.type === 'or' && soleField(condition) === undefined && hasStrings(condition))
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
