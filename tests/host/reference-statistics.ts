// Statistics the slow and obvious way: groups over operations that were delivered.

import * as abi from '../../assembly/abi.ts'
import { serverOf, shareOf } from '../../host/analysis/remote-name.ts'
import { fold } from '../../host/model/upper-case.ts'

/** The code in an HRESULT, and any other status as it is. */
const meaningOf = (status: number) => (status > 0x80070000 && status < 0x80080000 ? status & 0xffff : status)

/** What the grouping looks at. */
export interface Counted {
  /** OUTCOME_*. */
  readonly outcome: number
  readonly durationMs: number | undefined
  readonly status: number | undefined
  readonly remoteName: string | undefined
  readonly image: string | undefined
  readonly user: string
}

export interface ReferenceGroup {
  readonly key: string | number | undefined
  /** Succeeded, failed, cancelled, unfinished. */
  readonly outcomes: [number, number, number, number]
  readonly durations: number[]
}

const KEYS: Readonly<Record<number, (operation: Counted) => string | number | undefined>> = {
  [abi.BY_SERVER]: ({ remoteName }) => remoteName && serverOf(remoteName),
  [abi.BY_SHARE]: ({ remoteName }) => remoteName && shareOf(remoteName),
  [abi.BY_ERROR]: ({ outcome, status }) => ([abi.OUTCOME_FAILED, abi.OUTCOME_CANCELLED].includes(outcome) ? meaningOf(status!) : undefined),
  [abi.BY_IMAGE]: ({ image }) => image || undefined,
  [abi.BY_USER]: ({ user }) => user || undefined,
}
export const KINDS = Object.keys(KEYS).map(Number)

/** Groups in the order of their first operation, after that of the operations that came when there were `most` groups. */
export function groupsOf(operations: readonly Counted[], kind: number, most = abi.GROUPS_MAX - 1): ReferenceGroup[] {
  const others: ReferenceGroup = { key: undefined, outcomes: [0, 0, 0, 0], durations: [] }
  const groups = new Map<string | number, ReferenceGroup>()
  for (const operation of operations) {
    const { remoteName } = operation
    const byName = kind === abi.BY_SERVER || kind === abi.BY_SHARE
    const key = KEYS[kind]!(operation)
    // An empty part of a name is a key, an absent or empty name is none.
    if (byName ? !remoteName : key === undefined) continue
    const folded = typeof key === 'string' ? fold(key) : key!
    let group = groups.get(folded)
    if (!group && groups.size < most) {
      group = { key, outcomes: [0, 0, 0, 0], durations: [] }
      groups.set(folded, group)
    }
    group ??= others
    group.outcomes[operation.outcome - 1]!++
    if (operation.durationMs !== undefined) group.durations.push(operation.durationMs)
  }
  return others.outcomes.some((count) => count > 0) ? [others, ...groups.values()] : [...groups.values()]
}

/** The smallest duration that at least this share of all are not longer than. */
export function quantile(durations: readonly number[], share: number): number {
  const sorted = [...durations].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * share) - 1]!
}
