import { Option } from 'commander'
import { openTap } from '../../index.ts'
import type { TapStats } from '../../model/account.ts'
import type { GroupBy, GroupStatistics } from '../../model/statistics.ts'
import { CSV_BEGINNING, csvLine } from '../../text/csv.ts'
import { LEVEL_INFO } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import { type Column, tableLines } from '../../text/table.ts'
import { formatDuration, formatTime } from '../../text/time-text.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { newPath, notEmptyList, wholeNumber } from '../option-values.ts'
import { terminalWidth } from '../output/line-style.ts'
import { type Progress, showProgress } from '../output/progress.ts'
import type { ReportedRest } from '../output/reported-rest.ts'
import { exitCodeOf, levelOf, lossSummaryText, summaryOfLoss } from '../output/summary.ts'
import { writeReportPage } from '../report-page.ts'
import { addSelectionOptions, filterOf, type SelectionOptions, SOURCES_HELP } from '../selection.ts'
import type { CommandContext, Verb } from '../verb.ts'
import { namesOf } from '../wording.ts'

export const GROUPS = ['server', 'share', 'error', 'image', 'user'] as const satisfies readonly GroupBy[]

/** How many milliseconds all operations of the group took together. */
const lostTime = ({ durationMs }: GroupStatistics) => (durationMs ? durationMs.mean * durationMs.count : 0)

/** What --sort can name: the greatest first. */
const ORDERS: Readonly<Record<string, (group: GroupStatistics) => number>> = {
  operations: ({ operations }) => operations,
  failed: ({ failed }) => failed,
  p90: ({ durationMs }) => durationMs?.p90 ?? -1,
  longest: ({ durationMs }) => durationMs?.max ?? -1,
  'lost-time': lostTime,
}

interface ReportOptions extends SelectionOptions {
  readonly by: GroupBy
  readonly sort: string
  /** Rows at most. */
  readonly top: number
  readonly json?: boolean
  /** Only ASCII in JSON. */
  readonly ascii?: boolean
  readonly csv?: boolean
  /** The file that gets the page. */
  readonly html?: string
  /** Read what hosts have published instead of their records. */
  readonly farm?: boolean
  /** Sources to compare with, for the page. */
  readonly baseline?: readonly string[]
}

/** The name of an account; `undefined`: not known, or the row does not belong to a user. */
type NameOf = (sid: string) => string | undefined

type GroupColumn = Column<GroupStatistics>

const number = (title: string, rank: number, text: GroupColumn['text']): GroupColumn => ({ title, type: 'number', rank, text })
const duration = (title: string, rank: number, value: (group: GroupStatistics) => number | undefined) =>
  number(title, rank, (group) => formatDuration(value(group)))

const columnsBy = (by: GroupBy, nameOf: NameOf): readonly GroupColumn[] => [
  { title: by, type: 'text', rank: 0, text: (group) => titleOf(group, nameOf) },
  number('operations', 0, ({ operations }) => String(operations)),
  number('failed', 0, ({ failed }) => String(failed)),
  number('cancelled', 7, ({ cancelled }) => String(cancelled)),
  number('unfinished', 6, ({ unfinished }) => String(unfinished)),
  duration('median', 4, ({ durationMs }) => durationMs?.p50),
  duration('p90', 1, ({ durationMs }) => durationMs?.p90),
  duration('p99', 5, ({ durationMs }) => durationMs?.p99),
  duration('longest', 3, ({ durationMs }) => durationMs?.max),
  duration('lost time', 2, (group) => (group.durationMs ? lostTime(group) : undefined)),
]

export const verb: Verb<ReportOptions, [sources?: readonly string[]]> = {
  define(command) {
    addSelectionOptions(command)
      .argument('[source...]', SOURCES_HELP, notEmptyList)
      .addOption(new Option('--by <what>', 'what makes a row').choices(GROUPS).default('server'))
      .addOption(new Option('--sort <order>', 'what comes first').choices(Object.keys(ORDERS)).default('operations'))
      .option('--top <n>', 'rows at most', wholeNumber(1), 20)
      .addOption(
        new Option(
          '--farm',
          "nats://host:4222/STREAM: add up what the farm's hosts have published, without reading their records",
        ).conflicts(['html', 'filter', 'failed', 'slow', 'user', 'server', 'since', 'until']),
      )
      .option('--json', 'newline-delimited JSON, a group a line, a summary object last')
      .option('--ascii', 'with --json: only ASCII characters, all others escaped')
      .addOption(new Option('--csv', 'comma-separated values for a spreadsheet').conflicts('json'))
      .option(
        '--html <file>',
        'write one self-contained page instead: waterfalls of the slowest logons, tables, failures explained',
        newPath,
      )
      .option(
        '--baseline <source>',
        'with --html: also what is new, gone, slower or failing since that source; may be repeated',
        notEmptyList,
      )
  },
  run: (options, [sources = []], context) => report(sources, options, context),
}

/**
 * Reads what the rings hold and prints a row a server, share, error, image or user: how many operations, how many failed, how long they took.
 *
 * @throws MprtapError when the tap cannot be opened.
 */
