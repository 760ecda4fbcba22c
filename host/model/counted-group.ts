// Groups as they are counted: what has to be known of a group so that the same group of another host can be added to it, cell by cell.

import { CELLS, quantileOf } from './duration-cells.ts'
import type { Durations, OperationCounts } from './statistics.ts'

/** Durations of a group, ms, and how many of them lie in each cell (duration-cells.ts). */
export interface CountedDurations {
  /** At least one. */
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** CELLS numbers. */
  readonly cells: Float64Array
}

/** How many operations succeeded, failed, were cancelled, and did not end. */
export type Outcomes = readonly [succeeded: number, failed: number, cancelled: number, unfinished: number]

export const NO_OUTCOMES: Outcomes = [0, 0, 0, 0]

export interface CountedGroup {
  /** A name, or a status as a number; `undefined`: operations that found no room in a group of their own. */
  readonly key: string | number | undefined
  readonly outcomes: Outcomes
  /** `undefined` when no operation of the group has a duration. */
  readonly durations: CountedDurations | undefined
}

const QUANTILES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const

/** What is told of a group. */
export function operationCountsOf({ outcomes, durations }: Pick<CountedGroup, 'outcomes' | 'durations'>): OperationCounts {
  const [succeeded, failed, cancelled, unfinished] = outcomes
  const operations = succeeded + failed + cancelled + unfinished
  return { operations, succeeded, failed, cancelled, unfinished, durationMs: durations && durationsOf(durations) }
}

function durationsOf({ count, sum, min, max, cells }: CountedDurations): Durations {
  const quantile = (share: number) =>
    Math.min(
      Math.max(
        quantileOf((cell) => cells[cell]!, count, share),
        min,
      ),
      max,
    )
  return {
    count,
    mean: sum / count,
    min,
    max,
    p50: quantile(QUANTILES.p50),
    p90: quantile(QUANTILES.p90),
    p99: quantile(QUANTILES.p99),
  }
}

export function outcomesTogether(a: Outcomes, b: Outcomes): Outcomes {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]]
}

/** Exact, in whichever order, but for the sum, which is as exact as sums of doubles are. */
export function durationsTogether(a: CountedDurations | undefined, b: CountedDurations | undefined): CountedDurations | undefined {
  if (!a || !b) return a ?? b
  const cells = new Float64Array(CELLS)
  for (let cell = 0; cell < CELLS; cell++) cells[cell] = a.cells[cell]! + b.cells[cell]!
  return { count: a.count + b.count, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), cells }
}
