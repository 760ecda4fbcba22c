// A histogram of durations with the cells of the core (assembly/abi.ts): an eighth of an octave of microseconds. Equal cells merge exactly.

export const CELLS = 272

/** The cell of a duration, ms. */
export function cellOf(ms: number): number {
  const us = Math.min(Math.floor(ms * 1000), 2 ** 49)
  if (us < 8) return Math.max(us, 0)
  const log2 = Math.floor(Math.log2(us))
  return Math.min(8 * (log2 - 2) + (Math.floor(us / 2 ** (log2 - 3)) & 7), CELLS - 1)
}

/** Where a cell begins, ms. The cell ends where the next one begins. */
export function beginningOf(cell: number): number {
  if (cell < 8) return cell / 1000
  const log2 = (cell >> 3) + 2
  return (2 ** log2 + (cell & 7) * 2 ** (log2 - 3)) / 1000
}

/** Counts by cell. */
export class DurationCells {
  readonly counts = new Float64Array(CELLS)
  count = 0
  max = 0

  add(ms: number): void {
    this.counts[cellOf(ms)]!++
    this.count++
    if (ms > this.max) this.max = ms
  }

  /** The duration that this share of all does not exceed, ms; `undefined` when there is none. */
  quantile(share: number): number | undefined {
    if (this.count === 0) return undefined
    let rest = Math.ceil(this.count * share)
    let cell = 0
    for (; cell < CELLS - 1; cell++) {
      rest -= this.counts[cell]!
      if (rest <= 0) break
    }
    return Math.min((beginningOf(cell) + beginningOf(cell + 1)) / 2, this.max)
  }
}
