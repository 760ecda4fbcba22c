// The same groups of several hosts, added. Every host has the same cells, so that counts, extremes and histograms are exact, in whichever order.

import { type CountedGroup, durationsTogether, outcomesTogether } from '../model/counted-group.ts'
import { fold } from '../model/upper-case.ts'

export class MergedGroups {
  readonly #most: number
  readonly #groups = new Map<string | number, CountedGroup>()
  #others: CountedGroup | undefined

  /** @param most groups; operations of further ones are counted together, as the group `undefined`. */
  constructor(most: number) {
    this.#most = most
  }

  /** Operations were counted that are in no group of their own: what a group says may be less than there was. */
  get hasOthers(): boolean {
    return this.#others !== undefined
  }

  /** Names of Windows are the same whatever their case; a group is spelled as it came first. */
  add(group: CountedGroup): void {
    const { key } = group
    const folded = typeof key === 'string' ? fold(key) : key
    const known = folded === undefined ? undefined : this.#groups.get(folded)
    if (folded !== undefined && (known || this.#groups.size < this.#most)) this.#groups.set(folded, together(known, group))
    else this.#others = { ...together(this.#others, group), key: undefined }
  }

  /** Those with most operations first; what is in no group of its own last. */
  groups(): CountedGroup[] {
    const named = [...this.#groups.values()].sort((a, b) => operationsOf(b) - operationsOf(a))
    return this.#others ? [...named, this.#others] : named
  }
}

function together(known: CountedGroup | undefined, group: CountedGroup): CountedGroup {
  if (!known) return group
  return {
    key: known.key,
    outcomes: outcomesTogether(known.outcomes, group.outcomes),
    durations: durationsTogether(known.durations, group.durations),
  }
}

export function operationsOf({ outcomes }: CountedGroup): number {
  return outcomes.reduce((sum, count) => sum + count, 0)
}
