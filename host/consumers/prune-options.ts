// What pruneRings() takes and gives, and how its options are checked.

import type { Diagnostic } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import { invalidOption, readOptions, shown } from '../model/options.ts'
import { isStopSignal, type StopSignal } from '../model/stop-signal.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** A ring is idle when it was not written for this long. */
const OLDER_THAN_MS = 30 * DAY_MS

const SID = /^S-1-(?:\d+|0x[0-9a-f]{12})(?:-\d+){1,15}$/i

const OPTIONS = [
  'folder',
  'user',
  'olderThanMs',
  'dryRun',
  'force',
  'checkpointFolder',
  'signal',
  'onDiagnostic',
] as const satisfies readonly (keyof PruneOptions)[]

/** Which rings are removed. */
export interface PruneOptions {
  /** The folder that holds `users` and `administrators`. On Windows it defaults to the one that the notifyee DLL uses. */
  readonly folder?: string | undefined
  /** Only rings of this user: a SID. */
  readonly user?: string | undefined
  /** A ring last written longer ago than this is idle, ms. Default 30 days, at least one hour. */
  readonly olderThanMs?: number | undefined
  /** Only tell what would be removed. */
  readonly dryRun?: boolean | undefined
  /** Also remove rings with records that a named consumer has not read. */
  readonly force?: boolean | undefined
  /** A further place of named consumers' positions, beside the usual ones (docs/consumers.md). */
  readonly checkpointFolder?: string | undefined
  /** Ends the work after the ring at hand. */
  readonly signal?: StopSignal | undefined
  /** Called when a folder of rings cannot be listed, or not to its end. */
  readonly onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined
}

/**
 * The fate of a ring. `removed`; `removable`: would be, but for `dryRun`; `recent`: written to lately; `awaited`: named consumers have not read
 * all of it; `refused`: a link, a folder or the like, which is left alone; `failed`: it could not be looked at or removed.
 */
export type PruneOutcome = 'removed' | 'removable' | 'recent' | 'awaited' | 'refused' | 'failed'

/** A ring that was looked at. */
export interface PrunedRing {
  readonly path: string
  /** The SID in its name. */
  readonly user: string
  readonly outcome: PruneOutcome
  /** Size of the file, bytes. */
  readonly bytes: number
  /** Epoch ms; `undefined` when it could not be found out. */
  readonly lastWrite: number | undefined
  /** Consumers that have not read all of it. */
  readonly awaitedBy: readonly string[]
  /** Why it was refused or failed. */
  readonly reason: string | undefined
}

/** Options as they were found to be good. */
export type CheckedPruneOptions = PruneOptions & { readonly olderThanMs: number }

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT. */
export function checkPruneOptions(given: PruneOptions): CheckedPruneOptions {
  const options = readOptions<PruneOptions>(given, OPTIONS, 'pruneRings()')
  const { olderThanMs = OLDER_THAN_MS, onDiagnostic, signal, user } = options
  if (typeof olderThanMs !== 'number' || !(olderThanMs >= HOUR_MS))
    throw new MprtapError(
      'MPRTAP_INVALID_ARGUMENT',
      `Option "olderThanMs" is ${shown(olderThanMs)}; it must be at least an hour, in milliseconds.`,
    )
  for (const name of ['folder', 'checkpointFolder'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && (typeof value !== 'string' || value === '')) invalidOption(name, value, 'a path')
  }
  for (const name of ['dryRun', 'force'] as const) {
    const value: unknown = options[name]
    if (value !== undefined && typeof value !== 'boolean') invalidOption(name, value, 'true or false')
  }
  if (user !== undefined && (typeof user !== 'string' || !SID.test(user))) invalidOption('user', user, 'a SID')
  if (onDiagnostic !== undefined && typeof onDiagnostic !== 'function') invalidOption('onDiagnostic', onDiagnostic, 'a function')
  if (signal !== undefined && !isStopSignal(signal)) invalidOption('signal', signal, 'an AbortSignal')
  return { ...options, olderThanMs }
}
