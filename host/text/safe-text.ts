// Names come from strangers: any program can map `\\a\<escape sequence>`, and what it chose is printed on an administrator's terminal.

import { invalidOption, readOptions } from '../model/options.ts'

/**
 * What must not reach a terminal as it is, by Unicode property:
 * - `\p{C}`: controls (C0, DEL, C1), format characters (bidirectional controls and marks, zero-width ones, tags), lone surrogates, private and
 *   unassigned characters; line and paragraph separators; everything else that shows nothing (default ignorable),
 * - blanks other than the ordinary one (`\p{Z}`), which look like it,
 * - symbols that are not emoji (`\p{So}`, Latin-1 aside): among them are blanks (U+2800) and the frames of tables,
 * - `<` where what follows would make it look like one of the escapes below.
 */
const UNSAFE = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]|(?![\u0000-\u00ff\p{Emoji}])\p{So}|<(?=U\+)/gu

/** Combining marks without a letter or digit to stand on, which would join a separator or what stands before the text, or that pile up and cover the lines above. */
const UNBOUND_MARKS = /(?<![\p{L}\p{N}\p{M}])\p{M}+|(?<=\p{M}{4})\p{M}/gu

/** The blocks that Unicode keeps for scripts that run from right to left (DerivedBidiClass.txt, the defaults R and AL). */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** First strong isolate and pop directional isolate: what stands between them has a direction of its own and moves nothing outside. */
export const ISOLATE = '\u2068'
export const END_OF_ISOLATE = '\u2069'

function escapeCharacters(characters: string): string {
  return Array.from(characters, (character) => `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`).join('')
}

function isolate(part: string): string {
  return RIGHT_TO_LEFT.test(part) ? ISOLATE + part + END_OF_ISOLATE : part
}

/** As {@link safeText}, without isolates: for files that programs read. */
export function escapedText(text: string): string {
  return text.replace(UNSAFE, escapeCharacters).replace(UNBOUND_MARKS, escapeCharacters)
}

/**
 * `text` with every character that could steer a terminal, reorder a line, hide, or look like a blank, as `<U+XXXX>`. Angle brackets, because a backslash
 * is in every remote name, while Windows allows no `<` in one. The result is unambiguous: a literal `<U+` is escaped as well.
 *
 * Each part of a path that has letters of a right-to-left script is isolated, so that server and share keep their places.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when it is not a text.
 */
export function safeText(text: string): string {
  if (typeof text !== 'string') invalidOption('text', text, 'a text')
  const escaped = escapedText(text)
  return RIGHT_TO_LEFT.test(escaped) ? escaped.replace(/[^\\/]+/g, isolate) : escaped
}

/** How a line of JSON is written. */
export interface JsonOptions {
  /** Escape everything that is not ASCII, for readers that take the bytes for another encoding (Windows PowerShell 5.1). */
  readonly ascii?: boolean | undefined
}

const UNSAFE_IN_JSON = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu
const NOT_ASCII = /[^ -~]/gu
/** As JSON.stringify writes a lone surrogate. A name may also hold these characters as such; then nothing is found in it. */
const PERHAPS_UNPAIRED = /\\ud[89a-f]/
const LONE_SURROGATE = /\p{Cs}/gu

function escapeUnits(characters: string): string {
  return Array.from({ length: characters.length }, (_, i) => `\\u${characters.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')
}

/**
 * JSON of `value` on one line of harmless characters, which every parser of JSON takes. A lone surrogate is not a character, and many parsers
 * refuse it: it is written as U+FFFD, and the member `unpaired` says what it was: `{"<field>": {"<index>": <unit>}}`, fields of fields
 * with a dot between. To get the exact name, put those units back at those indices, in UTF-16. Without lone surrogates there is no such member.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT for what JSON cannot say: a bigint, an object that contains itself.
 */
export function safeJson(value: object, options?: JsonOptions): string {
  const isAscii = options !== undefined && readOptions<JsonOptions>(options, ['ascii'], 'safeJson()').ascii === true
  const text = jsonOf(value)
  const whole = PERHAPS_UNPAIRED.test(text) ? JSON.stringify(paired(value)) : text
  return whole.replace(isAscii ? NOT_ASCII : UNSAFE_IN_JSON, escapeUnits)
}

function jsonOf(value: object): string {
  if (typeof value !== 'object' || value === null) invalidOption('value', value, 'an object')
  try {
    return JSON.stringify(value)
  } catch (cause) {
    return invalidOption('value', value, 'an object that JSON can say', cause)
  }
}

/** The value without lone surrogates, and where they were. */
function paired(value: object): object {
  const unpaired: Record<string, Record<number, number>> = {}
  const clean = (part: unknown, path: string): unknown => {
    if (typeof part === 'string') {
      return part.replace(LONE_SURROGATE, (unit, index: number) => {
        unpaired[path] = { ...unpaired[path], [index]: unit.charCodeAt(0) }
        return '\ufffd'
      })
    }
    if (Array.isArray(part)) return part.map((item, i) => clean(item, `${path}.${i}`))
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([name, item]) => [name, clean(item, path === '' ? name : `${path}.${name}`)]))
  }
  const cleaned = clean(value, '') as object
  return Object.keys(unpaired).length === 0 ? cleaned : { ...cleaned, unpaired }
}
