// A count that the writers of a ring keep in its header, of what they could not record. It is theirs: it may say anything.

export class WriterCount {
  /** What came to it in openings of the ring by one reader. */
  counted = 0
  /** What it said last; `undefined`: it was not seen yet. */
  #seen: number | undefined

  /** From now on, what comes to `base` counts. A count that was seen before goes on where it was. */
  begin(base: number): void {
    this.#seen ??= Number.isSafeInteger(base) ? base : 0
  }

  /** What it said last. */
  get seen(): number {
    return this.#seen ?? 0
  }

  /** Returns what came to it since it was seen last. One that fell, or that no double holds exactly, says nothing. */
  see(value: number): number {
    const grown = Number.isSafeInteger(value) ? Math.max(value - this.seen, 0) : 0
    if (grown > 0) {
      this.#seen = value
      this.counted += grown
    }
    return grown
  }
}
