// Counts of operations as Prometheus metrics. No user, share or remote name is ever a label: strangers choose them, and their number has no bound.

import { Counter, Gauge, Histogram, type OpenMetricsContentType, type PrometheusContentType, Registry } from 'prom-client'
import { serverOf } from '../analysis/remote-name.ts'
import type { Operation } from '../model/events.ts'
import { statusName, win32StatusOf } from '../model/status.ts'

/**
 * Upper bounds of the duration histogram, seconds. Each is an edge of the core's histogram cells (a power of two of microseconds), so that it can be
 * made of merged cells exactly. 21 s and 42 s, time-outs that people meet, lie between the last ones.
 */
export const DURATION_BOUNDS = [10, 12, 14, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26].map((log2) => 2 ** log2 / 1e6)

/** Statuses that are named in `mprtap_errors_total`: servers that were not reached, logons that were refused, and what else is common. Others count as `other`. */
export const NAMED_ERRORS: readonly number[] = [
  ...[51, 53, 55, 59, 64, 121, 1203, 1222, 1225, 1231, 1232, 1236],
  ...[1311, 1326, 1327, 1330, 1331, 1396, 1398, 1909],
  ...[5, 67, 71, 85, 86, 1202, 1208, 1219, 1223, 1240, 1265, 1272, 2250],
]
const OTHER = 'other'

/** Most values of the label `server`. */
export const SERVERS_MAX = 200

/** What a scrape asks the tap. Numbers are cumulative since the tap was opened, but for `waiting`, `rings` and `pending`. */
export interface TapFigures {
  readonly delivered: number
  readonly overrun: number
  readonly abandoned: number
  readonly corrupt: number
  readonly waiting: number
  readonly pending: number
  readonly rings: number
  /** Notifications that writers could not record, by their own count. */
  readonly gaveUp: number
  readonly faults: number
}

export interface PrometheusOptions {
  readonly version: string
  readonly figures: () => TapFigures
  /** Count operations by server too, the first SERVERS_MAX of them. */
  readonly byServer?: boolean | undefined
}

export class PrometheusMetrics {
  readonly #registry = new Registry()
  readonly #openMetrics = new Registry<OpenMetricsContentType>()
  readonly #operations: Counter<'kind' | 'outcome'>
  readonly #errors: Counter<'error'>
  readonly #durations: Histogram<'kind' | 'outcome'>
  readonly #lastOperation: Gauge
  #newest = 0
  readonly #servers: Counter<'server' | 'outcome'> | undefined
  readonly #serverNames = new Set<string>()

