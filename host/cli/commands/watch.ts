import { Option } from 'commander'
import { openTap } from '../../index.ts'
import type { Loss, TapStats } from '../../model/account.ts'
import type { Notification, Operation } from '../../model/events.ts'
import { WindowsError } from '../../model/machine.ts'
import type { Observed } from '../../model/observed.ts'
import { workThenClose } from '../../model/work-then-close.ts'
import { systemClock } from '../../system/clock.ts'
import { notificationJson, observedJson, operationJson } from '../../text/event-json.ts'
import { lossJson, lossText } from '../../text/loss-text.ts'
import { safeText } from '../../text/safe-text.ts'
import { formatTime } from '../../text/time-text.ts'
import { addServiceOptions } from '../config-file.ts'
import { openWhenThere } from '../open-when-there.ts'
import { duration, newPath, notEmpty, notEmptyList, positiveNumber, wholeNumber } from '../option-values.ts'
import { explainShortly } from '../output/explain-shortly.ts'
import { chosenFields, chosenJson, chosenLine, chosenTitles } from '../output/fields.ts'
import { formatNotification, formatOperation } from '../output/format-operation.ts'
import { lineStyleFor } from '../output/line-style.ts'
import { observedLine } from '../output/observed-line.ts'
import { exitCodeOf, summaryJson, summaryText, Tally } from '../output/summary.ts'
import { beginReconciling, snapshotFor } from '../reconcile.ts'
import { addSelectionOptions, filterOf, periodOf, type SelectionOptions, SOURCES_HELP } from '../selection.ts'
import { thisMachine } from '../this-machine.ts'
import type { CommandContext, Verb } from '../verb.ts'

interface WatchOptions extends SelectionOptions {
  /** Say below each failure what it means. */
  readonly explain?: boolean
  readonly json?: boolean
  /** Only ASCII in JSON. */
  readonly ascii?: boolean
  readonly notifications?: boolean
  /** Lines after which to stop. */
  readonly count?: number
  /** Seconds after which to stop. */
  readonly duration?: number
  readonly from?: 'now' | 'oldest'
  /** Instead of `from`: go on where the last watch of this name ended. */
  readonly consumer?: string
  readonly checkpointFolder?: string
  /** Names of fields, with commas between them: only these are shown. */
  readonly fields?: string
  /** Begin with what is mapped now. */
  readonly withSnapshot?: boolean
  /** Milliseconds between two snapshots. */
  readonly reconcile?: number
  /** How long an operation's POST is waited for, in seconds. */
  readonly unfinishedAfter?: number
}

/** Longest delay of a Node timer, in seconds. */
const DURATION_MAX = Math.floor((2 ** 31 - 1) / 1_000)
/** All that a reader can tell when the DLL was never called, and when it may not write. */
const NO_RING_YET = 'There is no ring yet; the DLL makes one when a program next connects something, if it may write there.'

export const verb: Verb<WatchOptions, [sources?: readonly string[]]> = {
  define(command) {
    addServiceOptions(addSelectionOptions(command))
      .argument('[source...]', SOURCES_HELP, notEmptyList)
      .option('--explain', 'below each failure, what it means')
      .option('--json', 'newline-delimited JSON on standard output, a summary object last')
      .option('--ascii', 'with --json: only ASCII characters, all others escaped')
      .option('--notifications', 'the single calls before and after each operation instead of operations')
      .option('--count <n>', 'stop after n lines', wholeNumber(1))
      .option('--duration <seconds>', 'stop after this time', positiveNumber(DURATION_MAX))
      .option('--fields <names>', 'only these fields, with commas between them; "mprtap fields" lists all', notEmpty)
      .option(
        '--unfinished-after <seconds>',
        'how long an operation may take before it counts as unfinished (300)',
        positiveNumber(DURATION_MAX),
      )
      .option('--with-snapshot', 'begin with what is mapped now in this logon session, restored drives included')
      .option(
        '--reconcile <interval>',
        'how often to compare with what is mapped (60s); shows what came or went without a notification',
        duration,
      )
      .addOption(new Option('--from <where>', 'where to begin (now; with --since, oldest)').choices(['now', 'oldest']))
      .addOption(
        new Option('--consumer <name>', 'go on where the last one of this name ended; at first, with the oldest')
          .argParser(notEmpty)
          .conflicts('from'),
      )
      .option('--checkpoint-folder <path>', 'where consumers are kept, if not in the folder "consumers" beside the rings', newPath)
  },
  run: (options, [sources = []], context) => watch(sources, options, context),
}

/**
 * Prints a line for each operation, or each notification, until a limit, a signal or the reader's end; then the totals.
 *
 * @throws MprtapError when the tap cannot be opened; for a folder that is missing it waits instead.
 */
