// Whose turn it is where the order of sources does not matter: one source after another, some windows of each.

import type { Reader } from './reader.ts'

/** Most windows of one source that are read in a row before the next source has its turn. */
const WINDOWS_IN_A_ROW = 16

export class InTurn {
  #at = 0
  #windowsLeft = WINDOWS_IN_A_ROW
  #idleInARow = 0

  /** Whose turn it is; `undefined`: every source was passed over, or looked at in vain, since the last news. @param isDue whether to look at a source now. */
  next(readers: readonly Reader[], isDue: (reader: Reader) => boolean): Reader | undefined {
    for (; this.#idleInARow < readers.length; this.#idleInARow++, this.#at++) {
      if (this.#at >= readers.length) this.#at = 0
      const reader = readers[this.#at]!
      if (isDue(reader)) return reader
    }
    this.#idleInARow = 0
    return undefined
  }

  /** A source had the turn that next() gave it. @param isNews it moved on. */
  turned(reader: Reader, isNews: boolean): void {
    this.#idleInARow = isNews ? 0 : this.#idleInARow + 1
    if (isNews && reader.hasMore && --this.#windowsLeft > 0) return
    this.#at++
    this.#windowsLeft = WINDOWS_IN_A_ROW
  }
}
