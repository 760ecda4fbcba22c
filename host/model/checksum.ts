import {
  BLOCK_SIZE,
  CHECKSUM_KEY_0,
  CHECKSUM_KEY_1,
  CHECKSUM_KEY_2,
  CHECKSUM_KEY_3,
  CHECKSUM_PRIME_1_HIGH,
  CHECKSUM_PRIME_1_LOW,
  CHECKSUM_PRIME_2_HIGH,
  CHECKSUM_PRIME_2_LOW,
  CHECKSUM_STEP_0,
  CHECKSUM_STEP_1,
  CHECKSUM_STEP_2,
  CHECKSUM_STEP_3,
  RECORD_START,
  RECORD_USED,
  SLOT_CHECKSUM,
  SLOT_SIZE,
} from '../../format/layout.ts'

// RING.md section 5. A 64-bit value is two 32-bit halves here: BigInt arithmetic would be the slowest part of writing a record by far.

const TWO_32 = 2 ** 32

/** The halves of the last 64-bit result: a function cannot return two numbers without allocating. */
let low = 0
let high = 0

/** The upper half of the 64-bit product of two 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + (middle >>> 16) + (cross >>> 16)) >>> 0
}

/** `low:high *= factor`, mod 2^64. */
function multiply(factorLow: number, factorHigh: number): void {
  high = (multiplyHigh(low, factorLow) + Math.imul(low, factorHigh) + Math.imul(high, factorLow)) | 0
  low = Math.imul(low, factorLow)
}

/** `low:high += addend`, mod 2^64. */
function add(addendLow: number, addendHigh: number): void {
  const sum = (low >>> 0) + (addendLow >>> 0)
  low = sum | 0
  high = (high + addendHigh + (sum >= TWO_32 ? 1 : 0)) | 0
}

function xorShiftRight29(): void {
  low ^= (low >>> 29) | (high << 3)
  high ^= high >>> 29
}

function mix(): void {
  xorShiftRight29()
  multiply(CHECKSUM_PRIME_1_LOW, CHECKSUM_PRIME_1_HIGH)
  low ^= high
  multiply(CHECKSUM_PRIME_2_LOW, CHECKSUM_PRIME_2_HIGH)
  xorShiftRight29()
}

/** `low:high = content`, of the lanes of [start, end). */
function sumLanes(view: DataView, start: number, end: number): void {
  let k0 = CHECKSUM_KEY_0
  let k1 = CHECKSUM_KEY_1
  let k2 = CHECKSUM_KEY_2
  let k3 = CHECKSUM_KEY_3
  let a0Low = 0
  let a0High = 0
  let a1Low = 0
  let a1High = 0
  for (let at = start; at < end; at += BLOCK_SIZE) {
    const w0 = view.getUint32(at, true)
    const w1 = view.getUint32(at + 4, true)
    const w2 = view.getUint32(at + 8, true)
    const w3 = view.getUint32(at + 12, true)
    const x0 = w0 ^ k0
    const x1 = w1 ^ k1
    const x2 = w2 ^ k2
    const x3 = w3 ^ k3
    const sum0 = a0Low + w0 + (Math.imul(x0, x1) >>> 0)
    a0Low = sum0 >>> 0
    a0High = (a0High + w1 + multiplyHigh(x0, x1) + Math.floor(sum0 / TWO_32)) | 0
    const sum1 = a1Low + w2 + (Math.imul(x2, x3) >>> 0)
    a1Low = sum1 >>> 0
    a1High = (a1High + w3 + multiplyHigh(x2, x3) + Math.floor(sum1 / TWO_32)) | 0
    k0 = (k0 + CHECKSUM_STEP_0) | 0
    k1 = (k1 + CHECKSUM_STEP_1) | 0
    k2 = (k2 + CHECKSUM_STEP_2) | 0
    k3 = (k3 + CHECKSUM_STEP_3) | 0
  }
  low = a1High // rotl(a1, 32): the halves trade places
  high = a1Low
  multiply(CHECKSUM_PRIME_1_LOW, CHECKSUM_PRIME_1_HIGH)
  add(a0Low, a0High)
}

const seed = new DataView(new ArrayBuffer(16))

/**
 * Computes the checksum of the record in the slot at `slot` and stores it there (RING.md section 5).
 * Every field and string of the record has to be in place; of a length that goes beyond the slot, the slot is covered.
 */
export function storeChecksum(view: DataView, slot: number, fileId: bigint, sequence: bigint): void {
  sumLanes(view, slot + RECORD_START, slot + Math.min(view.getUint16(slot + RECORD_USED, true), SLOT_SIZE))
  const contentLow = low
  const contentHigh = high
  seed.setBigUint64(0, fileId, true)
  seed.setBigUint64(8, sequence, true)
  low = seed.getUint32(8, true)
  high = seed.getUint32(12, true)
  multiply(CHECKSUM_PRIME_1_LOW, CHECKSUM_PRIME_1_HIGH)
  low ^= contentLow ^ seed.getUint32(0, true)
  high ^= contentHigh ^ seed.getUint32(4, true)
  mix()
  view.setInt32(slot + SLOT_CHECKSUM, low, true)
  view.setInt32(slot + SLOT_CHECKSUM + 4, high, true)
}
