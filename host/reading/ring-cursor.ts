// What a named consumer's cursor has to do with the file of a ring: whether it is that file still, and what waited in it.

import { HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import type { RingCursor } from '../consumers/cursor-file.ts'
import type { Core } from '../core/core.ts'
import type { OpenFile } from '../system/file.ts'

/** Stamp and checksum at the beginning of a slot. */
const MARK_SIZE = 16
const STAMP_DIGITS = 16

/** The beginning of the slot of the record before `next`, hexadecimal. It is not interpreted, only compared. */
export function markBefore(file: OpenFile, next: number): string | undefined {
  const bytes = Buffer.alloc(MARK_SIZE)
  const slots = (file.size - HEADER_SIZE) / SLOT_SIZE
  return next > 0 && file.copy(HEADER_SIZE + ((next - 1) % slots) * SLOT_SIZE, bytes) ? bytes.toString('hex') : undefined
}

/** Whether the file's sequences were used once more since: the slot of the cursor's last record has the same stamp and another checksum. */
export function isUsedAgain(file: OpenFile, { last, next }: RingCursor): boolean {
  const mark = last && markBefore(file, next)
  return Boolean(mark && last && mark !== last && mark.slice(0, STAMP_DIGITS) === last.slice(0, STAMP_DIGITS))
}

/** Lets a cursor's PREs wait again. Returns how many could not be found. */
export function readmitWaiting(core: Core, ring: number, file: OpenFile, { waiting }: RingCursor): number {
  const slot = core.window.subarray(0, SLOT_SIZE)
  const now = performance.now()
  const isBack = (sequence: number) => file.copy(core.offsetOf(ring, sequence), slot) && core.readmit(ring, sequence, now)
  return waiting.filter((sequence) => !isBack(sequence)).length
}

/** What became of a cursor, as the end of a sentence that begins with the ring's path; `undefined` when there is nothing to tell. */
export function describeResumption(isSameFile: boolean, beginningsGone: number): string | undefined {
  const gone = beginningsGone === 0 ? '' : `; the beginnings of ${beginningsGone} operations that had not ended then are gone`
  if (!isSameFile) return `is not the ring that the consumer read before, so it is read from its oldest record${gone}`
  return beginningsGone === 0 ? undefined : `was written round since the consumer read it${gone}`
}
