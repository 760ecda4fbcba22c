// node tests/package/table.mjs [FILE…]: runs the tests of the package, and prints where it works, and what is said where it cannot, as a
// table. Each cell is what a test saw (cells.ts).
import { startVitest } from 'vitest/node'

const columns = ['import', 'require', 'types', 'rest', 'live']
const heads = ['where', 'import', 'require()', 'types', 'rings at rest, captures', 'rings that live']
/** A message is given in full below the table. */
const isShort = (said) => said.length <= 12

/** @type {Map<string, Record<string, string>>} */
const rows = new Map()
const failed = []

export default class TableReporter {
  onTestCaseResult(test) {
    const { state } = test.result()
    if (state === 'failed') failed.push(test.fullName)
    for (const { where, column, said } of test.meta().cells ?? []) {
      const row = rows.get(where) ?? {}
      const now = state === 'passed' ? said : 'FAILED'
      rows.set(where, { ...row, [column]: row[column] === 'FAILED' ? 'FAILED' : now })
    }
  }
}

const vitest = await startVitest('test', process.argv.slice(2), {
  project: 'package',
  watch: false,
  reporters: ['default', new TableReporter()],
})
await vitest.close()

const messages = []
function shown(said = '') {
  if (isShort(said)) return said
  if (!messages.includes(said)) messages.push(said)
  return `(${messages.indexOf(said) + 1})`
}
const lines = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([where, row]) => [where, ...columns.map((column) => shown(row[column]))])
const widths = heads.map((head, i) => Math.max(head.length, ...lines.map((line) => line[i].length)))
const row = (cells) => `| ${cells.map((text, i) => text.padEnd(widths[i])).join(' | ')} |\n`
process.stdout.write(`${row(heads)}|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|\n${lines.map(row).join('')}\n`)
for (const [i, message] of messages.entries()) process.stdout.write(`(${i + 1}) ${message}\n`)
for (const name of failed) process.stdout.write(`FAILED: ${name}\n`)
process.stdout.write(`\n${rows.size} rows, ${failed.length} tests failed\n`)
