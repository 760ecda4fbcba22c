import { resolve } from 'node:path'
import { Option } from 'commander'
import { defaultCaptureFolder } from '../../captures/default-folder.ts'
import { forgetPositions } from '../../consumers/forget-positions.ts'
import type { PruneOptions } from '../../consumers/prune-options.ts'
import { pruneRings } from '../../consumers/prune-rings.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import { MprtapError } from '../../model/errors.ts'
import { capturesOf, pruneCaptures } from '../../recording/prune-captures.ts'
import { defaultFolder } from '../../rings/default-folder.ts'
import { LEVEL_INFO } from '../../text/event-json.ts'
import { safeJson } from '../../text/safe-text.ts'
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.ts'
import { age, notEmpty } from '../option-values.ts'
import {
  captureJson,
  captureText,
  checkpointJson,
  checkpointText,
  ringJson,
  ringText,
  summaryOf,
  summaryText,
  userSummaryOf,
  userSummaryText,
} from '../output/pruned.ts'
import { sidOfUser } from '../user-sid.ts'
import type { CommandContext, Verb } from '../verb.ts'

interface Options {
  /** Milliseconds. */
  readonly olderThan?: number
  readonly user?: string
  readonly captures?: string
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly json?: boolean
  readonly checkpointFolder?: string
}

const OLDER_THAN_MS = age('30d')
/** Of one user all is meant that nobody writes at present. */
const OLDER_THAN_OF_USER_MS = age('1h')

export const verb: Verb<Options, [folder?: string]> = {
  define(command) {
    command
      .argument('[folder]', "the folder that holds `users` and `administrators`; none: this machine's", notEmpty)
      .addOption(new Option('--older-than <age>', 'rings that were last written longer ago than this (30d; with --user 1h)').argParser(age))
      .option('--user <sid>', 'only this user, SID or name, but all of it: rings, records in captures, entries in checkpoints', notEmpty)
      .option('--captures <folder>', 'with --user: a folder of captures, beside the one that record uses', notEmpty)
      .option('--dry-run', 'only say what would be removed')
      .option('--force', 'also rings that a named consumer has not read to their end')
      .option('--json', 'newline-delimited JSON, an object a line, a summary object last')
      .option('--checkpoint-folder <path>', 'where consumers are kept, beside the usual places', notEmpty)
  },
  run: (options, [folder], context) => (options.user === undefined ? prune(folder, options, context) : pruneUser(folder, options, context)),
}

/**
 * Removes rings that nobody writes to any more, and prints what it did. Fails when a ring could not be looked at or removed.
 *
 * @throws MprtapError when the folder cannot be listed, or --captures was given.
 */
async function prune(folder: string | undefined, options: Options, context: CommandContext): Promise<number> {
  const { output } = context
  if (options.captures !== undefined)
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      '--captures goes with --user: without it, captures are kept and removed by record --keep and --keep-for.',
    )
  const rings = await pruneRings({ ...ringOptions(options, context, OLDER_THAN_MS), folder })
  for (const ring of rings) {
    if (options.json) await output.write(ringJson(ring))
    else if (ring.outcome !== 'recent') await output.write(ringText(ring))
  }
  const summary = summaryOf(rings)
  await end(options, context, summaryText(summary), summary)
  return summary.failed > 0 ? EXIT_FAILURE : EXIT_OK
}

/**
 * Removes what is kept of one user: rings, then records in captures, then what checkpoints know of rings that are gone. Fails when something of it
 * is still there, but for a dry run.
 *
 * @throws MprtapError when nobody knows the user, or a folder cannot be listed.
 */
async function pruneUser(given: string | undefined, options: Options, context: CommandContext): Promise<number> {
  const { output, stop: signal } = context
  const { json, dryRun = false, checkpointFolder } = options
  const folder = given ?? defaultFolder()
  const paths = capturesOf([defaultCaptureFolder(), ...(options.captures === undefined ? [] : [options.captures])])
  const sid = await sidOfUser(options.user!, paths)
  const rings = await pruneRings({ ...ringOptions(options, context, OLDER_THAN_OF_USER_MS), folder, user: sid })
  for (const ring of rings) await output.write(json ? ringJson(ring) : ringText(ring))
  const captures = await pruneCaptures(paths, sid, { dryRun, signal })
  for (const capture of captures) await output.write(json ? captureJson(capture) : captureText(capture))
  const removable = new Set(rings.filter(({ outcome }) => outcome === 'removable').map(({ path }) => resolve(path)))
  const checkpoints = await forgetPositions(sid, { folder, checkpointFolder, dryRun }, removable)
  for (const checkpoint of checkpoints) await output.write(json ? checkpointJson(checkpoint) : checkpointText(checkpoint))
  const [ofRings, ofUser] = [summaryOf(rings), userSummaryOf(captures, checkpoints)]
  await end(options, context, `${summaryText(ofRings)}; ${userSummaryText(ofUser)}`, { ...ofRings, ...ofUser })
  const { removed } = ofRings
  const isAllGone =
    removed === rings.length && ofUser.capturesCleared === captures.length && ofUser.checkpointsCleared === checkpoints.length
  return isAllGone || (dryRun && ofRings.failed === 0) ? EXIT_OK : EXIT_FAILURE
}

function ringOptions(options: Options, { stop: signal, tell }: CommandContext, olderThanMs: number): PruneOptions {
  const { olderThan = olderThanMs, dryRun, force, checkpointFolder } = options
  return { olderThanMs: olderThan, dryRun, force, checkpointFolder, signal, onDiagnostic: ({ text }: Diagnostic) => tell(text) }
}

async function end({ json }: Options, { output, say }: CommandContext, text: string, summary: object): Promise<void> {
  if (json) await output.write(safeJson({ level: LEVEL_INFO, time: Date.now(), msg: text, type: 'summary', ...summary }))
  await output.flush()
  if (!json) say(text)
}
