// From filter text to tokens. Quoted texts have no escapes: UNC paths stay readable, and a text with one kind of quote goes into the other.

import { FilterSyntaxError } from './syntax-error.ts'

export type TokenType = 'name' | 'text' | 'number' | 'symbol' | 'end'

export interface Token {
  readonly type: TokenType
  /** As written, without quotes. */
  readonly text: string
  /** Of a number: its value, durations in ms. */
  readonly value: number
  /** 1 is the first. */
  readonly column: number
}

const SPACE = /\s+/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y
const NUMBER = /(0x[0-9a-fA-F]+|-?\d+(?:\.\d+)?)(ms|s|m|h)?(?![A-Za-z0-9_.])/y
const SYMBOL = /==|!=|<=|>=|&&|\|\||[<>!(){},]/y
const TEXT = /"([^"]*)"|'([^']*)'/y

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
/** Longer filters are refused: a policy of a thousand rules has about a hundred thousand characters. */
const LENGTH_MAX = 1_000_000

export function tokenize(source: string): Token[] {
  if (source.length > LENGTH_MAX) throw new FilterSyntaxError(`This filter has ${source.length} characters; ${LENGTH_MAX} are allowed.`, 1)
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(source)
  }
  while (at < source.length) {
    const space = match(SPACE)
    if (space) {
      at += space[0].length
      continue
    }
    const column = at + 1
    const found = match(NAME) ?? match(NUMBER) ?? match(SYMBOL) ?? match(TEXT)
    if (!found) throw unreadable(source, at)
    at += found[0].length
    tokens.push(token(found, column))
  }
  tokens.push({ type: 'end', text: '', value: Number.NaN, column: source.length + 1 })
  return tokens
}

function token(found: RegExpExecArray, column: number): Token {
  const [whole, first, second] = found
  const start = whole[0]!
  if (start === '"' || start === "'") return { type: 'text', text: first ?? second ?? '', value: Number.NaN, column }
  if (/[A-Za-z_]/.test(start)) return { type: 'name', text: whole, value: Number.NaN, column }
  if (/[\d-]/.test(start)) return { type: 'number', text: whole, value: Number(first) * (UNITS[second ?? ''] ?? 1), column }
  return { type: 'symbol', text: whole, value: Number.NaN, column }
}

function unreadable(source: string, at: number): FilterSyntaxError {
  const character = source[at]!
  if (character === '"' || character === "'")
    return new FilterSyntaxError(`The text that begins at column ${at + 1} has no closing ${character}.`, at + 1)
  const meant = { '=': '==', '&': '&&', '|': '||' }[character]
  const hint = meant ? ` Did you mean ${meant}?` : ''
  return new FilterSyntaxError(`Column ${at + 1}: ${JSON.stringify(character)} has no meaning here.${hint}`, at + 1)
}
