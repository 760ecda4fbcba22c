// The folder of a named consumer's checkpoint file.

import { mkdirSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { MprtapError } from '../model/errors.ts'
import { shortageOf } from '../model/shortage.ts'
import { listRings } from '../rings/ring-folder.ts'
import { type FileLock, LockedError, lockFile } from '../system/file-lock.ts'
import { makeFolder } from '../system/make-folder.ts'

const NOT_WRITABLE: readonly unknown[] = ['EACCES', 'EPERM', 'EROFS']
/** What stands in the place of a lock file, by the error of opening it. */
const NO_LOCK_FILE: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder',
  EINVAL: 'it is not a plain file',
  ENXIO: 'it is not a plain file',
  ELOOP: 'it is a link',
}

/** A consumer's place: a path to which ".json" is added, and the lock that keeps other taps from it. */
export interface CheckpointPlace {
  readonly stem: string
  readonly lock: FileLock
}

/**
 * Finds and locks the place of consumer `name`: in `chosen`, else in the folder `consumers` beside the rings, else, if that cannot be written
 * or the rings were named by path, below the user's own data folder.
 * @throws MprtapError MPRTAP_CONSUMER when it is in use or cannot be written; what listRings() throws when there is no folder of rings.
 */
export function openCheckpointPlace(name: string, chosen: string | undefined, folder: string | undefined): CheckpointPlace {
  if (chosen !== undefined) return lockIn(resolve(chosen), name, true)
  if (folder !== undefined) {
    mustExist(folder)
    try {
      return lockIn(resolve(folder, 'consumers'), name, false)
    } catch (error) {
      if (!NOT_WRITABLE.includes(((error as MprtapError).cause as NodeJS.ErrnoException | undefined)?.code)) throw error
    }
  }
  return lockIn(userFolder(), name, true)
}

/** A folder of rings that is not there yet is not made for the sake of a checkpoint: it has its own error. */
function mustExist(folder: string): void {
  try {
    listRings(folder)
  } catch (error) {
    if ((error as MprtapError).code === 'MPRTAP_FOLDER_MISSING') throw error
  }
}

/** Where the positions of consumers of this folder of rings may be. */
export function checkpointFolders(folder: string, chosen: string | undefined): readonly string[] {
  return [resolve(folder, 'consumers'), userFolder(), ...(chosen === undefined ? [] : [resolve(chosen)])]
}

/**
 * Paths of the checkpoint files of a folder, sorted. A folder that is not there has none.
 * @throws MprtapError MPRTAP_FOLDER_UNREADABLE.
 */
export function checkpointFilesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
    return names.map((name) => join(folder, name)).sort()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    const message = `The consumers in ${folder} cannot be listed (${code}), so it is not known what they still wait for; run as their user, or as an administrator.`
    throw new MprtapError('MPRTAP_FOLDER_UNREADABLE', message, { cause: error })
  }
}

function lockIn(folder: string, name: string, recursive: boolean): CheckpointPlace {
  const stem = join(folder, name)
  let isThere = false
  try {
    try {
      if (recursive) makeFolder(folder, 0o700)
      else mkdirSync(folder, { mode: 0o700 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    isThere = true
    return { stem, lock: lockFile(`${stem}.lock`) }
  } catch (cause) {
    const shortage = shortageOf(cause)
    const used =
      cause instanceof LockedError
        ? `is in use by ${cause.holder ? `process ${cause.holder}` : 'another process'} (${stem}.lock)`
        : undefined
    const code = String((cause as NodeJS.ErrnoException).code)
    const other = isThere ? NO_LOCK_FILE[code] : undefined
    const message = used
      ? `Consumer "${name}" ${used}; close that tap, or give this one another name.`
      : shortage !== undefined
        ? `The checkpoint of consumer "${name}" cannot be locked: ${shortage}. Close other programs, or raise the limit, and try again.`
        : other !== undefined
          ? `Consumer "${name}" cannot be locked: ${stem}.lock is not a lock file (${other}); see what it is, or keep checkpoints in another folder.`
          : `The checkpoint of consumer "${name}" cannot be kept in ${folder} (${code}); name a folder that can be written.`
    throw new MprtapError('MPRTAP_CONSUMER', message, { cause })
  }
}

function userFolder(): string {
  const { LOCALAPPDATA, XDG_STATE_HOME } = process.env
  if (process.platform === 'win32') return join(LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'mprtap', 'consumers')
  return join(XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'mprtap', 'consumers')
}
