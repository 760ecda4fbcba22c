import { Option } from 'commander'
import { type PrunedRing, type PruneOutcome, pruneRings } from '../../consumers/prune-rings.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import { LEVEL_INFO, LEVEL_WARN } from '../../text/event-json.ts'
import { safeJson, safeText } from '../../text/safe-text.ts'
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.ts'
import { age, notEmpty } from '../option-values.ts'
import type { CommandContext, Verb } from '../verb.ts'

interface PruneOptions {
  /** Milliseconds. */
  readonly olderThan: number
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly json?: boolean
  readonly checkpointFolder?: string
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const WIDTH = 'would be removed'.length

/** What a line begins with; rings that were written to lately get no line. */
const TITLES: Readonly<Record<Exclude<PruneOutcome, 'recent'>, string>> = {
  removed: 'removed',
  removable: 'would be removed',
  awaited: 'kept',
  refused: 'left alone',
  failed: 'failed',
}

export const verb: Verb<PruneOptions, [folder?: string]> = {
  define(command) {
    command
      .argument('[folder]', "the folder that holds `users` and `administrators`; none: this machine's", notEmpty)
      .addOption(
        new Option('--older-than <age>', 'last written longer ago than so many hours or days').argParser(age).default(age('30d'), '30d'),
      )
      .option('--dry-run', 'only say what would be removed')
      .option('--force', 'also rings that a named consumer has not read to their end')
      .option('--json', 'newline-delimited JSON, a ring a line, a summary object last')
      .option('--checkpoint-folder <path>', 'where consumers are kept, beside the usual places', notEmpty)
  },
  run: (options, [folder], context) => prune(folder, options, context),
}

/**
 * Removes rings that nobody writes to any more, and prints what it did. Fails when a ring could not be looked at or removed.
 *
 * @throws MprtapError when the folder cannot be listed.
 */
async function prune(folder: string | undefined, options: PruneOptions, context: CommandContext): Promise<number> {
  const { olderThan, dryRun, force, checkpointFolder } = options
  const { output, tell, stop: signal } = context
  const onDiagnostic = ({ text }: Diagnostic) => tell(text)
  const rings = await pruneRings({ olderThanMs: olderThan, dryRun, force, folder, checkpointFolder, signal, onDiagnostic })
  for (const ring of rings) {
    if (options.json) await output.write(ringJson(ring))
    else if (ring.outcome !== 'recent') await output.write(ringText(ring, ring.outcome))
  }
  const summary = summaryOf(rings)
  if (options.json)
    await output.write(safeJson({ level: LEVEL_INFO, time: Date.now(), msg: summaryText(summary), type: 'summary', ...summary }))
  await output.flush()
  if (!options.json) context.stderr.write(`${summaryText(summary)}\n`)
  return summary.failed > 0 ? EXIT_FAILURE : EXIT_OK
}

function ringText(ring: PrunedRing, outcome: keyof typeof TITLES): string {
  return `${TITLES[outcome].padEnd(WIDTH)}  ${safeText(ring.path)}  ${safeText(why(ring))}`
}

function why({ outcome, bytes, lastWrite, awaitedBy, reason }: PrunedRing): string {
  if (reason !== undefined) return reason
  const idle = `idle for ${ageText(Date.now() - lastWrite!)}, ${Math.ceil(bytes / 1024)} KiB`
  const waiting = awaitedBy.length === 0 ? '' : `, not read to its end by ${awaitedBy.join(', ')}`
  return `${idle}${waiting}${outcome === 'awaited' ? ' (--force removes it)' : ''}`
}

function ageText(ms: number): string {
  return ms < 2 * DAY_MS ? `${Math.floor(ms / HOUR_MS)} hours` : `${Math.floor(ms / DAY_MS)} days`
}

function ringJson(ring: PrunedRing): string {
  const { path, user, outcome, bytes, lastWrite, awaitedBy, reason } = ring
  const level = outcome === 'failed' ? LEVEL_WARN : LEVEL_INFO
  const msg = outcome === 'recent' ? `recent ${path}` : `${TITLES[outcome]} ${path}: ${why(ring)}`
  return safeJson({ level, time: Date.now(), msg, type: 'ring', path, user, outcome, bytes, lastWrite, awaitedBy, reason })
}

function summaryOf(rings: readonly PrunedRing[]) {
  const count = (wanted: PruneOutcome) => rings.filter(({ outcome }) => outcome === wanted).length
  const freed = rings.filter(({ outcome }) => outcome === 'removed').reduce((sum, { bytes }) => sum + bytes, 0)
  return {
    rings: rings.length,
    removed: count('removed'),
    removable: count('removable'),
    recent: count('recent'),
    awaited: count('awaited'),
    refused: count('refused'),
    failed: count('failed'),
    freedBytes: freed,
  }
}

function summaryText({ rings, removed, removable, recent, awaited, refused, failed, freedBytes }: ReturnType<typeof summaryOf>): string {
  const gone = removable > 0 ? `${removable} would be removed` : `${removed} removed (${Math.ceil(freedBytes / 1024)} KiB)`
  return `${rings} ${rings === 1 ? 'ring' : 'rings'}: ${gone}, ${recent} in use, ${awaited} kept for consumers, ${refused} left alone, ${failed} failed`
}