  constructor({ version, figures, byServer }: PrometheusOptions) {
    this.#openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    const registers = [this.#registry, this.#openMetrics as unknown as Registry<PrometheusContentType>]
    const shared = <Names extends string>(name: string, help: string, labelNames: readonly Names[] = []) => ({
      name,
      help,
      labelNames,
      registers,
    })
    const counter = (name: string, help: string, value: () => number) => {
      let told = 0
      new Counter({
        ...shared(name, help),
        collect() {
          const now = value()
          // A count never falls: a tap that was opened anew begins at zero, and is added to what was.
          this.inc(now >= told ? now - told : now)
          told = now
        },
      })
    }
    const gauge = (name: string, help: string, value: () => number) => {
      new Gauge({
        ...shared(name, help),
        collect() {
          this.set(value())
        },
      })
    }
    this.#operations = new Counter(shared('mprtap_operations_total', 'Operations, by kind and outcome.', ['kind', 'outcome']))
    this.#errors = new Counter(shared('mprtap_errors_total', 'Operations that failed or were cancelled, by Win32 error name.', ['error']))
    this.#durations = new Histogram({
      ...shared('mprtap_operation_duration_seconds', 'Time from the PRE to the POST of an operation.', ['kind', 'outcome']),
      buckets: DURATION_BOUNDS,
    })
    this.#lastOperation = new Gauge(
      shared('mprtap_last_operation_timestamp_seconds', 'When the newest operation began, by the clock of its machine.'),
    )
    counter('mprtap_records_total', 'Records that were read and good.', () => figures().delivered)
    let lostTold: Record<string, number> = {}
    new Counter({
      ...shared('mprtap_lost_records_total', 'Records that were lost, by reason.', ['reason']),
      collect() {
        const { overrun, abandoned, corrupt } = figures()
        const now: Record<string, number> = { overrun, abandoned, corrupt }
        for (const [reason, value] of Object.entries(now)) this.inc({ reason }, Math.max(value - (lostTold[reason] ?? 0), 0))
        lostTold = now
      },
    })
    let writersTold: Record<string, number> = {}
    new Counter({
      ...shared('mprtap_unrecorded_notifications_total', 'Notifications that a program could not record, by reason.', ['reason']),
      collect() {
        const { gaveUp, faults } = figures()
        const now: Record<string, number> = { gave_up: gaveUp, fault: faults }
        for (const [reason, value] of Object.entries(now)) this.inc({ reason }, Math.max(value - (writersTold[reason] ?? 0), 0))
        writersTold = now
      },
    })
    gauge('mprtap_operations_in_flight', 'Operations whose POST has not come yet.', () => figures().waiting)
    gauge('mprtap_pending_records', 'Records in the rings that were not read yet.', () => figures().pending)
    gauge('mprtap_rings', 'Rings that are open.', () => figures().rings)
    new Gauge({ ...shared('mprtap_build_info', 'Always 1; the label has the version.', ['version']) }).set({ version }, 1)
    if (byServer) {
      this.#servers = new Counter(
        shared('mprtap_server_operations_total', 'Operations by server, the first ones only.', ['server', 'outcome']),
      )
      gauge('mprtap_server_label_values', 'Values of the label server so far.', () => this.#serverNames.size)
      gauge('mprtap_server_label_limit', 'Most values of the label server; further servers count as other.', () => SERVERS_MAX)
    }
    this.#begin()
  }

  /** Counters that nobody has counted yet are 0, not absent: a rate over them is 0 and not unknown. */
  #begin(): void {
    for (const kind of ['add', 'cancel']) {
      for (const outcome of ['succeeded', 'failed', 'cancelled', 'unfinished']) this.#operations.inc({ kind, outcome }, 0)
    }
    for (const error of [...NAMED_ERRORS.map((status) => statusName(status) ?? OTHER), OTHER]) this.#errors.inc({ error }, 0)
  }

  /** Counts one operation. A row that completes one that was counted as unfinished is counted by its outcome too: counters never fall. */
  count(operation: Operation): void {
    const { kind, outcome, durationMs, status, time, remoteName } = operation
    this.#operations.inc({ kind, outcome })
    // Rings are read in turns: an older operation may come after a newer one.
    this.#newest = Math.max(this.#newest, time)
    this.#lastOperation.set(this.#newest / 1000)
    if (outcome === 'failed' || outcome === 'cancelled') {
      this.#errors.inc({ error: NAMED_ERRORS.includes(win32StatusOf(status)) ? (statusName(status) ?? OTHER) : OTHER })
    }
    if (durationMs !== undefined) this.#durations.observe({ kind, outcome }, durationMs / 1000)
    const server = this.#servers && serverOf(remoteName)?.toLowerCase()
    if (server !== undefined) this.#servers?.inc({ server: this.#label(server), outcome })
  }

  #label(server: string): string {
    if (!this.#serverNames.has(server) && this.#serverNames.size < SERVERS_MAX) this.#serverNames.add(server)
    return this.#serverNames.has(server) ? server : OTHER
  }

  /** The metrics as text, in the form that the scraper asked for. @param accept its header `Accept` */
  async text(accept = ''): Promise<{ readonly type: string; readonly body: string }> {
    const registry = accept.includes('application/openmetrics-text') ? this.#openMetrics : this.#registry
    return { type: registry.contentType, body: await registry.metrics() }
  }
}
