import type { TapStats } from '../../model/account.ts'
import type { Notification, Operation } from '../../model/events.ts'
import { LEVEL_INFO, LEVEL_WARN } from '../../text/event-json.ts'
import { safeJson } from '../../text/safe-text.ts'
import { EXIT_FAILURE, EXIT_OK } from '../exit-codes.ts'

/** What was not delivered, as every summary says it. */
export interface SummaryOfLoss {
  /** Operations whose end has not come. */
  readonly waiting: number
  readonly lost: number
  readonly overrun: number
  readonly abandoned: number
  readonly corrupt: number
  /** Notifications that writers could not record. */
  readonly gaveUp: number
  readonly faults: number
  /** Sources that are there and could not be read. */
  readonly unread: number
}

/** The totals of one run, as `--json` gives them in its last line. */
export interface Summary extends SummaryOfLoss {
  readonly operations: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  readonly notifications: number
}

/** @param stats of the tap; `undefined` when none was ever opened. */
export function summaryOfLoss(stats: Partial<TapStats> | undefined): SummaryOfLoss {
  const { waiting = 0, lost = 0, overrun = 0, abandoned = 0, corrupt = 0, gaveUp = 0, faults = 0, unread = 0 } = stats ?? {}
  return { waiting, lost, overrun, abandoned, corrupt, gaveUp, faults, unread }
}

/** 0, or 1 when a source could not be read. The summary names losses; they do not make the command fail. */
export function exitCodeOf(stats: TapStats | undefined): number {
  return stats !== undefined && stats.unread > 0 ? EXIT_FAILURE : EXIT_OK
}

/** 40 as soon as something is missing. */
export function levelOf({ lost, gaveUp, faults, unread }: SummaryOfLoss): number {
  return lost + gaveUp + faults + unread > 0 ? LEVEL_WARN : LEVEL_INFO
}

/** `3 lost`, and what else is missing, if anything is. */
export function lossSummaryText({ waiting, lost, gaveUp, faults, unread }: SummaryOfLoss): string {
  const parts = [`${lost} lost`]
  if (gaveUp + faults > 0) parts.push(`${gaveUp + faults} not recorded by their programs`)
  if (unread > 0) parts.push(`${unread} ${unread === 1 ? 'source' : 'sources'} not read`)
  if (waiting > 0) parts.push(`${waiting} still waiting for an end`)
  return parts.join(', ')
}

/** Counts what was shown. The tap gives the rest, such as the notifications of operations, and the loss. */
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
    const loss = summaryOfLoss(stats)
    if (level === 'operation') return { ...this.#operations, notifications: stats?.notifications ?? 0, ...loss }
    const { operations = 0, succeeded = 0, failed = 0, cancelled = 0, unfinished = 0 } = stats ?? {}
    return { operations, succeeded, failed, cancelled, unfinished, notifications: this.#notifications, ...loss }
  }
}

/** `12 operations: 10 succeeded, 1 failed, 1 cancelled, 0 unfinished; 24 notifications, 0 lost`. */
export function summaryText(summary: Summary): string {
  const { operations, succeeded, failed, cancelled, unfinished, notifications } = summary
  const outcomes = `${succeeded} succeeded, ${failed} failed, ${cancelled} cancelled, ${unfinished} unfinished`
  const what = `${operations} ${operations === 1 ? 'operation' : 'operations'}: ${outcomes}; ${notifications} notifications`
  return `${what}, ${lossSummaryText(summary)}`
}

export function summaryJson(summary: Summary, time: number): string {
  return safeJson({ level: levelOf(summary), time, msg: summaryText(summary), type: 'summary', ...summary })
}
