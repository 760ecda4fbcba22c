// The access lists of mprtap's folders, written once. SECURITY.md explains them; a test holds both to the same text.

import {
  type AccessEntry,
  ALLOW,
  CONTAINER_INHERIT,
  type Descriptor,
  INHERIT_ONLY,
  isTrustedOwner,
  NO_PROPAGATE,
  OBJECT_INHERIT,
  sddlOf,
} from './descriptor.ts'

export const ADMINISTRATORS = 'S-1-5-32-544'
const LOCAL_SYSTEM = 'S-1-5-18'
const AUTHENTICATED_USERS = 'S-1-5-11'
const OWNER_RIGHTS = 'S-1-3-4'
const CREATOR_OWNER = 'S-1-3-0'
/** NT SERVICE\TrustedInstaller, whose are the files of Windows. */
const TRUSTED_INSTALLER = 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'

const FULL = 0x1f01ff
const MODIFY = 0x1301bf
const READ_AND_LIST = 0x1200a9
const READ = 0x120089
const READ_CONTROL = 0x20000
/** Make files and reach them by name; not list, not remove. */
const ADD_FILES = 0x100022
/** Read, write and rename a file of one's own; not change who may. */
const OWN_FILE = 0x13019f

const BELOW = OBJECT_INHERIT | CONTAINER_INHERIT
const allow = (flags: number, mask: number, sid: string): AccessEntry => ({ type: ALLOW, flags, mask, sid })
const ours = (...entries: AccessEntry[]): Descriptor => ({ owner: ADMINISTRATORS, isProtected: true, entries })
const administered = [allow(BELOW, FULL, LOCAL_SYSTEM), allow(BELOW, FULL, ADMINISTRATORS)]

/** The folders below the base folder. */
export const FOLDERS = ['users', 'administrators', 'captures', 'spool', 'consumers'] as const
export type Folder = (typeof FOLDERS)[number]

/** The access list of the base folder. */
export const BASE_ACCESS: Descriptor = ours(
  ...administered,
  allow(0, READ_AND_LIST, AUTHENTICATED_USERS),
  // For the control file, also one that was made by other means than `mprtap control`.
  allow(OBJECT_INHERIT | NO_PROPAGATE | INHERIT_ONLY, READ, AUTHENTICATED_USERS),
)

/** The access list of the control file: everybody reads it, administrators write it. */
export const CONTROL_ACCESS: Descriptor = ours(
  allow(0, FULL, LOCAL_SYSTEM),
  allow(0, FULL, ADMINISTRATORS),
  allow(0, READ, AUTHENTICATED_USERS),
)

const FOLDER_ACCESS: Readonly<Record<Folder, readonly AccessEntry[]>> = {
  users: [allow(0, ADD_FILES, AUTHENTICATED_USERS), allow(OBJECT_INHERIT | INHERIT_ONLY, OWN_FILE, OWNER_RIGHTS)],
  administrators: [allow(OBJECT_INHERIT | INHERIT_ONLY, READ_CONTROL, OWNER_RIGHTS)],
  captures: [],
  spool: [],
  consumers: [],
}
/** What a service's account may do in each folder: read rings, keep the rest. */
const SERVICE_RIGHTS: Readonly<Record<Folder, number>> = {
  users: READ_AND_LIST,
  administrators: READ_AND_LIST,
  captures: MODIFY,
  spool: MODIFY,
  consumers: MODIFY,
}

/** The access list of a folder. @param service SID of the service's account, where there is one. */
export function folderAccess(folder: Folder, service?: string): Descriptor {
  const serviceEntry = service === undefined ? [] : [allow(BELOW, SERVICE_RIGHTS[folder], service)]
  return ours(...administered, ...FOLDER_ACCESS[folder], ...serviceEntry)
}

/** Access lists that earlier versions told people to set, as SDDL: a folder that has one is brought up to date. */
const FORMER_ACCESS: Readonly<Record<string, readonly string[]>> = {
  base: ['O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1200a9;;;AU)'],
  users: ['O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x100022;;;AU)(A;OIIO;0x12019f;;;OW)'],
  administrators: ['O:BAG:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)'],
}

/**
 * Whether a list is one of ours that is merely not the one wanted now: an earlier version's, or with another service's entry. Nobody but an
 * administrator can have made it, so that it may be set anew in place.
 */
export function isFormerAccess(name: Folder | 'base' | 'control', found: Descriptor): boolean {
  if (!isTrustedOwner(found.owner) || !found.isProtected) return false
  const text = sddlOf({ ...found, owner: ADMINISTRATORS })
  if (FORMER_ACCESS[name]?.includes(text)) return true
  if (name === 'base') return text === sddlOf(BASE_ACCESS)
  if (name === 'control') return text === sddlOf(CONTROL_ACCESS)
  const last = found.entries?.at(-1)
  const service = last?.sid.startsWith('S-1-5-80-') ? last.sid : undefined
  return text === sddlOf(folderAccess(name, service))
}

const DELETE = 0x10000
const WRITE_DAC = 0x40000
const WRITE_OWNER = 0x80000
const GENERIC_WRITE_OR_ALL = 0x50000000
/** Of a file: change its contents, or who may. Of a folder: remove or rename what is in it. */
const CHANGES_FILE = 0x2 | 0x4 | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE_OR_ALL
const REPLACES_IN_FOLDER = 0x40 | DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_WRITE_OR_ALL
const ADDS_TO_FOLDER = 0x2

const isTrusted = (sid: string) => isTrustedOwner(sid) || sid === TRUSTED_INSTALLER || sid === CREATOR_OWNER

/**
 * SIDs, beside those of Windows itself and of administrators, that can change a file, or put another file in its place. Entries that deny are
 * not weighed: who is named here may still be kept out by one.
 */
export function strangersWhoCanWrite(
  { owner, entries }: Descriptor,
  what: 'file' | 'folder of a file' | 'folder of a missing file',
): string[] {
  if (entries === undefined) return ['S-1-1-0']
  const rights = what === 'file' ? CHANGES_FILE : REPLACES_IN_FOLDER | (what === 'folder of a missing file' ? ADDS_TO_FOLDER : 0)
  const sids = entries
    .filter(({ type, flags, mask }) => type === ALLOW && !(flags & INHERIT_ONLY) && (mask & rights) !== 0)
    .map(({ sid }) => sid)
  // An owner may change the access list, whatever it says.
  if (owner !== undefined) sids.push(owner)
  return [...new Set(sids.filter((sid) => !isTrusted(sid)))]
}
