// Where the best JavaScript finds its slots: in the ring itself, which it then trusts; or copied out of it and verified, which is what mprtap
// promises (RING.md sections 3, 5 and 6: stamp, lengths, checksum).

import * as layout from '../../../format/layout.ts'
import type { Corpus } from '../corpus.ts'
import { hasChecksum } from './checksum.ts'
import { HandTunedDecoder } from './hand-tuned-decoder.ts'
import { blocksOf, DESCRIPTORS_WORD, HEADER_WORDS, KIND_SHIFT, KIND_WORD, SLOT_WORDS } from './words.ts'

export interface Slots {
  /** Put behind the name of a variant, and before its label's end. */
  readonly suffix: '' | '_verified'
  readonly note: string
  readonly decoder: HandTunedDecoder
  /** Slots that open() makes ready at most. */
  readonly windowSlots: number
  /** Makes `count` slots from `sequence` on ready; returns the number of the first one for the decoder. */
  open(sequence: number, count: number): number
}

export function trustedSlots(corpus: Corpus): Slots {
  return {
    suffix: '',
    note: '',
    decoder: new HandTunedDecoder(corpus),
    windowSlots: Number.MAX_SAFE_INTEGER,
    open: (sequence) => sequence,
  }
}

/** 64 KiB, as much as stays in a second-level cache with everything else. */
const WINDOW_SLOTS = 128

export function verifiedSlots(corpus: Corpus): Slots {
  const window = new Uint8Array(layout.HEADER_SIZE + WINDOW_SLOTS * layout.SLOT_SIZE)
  const words = new Uint32Array(window.buffer)
  const file = new DataView(corpus.ring.buffer, corpus.ring.byteOffset)
  const fileIdLow = file.getInt32(layout.HEADER_FILE_ID, true)
  const fileIdHigh = file.getInt32(layout.HEADER_FILE_ID + 4, true)
  return {
    suffix: '_verified',
    note: ', copied and verified',
    decoder: new HandTunedDecoder({ ...corpus, ring: window }),
    windowSlots: WINDOW_SLOTS,
    open(sequence, count) {
      const at = layout.HEADER_SIZE + sequence * layout.SLOT_SIZE
      window.set(corpus.ring.subarray(at, at + count * layout.SLOT_SIZE), layout.HEADER_SIZE)
      for (let i = 0; i < count; i++) {
        const w = HEADER_WORDS + i * SLOT_WORDS
        if (!isGood(words, w, sequence + i, fileIdHigh, fileIdLow)) throw new Error(`record ${sequence + i} is not good`)
      }
      return 0
    },
  }
}

function isGood(words: Uint32Array, w: number, sequence: number, fileIdHigh: number, fileIdLow: number): boolean {
  const stamp = 4 * sequence + layout.STATE_COMMITTED
  if (words[w]! !== stamp % 2 ** 32 || words[w + 1]! !== Math.floor(stamp / 2 ** 32)) return false
  const at = w + DESCRIPTORS_WORD
  const [d0, d1, d2, d3, d4, d5] = [words[at]!, words[at + 1]!, words[at + 2]!, words[at + 3]!, words[at + 4]!, words[at + 5]!]
  const blocks = blocksOf(d0 & 0xffff, d1) + blocksOf(d1 >>> 16, d2 >>> 16) + blocksOf(d3 & 0xffff, d4) + blocksOf(d4 >>> 16, d5 >>> 16)
  if (blocks > layout.STRING_BLOCKS) return false
  const usedAndKind = words[w + KIND_WORD]!
  if ((usedAndKind & 0xffff) !== layout.RECORD_STRINGS + layout.BLOCK_SIZE * blocks) return false
  if (!hasChecksum(words, w, blocks, fileIdHigh, fileIdLow, sequence)) return false
  const kind = (usedAndKind >>> KIND_SHIFT) & 0xff
  if ((kind !== layout.KIND_ADD && kind !== layout.KIND_CANCEL) || (words[w + layout.RECORD_NOTIFY_STATUS / 4]! & 3) === 0) return false
  if ((d0 & 0xffff) > d0 >>> 16 || d1 >>> 16 > (d2 & 0xffff) || (d3 & 0xffff) > d3 >>> 16 || d4 >>> 16 > (d5 & 0xffff)) return false
  return (words[w + layout.RECORD_WALL_TIME / 4 + 1]! | words[w + layout.RECORD_PROCESS_START_TIME / 4 + 1]!) >= 0
}

/** Calls `pass` for each window of a run of sequences, with the decoder's number of its first slot. */
export function byWindow(
  slots: Slots,
  first: number,
  count: number,
  pass: (slot: number, sequence: number, count: number) => number,
): number {
  let sum = 0
  for (let at = first; at < first + count; at += slots.windowSlots) {
    const some = Math.min(slots.windowSlots, first + count - at)
    sum = (sum + pass(slots.open(at, some), at, some)) | 0
  }
  return sum
}
