import { LOGON_GAP_MS, LogonCollector } from '../../analysis/logons.ts'
import { rowOf } from '../../analysis/operation-row.ts'
import { LOGON_TITLES, type LogonLines, logonJson, logonLines, logonsSummary } from '../../report/logons-text.ts'
import { tableLines } from '../../text/table.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { notEmptyList, positiveNumber, wholeNumber } from '../option-values.ts'
import { readOperations } from '../read-operations.ts'
import { SOURCES_HELP } from '../selection.ts'
import type { CommandContext, Verb } from '../verb.ts'
import { wordingOf } from '../wording.ts'

const GAP_MAX_SECONDS = 3_600

interface LogonsOptions {
  /** Seconds. */
  readonly gap: number
  readonly top: number
  readonly json?: boolean
  readonly filter?: string
  readonly utc?: boolean
}

export const verb: Verb<LogonsOptions, [sources?: readonly string[]]> = {
  define(command) {
    command
      .argument('[source...]', SOURCES_HELP, notEmptyList)
      .option(
        '--gap <seconds>',
        'a logon is over when no operation was running for so long',
        positiveNumber(GAP_MAX_SECONDS),
        LOGON_GAP_MS / 1000,
      )
      .option('--top <n>', 'logons at most, the slowest first', wholeNumber(1), 20)
      .option('--json', 'newline-delimited JSON, a logon a line')
      .option('--filter <expression>', 'only operations that match, for example: user == "S-1-5-18"')
      .option('--utc', 'times in UTC')
  },
  run: (options, [sources = []], context) => logons(sources, options, context),
}

/**
 * Prints the slowest logons and where their mapping time went.
 *
 * @throws MprtapError when the sources cannot be opened.
 */
async function logons(
  sources: readonly string[],
  { gap, top, json, filter, utc }: LogonsOptions,
  context: CommandContext,
): Promise<number> {
  const collector = new LogonCollector({ gapMs: gap * 1000, kept: top })
  const { stats } = await readOperations(sources, filter, context, (operation) => collector.add(rowOf(operation)))
  const found = collector.finish()
  const wording = wordingOf(utc)
  const { output } = context
  if (json) for (const logon of found.slowest) await output.write(logonJson(logon, wording))
  else for (const line of linesOf(found.slowest.map((logon) => logonLines(logon, wording)))) await output.write(line)
  context.stderr.write(`${logonsSummary(found)} ${stats.lost} lost\n`)
  return EXIT_OK
}

/** The table, with the reasons of each logon below its row. */
function linesOf(logonsLines: readonly LogonLines[]): string[] {
  const columns = LOGON_TITLES.map((title, i) => ({
    title,
    text: ({ cells }: LogonLines) => cells[i]!,
    type: i > 2 ? ('number' as const) : ('text' as const),
    rank: 0,
  }))
  const [head, ...rows] = tableLines(columns, logonsLines, undefined)
  return [head!, ...rows.flatMap((row, i) => [row, ...logonsLines[i]!.reasons.map((reason) => `    ${reason}`)])]
}
