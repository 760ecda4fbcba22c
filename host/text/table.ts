import { fit, padEnd, padStart, widthOf } from './width.ts'

/** One column of a table. */
export interface Column<Row> {
  readonly title: string
  /** What a row has there, escaped already. */
  readonly text: (row: Row) => string
  /** Texts begin on the left and may be shortened; numbers end on the right and may not. */
  readonly type: 'text' | 'number'
  /** The column with the highest rank is left out first where the table is too wide. 0 stays always. */
  readonly rank: number
}

const GAP = '  '
/** Before texts get less than this, a column that matters less is left out. */
const TEXT_GOOD = 24
/** A text that has fewer columns than this says nothing any more. */
const TEXT_LEAST = 8

/**
 * Lines of a table, the titles first. With a `width`, it takes no more columns than that: long texts are shortened, and what matters least is left out.
 *
 * @param width of the terminal; `undefined` in a pipe or file, where nothing is shortened
 */
export function tableLines<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number | undefined): string[] {
  let shown = [...columns]
  let widths = naturalWidths(shown, rows)
  if (width !== undefined) {
    while (excess(shrunk(shown, widths, width, TEXT_GOOD), width) > 0) {
      const rank = Math.max(...shown.map((column) => column.rank))
      if (rank === 0) break
      shown = shown.filter((column) => column.rank < rank)
      widths = naturalWidths(shown, rows)
    }
    widths = shrunk(shown, widths, width, TEXT_LEAST)
  }
  const cell = (text: string, index: number) =>
    shown[index]!.type === 'number' ? padStart(text, widths[index]!) : padEnd(fit(text, widths[index]!, 'middle'), widths[index]!)
  const line = (texts: readonly string[]) => {
    const whole = texts.map(cell).join(GAP).trimEnd()
    return width === undefined ? whole : fit(whole, width)
  }
  return [line(shown.map(({ title }) => title)), ...rows.map((row) => line(shown.map(({ text }) => text(row))))]
}

function naturalWidths<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): number[] {
  return columns.map(({ title, text }) => rows.reduce((most, row) => Math.max(most, widthOf(text(row))), widthOf(title)))
}

/** How many columns of the terminal are missing. */
function excess(widths: readonly number[], width: number): number {
  return widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1)) - width
}

/** The widths with texts shortened, the widest first, until the table fits or no text can give more than `least`. */
function shrunk<Row>(columns: readonly Column<Row>[], widths: readonly number[], width: number, least: number): number[] {
  const result = [...widths]
  const texts = columns.flatMap(({ type }, index) => (type === 'text' ? [index] : []))
  for (let missing = excess(result, width); missing > 0; missing--) {
    const widest = texts.reduce((best, index) => (result[index]! > (result[best] ?? 0) ? index : best), -1)
    if (widest < 0 || result[widest]! <= least) break
    result[widest]!--
  }
  return result
}
