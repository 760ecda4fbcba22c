// Text in terminal columns, where a CJK character takes two.
import stringWidth from 'string-width'

/** `text` with blanks after it, `width` columns at least. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

/** `text` with blanks before it, `width` columns at least. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text
}
