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

/** JSON of `value` on one line, with the same characters as `\uXXXX`: any JSON reader gets the exact text back. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, (character) =>
    Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''),
  )
}
