// Text in terminal columns, where a CJK character takes two. Names must have been through safeText().
import cliTruncate from 'cli-truncate'
import stringWidth from 'string-width'
import { END_OF_ISOLATE, ISOLATE } from './safe-text.ts'

/** How many columns `text` takes. */
export function widthOf(text: string): number {
  return stringWidth(text)
}

/** `text` with blanks after it, `width` columns at least. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

/** `text` with blanks before it, `width` columns at least. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text
}

/** `text` in at most `width` columns: what does not fit gives way to a `…` at its end, or in its middle. */
export function fit(text: string, width: number, position: 'end' | 'middle' = 'end'): string {
  if (stringWidth(text) <= width) return text
  // A cut in the middle could take the beginning of an isolate and leave its letters.
  const where = text.includes(ISOLATE) ? 'end' : position
  // Where a character of two columns stands at the cut, the result may be a column too wide.
  for (let room = width; room > 0; room--) {
    const cut = cliTruncate(text, room, { position: where })
    if (stringWidth(cut) <= width) return closed(cut)
  }
  return ''
}

/** `text` with the isolates ended whose end was cut off. */
function closed(text: string): string {
  const count = (character: string) => text.split(character).length - 1
  return text + END_OF_ISOLATE.repeat(Math.max(0, count(ISOLATE) - count(END_OF_ISOLATE)))
}
