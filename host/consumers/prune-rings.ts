// Removing idle rings: what `mprtap prune` does. The library's bundle does not contain it, so that a tap's users do not pay for it.

import { lstatSync } from 'node:fs'
import type { Diagnostic } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import { invalidOption, readOptions, shown } from '../model/options.ts'
import { isStopSignal, type StopSignal } from '../model/stop-signal.ts'
import { RingContents } from '../reading/ring-contents.ts'
import { defaultFolder } from '../rings/default-folder.ts'
import { listRings, sidOfAnyName } from '../rings/ring-folder.ts'
import { RingOrigin } from '../rings/ring-source.ts'
import { systemClock } from '../system/clock.ts'
import { removeFile } from '../system/file.ts'
import { KnownConsumers } from './known-consumers.ts'

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

/**
 * Removes rings that nobody has written to for a while, and tells what became of each. It never follows a link, and never removes a ring that was
 * written since, nor (but for `force`) one with records that a named consumer still waits for.
 *
 * A ring's last write is the later of its newest record's time and the file's modification time: Windows may note a write through a mapping
 * late or never, and a ring without a record has no other time. Both can be forged by the ring's owner, whose own records alone are at stake.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT, MPRTAP_FOLDER_MISSING, MPRTAP_FOLDER_UNREADABLE.
 */
export async function pruneRings(given: PruneOptions = {}): Promise<PrunedRing[]> {
  const options = readOptions<PruneOptions>(given, OPTIONS, 'pruneRings()')
  const { folder = defaultFolder(), olderThanMs = OLDER_THAN_MS, checkpointFolder, signal } = options
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
  const { onDiagnostic, user } = options
  if (user !== undefined && (typeof user !== 'string' || !SID.test(user))) invalidOption('user', user, 'a SID')
  if (onDiagnostic !== undefined && typeof onDiagnostic !== 'function') invalidOption('onDiagnostic', onDiagnostic, 'a function')
  if (signal !== undefined && !isStopSignal(signal)) invalidOption('signal', signal, 'an AbortSignal')
  const { paths, faults } = listRings(folder, { aside: true })
  for (const fault of faults.values()) onDiagnostic?.(fault)
  const consumers = new KnownConsumers(folder, checkpointFolder)
  const contents = new RingContents()
  const pruned: PrunedRing[] = []
  for (const path of paths) {
    if (signal?.aborted) break
    const owner = sidOfAnyName(path) ?? ''
    if (user !== undefined && owner.toUpperCase() !== user.toUpperCase()) continue
    pruned.push({ ...NOTHING_KNOWN, path, user: owner, ...prune(path, options, olderThanMs, consumers, contents) })
    await systemClock.breathe()
  }
  return pruned
}

const NOTHING_KNOWN = { bytes: 0, lastWrite: undefined, awaitedBy: [], reason: undefined }

type Found = Pick<PrunedRing, 'outcome'> & Partial<PrunedRing>

function prune(
  path: string,
  { dryRun, force }: PruneOptions,
  olderThanMs: number,
  consumers: KnownConsumers,
  contents: RingContents,
): Found {
  const origin = new RingOrigin(path, '', true)
  const now = systemClock.wall()
  try {
    const status = lstatSync(path)
    const bytes = status.size
    if (!status.isFile() || status.nlink !== 1) return { outcome: 'refused', bytes, reason: 'it is not a plain file under one name' }
    const { newest, head, fileId } = contents.of(origin, now)
    const lastWrite = Math.floor(Math.max(status.mtimeMs, newest ?? 0))
    const awaitedBy = consumers.waitingFor(path, fileId, head)
    const known = { bytes, lastWrite, awaitedBy }
    if (now - lastWrite <= olderThanMs) return { ...known, outcome: 'recent' }
    if (awaitedBy.length > 0 && !force) return { ...known, outcome: 'awaited' }
    if (dryRun) return { ...known, outcome: 'removable' }
    // Somebody may have come back while we were looking.
    const { ino, mtimeMs } = lstatSync(path)
    if (ino !== status.ino || mtimeMs !== status.mtimeMs || contents.of(origin, now).head !== head) return { ...known, outcome: 'recent' }
    removeFile(path)
    return { ...known, outcome: 'removed' }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { outcome: 'failed', reason: code ?? message }
  }
}
