// Which files of a directory are rings, and whose.

import { existsSync, opendirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { FORMAT_MAJOR } from '../../format/layout.ts'
import { MprtapError } from '../api/errors.ts'

/** Below the directory: rings of ordinary users, and of SYSTEM and elevated administrators. */
const FOLDERS = ['users', 'administrators'] as const
const RING_NAME = new RegExp(`^(S-1-\\d{1,15}(?:-\\d{1,10}){1,15})\\.v${FORMAT_MAJOR}(?:\\.[1-3])?\\.ring$`)
/** A directory with more names than this is not read to its end. */
const NAMES_MAX = 20_000

/** The SID in a ring's file name, or `undefined` if the name is none of a ring. */
export function sidOfRingName(path: string): string | undefined {
  return RING_NAME.exec(basename(path))?.[1]
}

/**
 * Paths of all rings below `directory`, sorted.
 * @throws MprtapError MPRTAP_DIRECTORY_MISSING, or MPRTAP_DIRECTORY_UNREADABLE when no folder in it can be listed.
 */
export function listRings(directory: string): string[] {
  const paths: string[] = []
  let failure: NodeJS.ErrnoException | undefined
  let listed = 0
  for (const folder of FOLDERS) {
    try {
      const entries = opendirSync(join(directory, folder))
      try {
        for (let names = 0; names < NAMES_MAX; names++) {
          const entry = entries.readSync()
          if (!entry) break
          if (RING_NAME.test(entry.name)) paths.push(join(directory, folder, entry.name))
        }
      } finally {
        entries.closeSync()
      }
      listed++
    } catch (error) {
      failure = error as NodeJS.ErrnoException
    }
  }
  if (listed === 0 && failure) throw directoryError(directory, failure)
  return paths.sort()
}

/** Paths of the rings that `sid` has below `directory`, found without listing it. */
export function ringsByName(directory: string, sid: string): string[] {
  const names = ['', '.1', '.2', '.3'].map((variant) => `${sid}.v${FORMAT_MAJOR}${variant}.ring`)
  return FOLDERS.flatMap((folder) => names.map((name) => join(directory, folder, name))).filter((path) => existsSync(path))
}

function directoryError(directory: string, cause: NodeJS.ErrnoException): MprtapError {
  if (cause.code === 'ENOENT') {
    const message = `${directory} has no folder "users" or "administrators" with rings in it; install the notifyee DLL first, or name the right directory.`
    return new MprtapError('MPRTAP_DIRECTORY_MISSING', message, { cause })
  }
  const hint = cause.code === 'ENOTDIR' ? 'it is a file' : cause.code
  const message = `The rings below ${directory} cannot be listed (${hint}); name the right directory, run as an administrator, or name your own ring with "rings".`
  return new MprtapError('MPRTAP_DIRECTORY_UNREADABLE', message, { cause })
}
