// Names come from strangers: any program can map `\\a\<escape sequence>`, and what it chose is printed on an administrator's terminal.

/**
 * What must not reach a terminal as it is: controls (C0, DEL, C1), format characters (bidirectional controls and marks, zero-width ones, tags), lone
 * surrogates, private and unassigned characters (all of those are `\p{C}`), line and paragraph separators, and everything else that shows
 * nothing. `<` too, where what follows would make it look like one of the escapes below.
 */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|<(?=U\+)/gu

/** Combining marks that would join what stands before the text, or pile up and cover the lines above. */
const UNBOUND_MARKS = /^\p{M}+|(?<=\p{M}{4})\p{M}/gu

function escapeCharacters(characters: string): string {
  return Array.from(characters, (character) => `<U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}>`).join('')
}

/**
 * `text` with every character that could steer a terminal, reorder a line or hide, as `<U+XXXX>`. Angle brackets, because a backslash is in every
 * remote name, while Windows allows no `<` in one. The result is unambiguous: a literal `<U+` is escaped as well.
 */
export function safeText(text: string): string {
  return text.replace(UNSAFE, escapeCharacters).replace(UNBOUND_MARKS, escapeCharacters)
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
 * JSON of `value` on one line of harmless characters, which every parser of JSON takes. A lone surrogate is no character, and many parsers
 * refuse it: it is written as U+FFFD, and the member `unpaired` says what it was: `{"<field>": {"<index>": <unit>}}`, fields of fields
 * with a dot between. Who puts those units back at those indices, in UTF-16, has the exact name. Without lone surrogates there is no such member.
 */
export function safeJson(value: object, { ascii = false }: JsonOptions = {}): string {
  const text = JSON.stringify(value)
  const whole = PERHAPS_UNPAIRED.test(text) ? JSON.stringify(paired(value)) : text
  return whole.replace(ascii ? NOT_ASCII : UNSAFE_IN_JSON, escapeUnits)
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
