import { Checksum, prepareKeys } from '../../assembly/checksum.ts'
import { KEYS } from '../../assembly/memory.ts'
import { vectors } from '../../build/core-vectors.ts'
import { bytesOf } from './hexadecimal.ts'
import { scalarChecksum, scalarFold } from './scalar-checksum.ts'

const REGION: usize = memory.data(512, 16)
const P2: u64 = 0xc2b2ae3d27d4eb4f

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
    expect(load<u32>(KEYS + 23 * 16, 12)).toBe(<u32>0xa54ff53a + <u32>23 * <u32>0x27d4eb2f)
  })

  it('mixes as RING.md says', () => {
    expect(Checksum.mix(0)).toBe(0)
    expect(Checksum.mix(1)).toBe(0xaeaf3c2fa12c3efc)
    expect(Checksum.mix(0xffffffffffffffff)).toBe(0x3f02a0337c219b2c)
  })

  it('of the fixed part is that of seven blocks', () => {
    for (let seed: u64 = 1; seed <= 50; seed++) {
      scramble(seed)
      expect(Checksum.fixedPart(REGION)).toBe(scalarFold(REGION + 16, 7, 0))
    }
  })

  it('of a string is the same in pairs of blocks as block by block, for 1 to 24 of them', () => {
    for (let blocks: u32 = 1; blocks <= 24; blocks++) {
      scramble(blocks)
      const salt = (blocks << 5) | (blocks & 1)
      expect(Checksum.mix(Checksum.string(REGION, blocks, salt))).toBe(scalarFold(REGION, blocks, <u64>salt * P2))
    }
  })

  it('of a string depends on its length and width, not only on its bytes', () => {
    scramble(7)
    const one = Checksum.string(REGION, 1, 8 << 1)
    expect(one).not.toBe(Checksum.string(REGION, 1, 9 << 1))
    expect(one).not.toBe(Checksum.string(REGION, 1, (8 << 1) | 1))
  })

  it('of a string depends on every bit of it', () => {
    scramble(11)
    const whole = Checksum.string(REGION, 3, 48 << 1)
    for (let bit: usize = 0; bit < 3 * 128; bit++) {
      const at = REGION + (bit >> 3)
      const before = load<u8>(at)
      store<u8>(at, before ^ ((<u8>1) << (<u8>bit & 7)))
      expect(Checksum.string(REGION, 3, 48 << 1)).not.toBe(whole)
      store<u8>(at, before)
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
