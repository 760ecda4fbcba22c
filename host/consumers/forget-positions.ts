// One user's rings out of the checkpoints of named consumers: what `mprtap prune --user` does with checkpoint files.

import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { Position } from '../model/checkpoint.ts'
import { sidOfAnyName } from '../rings/ring-folder.ts'
import { LockedError, lockFile } from '../system/file-lock.ts'
import { checkpointText, parseCheckpoint, readBounded, replaceFile } from './checkpoint-file.ts'
import { checkpointFilesIn, checkpointFolders } from './checkpoint-folder.ts'

/**
 * `rewritten`: it names none of the user's rings any more; `removable`: so it would be, but for `dryRun`; `inUse`: a tap has the consumer's name;
 * `refused`: it cannot be understood; `failed`: it could not be read or written.
 */
export type PrunedCheckpointOutcome = 'rewritten' | 'removable' | 'inUse' | 'refused' | 'failed'

export interface PrunedCheckpoint {
  readonly path: string
  readonly consumer: string
  readonly outcome: PrunedCheckpointOutcome
  /** Rings of this user that it named. */
  readonly rings: number
  /** Why it is as it was. */
  readonly reason: string | undefined
}

interface Where {
  /** The folder of rings. */
  readonly folder: string
  readonly checkpointFolder: string | undefined
  readonly dryRun: boolean
}

/**
 * Takes rings of this user out of the checkpoints of consumers of a folder of rings, and tells what became of each that named one. A ring that is
 * still there stays in them, since it would be read once more otherwise.
 * @param removable absolute paths of rings that a dry run would have removed.
 */
export async function forgetPositions(
  sid: string,
  { folder, checkpointFolder, dryRun }: Where,
  removable: ReadonlySet<string>,
): Promise<PrunedCheckpoint[]> {
  const wanted = sid.toUpperCase()
  const isGone = (path: string) => removable.has(path) || !existsSync(path)
  const isTheirs = ({ path }: Position) => sidOfSource(path)?.toUpperCase() === wanted && isGone(path)
  const pruned: PrunedCheckpoint[] = []
  for (const path of new Set(checkpointFolders(folder, checkpointFolder).flatMap(checkpointFilesIn))) {
    const found = await forget(path, wanted, isTheirs, dryRun)
    if (found) pruned.push({ path, consumer: basename(path, '.json'), rings: 0, reason: undefined, ...found })
  }
  return pruned
}

/** Whose source it is: a ring file, or a ring in a capture (`ring <file id> of <SID> on <host>`). */
function sidOfSource(path: string): string | undefined {
  return sidOfAnyName(path) ?? /^ring [0-9a-f]{16} of (S-[0-9-]+) on /i.exec(basename(path))?.[1]
}

type Found = Pick<PrunedCheckpoint, 'outcome'> & Partial<PrunedCheckpoint>

async function forget(path: string, sid: string, isTheirs: (position: Position) => boolean, dryRun: boolean): Promise<Found | undefined> {
  try {
    const text = readBounded(path)
    // Other files lie here as well, such as the state of a forwarder, which knows no users.
    if (!text.toUpperCase().includes(sid)) return undefined
    const rings = positionsIn(text)
    if (!rings) return { outcome: 'refused', reason: 'it names this user, and this mprtap does not understand it as a checkpoint file' }
    const count = rings.filter(isTheirs).length
    if (count === 0) return undefined
    if (dryRun) return { outcome: 'removable', rings: count }
    return { rings: count, ...(await rewrite(path, isTheirs)) }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { outcome: 'failed', reason: code ?? message }
  }
}

function positionsIn(text: string): readonly Position[] | undefined {
  const content = parseCheckpoint(text)
  return typeof content === 'object' && 'rings' in content ? content.rings : undefined
}

async function rewrite(path: string, isTheirs: (position: Position) => boolean): Promise<Found> {
  const stem = path.slice(0, -'.json'.length)
  try {
    const lock = lockFile(`${stem}.lock`)
    try {
      // Only now nobody else writes it.
      const rings = positionsIn(readBounded(path)) ?? []
      const others = rings.filter((position) => !isTheirs(position))
      await replaceFile(path, checkpointText(basename(stem), others))
      return { outcome: 'rewritten' }
    } finally {
      lock.release()
    }
  } catch (error) {
    if (!(error instanceof LockedError)) throw error
    return { outcome: 'inUse', reason: 'a tap has this name; close it and run this once more' }
  }
}
