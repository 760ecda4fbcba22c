// RING.md section 5 once more, word by word and without SIMD: what the core's checksum is compared with. Nothing here comes from assembly/.

import { DESCRIPTOR_SIZE, RECORD_DESCRIPTORS, RECORD_STRINGS, SLOT_CHECKSUM } from '../../format/layout.ts'

const P1: u64 = 0x9e3779b185ebca87
const P2: u64 = 0xc2b2ae3d27d4eb4f

function mix(x: u64): u64 {
  x ^= x >> 29
  x *= P1
  x ^= x >> 32
  x *= P2
  return x ^ (x >> 29)
}

/** fold(lanes([at, at + blocks * 16)), salt). */
export function scalarFold(at: usize, blocks: u32, salt: u64): u64 {
  let a0: u64 = 0
  let a1: u64 = 0
  let k0: u32 = 0x6a09e667
  let k1: u32 = 0xbb67ae85
  let k2: u32 = 0x3c6ef372
  let k3: u32 = 0xa54ff53a
  for (let block: u32 = 0; block < blocks; block++, at += 16) {
    a0 += load<u64>(at) + <u64>(load<u32>(at) ^ k0) * <u64>(load<u32>(at, 4) ^ k1)
    a1 += load<u64>(at, 8) + <u64>(load<u32>(at, 8) ^ k2) * <u64>(load<u32>(at, 12) ^ k3)
    k0 += 0x9e3779b1
    k1 += 0x85ebca77
    k2 += 0xc2b2ae3d
    k3 += 0x27d4eb2f
  }
  return mix(a0 + ((a1 << 32) | (a1 >> 32)) * P1 + salt)
}

/** The checksum that belongs to the record in a slot; its strings have to fit. */
export function scalarChecksum(slot: usize, fileId: u64, sequence: u64): u64 {
  let sum = scalarFold(slot + 16, 7, 0)
  let at = slot + RECORD_STRINGS
  for (let i: usize = 0; i < 4; i++) {
    const units = <u32>load<u16>(slot + RECORD_DESCRIPTORS + i * DESCRIPTOR_SIZE)
    const wide = (<u32>load<u16>(slot + RECORD_DESCRIPTORS + i * DESCRIPTOR_SIZE, 4) >> 1) & 1
    if (units == 0) continue
    const blocks = ((units << wide) + 15) >> 4
    sum ^= rotl<u64>(scalarFold(at, blocks, <u64>((units << 1) | wide) * P2), 13 * (i + 1))
    at += <usize>(blocks << 4)
  }
  return mix(sum ^ fileId ^ (sequence * P1))
}

/** Gives a record the checksum that belongs to its bytes. */
export function seal(slot: usize, fileId: u64, sequence: u64): void {
  store<u64>(slot + SLOT_CHECKSUM, scalarChecksum(slot, fileId, sequence))
}
