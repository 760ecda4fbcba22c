// Why a source is not read, or not to its end: sentences whose beginning is its name.

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
  [RING_NOT_A_RING]: 'is not a ring: its first bytes are not "MPRT"',
  [RING_OTHER_VERSION]: `has another format version than ${FORMAT_MAJOR}; use the mprtap that belongs to the installed DLL`,
  [RING_BAD_GEOMETRY]: 'is damaged: its header claims an impossible number of slots',
  [RING_WRONG_SIZE]: 'is not as long as its header says: it was cut, or not copied to its end',
  [RING_NO_FILE_ID]: 'is damaged: its header has no file id',
  [RING_BAD_HEAD]: 'is damaged: its header claims more records than can ever have been written',
}

/** Why a header was refused. @param judged RING_*. */
export function describeHeader(judged: number): string {
  return REFUSALS[judged] ?? `was refused with code ${judged}`
}

/** What was lost with a source that went away. */
export function describeLoss(records: number): string {
  const what = 'was truncated, or its header overwritten, before it was read to its end'
  return `${what}; ${records} of the records that it promised are lost, and counted as abandoned`
}
