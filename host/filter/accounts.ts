// Accounts in filters: records carry SIDs, people write names. Each name is looked up once, when the filter is opened.

import type { FilterExpression, Literal } from './expression.ts'
import { FilterSyntaxError, quoted } from './syntax-error.ts'

/** Names that one filter may have; each may take as long as a domain controller takes. */
const NAMES_MAX = 64
const SID = /^S-\d/i
const WILDCARD = /[*?]/

/** The SID of an account; `undefined`: there is none of that name; `late`: nobody said so in time; `nobody`: there is nobody to ask, as on another system. */
export type FindSid = (name: string) => Promise<string | undefined | 'late' | 'nobody'>

/**
 * The expression with SIDs in the place of names of accounts: `user == "CORP\\berger"`, also with `!=`, `in`, and `glob` without `*` and `?`.
 * @throws FilterSyntaxError for a name that nobody knows, or a pattern of names.
 */
export async function withSids(expression: FilterExpression, find: FindSid): Promise<FilterExpression> {
  const names = new Set<string>()
  visit(expression, (name) => void names.add(name))
  if (names.size > NAMES_MAX) throw fault(`This filter names ${names.size} accounts; ${NAMES_MAX} are allowed. Give their SIDs.`)
  const sids = new Map<string, string>()
  for (const name of names) {
    const sid = await find(name)
    if (sid === 'nobody' && !isAccount(name)) continue
    if (sid === undefined)
      throw fault(`There is no account ${quoted(name)}, or no domain controller that knows it can be asked. Correct it, or give its SID.`)
    if (sid === 'late') throw fault(`Windows has not found out in time who ${quoted(name)} is. Try again, or give the SID.`)
    if (sid === 'nobody') throw fault(`Names of accounts such as ${quoted(name)} are looked up on Windows only. Give the SID.`)
    sids.set(name, sid)
  }
  return sids.size === 0 ? expression : replaced(expression, sids)
}

/** Whether a text can be nothing but the name of an account. */
const isAccount = (text: string) => text.includes('\\') || text.includes('@')

const isName = (value: Literal): value is string => typeof value === 'string' && value !== '' && !SID.test(value)

function visit(expression: FilterExpression, found: (name: string) => void): void {
  switch (expression.type) {
    case 'all':
    case 'any':
      for (const operand of expression.operands) visit(operand, found)
      break
    case 'not':
      visit(expression.operand, found)
      break
    case 'compare':
      if (expression.field === 'user' && isName(expression.value)) found(expression.value)
      break
    case 'in':
      if (expression.field === 'user') for (const value of expression.values) if (isName(value)) found(value)
      break
    case 'glob': {
      const { field, pattern } = expression
      if (field !== 'user' || !isName(pattern)) break
      if (!WILDCARD.test(pattern)) found(pattern)
      else if (isAccount(pattern))
        throw fault(`${quoted(pattern)} is a pattern of names, and records have SIDs: name each account, or give a pattern of SIDs.`)
    }
  }
}

function replaced(expression: FilterExpression, sids: ReadonlyMap<string, string>): FilterExpression {
  const sidOf = <Value extends Literal>(value: Value) => (typeof value === 'string' ? (sids.get(value) ?? value) : value)
  switch (expression.type) {
    case 'all':
    case 'any':
      return { ...expression, operands: expression.operands.map((operand) => replaced(operand, sids)) }
    case 'not':
      return { ...expression, operand: replaced(expression.operand, sids) }
    case 'compare':
      return expression.field === 'user' ? { ...expression, value: sidOf(expression.value) } : expression
    case 'in':
      return expression.field === 'user' ? { ...expression, values: expression.values.map(sidOf) } : expression
    case 'glob':
      return expression.field === 'user' ? { ...expression, pattern: sidOf(expression.pattern) } : expression
    default:
      return expression
  }
}

const fault = (text: string) => new FilterSyntaxError(text, 0)
