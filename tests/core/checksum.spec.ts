import { Checksum, prepareKeys } from '../../assembly/checksum.ts'
import { KEYS } from '../../assembly/memory.ts'
import { vectors } from '../../build/core-vectors.ts'
import { RECORD_USED } from '../../format/layout.ts'
import { bytesOf } from './hexadecimal.ts'
import { scalarChecksum } from './scalar-checksum.ts'

const REGION: usize = memory.data(512, 16)

/** Fills the region with numbers that look random. */
function scramble(seed: u64): void {
  for (let at: usize = 0; at < 512; at += 8) {
    seed = seed * 6364136223846793005 + 1442695040888963407
    store<u64>(REGION + at, seed ^ (seed >> 31))
  }
}

describe('the checksum', () => {
  beforeAll(() => {
    prepareKeys()
  })

  it('has one key a block, each word stepping by its own step', () => {
    expect(load<u32>(KEYS)).toBe(0x6a09e667)
    expect(load<u32>(KEYS, 16)).toBe(0x6a09e667 + 0x9e3779b1)
    expect(load<u32>(KEYS + 30 * 16, 12)).toBe(<u32>0xa54ff53a + <u32>30 * <u32>0x27d4eb2f)
  })

  it('mixes as RING.md says', () => {
    expect(Checksum.mix(0)).toBe(0)
    expect(Checksum.mix(1)).toBe(0xaeaf3c2fa12c3efc)
    expect(Checksum.mix(0xffffffffffffffff)).toBe(0x3f02a0337c219b2c)
  })

  it('is the same in pairs of blocks as block by block, for strings of 0 to 24 blocks', () => {
    for (let blocks: u32 = 0; blocks <= 24; blocks++) {
      scramble(blocks + 1)
      store<u16>(REGION, <u16>(128 + blocks * 16), RECORD_USED)
      expect(Checksum.record(REGION, blocks, 7, 9)).toBe(scalarChecksum(REGION, 7, 9))
    }
  })

  it('depends on the file and on the sequence', () => {
    scramble(7)
    const right = Checksum.record(REGION, 3, 7, 9)
    expect(Checksum.record(REGION, 3, 8, 9)).not.toBe(right)
    expect(Checksum.record(REGION, 3, 7, 10)).not.toBe(right)
  })

  it('depends on every bit of the record, and on none behind it', () => {
    scramble(11)
    const whole = Checksum.record(REGION, 3, 7, 9)
    for (let at: usize = 16; at < 512; at++) {
      for (let bit: u8 = 0; bit < 8; bit++) {
        store<u8>(REGION + at, load<u8>(REGION + at) ^ ((<u8>1) << bit))
        const same = Checksum.record(REGION, 3, 7, 9) == whole
        expect(same).toBe(at >= 128 + 3 * 16)
        store<u8>(REGION + at, load<u8>(REGION + at) ^ ((<u8>1) << bit))
      }
    }
  })

  it('of every golden record is the one it carries', () => {
    for (let i = 0; i < vectors.length; i++) {
      const vector = vectors[i]
      const slot = bytesOf(vector.slot)
      expect(scalarChecksum(slot, vector.fileId, vector.sequence)).toBe(load<u64>(slot, 8), vector.name)
    }
  })
})
