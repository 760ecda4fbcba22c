import { END_OF_ISOLATE, ISOLATE } from '../../text/safe-text.ts'
import { fit, widthOf } from '../../text/width.ts'

/** A blank that is not within an isolate: half a right-to-left name on each of two lines would have no isolate whole. */
const BLANK = new RegExp(` (?![^${ISOLATE}${END_OF_ISOLATE}]*${END_OF_ISOLATE})`, 'u')

/** Where the terminal is narrow, columns. */
const INDENT_SMALL = 4

/** Lines of at most `width` columns, broken at blanks; a word that is longer has a line of its own. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(BLANK)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

/**
 * `text` in lines of at most `width` columns: what comes after the first stands below the text that follows the first `indent` columns, or further
 * left where that leaves little room. A word that is longer than a line loses its middle. Without a width: one line.
 */
export function hanging(text: string, width: number | undefined, indent: number): string[] {
  if (width === undefined || widthOf(text) <= width) return [text]
  const isRoomy = width >= 3 * indent
  const room = isRoomy ? width - indent : width - INDENT_SMALL
  const begin = isRoomy ? text.slice(0, indent) : text.slice(0, INDENT_SMALL)
  const lines = wrapped(text.slice(begin.length), room).map((line) => fit(line, room, 'middle'))
  return lines.map((line, i) => (i === 0 ? begin : ' '.repeat(begin.length)) + line)
}
