import { Option } from 'commander'
import stringWidth from 'string-width'
import { openTap } from '../../index.ts'
import type { GroupBy, GroupStatistics } from '../../model/statistics.ts'
import { LEVEL_INFO } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import { formatDuration } from '../../text/time-text.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { notEmpty, wholeNumber } from '../option-values.ts'
import type { CommandContext, Verb } from '../verb.ts'

export const GROUPS = ['server', 'share', 'error', 'image', 'user'] as const satisfies readonly GroupBy[]

interface ReportOptions {
  readonly by: GroupBy
  /** Rows at most. */
  readonly top: number
  readonly json?: boolean
  readonly filter?: string
  readonly directory?: string
}

/** Of each column: its title, and what a group has there. Numbers are aligned to the right. */
const COLUMNS: readonly (readonly [title: string, text: (group: GroupStatistics) => string])[] = [
  ['operations', ({ operations }) => String(operations)],
  ['failed', ({ failed }) => String(failed)],
  ['cancelled', ({ cancelled }) => String(cancelled)],
  ['unfinished', ({ unfinished }) => String(unfinished)],
  ['median', ({ durationMs }) => formatDuration(durationMs?.p50)],
  ['p90', ({ durationMs }) => formatDuration(durationMs?.p90)],
  ['p99', ({ durationMs }) => formatDuration(durationMs?.p99)],
  ['longest', ({ durationMs }) => formatDuration(durationMs?.max)],
]

export const verb: Verb<ReportOptions> = {
  define(command) {
    command
      .addOption(new Option('--by <what>', 'what makes a row').choices(GROUPS).default('server'))
      .option('--top <n>', 'rows at most', wholeNumber(1), 20)
      .option('--json', 'newline-delimited JSON, a group a line')
      .option('--filter <expression>', 'only operations that match, for example: outcome == "failed"')
      .option('--directory <path>', 'where the rings are, if not where the DLL writes them', notEmpty)
  },
  run: (options, _, context) => report(options, context),
}

/**
 * Reads what the rings hold and prints a row a server, share, error, image or user: how many operations, how many failed, how long they took.
 *
 * @throws MprtapError when the tap cannot be opened.
 */
async function report(options: ReportOptions, context: CommandContext): Promise<number> {
  const { by, directory, filter } = options
  const tap = await openTap({ from: 'oldest', statistics: true, signal: context.stop, directory, filter, onDiagnostic: context.tell })
  try {
    await tap.drain({ final: true })
  } finally {
    await tap.close()
  }
  const groups = tap.statistics(by)
  const { operations, lost } = tap.stats()

  const { output } = context
  const shown = groups.slice(0, options.top)
  const lines = options.json ? shown.map((group) => groupJson(by, group)) : table(by, shown)
  for (const line of lines) await output.write(line)
  await output.flush()
  if (output.closed.aborted) return EXIT_OK
  const rest = groups.length > shown.length ? `; ${groups.length - shown.length} more (--top)` : ''
  context.stderr.write(`${count(operations, 'operation')}, ${count(groups.length, 'group')} by ${by}${rest}; ${lost} lost\n`)
  return EXIT_OK
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function groupJson(by: GroupBy, group: GroupStatistics): string {
  const msg = `${by} ${group.key ?? '(others)'}: ${count(group.operations, 'operation')}, ${group.failed} failed`
  return safeJson({ level: LEVEL_INFO, time: Date.now(), msg, type: 'group', by, ...group })
}

function table(by: GroupBy, groups: readonly GroupStatistics[]): string[] {
  const rows = [
    [by, ...COLUMNS.map(([title]) => title)],
    ...groups.map((group) => [nameOf(group), ...COLUMNS.map(([, text]) => text(group))]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => stringWidth(row[column]!))))
  return rows.map((row) =>
    row
      .map((text, column) => {
        const space = ' '.repeat(widths[column]! - stringWidth(text))
        return column === 0 ? text + space : space + text
      })
      .join('  '),
  )
}

function nameOf({ key }: GroupStatistics): string {
  return key === undefined ? '(others)' : safeText(key) || '(no name)'
}
