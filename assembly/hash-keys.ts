// Random keys of one tap. A writer of a ring knows the hash functions, and could choose names that crowd one place of a table. He does
// not know the keys.
//
//      0 ┌───────────────────────────────────────────────────────────────┐
//        │ a string's blocks: STRING_BLOCKS × 16                         │
//    384 ├───────────────────────────────┬───────────────────────────────┤
//        │ pairing 4 × 4                                                 │
//    400 ├───────────────────────────────┼───────────────────────────────┤
//        │ statistics 8                  │
//    408 └───────────────────────────────┘

import { BLOCK_SIZE, STRING_BLOCKS } from '../format/layout.ts'
import { Checksum, PRIME_1 } from './checksum.ts'
import { HASH_KEYS, TEXT } from './memory.ts'

export const PAIRING_KEY: usize = HASH_KEYS + <usize>(STRING_BLOCKS * BLOCK_SIZE)
export const STATISTICS_KEY: usize = PAIRING_KEY + 16
const KEYS_END: usize = STATISTICS_KEY + 8

/** Makes all keys of one number. */
export function prepareHashKeys(seed: u64): void {
  for (let key = HASH_KEYS; key < KEYS_END; key += 8) {
    seed += PRIME_1
    // GUARD(secret-key) without: store<u64>(key, Checksum.mix(<u64>key))
    store<u64>(key, Checksum.mix(seed))
  }
}

if (KEYS_END > TEXT) ERROR('the hash keys run into the text')
