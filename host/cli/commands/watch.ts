import { setTimeout as delay } from 'node:timers/promises'
import { Option } from 'commander'
import { openTap } from '../../index.ts'
import type { TapStats } from '../../model/account.ts'
import { MprtapError } from '../../model/errors.ts'
import type { Notification, Operation } from '../../model/events.ts'
import { notificationJson, operationJson } from '../../text/event-json.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { notEmpty, positiveNumber, wholeNumber } from '../option-values.ts'
import { coloursFor } from '../output/colours.ts'
import { formatNotification, formatOperation } from '../output/format-operation.ts'
import { summaryJson, summaryText, Tally } from '../output/summary.ts'
import type { CommandContext, Verb } from '../verb.ts'

interface WatchOptions {
  readonly json?: boolean
  readonly notifications?: boolean
  /** Stop after so many lines. */
  readonly count?: number
  /** Stop after so many seconds. */
  readonly duration?: number
  readonly directory?: string
  readonly from?: 'now' | 'oldest'
  /** Instead of `from`: go on where the last watch of this name ended. */
  readonly consumer?: string
  readonly cursorDirectory?: string
  /** Show only what matches. */
  readonly filter?: string
  /** How long an operation's POST is waited for, in seconds. */
  readonly unfinishedAfter?: number
}

/** Longest delay of a Node timer, in seconds. */
const DURATION_MAX = Math.floor((2 ** 31 - 1) / 1_000)
const DIRECTORY_POLL_MS = 250
/** All that a reader can tell when the DLL was never called, and when it may not write. */
const NO_RING_YET = 'There is no ring yet; the DLL makes one when a program next connects something, if it may write there.'

export const verb: Verb<WatchOptions> = {
  define(command) {
    command
      .option('--json', 'newline-delimited JSON on standard output, a summary object last')
      .option('--notifications', 'the single calls before and after each operation instead of operations')
      .option('--count <n>', 'stop after n lines', wholeNumber(1))
      .option('--duration <seconds>', 'stop after this time', positiveNumber(DURATION_MAX))
      .option('--directory <path>', 'where the rings are, if not where the DLL writes them', notEmpty)
      .option('--filter <expression>', 'only what matches, for example: outcome == "failed" && durationMs > 2s')
      .option(
        '--unfinished-after <seconds>',
        'how long an operation may take before it counts as unfinished (300)',
        positiveNumber(DURATION_MAX),
      )
      .addOption(new Option('--from <where>', 'where to begin').choices(['now', 'oldest']).default('now'))
      .addOption(
        new Option('--consumer <name>', 'go on where the last one of this name ended; at first, with the oldest')
          .argParser(notEmpty)
          .conflicts('from'),
      )
      .option('--cursor-directory <path>', 'where consumers are kept, if not in the folder "consumers" beside the rings', notEmpty)
  },
  run: (options, _, context) => watch(options, context),
}

/**
 * Prints a line for each operation, or each notification, until a limit, a signal or the reader's end; then the totals.
 *
 * @throws MprtapError when the tap cannot be opened; a directory that is missing is waited for instead.
 */
async function watch(options: WatchOptions, context: CommandContext): Promise<number> {
  const level = options.notifications ? 'notification' : 'operation'
  const { output } = context
  let diagnosed = false
  const diagnose = (text: string) => {
    diagnosed = true
    context.tell(text)
  }
  // Unlike AbortSignal.timeout(), this timer goes away when the watching ends for another reason.
  const timer = new AbortController()
  const timeout = options.duration === undefined ? undefined : setTimeout(() => timer.abort(), options.duration * 1_000)
  const signal = AbortSignal.any([context.stop, output.closed, timer.signal])

  const lineOf = lineFormatter(options, context)
  const tally = new Tally()
  let stats: TapStats | undefined
  try {
    const tap = await openWhenThere(options, level, signal, diagnose)
    if (tap) {
      if (tap.stats().rings === 0 && !diagnosed) diagnose(NO_RING_YET)
      try {
        for await (const event of tap) {
          tally.add(event)
          await output.write(lineOf(event))
          if (signal.aborted || tally.shown === options.count) break
        }
        stats = tap.stats()
      } finally {
        await tap.close()
      }
    }
  } finally {
    clearTimeout(timeout)
  }

  const summary = tally.summary(level, stats)
  if (options.json) await output.write(summaryJson(summary, Date.now()))
  await output.flush()
  if (!options.json && !output.closed.aborted) context.stderr.write(`${summaryText(summary)}\n`)
  return EXIT_OK
}

function lineFormatter({ json }: WatchOptions, { stdout, env }: CommandContext): (event: Operation | Notification) => string {
  if (json) return (event) => (event.type === 'operation' ? operationJson(event) : notificationJson(event))
  const colours = coloursFor(stdout, env)
  return (event) => (event.type === 'operation' ? formatOperation(event, colours) : formatNotification(event, colours))
}

/** Opens the tap; waits while the directory is missing, since the DLL makes it with the first notification. `undefined` when stopped before. */
async function openWhenThere(
  { directory, from = 'now', consumer, cursorDirectory, filter, unfinishedAfter }: WatchOptions,
  level: 'operation' | 'notification',
  signal: AbortSignal,
  onDiagnostic: (text: string) => void,
) {
  let waiting = false
  while (!signal.aborted) {
    try {
      return await openTap({
        level,
        signal,
        onDiagnostic,
        // What is in a directory that was not there before has been written since the watching began.
        from: consumer !== undefined ? { consumer } : waiting ? 'oldest' : from,
        cursorDirectory,
        directory,
        filter,
        unfinishedAfterMs: unfinishedAfter === undefined ? undefined : unfinishedAfter * 1_000,
      })
    } catch (error) {
      if (!(error instanceof MprtapError && error.code === 'MPRTAP_DIRECTORY_MISSING')) throw error
      if (!waiting) onDiagnostic(`${error.message} Waiting for it to appear.`)
      waiting = true
      await delay(DIRECTORY_POLL_MS, undefined, { signal }).catch(() => {})
    }
  }
  return undefined
}
