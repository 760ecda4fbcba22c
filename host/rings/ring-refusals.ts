// What there is to say about a ring that is not read, or not to its end: sentences whose beginning is the ring's path.

import {
  RING_BAD_GEOMETRY,
  RING_BAD_HEAD,
  RING_EMPTY,
  RING_NO_FILE_ID,
  RING_NOT_A_RING,
  RING_OTHER_VERSION,
  RING_WRONG_SIZE,
} from '../../assembly/abi.ts'
import { FORMAT_MAJOR } from '../../format/layout.ts'

const REFUSALS: Readonly<Record<number, string>> = {
  [RING_EMPTY]: 'was emptied; the DLL makes a ring of it when its owner next connects something',
  [RING_NOT_A_RING]: 'is not a ring: its first bytes are not "MPRT"; remove it, the DLL makes a new one',
  [RING_OTHER_VERSION]: `has another format version than ${FORMAT_MAJOR}; use the mprtap that belongs to the installed DLL`,
  [RING_BAD_GEOMETRY]: 'claims an impossible number of slots; remove it, the DLL makes a new one',
  [RING_WRONG_SIZE]: 'is not as long as its header says; remove it, the DLL makes a new one',
  [RING_NO_FILE_ID]: 'has no file id; remove it, the DLL makes a new one',
  [RING_BAD_HEAD]: 'claims more records than can ever have been written; remove it, the DLL makes a new one',
}

/** Why a ring's header was refused. @param judged RING_*. */
export function describeHeader(judged: number): string {
  return REFUSALS[judged] ?? `was refused with code ${judged}`
}

/** Why a ring's file could not be opened. @param code Node's name of the system error. */
export function describeFailure(code: string): string {
  if (code === 'ENOENT') return 'does not exist; the DLL makes it when its owner next connects something'
  return `cannot be opened (${code}); ${code === 'EACCES' ? 'run as its owner or as an administrator' : 'remove it if it is not in use'}`
}

/** Why a ring that belongs to somebody else is not read. */
export function describeSquatter(user: string, owner: string): string {
  return `is squatted: it bears the name of ${user}, but it belongs to ${owner}, so it is not read; an administrator should remove it`
}

/** What was lost with a file that went away. */
export function describeLoss(records: number): string {
  const what = 'was truncated, or its header overwritten, before it was read to its end'
  return `${what}; ${records} of the records that it promised are lost, and counted as abandoned`
}
