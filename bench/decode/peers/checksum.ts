// The checksum of RING.md section 5 as quick as JavaScript can do it without WebAssembly: a 32x32-bit product is two of 32x16 bits, which doubles
// hold exactly, and so do their sums over a record; the 64-bit arithmetic is left to the end.

import * as layout from '../../../format/layout.ts'

const TWO_16 = 2 ** 16
const TWO_32 = 2 ** 32
const FIXED_BLOCKS = (layout.RECORD_STRINGS - layout.RECORD_START) / layout.BLOCK_SIZE
const BLOCKS = FIXED_BLOCKS + layout.STRING_BLOCKS
const FIRST = [layout.CHECKSUM_KEY_0, layout.CHECKSUM_KEY_1, layout.CHECKSUM_KEY_2, layout.CHECKSUM_KEY_3]
const STEP = [layout.CHECKSUM_STEP_0, layout.CHECKSUM_STEP_1, layout.CHECKSUM_STEP_2, layout.CHECKSUM_STEP_3]
const keys = Uint32Array.from({ length: 4 * BLOCKS }, (_, i) => FIRST[i & 3]! + Math.imul(i >> 2, STEP[i & 3]!))

/** The last result of mul() and mix(), in halves. */
let high = 0
let low = 0

/** The lower half of a product of two u64s. */
function mul(aHigh: number, aLow: number, bHigh: number, bLow: number): void {
  const a = (aLow >>> 0) * (bLow & 0xffff)
  const b = (aLow >>> 0) * (bLow >>> 16)
  const sum = (a % TWO_32) + (b % TWO_16) * TWO_16
  high = (Math.floor(a / TWO_32) + Math.floor(b / TWO_16) + Math.floor(sum / TWO_32) + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0
  low = Math.imul(aLow, bLow)
}

function mix(): void {
  // x ^= x >> 29
  low ^= (low >>> 29) | (high << 3)
  high ^= high >>> 29
  mul(high, low, layout.CHECKSUM_PRIME_1_HIGH, layout.CHECKSUM_PRIME_1_LOW)
  low ^= high
  mul(high, low, layout.CHECKSUM_PRIME_2_HIGH, layout.CHECKSUM_PRIME_2_LOW)
  low ^= (low >>> 29) | (high << 3)
  high ^= high >>> 29
}

/**
 * Whether the record in a slot has its checksum.
 * @param w the slot's first word; @param blocks of its strings, which fit the slot.
 */
export function hasChecksum(
  words: Uint32Array,
  w: number,
  blocks: number,
  fileIdHigh: number,
  fileIdLow: number,
  sequence: number,
): boolean {
  let [low0, high0, products0, products0High, low1, high1, products1, products1High] = [0, 0, 0, 0, 0, 0, 0, 0]
  const end = 4 * (FIXED_BLOCKS + blocks)
  const start = w + layout.RECORD_START / 4
  for (let i = 0; i < end; i += 4) {
    const [w0, w1, w2, w3] = [words[start + i]!, words[start + i + 1]!, words[start + i + 2]!, words[start + i + 3]!]
    const x0 = (w0 ^ keys[i]!) >>> 0
    const x1 = w1 ^ keys[i + 1]!
    const x2 = (w2 ^ keys[i + 2]!) >>> 0
    const x3 = w3 ^ keys[i + 3]!
    low0 += w0
    high0 += w1
    products0 += x0 * (x1 & 0xffff)
    products0High += x0 * (x1 >>> 16)
    low1 += w2
    high1 += w3
    products1 += x2 * (x3 & 0xffff)
    products1High += x2 * (x3 >>> 16)
  }
  low0 += (products0 % TWO_32) + (products0High % TWO_16) * TWO_16
  high0 += Math.floor(products0 / TWO_32) + Math.floor(products0High / TWO_16) + Math.floor(low0 / TWO_32)
  low1 += (products1 % TWO_32) + (products1High % TWO_16) * TWO_16
  high1 += Math.floor(products1 / TWO_32) + Math.floor(products1High / TWO_16) + Math.floor(low1 / TWO_32)
  // rotl(a1, 32) * P1, then + a0.
  mul((low1 % TWO_32) | 0, (high1 % TWO_32) | 0, layout.CHECKSUM_PRIME_1_HIGH, layout.CHECKSUM_PRIME_1_LOW)
  const contentLow = (low0 % TWO_32) + (low >>> 0)
  const contentHigh = (high0 + (high >>> 0) + Math.floor(contentLow / TWO_32)) % TWO_32
  mul(Math.floor(sequence / TWO_32) | 0, (sequence % TWO_32) | 0, layout.CHECKSUM_PRIME_1_HIGH, layout.CHECKSUM_PRIME_1_LOW)
  high ^= (contentHigh | 0) ^ fileIdHigh
  low ^= ((contentLow % TWO_32) | 0) ^ fileIdLow
  mix()
  return low >>> 0 === words[w + 2]! && high >>> 0 === words[w + 3]!
}
