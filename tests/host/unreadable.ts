// What the notifyee leaves of a name that runs into memory that is not there: the writer in TypeScript reads no such memory.

import { DESCRIPTOR_SIZE, DESCRIPTOR_TRAITS, RECORD_DESCRIPTORS, SLOT_CHECKSUM, STRING_UNREADABLE } from '../../format/layout.ts'
import { storeChecksum } from '../../host/model/checksum.ts'
import type { RingWriter } from '../../host/testing/index.ts'

/** Marks string `string` (STRING_*) of a record as not read to its end. */
export function markUnreadable(ring: RingWriter, sequence: bigint, string: number): void {
  const slot = ring.slotOffset(sequence)
  const traits = RECORD_DESCRIPTORS + string * DESCRIPTOR_SIZE + DESCRIPTOR_TRAITS
  ring.pokeRecord(sequence, traits, Uint8Array.of(ring.bytes[slot + traits]! | STRING_UNREADABLE))
  storeChecksum(new DataView(ring.bytes.buffer, ring.bytes.byteOffset), slot, ring.fileId, sequence)
  ring.poke(slot + SLOT_CHECKSUM, ring.bytes.slice(slot + SLOT_CHECKSUM, slot + SLOT_CHECKSUM + 8))
}
