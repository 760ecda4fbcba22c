import { HistoryCollector, type HistoryRow, type ObservedMapping, rowsAt, rowsBetween, userOf } from '../../analysis/history.ts'
import { type HistorySubject, parseHistorySubject } from '../../analysis/history-subject.ts'
import { rowOf } from '../../analysis/operation-row.ts'
import type { Loss } from '../../model/account.ts'
import { MprtapError } from '../../model/errors.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import { historyAnswer, historyJson, historyText, timeText } from '../../report/history-text.ts'
import { plural } from '../../report/wording.ts'
import { safeText } from '../../text/safe-text.ts'
import { MOMENT_FORMS, momentOf } from '../moment.ts'
import { notEmpty, notEmptyList } from '../option-values.ts'
import { terminalWidth } from '../output/line-style.ts'
import { exitCodeOf } from '../output/summary.ts'
import { hanging } from '../output/wrap.ts'
import { readOperations } from '../read-operations.ts'
import { addPeriodOptions, periodOf, SOURCES_HELP } from '../selection.ts'
import { readSnapshot } from '../snapshot-file.ts'
import type { CommandContext, Verb } from '../verb.ts'
import { wordingFor } from '../wording.ts'

interface HistoryOptions {
  readonly at?: string
  readonly since?: string
  readonly until?: string
  readonly snapshot?: readonly string[]
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
      .option('--snapshot <file>', 'also what "mprtap snapshot --json" saw; may be given several times', notEmptyList)
      .option('--json', 'newline-delimited JSON, a row a line')
    addPeriodOptions(command, 'only what was so, or happened, then or later', 'only what was so, or happened, before then')
  },
  run: (options, [what, sources = []], context) => history(what, sources, options, context),
}

/**
 * Prints what became of a letter, a share, a server, or what a user or a program mapped.
 *
 * @throws MprtapError when `what` or a time cannot be understood, or a source or a snapshot cannot be read.
 */
async function history(what: string, sources: readonly string[], options: HistoryOptions, context: CommandContext): Promise<number> {
  const { json, utc = false } = options
  const { redactor } = context
  const subject = redactor ? redactedSubject(redactor, parseHistorySubject(what)) : parseHistorySubject(what)
  const isShown = selectionOf(options)
  const collector = new HistoryCollector(subject)
  const observed = new ObservedMappings(collector)
  for (const file of options.snapshot ?? []) observed.add(redactedMappings(await readSnapshot(file), redactor))
  const take = {
    operation: (operation: Parameters<typeof rowOf>[0]) => {
      observed.passUntil(operation.user, operation.time)
      collector.add(rowOf(operation))
    },
    // Records that writers gave up have no sequence, and so no place in a history.
    loss: ({ user, first, count }: Loss) => first !== undefined && collector.addLoss({ user, first, count }),
  }
  const { stats, accountName } = await readOperations(sources, undefined, context, take.operation, take.loss)
  observed.passAll()
  const found = collector.finish()
  const rows = isShown(found)
  const wording = await wordingFor(rows.map(userOf), accountName, utc)
  const width = terminalWidth(context)
  const answer = json || options.at !== undefined ? undefined : historyAnswer(rows, wording)
  for (const line of answer === undefined ? [] : hanging(answer, width, 2)) await context.output.write(line)
  for (const row of rows) {
    const time = `${timeText(row, wording)}  `
    const lines = json ? [historyJson(row, wording)] : hanging(time + historyText(row, wording), width, time.length)
    for (const line of lines) await context.output.write(line)
  }
  await context.output.flush()
  const leftOut = found.leftOut === 0 ? '' : `; ${found.leftOut} more found no room`
  const nothing =
    rows.length > 0
      ? ''
      : `; these records say nothing of ${safeText(redactor ? subjectText(subject) : what)}${options.at === undefined ? '' : ' then'}`
  context.say(`${plural(rows.length, 'row')}${leftOut}${nothing}; ${stats.lost} lost`)
  return exitCodeOf(stats)
}

type Found = ReturnType<HistoryCollector['finish']>

/** @throws MprtapError when a time cannot be understood. */
function selectionOf(options: HistoryOptions): (found: Found) => readonly HistoryRow[] {
  const { at, since, until, utc = false } = options
  const now = Date.now()
  if (at === undefined) {
    const period = periodOf(options, now)
    if (since === undefined && until === undefined) return ({ rows }) => rows
    return (found) => rowsBetween(found, period.since ?? Number.NEGATIVE_INFINITY, period.until ?? Number.POSITIVE_INFINITY)
  }
  if (since !== undefined || until !== undefined)
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', '--at is one time; it does not go with --since or --until.')
  const time = momentOf(at, now, utc)
  if (time === undefined)
    throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `--at ${JSON.stringify(at)} is not a time. Give ${MOMENT_FORMS}.`)
  return (found) => rowsAt(found, time)
}

/** The same subject, as records name it whose names are pseudonyms. */
function redactedSubject(redactor: Redactor, subject: HistorySubject): HistorySubject {
  const question = redactor.ofQuestion()
  switch (subject.by) {
    case 'share':
      return { ...subject, name: question.remoteName(subject.name) }
    case 'server':
      return { ...subject, name: question.host(subject.name) }
    case 'user':
      return { ...subject, name: question.user(subject.name).toUpperCase() }
    case 'image':
      return { ...subject, name: question.imageName(subject.name).toLowerCase() }
    default:
      return subject
  }
}

const subjectText = (subject: HistorySubject) => (subject.by === 'process' ? `process ${subject.id}` : subject.name)

function redactedMappings(mappings: readonly ObservedMapping[], redactor: Redactor | undefined): readonly ObservedMapping[] {
  if (!redactor) return mappings
  return mappings.map((mapping) => ({
    ...mapping,
    host: mapping.host && redactor.host(mapping.host),
    user: redactor.user(mapping.user),
    localName: mapping.localName && redactor.localName(mapping.localName),
    remoteName: redactor.remoteName(mapping.remoteName),
  }))
}

/** Mappings of snapshots, put between the operations of their user at their time. */
class ObservedMappings {
  readonly #collector: HistoryCollector
  readonly #byUser = new Map<string, ObservedMapping[]>()

  constructor(collector: HistoryCollector) {
    this.#collector = collector
  }

  add(mappings: readonly ObservedMapping[]): void {
    for (const mapping of mappings) {
      const known = this.#byUser.get(mapping.user)
      if (known) known.push(mapping)
      else this.#byUser.set(mapping.user, [mapping])
    }
    for (const ofUser of this.#byUser.values()) ofUser.sort((a, b) => a.time - b.time)
  }

  passUntil(user: string, time: number): void {
    const waiting = this.#byUser.get(user)
    while (waiting && waiting.length > 0 && waiting[0]!.time <= time) this.#collector.addObserved(waiting.shift()!)
  }

  passAll(): void {
    for (const user of this.#byUser.keys()) this.passUntil(user, Number.POSITIVE_INFINITY)
  }
}
