// The header of a ring that has no file: a capture, a stream, what several places have of one ring. It has as many slots as any ring may have, so
// that nothing in it counts as overwritten.

import {
  FORMAT_MAJOR,
  FORMAT_MINOR,
  HEADER_FILE_ID,
  HEADER_SIGNATURE,
  HEADER_SIZE,
  HEADER_USED,
  SIGNATURE_MAGIC,
  SLOT_COUNT_LOG2_MAX,
  SLOT_SIZE,
} from '../../format/layout.ts'

/** How many bytes a file of such a ring would have. */
export const ENDLESS_SIZE = HEADER_SIZE + SLOT_SIZE * 2 ** SLOT_COUNT_LOG2_MAX

/** The part of a header that is used (HEADER_USED bytes), head and counts 0. @param fileId 16 hexadecimal digits. */
export function endlessHeader(fileId: string): Uint8Array {
  const header = new Uint8Array(HEADER_USED)
  new DataView(header.buffer).setUint32(HEADER_SIGNATURE, SIGNATURE_MAGIC, true)
  header.set([FORMAT_MAJOR, FORMAT_MINOR, SLOT_COUNT_LOG2_MAX, 0], HEADER_SIGNATURE + 4)
  header.set(Buffer.from(fileId, 'hex'), HEADER_FILE_ID)
  return header
}
