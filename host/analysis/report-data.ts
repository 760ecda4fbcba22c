// What a report is made of: gathered in one pass over the operations, in bounded memory.

import { win32StatusOf } from '../model/status.ts'
import { DurationCells } from './duration-cells.ts'
import { LogonCollector, type Logons, type LogonsOptions } from './logons.ts'
import type { OperationRow } from './operation-row.ts'
import { isNotReached, serverOf, shareOf } from './remote-name.ts'
import { type Bin, Timeline } from './timeline.ts'

/** Groups of a kind at most. Operations of further ones are counted together. */
export const GROUPS_MAX = 4096
/** Users that are remembered one by one, over all groups. When there are more, counts of users are lower bounds. */
const USERS_MAX = 500_000
const HOSTS_MAX = 10_000

export const GROUPINGS = ['server', 'share', 'error', 'image', 'user'] as const
export type Grouping = (typeof GROUPINGS)[number]

/** Operations that have something in common. */
export interface ReportGroup {
  /** `undefined`: operations of all groups that found no room. An error's key is its number. */
  readonly key: string | number | undefined
  readonly operations: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  readonly durations: DurationCells
  /** The sum of the durations of failed operations, ms. */
  readonly lostMs: number
  /** How many users had part in it. */
  readonly users: number
  /** Epoch ms of the first and the last one. */
  readonly first: number
  readonly last: number
  /** Whether each of its operations failed because nobody answered. */
  readonly isDead: boolean
}

export interface ReportData {
  readonly operations: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  readonly users: number
  /** Names of machines; empty when all operations are this machine's. */
  readonly hosts: readonly string[]
  /** Epoch ms; `undefined` when there is no operation. */
  readonly from: number | undefined
  readonly to: number | undefined
  readonly lostMs: number
  readonly durations: DurationCells
  readonly timeline: { readonly widthMs: number; readonly bins: readonly Bin[] }
  readonly groups: Readonly<Record<Grouping, readonly ReportGroup[]>>
  readonly logons: Logons
}

type OpenGroup = { -readonly [Name in keyof Omit<ReportGroup, 'users'>]: ReportGroup[Name] } & { readonly users: Set<string> }

export class ReportCollector {
  readonly #logons: LogonCollector
  readonly #timeline = new Timeline()
  readonly #all = openGroup(undefined)
  readonly #hosts = new Set<string>()
  #usersLeft = USERS_MAX
  readonly #groups: Readonly<Record<Grouping, Map<string | number | undefined, OpenGroup>>> = {
    server: new Map(),
    share: new Map(),
    error: new Map(),
    image: new Map(),
    user: new Map(),
  }

  constructor(options: LogonsOptions = {}) {
    this.#logons = new LogonCollector(options)
  }

  add(row: OperationRow): void {
    this.#logons.add(row)
    this.#timeline.add(row.time, row.outcome === 'failed')
    if (row.host !== undefined && this.#hosts.size < HOSTS_MAX) this.#hosts.add(row.host)
    this.#add(this.#all, row)
    this.#count('server', serverOf(row.remoteName), row)
    this.#count('share', shareOf(row.remoteName), row)
    if (row.outcome === 'failed' || row.outcome === 'cancelled') this.#count('error', row.status && win32StatusOf(row.status), row)
    this.#count('image', row.image, row)
    this.#count('user', row.user, row)
  }

  finish(): ReportData {
    const { operations, failed, cancelled, unfinished, users, first, last, lostMs, durations } = this.#all
    const bins = this.#timeline.bins()
    const groupsOf = (by: Grouping) =>
      [...this.#groups[by].values()].map((group) => ({ ...group, users: group.users.size })).sort((a, b) => b.operations - a.operations)
    return {
      operations,
      failed,
      cancelled,
      unfinished,
      users: users.size,
      hosts: [...this.#hosts].sort(),
      from: operations > 0 ? first : undefined,
      to: operations > 0 ? last : undefined,
      lostMs,
      durations,
      timeline: { widthMs: this.#timeline.widthMs, bins },
      groups: {
        server: groupsOf('server'),
        share: groupsOf('share'),
        error: groupsOf('error'),
        image: groupsOf('image'),
        user: groupsOf('user'),
      },
      logons: this.#logons.finish(),
    }
  }

  /** Names of Windows are the same whatever their case; a group is spelled as it came first. */
  #count(by: Grouping, key: string | number | undefined, row: OperationRow): void {
    if (key === undefined || key === '') return
    const groups = this.#groups[by]
    const folded = typeof key === 'string' ? key.toLowerCase() : key
    let group = groups.get(folded)
    if (!group) {
      const hasRoom = groups.size < GROUPS_MAX
      group = hasRoom ? openGroup(key) : (groups.get(undefined) ?? openGroup(undefined))
      groups.set(hasRoom ? folded : undefined, group)
    }
    this.#add(group, row)
  }

  #add(group: OpenGroup, row: OperationRow): void {
    count(group, row)
    if (this.#usersLeft === 0 || group.users.has(row.user)) return
    group.users.add(row.user)
    this.#usersLeft--
  }
}

function openGroup(key: string | number | undefined): OpenGroup {
  return {
    key,
    operations: 0,
    failed: 0,
    cancelled: 0,
    unfinished: 0,
    durations: new DurationCells(),
    lostMs: 0,
    users: new Set(),
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    isDead: true,
  }
}

function count(group: OpenGroup, row: OperationRow): void {
  // The operation was counted as unfinished before.
  if (row.completes !== undefined && group.unfinished > 0) {
    group.unfinished--
    group.operations--
  }
  group.operations++
  if (row.outcome === 'failed') {
    group.failed++
    group.lostMs += row.durationMs ?? 0
  }
  if (row.outcome === 'cancelled') group.cancelled++
  if (row.outcome === 'unfinished') group.unfinished++
  if (row.durationMs !== undefined) group.durations.add(row.durationMs)
  if (row.time < group.first) group.first = row.time
  const end = row.time + (row.durationMs ?? 0)
  if (end > group.last) group.last = end
  group.isDead &&= row.outcome === 'failed' && isNotReached(row.status)
}
