// Why a ring's file is not read: sentences whose beginning is its path.

import { describeShortage, shortageOf } from '../model/shortage.ts'
import type { Refusal } from '../model/source.ts'
import { SquattedError } from './place.ts'

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist; the DLL makes it when its owner next connects something',
  EACCES: 'cannot be opened (EACCES); run as its owner or as an administrator',
  EPERM: 'cannot be opened (EPERM); run as its owner or as an administrator',
  EINVAL: 'cannot be opened (EINVAL): it is not a plain file under one name',
  EISDIR: 'cannot be opened (EISDIR): it is a folder',
  ELOOP: 'cannot be opened (ELOOP): it is a symbolic link, and links are not followed',
  EBUSY: 'cannot be opened at present (EBUSY): another program keeps it to itself; it is tried again',
  EAGAIN: 'cannot be opened at present (EAGAIN): another program keeps it to itself; it is tried again',
}

/** What an error says that came out of opening a ring's file. @throws the error, if it is not one of the operating system. */
export function refusalOf(user: string, error: unknown): Refusal {
  if (error instanceof SquattedError) return { refusal: describeSquatter(user, error.owner), cause: error }
  const { code } = error as NodeJS.ErrnoException
  // A fault outside the operating system, such as missing native code, says more than a ring's refusal.
  if (code === undefined || code.startsWith('MPRTAP_')) throw error
  const refusal = FAILURES[code] ?? `cannot be opened (${code})`
  const shortage = shortageOf(error)
  if (shortage === undefined) return { refusal, cause: error, isMissing: code === 'ENOENT' }
  return { refusal: `cannot be opened: ${shortage}`, cause: error, shortage: describeShortage(shortage) }
}

/** Why a ring that belongs to somebody else is not read. `kept`, or nothing: nobody says to whom. */
export function describeSquatter(user: string, owner: string): string {
  const whose =
    owner === 'kept' || owner === '' ? 'its owner cannot be asked for, which no ring of the DLL denies' : `it belongs to ${owner}`
  return `is squatted: it bears the name of ${user}, but ${whose}, so it is not read; an administrator should remove it`
}
