import { HistoryCollector, rowsAt } from '../../analysis/history.ts'
import { parseHistorySubject } from '../../analysis/history-subject.ts'
import { rowOf } from '../../analysis/operation-row.ts'
import { MprtapError } from '../../model/errors.ts'
import { historyJson, historyText, timeOf } from '../../report/history-text.ts'
import { moment } from '../../report/wording.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { MOMENT_FORMS, momentOf } from '../moment.ts'
import { notEmpty, notEmptyList } from '../option-values.ts'
import { readOperations } from '../read-operations.ts'
import { SOURCES_HELP } from '../selection.ts'
import type { CommandContext, Verb } from '../verb.ts'
import { wordingOf } from '../wording.ts'

interface HistoryOptions {
  readonly at?: string
  readonly json?: boolean
  readonly utc?: boolean
}

export const verb: Verb<HistoryOptions, [what: string, sources?: readonly string[]]> = {
  define(command) {
    command
      .argument(
        '<what>',
        String.raw`a drive letter (Z:), a share (\\server\share), a server, a user's SID, a program (net.exe) or a process id`,
        notEmpty,
      )
      .argument('[source...]', SOURCES_HELP, notEmptyList)
      .option('--at <time>', 'only what was so at that time', notEmpty)
      .option('--json', 'newline-delimited JSON, a row a line')
      .option('--utc', 'times in UTC')
  },
  run: (options, [what, sources = []], context) => history(what, sources, options, context),
}

/**
 * Prints what became of a letter, a share, a server, or what a user or a program mapped.
 *
 * @throws MprtapError when `what` or the time cannot be understood, or the sources cannot be opened.
 */
async function history(
  what: string,
  sources: readonly string[],
  { at, json, utc = false }: HistoryOptions,
  context: CommandContext,
): Promise<number> {
  const subject = parseHistorySubject(what)
  const time = at === undefined ? undefined : momentOf(at, Date.now(), utc)
  if (at !== undefined && time === undefined)
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `--at ${JSON.stringify(at)} is not a time. Give ${MOMENT_FORMS}.`)
  const collector = new HistoryCollector(subject)
  const { stats } = await readOperations(sources, undefined, context, (operation) => collector.add(rowOf(operation)))
  const found = collector.finish()
  const rows = time === undefined ? found.rows : rowsAt(found, time)
  const wording = wordingOf(utc)
  for (const row of rows) {
    await context.output.write(json ? historyJson(row, wording) : `${moment(timeOf(row), wording)}  ${historyText(row, wording)}`)
  }
  const leftOut = found.leftOut === 0 ? '' : `; ${found.leftOut} more found no room`
  context.stderr.write(`${rows.length} rows${leftOut}; ${stats.lost} lost\n`)
  return EXIT_OK
}
