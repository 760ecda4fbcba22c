import { SLOT_COUNT_LOG2_MAX, SLOT_COUNT_LOG2_MIN } from '../../../format/layout.ts'
import { followTraffic, type TrafficSummary, writeRings } from '../../testing/index.ts'
import { safeText } from '../../text/safe-text.ts'
import { EXIT_OK } from '../exit-codes.ts'
import { newPath, positiveNumber, wholeNumber } from '../option-values.ts'
import type { CommandContext, Verb } from '../verb.ts'

interface GenerateOptions {
  readonly folder: string
  readonly seed: number
  /** How many; when following, without end if left out. */
  readonly operations?: number
  readonly users?: number
  readonly slotsLog2?: number
  /** Operations a second, written live. */
  readonly follow?: number
}

const OPERATIONS_DEFAULT = 10_000

export const verb: Verb<GenerateOptions> = {
  define(command) {
    command
      .requiredOption('--folder <path>', 'where to write; made when missing', newPath)
      .option('--operations <n>', 'how many operations (10000; with --follow, without end)', wholeNumber(1))
      .option('--seed <n>', 'the same seed gives the same traffic', wholeNumber(0, 2 ** 32 - 1), 1)
      .option('--users <n>', 'ordinary users, each with a ring (20)', wholeNumber(1, 100_000))
      .option('--slots-log2 <k>', 'slots of each ring, as a power of two (10)', wholeNumber(SLOT_COUNT_LOG2_MIN, SLOT_COUNT_LOG2_MAX))
      .option('--follow <rate>', 'go on writing live, at this many operations a second', positiveNumber(100_000))
  },
  run: (options, _, context) => generate(options, context),
}

/**
 * Writes rings of generated traffic into a folder; with `follow`, live.
 *
 * @throws Error when a ring cannot be written.
 */
async function generate(options: GenerateOptions, { output, stop }: CommandContext): Promise<number> {
  const { folder, seed, follow } = options
  const shared = {
    seed,
    ...(options.users === undefined ? {} : { users: options.users }),
    ...(options.slotsLog2 === undefined ? {} : { slotCountLog2: options.slotsLog2 }),
  }
  let summary: TrafficSummary
  if (follow === undefined) {
    summary = writeRings(folder, { ...shared, operations: options.operations ?? OPERATIONS_DEFAULT })
  } else {
    await output.write(`Writing about ${follow} operations a second to ${safeText(folder)}; Ctrl-C ends it.`)
    const operations = options.operations ?? Number.POSITIVE_INFINITY
    summary = await followTraffic(folder, { ...shared, operations, operationsPerSecond: follow, signal: stop })
  }
  await output.write(summaryLine(folder, summary))
  return EXIT_OK
}

function summaryLine(folder: string, summary: TrafficSummary): string {
  const { operations, notifications, succeeded, failed, cancelled, unfinished, overwritten, rings } = summary
  const outcomes = `${succeeded} succeeded, ${failed} failed, ${cancelled} cancelled, ${unfinished} unfinished`
  const lapped = overwritten === 0 ? '' : `; ${overwritten} of the notifications are overwritten by newer ones`
  return `${operations} operations (${outcomes}), ${notifications} notifications in ${rings.length} rings under ${safeText(folder)}${lapped}`
}
