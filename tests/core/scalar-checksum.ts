// RING.md section 5 once more, word by word and without SIMD: what the core's checksum is compared with. Nothing here comes from assembly/.

import { RECORD_START, RECORD_USED, SLOT_CHECKSUM } from '../../format/layout.ts'

const P1: u64 = 0x9e3779b185ebca87
const P2: u64 = 0xc2b2ae3d27d4eb4f

function mix(x: u64): u64 {
  x ^= x >> 29
  x *= P1
  x ^= x >> 32
  x *= P2
  return x ^ (x >> 29)
}

/** The checksum that belongs to the record in a slot, the first thousand bytes of it if it says that it is longer. */
export function scalarChecksum(slot: usize, fileId: u64, sequence: u64): u64 {
  const end = slot + <usize>min<u32>(load<u16>(slot, RECORD_USED), 1024)
  let a0: u64 = 0
  let a1: u64 = 0
  let k0: u32 = 0x6a09e667
  let k1: u32 = 0xbb67ae85
  let k2: u32 = 0x3c6ef372
  let k3: u32 = 0xa54ff53a
  for (let at = slot + <usize>RECORD_START; at + 16 <= end; at += 16) {
    a0 += load<u64>(at) + <u64>(load<u32>(at) ^ k0) * <u64>(load<u32>(at, 4) ^ k1)
    a1 += load<u64>(at, 8) + <u64>(load<u32>(at, 8) ^ k2) * <u64>(load<u32>(at, 12) ^ k3)
    k0 += 0x9e3779b1
    k1 += 0x85ebca77
    k2 += 0xc2b2ae3d
    k3 += 0x27d4eb2f
  }
  return mix((a0 + ((a1 << 32) | (a1 >> 32)) * P1) ^ fileId ^ (sequence * P1))
}

/** Gives a record the checksum that belongs to its bytes. */
export function seal(slot: usize, fileId: u64, sequence: u64): void {
  store<u64>(slot + SLOT_CHECKSUM, scalarChecksum(slot, fileId, sequence))
}
