// The filter language (docs/filters.md):
//
//   expression  = and { "||" and }
//   and         = unary { "&&" unary }
//   unary       = "!" unary | "(" expression ")" | condition
//   condition   = field comparison literal | field "in" "{" literal { "," literal } "}" | field "glob" text | field "has" bits
//               | field "present"

import { type Condition, normalise } from './conditions.ts'
import type { Comparison, FilterExpression, Literal } from './expression.ts'
import { type FieldName, fieldNames, fieldOf, isField } from './fields.ts'
import { type Token, tokenize } from './lexer.ts'
import { nearest } from './nearest.ts'
import { FilterSyntaxError } from './syntax-error.ts'

/** Deeper nesting is refused, so that no text can exhaust the stack. */
const DEPTH_MAX = 200

/**
 * Parses a filter.
 * @param level what the tap delivers; fields that it does not have are errors.
 * @throws FilterSyntaxError with the column, what was found and what was expected.
 */
export function parseFilter(source: string, level: 'operation' | 'notification' = 'operation'): FilterExpression {
  return new Parser(source, level).parse()
}

class Parser {
  readonly #tokens: Token[]
  readonly #level: 'operation' | 'notification'
  #at = 0
  #depth = 0

  constructor(source: string, level: 'operation' | 'notification') {
    this.#tokens = tokenize(source)
    this.#level = level
  }

  parse(): FilterExpression {
    const expression = this.#chain('||', 'any', () => this.#chain('&&', 'all', () => this.#unary()))
    if (this.#token.type !== 'end') throw this.#expected('&&, || or the end')
    return expression
  }

  get #token(): Token {
    return this.#tokens[this.#at]!
  }

  #take(symbol: string): boolean {
    const found = this.#token.type === 'symbol' && this.#token.text === symbol
    if (found) this.#at++
    return found
  }

  #chain(symbol: string, type: 'all' | 'any', operand: () => FilterExpression): FilterExpression {
    const operands = [operand()]
    while (this.#take(symbol)) operands.push(operand())
    return operands.length === 1 ? operands[0]! : { type, operands }
  }

  #unary(): FilterExpression {
    if (++this.#depth > DEPTH_MAX)
      throw new FilterSyntaxError(`Column ${this.#token.column}: nested more than ${DEPTH_MAX} deep.`, this.#token.column)
    try {
      if (this.#take('!')) return { type: 'not', operand: this.#unary() }
      if (!this.#take('(')) return this.#condition()
      const expression = this.#chain('||', 'any', () => this.#chain('&&', 'all', () => this.#unary()))
      if (!this.#take(')')) throw this.#expected('&&, || or )')
      return expression
    } finally {
      this.#depth--
    }
  }

  #condition(): FilterExpression {
    const { column } = this.#token
    const condition = normalise(this.#conditionOf(this.#field()))
    if (typeof condition === 'string') throw new FilterSyntaxError(`Column ${column}: ${condition}`, column)
    return condition
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
    throw this.#expected('a comparison (== != < <= > >=), in, glob, has or present', ['in', 'glob', 'has', 'present'])
  }

  #field(): FieldName {
    const { type, text, column } = this.#token
    const names = fieldNames(this.#level)
    if (type !== 'name') throw this.#expected('a field name, ! or (')
    if (!isField(text)) throw this.#expected('a field name', names)
    if (!names.includes(text)) {
      const other = this.#level === 'operation' ? 'notifications' : 'operations'
      throw new FilterSyntaxError(`Column ${column}: ${text} is a field of ${other}; this tap delivers ${this.#level}s.`, column)
    }
    this.#at++
    return text
  }

  #text(): string {
    if (this.#token.type !== 'text') throw this.#expected('a text in quotes')
    return this.#tokens[this.#at++]!.text
  }

  #literal(field: FieldName): Literal {
    const { type, text, value } = this.#token
    if (type === 'text' || type === 'number') {
      this.#at++
      // 64-bit values stay text: a number would round them.
      return type === 'text' || fieldOf(field).type === 'hexadecimal' ? text : value
    }
    if (type === 'name') {
      this.#at++
      return text === 'true' ? true : text === 'false' ? false : text
    }
    throw this.#expected('a value: a text in quotes, a number, true or false')
  }

  #set(field: FieldName): Literal[] {
    if (!this.#take('{')) throw this.#expected('{')
    const values = [this.#literal(field)]
    while (this.#take(',')) values.push(this.#literal(field))
    if (!this.#take('}')) throw this.#expected(', or }')
    return values
  }

  #expected(what: string, candidates: readonly string[] = []): FilterSyntaxError {
    const { type, text, column } = this.#token
    const found = type === 'end' ? 'the end' : JSON.stringify(text)
    const meant = type === 'name' ? nearest(text, candidates) : undefined
    const hint = meant ? ` Did you mean ${meant}?` : ''
    return new FilterSyntaxError(`Column ${column}: expected ${what}, found ${found}.${hint}`, column)
  }
}
