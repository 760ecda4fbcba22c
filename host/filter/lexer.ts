// From filter text to tokens. Quoted texts have no escapes: UNC paths stay readable, and a text with one kind of quote goes into the other.

import { FilterSyntaxError, quoted } from './syntax-error.ts'

export type TokenType = 'name' | 'text' | 'number' | 'symbol' | 'end'

export interface Token {
  readonly type: TokenType
  /** As written, without quotes. */
  readonly text: string
  /** Of a number: its value, durations in ms. */
  readonly value: number
  /** Of a number: the unit of time after it, or nothing. */
  readonly unit: string
  /** 1 is the first. */
  readonly column: number
}

const SPACE = /\s+/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/y
const NUMBER = /(?:(0x[0-9a-fA-F]+)|(-?\d+(?:\.\d+)?)(ms|s|m|h)?)(?![A-Za-z0-9_.])/y
/** Operators of other languages that would otherwise be read as two of ours, or as half of one. */
const FOREIGN = /<>|[=!]==|=[<>~]|~/y
const SYMBOL = /==|!=|<=|>=|&&|\|\||[<>!(){},]/y
const TEXT = /"([^"]*)"|'([^']*)'/y

/** What the writer of a foreign operator meant. */
const MEANT: Readonly<Record<string, string>> = {
  '=': '==',
  '===': '==',
  '!==': '!=',
  '<>': '!=',
  '=>': '>=',
  '=<': '<=',
  '=~': 'glob',
  '~': 'glob',
  '&': '&&',
  '|': '||',
}
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
    const found = match(NAME) ?? match(NUMBER) ?? (match(FOREIGN) ? null : (match(SYMBOL) ?? match(TEXT)))
    if (!found) throw unreadable(source, at)
    at += found[0].length
    tokens.push(token(found, column))
  }
  tokens.push({ type: 'end', text: '', value: Number.NaN, unit: '', column: source.length + 1 })
  return tokens
}

function token(found: RegExpExecArray, column: number): Token {
  const [whole, first, second, unit = ''] = found
  const start = whole[0]!
  const of = (type: TokenType, text: string, value = Number.NaN): Token => ({ type, text, value, unit, column })
  if (start === '"' || start === "'") return of('text', first ?? second ?? '')
  if (/[A-Za-z_]/.test(start)) return of('name', whole)
  if (/[\d-]/.test(start)) return of('number', whole, Number(first ?? second) * (UNITS[unit] ?? 1))
  return of('symbol', whole)
}

function unreadable(source: string, at: number): FilterSyntaxError {
  const column = at + 1
  const rest = source.slice(at, at + 100)
  const character = rest[0]!
  if (character === '"' || character === "'")
    return new FilterSyntaxError(`The text that begins at column ${column} has no closing ${character}.`, column)
  const number = /^[-+.]?\d[\w.+-]*/.exec(rest)?.[0]
  if (number) {
    const forms = 'numbers look like 53, -1, 1.5 or 0x35, durations like 800ms, 1.5s, 2m or 1h'
    return new FilterSyntaxError(`Column ${column}: ${quoted(number)} is not a number; ${forms}.`, column)
  }
  const sign = /^(?:<>|[=!]==|=[<>~])/.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0)!)
  const hint = MEANT[sign] ? ` Did you mean ${MEANT[sign]}?` : ''
  return new FilterSyntaxError(`Column ${column}: ${quoted(sign)} has no meaning here.${hint}`, column)
}