async function report(sources: readonly string[], options: ReportOptions, context: CommandContext): Promise<number> {
  if (options.farm) {
    const { readFarm } = await import('../farm-report.ts')
    const { groups, ...farm } = await readFarm(sources, options, context)
    return show(groups, farm, options, context)
  }
  const filter = filterOf(options, Date.now())
  if (options.html !== undefined) {
    const { html, baseline = [], utc = false } = options
    const operations = await writeReportPage(sources, { html, filter, baseline, utc }, context)
    context.say(`${count(operations, 'operation')} in ${safeText(html)}`)
    return EXIT_OK
  }
  let progress: Progress | undefined
  const tap = await openTap({
    from: 'oldest',
    statistics: true,
    signal: context.stop,
    sources,
    follow: false,
    redact: context.redact,
    filter,
    onDiagnostic: ({ text }) => {
      progress?.clear()
      context.tell(text)
    },
  })
  progress = showProgress(context, tap)
  try {
    await tap.drain({ final: true })
  } finally {
    progress.stop()
    await tap.close()
  }
  const stats = tap.stats()
  const { operations, succeeded, failed, cancelled, unfinished, notifications, overwritten } = stats
  const summary = { operations, succeeded, failed, cancelled, unfinished, notifications }
  const period = { from: iso(stats.from), to: iso(stats.to), overwritten }
  const read = {
    summary: { ...summary, ...period, ...summaryOfLoss(stats) },
    level: levelOf(stats),
    loss: lossSummaryText(stats),
    more: periodText(stats, options.utc),
    code: exitCodeOf(stats),
    accountName: (sid: string) => tap.accountName(sid),
  }
  return show(tap.statistics(options.by), read, options, context)
}

async function show(
  groups: readonly GroupStatistics[],
  { summary, level, loss, more, code, accountName }: ReportedRest,
  options: ReportOptions,
  context: CommandContext,
): Promise<number> {
  const { by, sort, top } = options
  const { output } = context
  const order = ORDERS[sort]!
  const shown = [...groups].sort((a, b) => order(b) - order(a)).slice(0, top)
  // Names of accounts, where a row is a user's.
  const nameOf = await namesOf(by === 'user' ? shown.map(({ key }) => String(key ?? '')) : [], accountName, context)
  for (const line of linesOf(shown, options, nameOf, context)) await output.write(line)
  const left = groups.length - shown.length
  const rest = left > 0 ? `; ${left} more (--top)` : ''
  const said = `${count(summary.operations, 'operation')}, ${count(groups.length, 'group')} by ${by}${rest}; ${loss}`
  if (options.json)
    await output.write(safeJson({ level, time: Date.now(), msg: said, type: 'summary', by, groups: groups.length, ...summary }))
  await output.flush()
  if (!output.closed.aborted) context.say(`${said}\n${more}`)
  return code
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}

/** From when to when the records are that were read, and what had been overwritten before. */
function periodText({ from, to, overwritten }: TapStats, utc = false): string {
  const before = overwritten > 0 ? `; ${count(overwritten, 'record')} before that ${overwritten === 1 ? 'was' : 'were'} overwritten` : ''
  if (from === undefined || to === undefined) return `There was no record to read${before}.`
  const style = { date: true, utc }
  return `Records from ${formatTime(from, style)} to ${formatTime(to, style)}${before}.`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function groupJson(by: GroupBy, group: GroupStatistics, nameOf: NameOf, ascii: boolean): string {
  const userName = by === 'user' ? nameOf(String(group.key ?? '')) : undefined
  const msg = `${by} ${titleOf(group, nameOf)}: ${count(group.operations, 'operation')}, ${group.failed} failed`
  return safeJson({ level: LEVEL_INFO, time: Date.now(), msg, type: 'group', by, userName, ...group }, { ascii })
}

function linesOf(
  groups: readonly GroupStatistics[],
  { by, json, ascii = false, csv }: ReportOptions,
  nameOf: NameOf,
  context: CommandContext,
): string[] {
  if (json) return groups.map((group) => groupJson(by, group, nameOf, ascii))
  if (csv) return csvLines(by, groups)
  return tableLines(columnsBy(by, nameOf), groups, terminalWidth(context))
}

/** Durations are in milliseconds; lines end as Excel wants them. */
function csvLines(by: GroupBy, groups: readonly GroupStatistics[]): string[] {
  const titles = [
    by,
    'operations',
    'succeeded',
    'failed',
    'cancelled',
    'unfinished',
    'meanMs',
    'p50Ms',
    'p90Ms',
    'p99Ms',
    'longestMs',
    'lostTimeMs',
  ]
  const rows = groups.map(({ key, durationMs, ...group }) => {
    const { operations, succeeded, failed, cancelled, unfinished } = group
    const { mean, p50, p90, p99, max } = durationMs ?? {}
    const sum = durationMs && lostTime({ key, durationMs, ...group })
    const durations = [mean, p50, p90, p99, max, sum].map((ms) => (ms === undefined ? undefined : Number(ms.toFixed(4))))
    return [key ?? '(others)', operations, succeeded, failed, cancelled, unfinished, ...durations]
  })
  return [CSV_BEGINNING + csvLine(titles), ...rows.map(csvLine)].map((line) => `${line}\r`)
}

function titleOf({ key }: GroupStatistics, nameOf: NameOf): string {
  return key === undefined ? '(others)' : safeText(nameOf(key) ?? key) || '(no name)'
}
