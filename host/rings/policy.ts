// Which files are a user's ring: decisions only, from facts that the operating system told. dll/policy.c decides the same for the writer, and
// format/policy-cases.json holds both to one table.

import { ATTRIBUTE_DIRECTORY, ATTRIBUTE_REPARSE_POINT, type FileFacts } from '../system/open-file.ts'

/** The two folders of rings: rings of ordinary users, and of SYSTEM and elevated administrators. */
export const RING_FOLDERS = ['users', 'administrators'] as const
export type RingFolder = (typeof RING_FOLDERS)[number]

const LOCAL_SYSTEM = 'S-1-5-18'
const ADMINISTRATORS = 'S-1-5-32-544'

/** `squatted`: somebody else has taken the name. */
export type Verdict = 'accepted' | 'not a plain file' | 'squatted'

/** A plain file under one name only: through a link somebody else's file could be read, or written. */
export function isPlainFile(file: FileFacts): boolean {
  return (file.attributes & (ATTRIBUTE_DIRECTORY | ATTRIBUTE_REPARSE_POINT)) === 0 && file.linkCount === 1
}

/** Whether a file in `folder` that is named after `user` and belongs to `owner` is that user's. */
export function isOwnRing(folder: RingFolder, user: string, owner: string): boolean {
  // What a member of Administrators creates belongs to the group, or to the member where that default was changed.
  const isPrivileged = owner === LOCAL_SYSTEM || owner === ADMINISTRATORS
  return owner === user || (folder === 'administrators' && isPrivileged)
}

/**
 * Whether a file in `folder` that is named after `user` is that user's ring. The owner is believed, not the name: anybody may make a file in
 * `users` and call it what they like. Where files have no owner that is a SID, the name is all there is.
 * @param folder `undefined`: neither, where nobody records.
 */
export function judgeRing(folder: RingFolder | undefined, user: string, file: FileFacts): Verdict {
  if (!isPlainFile(file)) return 'not a plain file'
  if (folder === undefined) return 'squatted'
  return file.owner === undefined || isOwnRing(folder, user, file.owner) ? 'accepted' : 'squatted'
}
