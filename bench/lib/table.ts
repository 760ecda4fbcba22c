// Tables: padded for a terminal, or Markdown.

export type Row = readonly (string | number)[]

/** The first column is a text, the others are numbers. */
export function terminalTable(head: Row, rows: readonly Row[]): string {
  const all = [head, ...rows].map((row) => row.map(String))
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')
  return all.map(line).join('\n')
}

/** Text that Markdown shows as it is. */
function markdownText(text: string): string {
  return text.replace(/[\\*|_]/g, '\\$&')
}

export function markdownTable(head: Row, rows: readonly Row[]): string {
  const line = (row: Row) => `| ${row.map((cell) => (typeof cell === 'string' ? markdownText(cell) : cell)).join(' | ')} |`
  return [line(head), `|${head.map((_, column) => (column === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n')
}

/** Three significant digits at least, no more decimals than needed. */
export function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toPrecision(3)
}
