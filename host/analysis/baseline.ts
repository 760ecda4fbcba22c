// What is new, gone, slower or failing since a baseline: two reports compared, group by group.

import type { Grouping, ReportData, ReportGroup } from './report-data.ts'

/** So many operations on both sides, or their quantiles say little. */
const ENOUGH = 20
/** Slower: the ninth decile is at least this many times what it was, and at least this much longer, ms. */
const SLOWER_TIMES = 2
const SLOWER_MS = 50
/** Failing: at least this many failures, and the share of failures grew by this much. */
const FAILURES = 5
const FAILING_MORE = 0.05

export interface Change {
  readonly type: 'new' | 'gone' | 'slower' | 'failing'
  readonly by: Grouping
  readonly key: string | number
  readonly before: ReportGroup | undefined
  readonly now: ReportGroup | undefined
}

/** The changes from one report to another, by what they cost now. */
export function changesBetween(before: ReportData, now: ReportData): Change[] {
  const changes = (['server', 'share', 'error'] as const).flatMap((by) => changesOf(by, before.groups[by], now.groups[by]))
  return changes.sort((a, b) => costOf(b) - costOf(a))
}

function costOf({ now, before }: Change): number {
  return now ? now.lostMs + now.failed : -(before?.operations ?? 0)
}

function changesOf(by: Grouping, before: readonly ReportGroup[], now: readonly ReportGroup[]): Change[] {
  const fold = (key: string | number) => (typeof key === 'string' ? key.toLowerCase() : key)
  const known = new Map(before.flatMap((group) => (group.key === undefined ? [] : [[fold(group.key), group] as const])))
  const changes: Change[] = []
  for (const group of now) {
    if (group.key === undefined) continue
    const old = known.get(fold(group.key))
    known.delete(fold(group.key))
    const type = old ? changeOf(old, group) : 'new'
    if (type) changes.push({ type, by, key: group.key, before: old, now: group })
  }
  for (const group of known.values()) changes.push({ type: 'gone', by, key: group.key!, before: group, now: undefined })
  return changes
}

function changeOf(before: ReportGroup, now: ReportGroup): 'failing' | 'slower' | undefined {
  const shareFailed = ({ failed, operations }: ReportGroup) => failed / operations
  if (now.failed >= FAILURES && shareFailed(now) - shareFailed(before) >= FAILING_MORE) return 'failing'
  if (before.durations.count < ENOUGH || now.durations.count < ENOUGH) return undefined
  const [was, is] = [before.durations.quantile(0.9)!, now.durations.quantile(0.9)!]
  return is >= SLOWER_TIMES * was && is - was >= SLOWER_MS ? 'slower' : undefined
}
