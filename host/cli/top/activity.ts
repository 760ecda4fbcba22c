import { serverOf } from '../../analysis/remote-name.ts'
import type { Notification, Operation } from '../../model/events.ts'
import { win32StatusOf } from '../../model/status.ts'

/** What the main table of `top` shows. */
export const VIEWS = ['servers', 'users', 'errors', 'programs'] as const
export type View = (typeof VIEWS)[number]

/** Operations that have something in common. */
export interface Activity {
  readonly key: string
  operations: number
  failed: number
  /** Sum of all durations, ms. */
  lostMs: number
  longestMs: number
  /** Epoch ms of the newest. */
  newest: number
  /** The newest durations, a ring. */
  readonly recent: number[]
}

/** An operation whose end has not come yet. */
export interface InFlight {
  readonly id: string
  readonly time: number
  readonly event: Notification
}

/** Durations that a percentile is taken of. */
const RECENT_MAX = 128
/** Different servers, users, errors or programs that are told apart; strangers choose their names. */
const KEYS_MAX = 5_000
const IN_FLIGHT_MAX = 10_000
const SECONDS_KEPT = 60

/** The 90th percentile of the newest durations; `undefined` without any. */
export function recentP90({ recent }: Activity): number | undefined {
  const sorted = [...recent].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(0.9 * sorted.length) - 1)]
}

/** What `top` knows: counts since it began, and what is in flight. Its memory is bounded. */
export class ActivityLog {
  readonly #views: Readonly<Record<View, Map<string, Activity>>> = {
    servers: new Map(),
    users: new Map(),
    errors: new Map(),
    programs: new Map(),
  }
  readonly #inFlight = new Map<string, InFlight>()
  /** Ends that came before their beginning was read: two taps read the rings. */
  readonly #ended = new Set<string>()
  /** Operations by second of their coming. */
  readonly #seconds = new Map<number, number>()
  operations = 0
  failed = 0

  /** @param now epoch ms */
  addOperation(operation: Operation, now: number): void {
    const { outcome, durationMs, error, id } = operation
    this.operations++
    if (outcome === 'failed') this.failed++
    const second = Math.floor(now / 1_000)
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + 1)
    for (const old of this.#seconds.keys()) if (old < second - SECONDS_KEPT) this.#seconds.delete(old)
    if (!this.#inFlight.delete(id)) this.#ended.add(id)
    if (this.#ended.size > IN_FLIGHT_MAX) this.#ended.delete(this.#ended.values().next().value!)
    const keys: Readonly<Record<View, string | undefined>> = {
      servers: serverOf(operation.remoteName)?.toLowerCase(),
      users: operation.user,
      errors: error && (error.name ?? String(win32StatusOf(error.code))),
      programs: operation.process.image?.toLowerCase(),
    }
    for (const view of VIEWS) {
      const key = keys[view]
      if (key !== undefined) count(activityOf(this.#views[view], key), operation, durationMs)
    }
  }

  addBeginning(event: Notification): void {
    if (this.#ended.delete(event.id)) return
    this.#inFlight.set(event.id, { id: event.id, time: event.time, event })
    if (this.#inFlight.size > IN_FLIGHT_MAX) this.#inFlight.delete(this.#inFlight.keys().next().value!)
  }

  activities(view: View): Activity[] {
    return [...this.#views[view].values()]
  }

  /** The oldest first. */
  inFlight(): InFlight[] {
    return [...this.#inFlight.values()].sort((a, b) => a.time - b.time)
  }

  /** Operations a second over the last `seconds` whole seconds. */
  rate(seconds: number, now: number): number {
    const current = Math.floor(now / 1_000)
    let sum = 0
    for (const [second, operations] of this.#seconds) if (second < current && second >= current - seconds) sum += operations
    return sum / seconds
  }
}

function activityOf(activities: Map<string, Activity>, wanted: string): Activity {
  const key = activities.has(wanted) || activities.size < KEYS_MAX ? wanted : '(others)'
  const known = activities.get(key)
  if (known) return known
  const activity: Activity = { key, operations: 0, failed: 0, lostMs: 0, longestMs: 0, newest: 0, recent: [] }
  activities.set(key, activity)
  return activity
}

function count(activity: Activity, { outcome, time }: Operation, durationMs: number | undefined): void {
  activity.operations++
  if (outcome === 'failed') activity.failed++
  activity.newest = Math.max(activity.newest, time)
  if (durationMs === undefined) return
  activity.lostMs += durationMs
  activity.longestMs = Math.max(activity.longestMs, durationMs)
  activity.recent.push(durationMs)
  if (activity.recent.length > RECENT_MAX) activity.recent.shift()
}
