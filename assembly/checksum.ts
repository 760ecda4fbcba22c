// RING.md section 5: lanes, fold, mix. One pass over a record serves its checksum and the intern keys of its strings.

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
  for (let block: u32 = 0; block < <u32>STRING_BLOCKS; block++) {
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

  @inline
  static fold(lanes: v128, salt: u64): u64 {
    return Checksum.mix(v128.extract_lane<u64>(lanes, 0) + rotl<u64>(v128.extract_lane<u64>(lanes, 1), 32) * PRIME_1 + salt)
  }

  /** Two blocks at once: two 32x32->64 multiplies each, one accumulator. */
  @inline
  static two(sum: v128, at: usize, key: usize): v128 {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const x = v128.xor(a, v128.load(key))
    const y = v128.xor(b, v128.load(key, 16))
    const even = v128.shuffle<u32>(x, y, 0, 2, 4, 6)
    const odd = v128.shuffle<u32>(x, y, 1, 3, 5, 7)
    const low = v128.add<i64>(a, i64x2.extmul_low_i32x4_u(even, odd))
    const high = v128.add<i64>(b, i64x2.extmul_high_i32x4_u(even, odd))
    return v128.add<i64>(v128.add<i64>(sum, low), high)
  }

  @inline
  static one(sum: v128, at: usize, key: usize): v128 {
    const a = v128.load(at)
    const x = v128.xor(a, v128.load(key))
    const product = i64x2.extmul_low_i32x4_u(v128.shuffle<u32>(x, x, 0, 2, 0, 2), v128.shuffle<u32>(x, x, 1, 3, 1, 3))
    return v128.add<i64>(sum, v128.add<i64>(a, product))
  }

  /** `record` of RING.md section 5. */
  @inline
  static fixedPart(slot: usize): u64 {
    const at = slot + <usize>RECORD_START
    let sum = Checksum.two(i64x2.splat(0), at, KEYS)
    sum = Checksum.two(sum, at + 32, KEYS + 32)
    sum = Checksum.two(sum, at + 64, KEYS + 64)
    sum = Checksum.one(sum, at + 96, KEYS + 96)
    return Checksum.fold(sum, 0)
  }

  /** `S(i)` of RING.md section 5, for a string of at least one block. */
  @inline
  static string(at: usize, blocks: u32, unitsAndWidth: u32): u64 {
    let sum = i64x2.splat(0)
    let key = KEYS
    const end = at + <usize>(blocks << 4)
    for (; at + 32 <= end; at += 32, key += 32) sum = Checksum.two(sum, at, key)
    if (at < end) sum = Checksum.one(sum, at, key)
    return Checksum.fold(sum, <u64>unitsAndWidth * PRIME_2)
  }
}

/** Compile-time check: the unrolled sum above covers the fixed part exactly. */
if (FIXED_BLOCKS != 7) ERROR('fixedPart() is unrolled for 7 blocks')
