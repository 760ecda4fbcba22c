// The statistics of a farm: what its hosts have published, added. It costs as much as there are hosts, however many operations they counted.

import { type CountedGroup, NO_OUTCOMES, type Outcomes, outcomesTogether } from '../model/counted-group.ts'
import { FARM_KINDS, type FarmKind, type HostStatistics } from './host-statistics.ts'
import { MergedGroups } from './merged-groups.ts'

/** Groups of a kind over all hosts. */
const FARM_GROUPS_MAX = 16_384

export class FarmStatistics {
  hosts = 0
  /** Records that hosts could not count. */
  lost = 0
  outcomes: Outcomes = NO_OUTCOMES
  /** When the first host began to count, and when the host counted that has not for longest and that did last; epoch ms. */
  since: number | undefined
  oldest: number | undefined
  newest: number | undefined
  /** Hosts some of whose operations are in no group of their own. */
  readonly #crowded: Record<FarmKind, number> = { server: 0, error: 0 }
  #full = 0
  readonly #merged: Readonly<Record<FarmKind, MergedGroups>> = {
    server: new MergedGroups(FARM_GROUPS_MAX),
    error: new MergedGroups(FARM_GROUPS_MAX),
  }

  add({ since, at, lost, isFull, outcomes, groups }: HostStatistics): void {
    this.hosts++
    this.lost += lost
    this.outcomes = outcomesTogether(this.outcomes, outcomes)
    this.since = Math.min(this.since ?? since, since)
    this.oldest = Math.min(this.oldest ?? at, at)
    this.newest = Math.max(this.newest ?? at, at)
    if (isFull) this.#full++
    for (const kind of FARM_KINDS) {
      if (groups[kind].some(({ key }) => key === undefined)) this.#crowded[kind]++
      for (const group of groups[kind]) this.#merged[kind].add(group)
    }
  }

  groups(by: FarmKind): CountedGroup[] {
    return this.#merged[by].groups()
  }

  /** Why groups may have had more operations than they say, as ends of sentences; none: each number is that of all operations. */
  lowerBounds(by: FarmKind): string[] {
    const why: string[] = []
    if (this.#crowded[by] > 0) why.push(`${hosts(this.#crowded[by])} more groups than they can publish`)
    else if (this.#merged[by].hasOthers) why.push(`the farm has more than ${FARM_GROUPS_MAX} groups`)
    if (this.#full > 0) why.push(`${hosts(this.#full)} counters that are full`)
    if (this.lost > 0) why.push(`${this.lost} records were lost before they were counted`)
    return why
  }
}

function hosts(count: number): string {
  return count === 1 ? '1 host has' : `${count} hosts have`
}
