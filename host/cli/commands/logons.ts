import { findingOf } from '../../analysis/finding.ts'
import { LOGON_GAP_MS, LogonCollector } from '../../analysis/logons.ts'
import { rowOf } from '../../analysis/operation-row.ts'
import { findingText } from '../../report/finding-text.ts'
import { LOGON_TITLES, type LogonLines, logonJson, logonLines, logonsSummary } from '../../report/logons-text.ts'
import { safeText } from '../../text/safe-text.ts'
import { tableLines } from '../../text/table.ts'
import { notEmptyList, positiveNumber, wholeNumber } from '../option-values.ts'
import { terminalWidth } from '../output/line-style.ts'
import { exitCodeOf } from '../output/summary.ts'
import { wrapped } from '../output/wrap.ts'
import { readOperations } from '../read-operations.ts'
import { addSelectionOptions, filterOf, type SelectionOptions, SOURCES_HELP } from '../selection.ts'
import type { CommandContext, Verb } from '../verb.ts'
import { wordingFor } from '../wording.ts'

const GAP_MAX_SECONDS = 3_600

interface LogonsOptions extends SelectionOptions {
  /** Seconds. */
  readonly gap: number
  readonly top: number
  readonly json?: boolean
}

export const verb: Verb<LogonsOptions, [sources?: readonly string[]]> = {
  define(command) {
    addSelectionOptions(command)
      .argument('[source...]', SOURCES_HELP, notEmptyList)
      .option(
        '--gap <seconds>',
        'a logon is over when no operation was running for this long',
        positiveNumber(GAP_MAX_SECONDS),
        LOGON_GAP_MS / 1000,
      )
      .option('--top <n>', 'logons at most, the slowest first', wholeNumber(1), 20)
      .option('--json', 'newline-delimited JSON, a logon a line')
  },
  run: (options, [sources = []], context) => logons(sources, options, context),
}

/**
 * Prints the slowest logons and where their mapping time went.
 *
 * @throws MprtapError when the sources cannot be opened, or an option of the selection is wrong.
 */
async function logons(sources: readonly string[], options: LogonsOptions, context: CommandContext): Promise<number> {
  const { gap, top, json, utc } = options
  const filter = filterOf(options, Date.now())
  let failed = 0
  const collector = new LogonCollector({ gapMs: gap * 1000, kept: top })
  const { stats, accountName } = await readOperations(sources, filter, context, (operation) => {
    if (operation.outcome === 'failed') failed++
    collector.add(rowOf(operation))
  })
  const found = collector.finish()
  const counted = { logons: found, operations: found.operations + found.later, failed }
  const wording = await wordingFor(
    found.slowest.map(({ user }) => user),
    accountName,
    utc,
  )
  const { output } = context
  if (json) for (const logon of found.slowest) await output.write(logonJson(logon, wording))
  else {
    if (found.slowest.length > 0)
      for (const line of sentenceLines(safeText(findingText(findingOf(counted), wording)), context)) await output.write(line)
    for (const line of linesOf(
      found.slowest.map((logon) => logonLines(logon, wording)),
      terminalWidth(context),
    ))
      await output.write(line)
  }
  context.say(`${logonsSummary(found)} ${stats.lost} lost`)
  return exitCodeOf(stats)
}

/** What cost most. */
function sentenceLines(sentence: string, context: CommandContext): string[] {
  const width = terminalWidth(context)
  return width === undefined ? [sentence] : wrapped(sentence, width)
}

/** What is left out first on a narrow terminal has the highest rank. */
const RANKS = [0, 0, 3, 1, 0, 0, 4, 2, 5]
const INDENT = '    '

/** The table, with the reasons of each logon below its row. */
function linesOf(logonsLines: readonly LogonLines[], width: number | undefined): string[] {
  if (logonsLines.length === 0) return []
  const columns = LOGON_TITLES.map((title, i) => ({
    title,
    text: ({ cells }: LogonLines) => cells[i]!,
    type: i > 2 ? ('number' as const) : ('text' as const),
    rank: RANKS[i]!,
  }))
  const reasonLines = (reason: string) =>
    width === undefined
      ? [INDENT + reason]
      : wrapped(reason, Math.max(width - 2 * INDENT.length, 16)).map((line, i) => (i === 0 ? INDENT : INDENT + INDENT) + line)
  const [head, ...rows] = tableLines(columns, logonsLines, width)
  return [head!, ...rows.flatMap((row, i) => [row, ...logonsLines[i]!.reasons.flatMap(reasonLines)])]
}
