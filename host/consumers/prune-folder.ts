// Looks at each ring of a folder, and removes it if it is idle.

import { lstatSync } from 'node:fs'
import { RingContents } from '../reading/ring-contents.ts'
import { defaultFolder } from '../rings/default-folder.ts'
import { listRings, sidOfAnyName } from '../rings/ring-folder.ts'
import { RingOrigin } from '../rings/ring-source.ts'
import { systemClock } from '../system/clock.ts'
import { removeFile } from '../system/file.ts'
import { KnownConsumers } from './known-consumers.ts'
import type { CheckedPruneOptions, PrunedRing } from './prune-options.ts'

export async function pruneFolder(options: CheckedPruneOptions): Promise<PrunedRing[]> {
  const { folder = defaultFolder(), checkpointFolder, signal, onDiagnostic, user } = options
  const { paths, faults } = listRings(folder, { aside: true })
  for (const fault of faults.values()) onDiagnostic?.(fault)
  const consumers = new KnownConsumers(folder, checkpointFolder)
  const contents = new RingContents()
  const pruned: PrunedRing[] = []
  for (const path of paths) {
    if (signal?.aborted) break
    const owner = sidOfAnyName(path) ?? ''
    if (user !== undefined && owner.toUpperCase() !== user.toUpperCase()) continue
    pruned.push({ ...NOTHING_KNOWN, path, user: owner, ...prune(path, options, consumers, contents) })
    await systemClock.breathe()
  }
  return pruned
}

const NOTHING_KNOWN = { bytes: 0, lastWrite: undefined, awaitedBy: [], reason: undefined }

type Found = Pick<PrunedRing, 'outcome'> & Partial<PrunedRing>

function prune(
  path: string,
  { dryRun, force, olderThanMs }: CheckedPruneOptions,
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
