// The options at the end of a block.
//
//      0 ┌───────────────┬───────────────┬───────────────────────────────┐
//        │ code 2        │ length 2      │ value, padded with zeros to 4 │   … and at last code 0, length 0
//        └───────────────┴───────────────┴───────────────────────────────┘

import { OPTION_END } from './pcapng.ts'

/** A block with more options than this is not read to its end: nobody who means well writes so many. */
const OPTIONS_MAX = 4096

/** An option as it stands in a block. */
export interface BlockOption {
  readonly code: number
  /** Its value; valid until the next block is read. */
  readonly value: Uint8Array
}

/**
 * The options in [start, end) of a block. A list may end with its block. One that claims more bytes than the block has ends the list: the draft leaves open
 * what to do then, and what came before is sound.
 */
export function* optionsIn(bytes: Uint8Array, start: number, end: number, littleEndian: boolean): Generator<BlockOption, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  for (let at = start, count = 0; at + 4 <= end && count < OPTIONS_MAX; count++) {
    const code = view.getUint16(at, littleEndian)
    const length = view.getUint16(at + 2, littleEndian)
    if (code === OPTION_END || at + 4 + length > end) return
    yield { code, value: bytes.subarray(at + 4, at + 4 + length) }
    at += 4 + length + padding(length)
  }
}

/** Bytes of zeros after a value of that length. */
export function padding(length: number): number {
  return -length & 3
}

/** An option's text: a NUL ends it, what is not UTF-8 becomes U+FFFD. */
export function textOf(value: Uint8Array): string {
  const end = value.indexOf(0)
  return Buffer.from(end < 0 ? value : value.subarray(0, end)).toString('utf8')
}
