// The filter language (docs/filters.md):
//
//   expression  = and { "||" and }
//   and         = unary { "&&" unary }
//   unary       = "!" unary | "(" expression ")" | condition
//   condition   = field comparison literal | field "in" "{" literal { "," literal } "}" | field "glob" text | field "has" bits
//               | field "present"

import { nearest } from '../model/nearest.ts'
import { invalidOption, shown } from '../model/options.ts'
import { type Condition, normalise } from './conditions.ts'
import type { Comparison, FilterExpression, Literal } from './expression.ts'
import { type FieldName, fieldNames, fieldOf, hasField, isField, type Level, literalHint, otherLevel } from './fields.ts'
import { type Token, tokenize } from './lexer.ts'
import { FilterSyntaxError, quoted } from './syntax-error.ts'

/** Deeper nesting is refused, so that no text can exhaust the stack. */
const DEPTH_MAX = 200

const OPERATORS = ['in', 'glob', 'has', 'present']
/** What people write who come from other languages, and what it is here. */
const OPERATOR_WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['like', 'ilike', 'contains', 'matches', 'regex', 'startswith', 'endswith'].map((word) => [word, 'glob'])),
  ...{ is: '==', eq: '==', equals: '==', isnt: '!=', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=', exists: 'present' },
  not: '! before the condition',
}
const JOIN_WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||' }

/**
 * Parses a filter.
 * @param level what the tap delivers; fields that it does not have are errors.
 * @throws FilterSyntaxError with the column, what was found and what was expected; MprtapError MPRTAP_INVALID_ARGUMENT when there is no such level.
 */
export function parseFilter(source: string, level: Level = 'operation'): FilterExpression {
  if (typeof source !== 'string') throw new FilterSyntaxError(`A filter is a text, not ${shown(source)}.`, 0)
  if (level !== 'operation' && level !== 'notification') invalidOption('level', level, '"operation" or "notification"')
  return new Parser(source, level).parse()
}

class Parser {
  readonly #tokens: Token[]
  readonly #level: Level
  #at = 0
  #depth = 0
  /** Values of the condition at hand. */
  #values: Token[] = []

  constructor(source: string, level: Level) {
    this.#tokens = tokenize(source)
    this.#level = level
  }

  parse(): FilterExpression {
    if (this.#tokens.length === 1) {
      const advice = 'leave it out to get everything, or write a condition, for example outcome == "failed"'
      throw new FilterSyntaxError(`This filter is empty; ${advice}.`, 1)
    }
    const expression = this.#expression()
    if (this.#token.type !== 'end') throw this.#expected('&&, || or the end', JOIN_WORDS[this.#word])
    return expression
  }

  get #token(): Token {
    return this.#tokens[this.#at]!
  }

  /** The name at hand, without case, for hints; or nothing. */
  get #word(): string {
    return this.#token.type === 'name' ? this.#token.text.toLowerCase() : ''
  }

  #take(symbol: string): boolean {
    const found = this.#token.type === 'symbol' && this.#token.text === symbol
    if (found) this.#at++
    return found
  }

  #expression(): FilterExpression {
    return this.#chain('||', 'any', () => this.#chain('&&', 'all', () => this.#unary()))
  }

  #chain(symbol: string, type: 'all' | 'any', operand: () => FilterExpression): FilterExpression {
    const operands = [operand()]
    while (this.#take(symbol)) operands.push(operand())
    return operands.length === 1 ? operands[0]! : { type, operands }
  }

  #unary(): FilterExpression {
    const { column } = this.#token
    const isNegated = this.#take('!')
    if (!isNegated && !this.#take('(')) return this.#condition()
    if (++this.#depth > DEPTH_MAX) throw new FilterSyntaxError(`Column ${column}: nested more than ${DEPTH_MAX} deep.`, column)
    try {
      if (isNegated) return { type: 'not', operand: this.#unary() }
      const expression = this.#expression()
      if (!this.#take(')')) throw this.#expected('&&, || or )', JOIN_WORDS[this.#word])
      return expression
    } finally {
      this.#depth--
    }
  }

  #condition(): FilterExpression {
    const field = this.#field()
    const operator = this.#token
    this.#values = []
    const condition = normalise(this.#conditionOf(field))
    if (condition.type !== 'problem') return condition
    const { says, value, meant } = condition
    if (value !== undefined) throw this.#expected(says, meant, this.#values[value])
    throw new FilterSyntaxError(`Column ${operator.column}: ${says}.`, operator.column)
  }

  #conditionOf(field: FieldName): Condition {
    const { type, text } = this.#token
    this.#at++
    if (type === 'symbol' && /^([=!]=|[<>]=?)$/.test(text))
      return { type: 'compare', field, operator: text as Comparison, value: this.#literal(field) }
    if (type === 'name' && text === 'in') return { type: 'in', field, values: this.#set(field) }
    if (type === 'name' && text === 'glob') return { type: 'glob', field, pattern: this.#text() }
    if (type === 'name' && text === 'has') return { type: 'has', field, bits: this.#literal(field) as number }
    if (type === 'name' && text === 'present') return { type: 'present', field }
    this.#at--
    const meant = OPERATOR_WORDS[this.#word] ?? nearest(this.#word, OPERATORS)
    throw this.#expected('a comparison (== != < <= > >=), in, glob, has or present', meant)
  }

  #field(): FieldName {
    const { type, text, column } = this.#token
    const names = fieldNames(this.#level)
    if (type !== 'name') throw this.#expected('a field name, ! or (')
    if (!isField(text)) throw this.#expected('a field name', this.#word === 'not' ? '!' : nearest(text, names))
    if (!hasField(this.#level, text)) throw new FilterSyntaxError(`Column ${column}: ${otherLevel(this.#level, text)}.`, column)
    this.#at++
    return text
  }

  /** Takes a value's token. */
  #value(): Token {
    const token = this.#token
    this.#values.push(token)
    this.#at++
    return token
  }

  #text(): string {
    if (this.#token.type !== 'text') throw this.#expected('a text in quotes')
    return this.#value().text
  }

  #literal(field: FieldName): Literal {
    const { type } = fieldOf(field)
    const { type: found, text, unit } = this.#token
    if (found === 'symbol' || found === 'end') throw this.#expected(literalHint(field))
    // Without quotes stand numbers and names that are known here; a text without them looks like another field.
    if (found === 'name' && type === 'string') throw this.#expected(literalHint(field))
    if (unit !== '' && type !== 'duration') throw this.#expected(literalHint(field))
    const { value } = this.#value()
    // 64-bit values stay text: a number would round them.
    if (found === 'number') return type === 'hexadecimal' ? text : value
    return found === 'name' && type === 'boolean' && /^(true|false)$/.test(text) ? text === 'true' : text
  }

  #set(field: FieldName): Literal[] {
    if (!this.#take('{')) throw this.#expected('{')
    const values = [this.#literal(field)]
    while (this.#take(',')) values.push(this.#literal(field))
    if (!this.#take('}')) throw this.#expected(', or }')
    return values
  }

  #expected(what: string, meant?: string, { type, text, column }: Token = this.#token): FilterSyntaxError {
    const found = type === 'end' ? 'the end' : quoted(text)
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`
    return new FilterSyntaxError(`Column ${column}: expected ${what}, found ${found}.${hint}`, column)
  }
}
