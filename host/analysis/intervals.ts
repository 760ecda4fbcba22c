// Stretches of time, in ms. Operations of one logon overlap, so their durations cannot simply be added.

export interface Interval {
  /** Epoch ms. */
  readonly from: number
  /** Epoch ms, not before `from`. */
  readonly to: number
}

/** The same time without overlaps: intervals that touch or overlap are joined, earliest first. */
export function union(intervals: readonly Interval[]): Interval[] {
  const joined: { from: number; to: number }[] = []
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else joined.push({ from, to })
  }
  return joined
}

/** The sum of the lengths, ms. Overlaps count as often as they occur: use union() first where they should not. */
export function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { from, to }) => sum + to - from, 0)
}

/** The stretches between the intervals of a union(). */
export function gapsOf(joined: readonly Interval[]): Interval[] {
  return joined.slice(1).map(({ from }, i) => ({ from: joined[i]!.to, to: from }))
}

/** How long exactly one of the intervals was running, and how long two or more were, ms. */
export function concurrencyOf(intervals: readonly Interval[]): { readonly serialMs: number; readonly parallelMs: number } {
  const edges = intervals.flatMap(({ from, to }) => [
    { at: from, step: 1 },
    { at: to, step: -1 },
  ])
  edges.sort((a, b) => a.at - b.at)
  let running = 0
  let since = 0
  let serialMs = 0
  let parallelMs = 0
  for (const { at, step } of edges) {
    if (running === 1) serialMs += at - since
    if (running > 1) parallelMs += at - since
    running += step
    since = at
  }
  return { serialMs, parallelMs }
}
