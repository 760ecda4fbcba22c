import type { TapStats } from '../../model/account.ts'
import type { Notification, Operation } from '../../model/events.ts'
import { LEVEL_INFO, LEVEL_WARN } from '../../text/event-json.ts'
import { safeJson } from '../../text/safe-text.ts'

/** The totals of one run, as `--json` gives them in its last line. */
export interface Summary {
  readonly operations: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  readonly notifications: number
  readonly lost: number
}

/** Counts what was shown. What was not shown, such as the notifications behind operations, and the loss, comes from the tap. */
export class Tally {
  readonly #operations = { operations: 0, succeeded: 0, failed: 0, cancelled: 0, unfinished: 0 }
  #notifications = 0

  get shown(): number {
    return this.#operations.operations + this.#notifications
  }

  add(event: Operation | Notification): void {
    if (event.type === 'notification') {
      this.#notifications++
      return
    }
    this.#operations.operations++
    this.#operations[event.outcome]++
  }

  /** @param stats of the tap; `undefined` when none was ever opened. */
  summary(level: 'operation' | 'notification', stats: TapStats | undefined): Summary {
    const lost = stats?.lost ?? 0
    if (level === 'operation') return { ...this.#operations, notifications: stats?.notifications ?? 0, lost }
    const { operations = 0, succeeded = 0, failed = 0, cancelled = 0, unfinished = 0 } = stats ?? {}
    return { operations, succeeded, failed, cancelled, unfinished, notifications: this.#notifications, lost }
  }
}

/** `12 operations: 10 succeeded, 1 failed, 1 cancelled, 0 unfinished; 24 notifications, 0 lost`. */
export function summaryText(summary: Summary): string {
  const { operations, succeeded, failed, cancelled, unfinished, notifications, lost } = summary
  const outcomes = `${succeeded} succeeded, ${failed} failed, ${cancelled} cancelled, ${unfinished} unfinished`
  return `${operations} ${operations === 1 ? 'operation' : 'operations'}: ${outcomes}; ${notifications} notifications, ${lost} lost`
}

export function summaryJson(summary: Summary, time: number): string {
  const level = summary.lost > 0 ? LEVEL_WARN : LEVEL_INFO
  return safeJson({ level, time, msg: summaryText(summary), type: 'summary', ...summary })
}
