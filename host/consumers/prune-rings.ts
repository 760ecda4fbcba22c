// Removing idle rings: what `mprtap prune` does. The code that does the work is loaded when it is needed.

import { checkPruneOptions, type PrunedRing, type PruneOptions } from './prune-options.ts'

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
  const options = checkPruneOptions(given)
  const { pruneFolder } = await import('./prune-folder.ts')
  return pruneFolder(options)
}
