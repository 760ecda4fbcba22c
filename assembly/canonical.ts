// A string is its units, and the table has one form of it: one byte a unit where that is possible, zeros up to the end of the last block. Our
// writers store no other (but for a string that was cut before its one unit above 0xFF). A foreign writer that stores another gets no second id for a name.

import { BLOCK_SIZE, STRING_BLOCKS } from '../format/layout.ts'

const text = memory.data(STRING_BLOCKS * BLOCK_SIZE, 16)

export class Canonical {
  /** Where make() has put a string. */
  static readonly text: usize = text

  /** Whether the string at `at`, whole blocks, has that form. */
  static is(at: usize, blocks: u32, unitsAndWidth: u32): bool {
    const bytes = <usize>((unitsAndWidth >> 1) << (unitsAndWidth & 1))
    // GUARD(padding)
    for (let i = bytes; i < (<usize>blocks) << 4; i++) if (load<u8>(at + i)) return false
    // GUARD(needlessly-wide) without: return true
    return !(unitsAndWidth & 1) || Canonical.needsWidth(at, bytes)
  }

  private static needsWidth(at: usize, bytes: usize): bool {
    for (let i: usize = 1; i < bytes; i += 2) if (load<u8>(at + i)) return true
    return false
  }

  /** Puts the string at `at` into that form. Returns its units and width. */
  static make(at: usize, unitsAndWidth: u32): u32 {
    const units = <usize>(unitsAndWidth >> 1)
    memory.fill(text, 0, STRING_BLOCKS * BLOCK_SIZE)
    if (!(unitsAndWidth & 1) || Canonical.needsWidth(at, units << 1)) {
      memory.copy(text, at, units << (unitsAndWidth & 1))
      return unitsAndWidth
    }
    for (let i: usize = 0; i < units; i++) store<u8>(text + i, load<u8>(at + (i << 1)))
    return unitsAndWidth & ~1
  }
}
