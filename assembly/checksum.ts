// RING.md section 5: one pass over a record, two blocks at a time.

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
  RECORD_STRINGS,
  STRING_BLOCKS,
} from '../format/layout.ts'
import { KEYS } from './memory.ts'

export const PRIME_1: u64 = ((<u64>CHECKSUM_PRIME_1_HIGH) << 32) | <u64>CHECKSUM_PRIME_1_LOW
export const PRIME_2: u64 = ((<u64>CHECKSUM_PRIME_2_HIGH) << 32) | <u64>CHECKSUM_PRIME_2_LOW

/** Blocks of a record's fixed part. */
const FIXED_BLOCKS: u32 = (<u32>RECORD_STRINGS - <u32>RECORD_START) / <u32>BLOCK_SIZE

/** Writes the key of every block position: loading one is cheaper than materialising a vector constant. */
export function prepareKeys(): void {
  for (let block: u32 = 0; block < FIXED_BLOCKS + <u32>STRING_BLOCKS; block++) {
    const key = KEYS + <usize>(block * <u32>BLOCK_SIZE)
    store<u32>(key, <u32>CHECKSUM_KEY_0 + block * <u32>CHECKSUM_STEP_0, 0)
    store<u32>(key, <u32>CHECKSUM_KEY_1 + block * <u32>CHECKSUM_STEP_1, 4)
    store<u32>(key, <u32>CHECKSUM_KEY_2 + block * <u32>CHECKSUM_STEP_2, 8)
    store<u32>(key, <u32>CHECKSUM_KEY_3 + block * <u32>CHECKSUM_STEP_3, 12)
  }
}

export class Checksum {
  @inline
  static mix(x: u64): u64 {
    x ^= x >> 29
    x *= PRIME_1
    x ^= x >> 32
    x *= PRIME_2
    return x ^ (x >> 29)
  }

  /** What one block adds to the lanes: itself, and two 32x32->64 products. */
  @inline
  private static one(block: v128, key: v128): v128 {
    const x = v128.xor(block, key)
    const product = i64x2.extmul_low_i32x4_u(v128.shuffle<u32>(x, x, 0, 2, 0, 2), v128.shuffle<u32>(x, x, 1, 3, 1, 3))
    return v128.add<i64>(block, product)
  }

  /** What two blocks add; the same, with half the shuffles. */
  @inline
  private static two(a: v128, b: v128, keyA: v128, keyB: v128): v128 {
    const x = v128.xor(a, keyA)
    const y = v128.xor(b, keyB)
    const even = v128.shuffle<u32>(x, y, 0, 2, 4, 6)
    const odd = v128.shuffle<u32>(x, y, 1, 3, 5, 7)
    const low = v128.add<i64>(a, i64x2.extmul_low_i32x4_u(even, odd))
    const high = v128.add<i64>(b, i64x2.extmul_high_i32x4_u(even, odd))
    return v128.add<i64>(low, high)
  }

  @inline
  private static pair(at: usize, key: usize): v128 {
    return Checksum.two(v128.load(at), v128.load(at, 16), v128.load(key), v128.load(key, 16))
  }

  /** The checksum of the record in `slot` whose strings have `blocks` blocks. They have to fit the slot. */
  @inline
  static record(slot: usize, blocks: u32, fileId: u64, sequence: u64): u64 {
    const start = slot + <usize>RECORD_START
    const front = v128.add<i64>(Checksum.pair(start, KEYS), Checksum.pair(start + 32, KEYS + 32))
    let lanes = v128.add<i64>(front, Checksum.pair(start + 64, KEYS + 64))
    const end = start + <usize>((FIXED_BLOCKS + blocks) << 4)
    let at = start + 96
    let key = KEYS + 96
    for (; at + 32 <= end; at += 32, key += 32) lanes = v128.add<i64>(lanes, Checksum.pair(at, key))
    if (at < end) lanes = v128.add<i64>(lanes, Checksum.one(v128.load(at), v128.load(key)))
    const content = v128.extract_lane<u64>(lanes, 0) + rotl<u64>(v128.extract_lane<u64>(lanes, 1), 32) * PRIME_1
    return Checksum.mix(content ^ fileId ^ (sequence * PRIME_1))
  }
}

if (FIXED_BLOCKS < 6) ERROR('six blocks are summed without a look at the length')
