// A histogram of durations with the cells of the core.

import { CELLS, cellOf, quantileOf } from '../model/duration-cells.ts'

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
    return Math.min(
      quantileOf((cell) => this.counts[cell]!, this.count, share),
      this.max,
    )
  }
}
