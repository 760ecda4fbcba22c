// What `tap.statistics()` returns.

/** Durations of a group of operations, ms. Quantiles are read off a histogram: within 6.3 % of the true value. */
export interface Durations {
  /** Operations with a duration. */
  readonly count: number
  readonly mean: number
  readonly min: number
  readonly max: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
}

/** How many operations, and how many of them ended in each way. */
export interface OperationCounts {
  readonly operations: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  /** `undefined` when no operation of the group has a duration. */
  readonly durationMs: Durations | undefined
}

/** What operations can be grouped by. */
export type GroupBy = 'server' | 'share' | 'error' | 'image' | 'user'

/** Operations of one server, share, error, image or user. */
export interface GroupStatistics extends OperationCounts {
  /**
   * The name as first seen (names that differ in case are one group), the error's Win32 name or its number, the user's SID. `undefined`: the operations
   * that came after 1,023 groups were full.
   */
  readonly key: string | undefined
}
