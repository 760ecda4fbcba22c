// A record's packet: only the stamp of its slot is looked at here; the core judges the rest.

import { PACKET_BODY } from '../../format/capture-layout.ts'
import { SLOT_STAMP, STAMP_SHIFT, STATE_COMMITTED } from '../../format/layout.ts'
import type { CaptureReader } from './capture-reader.ts'

const STAMP_LOW_SHIFT = 2 ** -STAMP_SHIFT

/** The sequence of the record in hand; `undefined` when its stamp is not that of a record. */
export function sequenceOf({ view, start, end }: CaptureReader): number | undefined {
  const stamp = start + PACKET_BODY + SLOT_STAMP
  if (stamp + 8 > end) return undefined
  const low = view.getUint32(stamp, true)
  const sequence = view.getUint32(stamp + 4, true) * (2 ** 32 * STAMP_LOW_SHIFT) + Math.floor(low * STAMP_LOW_SHIFT)
  return (low & ((1 << STAMP_SHIFT) - 1)) === STATE_COMMITTED && Number.isSafeInteger(sequence) ? sequence : undefined
}
