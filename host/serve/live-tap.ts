import type { TapStats } from '../model/account.ts'
import type { Operation } from '../model/events.ts'
import type { GroupBy, GroupStatistics } from '../model/statistics.ts'

/** What the live page needs of a tap. */
export interface LiveTap {
  batches(): AsyncIterable<{ objects(): Operation[] }>
  stats(): TapStats
  statistics(by: GroupBy): GroupStatistics[]
  close(): Promise<void>
}

/**
 * Opens a tap of what happens from now on. @param filter in the filter language; all operations if left out
 * @throws FilterSyntaxError when the filter cannot be parsed
 */
export type OpenLiveTap = (filter: string | undefined) => Promise<LiveTap>