async function watch(sources: readonly string[], options: WatchOptions, context: CommandContext): Promise<number> {
  const now = Date.now()
  const filter = filterOf(options, now, options.notifications ? 'notification' : 'operation')
  const { until } = periodOf(options, now)
  const lines = linesFor(options, context)
  const level = options.notifications ? 'notification' : 'operation'
  const { output } = context
  let diagnosed = false
  const diagnose = (text: string) => {
    diagnosed = true
    context.tell(text)
  }
  const isObserving = options.withSnapshot || options.reconcile !== undefined
  const first = isObserving ? await snapshotFor(options.reconcile) : undefined
  // Unlike AbortSignal.timeout(), this timer goes away when the watching ends for another reason.
  const timer = new AbortController()
  const ended = new AbortController()
  const untilMs = until !== undefined && until > now ? until - now : Number.POSITIVE_INFINITY
  const durationMs = Math.min((options.duration ?? Number.POSITIVE_INFINITY) * 1_000, untilMs)
  const timeout = durationMs > DURATION_MAX * 1_000 ? undefined : setTimeout(() => timer.abort(), durationMs)
  const signal = AbortSignal.any([context.stop, output.closed, timer.signal])

  const tally = new Tally()
  let stats: TapStats | undefined
  let reconciling: Promise<void> | undefined
  const { redactor } = context
  const observed = async (found: Observed) => {
    const row = redactor ? (await import('../../redaction/redacted-event.ts')).redactedObserved(redactor, found) : found
    await output.write(
      options.json ? observedJson(row, { ascii: options.ascii }) : observedLine(row, lineStyleFor(context, options.utc ?? false)),
    )
  }
  try {
    // Told at once, between the events before and after it. An error of the output is thrown by the next line that is written.
    const onLoss = (loss: Loss) => {
      context.noteLoss?.(loss)
      output.write(lines.ofLoss(loss)).catch(() => {})
    }
    const { consumer, checkpointFolder, since, unfinishedAfter } = options
    const from = options.from ?? (since === undefined ? 'now' : 'oldest')
    const tap = await openWhenThere(
      (wasWaitedFor) =>
        openTap({
          sources,
          filter,
          level,
          signal,
          onLoss,
          onDiagnostic: ({ text }) => diagnose(text),
          from: consumer !== undefined ? { consumer } : wasWaitedFor ? 'oldest' : from,
          checkpointFolder,
          unfinishedAfterMs: unfinishedAfter === undefined ? undefined : unfinishedAfter * 1_000,
          redact: context.redact,
        }),
      { clock: systemClock, signal, onDiagnostic: diagnose },
    )
    if (tap) {
      if (tap.stats().rings === 0 && !diagnosed) diagnose(NO_RING_YET)
      if (sources.length === 0) await tellDoubleRecording(context)
      if (lines.title !== undefined) await output.write(lines.title)
      const show = async () => {
        const begun =
          first && options.reconcile !== undefined
            ? await beginReconciling(first, options.reconcile, AbortSignal.any([signal, ended.signal]))
            : undefined
        if (first && options.withSnapshot) {
          const { unseen, connections } = begun?.first ?? first
          for (const sentence of unseen) diagnose(sentence)
          for (const row of connections) await observed(row)
        }
        reconciling = begun?.run(observed, diagnose)
        for await (const event of tap) {
          tally.add(event)
          await output.write(lines.of(event))
          if (signal.aborted || tally.shown === options.count) break
        }
      }
      const count = () => {
        stats = tap.stats()
        ended.abort()
        return reconciling
      }
      await workThenClose(show, count, () => tap.close())
    }
  } finally {
    clearTimeout(timeout)
  }

  const summary = tally.summary(level, stats)
  if (options.json) await output.write(summaryJson(summary, Date.now()))
  await output.flush()
  if (!options.json && !output.closed.aborted) context.say(summaryText(summary))
  return exitCodeOf(stats)
}

/** On this machine: what is recorded twice would look like programs that do everything twice. */
async function tellDoubleRecording({ tell }: CommandContext): Promise<void> {
  if (process.platform !== 'win32') return
  const [{ doubleRecording }, machine] = await Promise.all([import('../../windows/survey.ts'), thisMachine('watch')])
  try {
    const sentence = doubleRecording(machine)
    if (sentence !== undefined) tell(sentence)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    tell(`Whether the DLL is registered more than once cannot be found out: ${error.message}.`)
  }
}

interface Lines {
  /** What stands above all lines. */
  readonly title?: string
  readonly of: (event: Operation | Notification) => string
  readonly ofLoss: (loss: Loss) => string
}

function linesFor({ json, explain = false, ascii = false, fields, utc = false }: WatchOptions, context: CommandContext): Lines {
  const chosen = fields === undefined ? undefined : chosenFields(fields)
  const ofLossInJson = (loss: Loss) => lossJson(loss, Date.now(), { ascii })
  if (json && chosen) return { of: (event) => chosenJson(event, chosen, { ascii }), ofLoss: ofLossInJson }
  if (json) {
    const of = (event: Operation | Notification) =>
      event.type === 'operation' ? operationJson(event, { ascii }) : notificationJson(event, { ascii })
    return { of, ofLoss: ofLossInJson }
  }
  const style = lineStyleFor(context, utc)
  // Not fitted into the width: which records are missing has to be readable to its end.
  const ofLoss = (loss: Loss) => style.colours.yellow(`${formatTime(Date.now(), { utc })}  ${safeText(lossText(loss))}`)
  if (chosen) return { title: chosenTitles(chosen, style), of: (event) => chosenLine(event, chosen, style), ofLoss }
  return {
    ofLoss,
    of: (event) => {
      if (event.type === 'notification') return formatNotification(event, style)
      const line = formatOperation(event, style)
      const meaning = explain ? explainShortly(event, style) : undefined
      return meaning === undefined ? line : `${line}\n${meaning}`
    },
  }
}
