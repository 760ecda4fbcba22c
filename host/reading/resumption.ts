// A named consumer saved a position. Is the file that is there now still the same, and which operations waited in it?

import { SLOT_SIZE } from '../../format/layout.ts'
import type { Core } from '../core/core.ts'
import type { Position } from '../model/checkpoint.ts'
import type { Source } from '../model/source.ts'

/** Stamp and checksum at the beginning of a slot. */
const MARK_SIZE = 16
const STAMP_DIGITS = 16

/** The beginning of the slot of the record before `next`, hexadecimal. It is not interpreted, only compared. */
export function markBefore(source: Source, next: number): string | undefined {
  if (next <= 0) return undefined
  const slot = Buffer.alloc(SLOT_SIZE)
  return source.copySlots(next - 1, slot) ? slot.toString('hex', 0, MARK_SIZE) : undefined
}

/** Whether the file's sequences were used once more since: the slot of the last record before the position has the same stamp and another checksum. */
export function isUsedAgain(source: Source, { last, next }: Position): boolean {
  const mark = last && markBefore(source, next)
  return Boolean(mark && last && mark !== last && mark.slice(0, STAMP_DIGITS) === last.slice(0, STAMP_DIGITS))
}

/** Lets a position's PREs wait again. Returns how many could not be found. */
export function readmitWaiting(core: Core, ring: number, source: Source, { waiting }: Position, now: number): number {
  const slot = core.window.subarray(0, SLOT_SIZE)
  const isBack = (sequence: number) => source.copySlots(sequence, slot) && core.readmit(ring, sequence, now)
  return waiting.filter((sequence) => !isBack(sequence)).length
}

/** What became of a position, as the end of a sentence that begins with the source's name; `undefined` when there is nothing to tell. */
export function describeResumption(isSameFile: boolean, beginningsGone: number): string | undefined {
  const gone = beginningsGone === 0 ? '' : `; the beginnings of ${beginningsGone} operations that had not ended then are gone`
  if (!isSameFile) return `is not the ring that the consumer read before, so it is read from its oldest record${gone}`
  return beginningsGone === 0 ? undefined : `was overwritten since the consumer read it${gone}`
}
