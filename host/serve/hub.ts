// All browsers, by filter: one feed without a filter, which is always there, and one for each filter that somebody looks through.

import { DurationCells } from '../analysis/duration-cells.ts'
import type { Operation } from '../model/events.ts'
import type { PrometheusMetrics } from '../sinks/prometheus.ts'
import type { Client } from './client.ts'
import { Feed } from './feed.ts'
import type { LiveTap, OpenLiveTap } from './live-tap.ts'

/** Different filters at one time. */
export const FILTERS_MAX = 16
/** Browsers at one time. */
export const CLIENTS_MAX = 500
const GROUPS_SHOWN = 6
/** Seconds of the rate that are kept for a browser that comes later. */
const SECONDS_KEPT = 300

/** Why a browser is not let in. */
export class HubFull extends Error {}

export class Hub {
  readonly #all: Feed
  readonly #open: OpenLiveTap
  readonly #now: () => number
  readonly #metrics: PrometheusMetrics
  readonly #byFilter = new Map<string, Promise<Feed>>()
  /** Those of `#byFilter` that are open. */
  readonly #filtered = new Set<Feed>()
  readonly #durations = new DurationCells()
  #second = { operations: 0, failed: 0 }
  readonly #seconds: { readonly at: number; readonly operations: number; readonly failed: number }[] = []
  #clients = 0

  constructor(tap: LiveTap, open: OpenLiveTap, metrics: PrometheusMetrics, now: () => number) {
    this.#open = open
    this.#now = now
    this.#metrics = metrics
    this.#all = new Feed(tap, now, (operation) => this.#count(operation))
  }

  /** Runs until the tap is closed. */
  run(): Promise<void> {
    return this.#all.run()
  }

  #count(operation: Operation): void {
    this.#metrics.count(operation)
    this.#second.operations++
    if (operation.outcome === 'failed') this.#second.failed++
    if (operation.durationMs !== undefined) this.#durations.add(operation.durationMs)
  }

  /**
   * Lets a browser in.
   * @throws FilterSyntaxError; HubFull when there are too many browsers or filters
   * @returns what to call when it has gone
   */
  async join(client: Client, filter: string | undefined, lastId: string | undefined): Promise<() => void> {
    if (this.#clients >= CLIENTS_MAX) throw new HubFull(`There are ${CLIENTS_MAX} browsers already; close one.`)
    this.#clients++
    try {
      const feed = filter === undefined ? this.#all : await this.#feedOf(filter)
      feed.join(client, lastId)
      client.tell('history', this.#seconds)
      return () => this.#leave(client, feed, filter)
    } catch (error) {
      this.#clients--
      throw error
    }
  }

  #leave(client: Client, feed: Feed, filter: string | undefined): void {
    if (!feed.clients.delete(client)) return
    this.#clients--
    if (filter === undefined || feed.clients.size > 0) return
    this.#byFilter.delete(filter)
    this.#filtered.delete(feed)
    void feed.tap.close()
  }

  #feedOf(filter: string): Promise<Feed> {
    const known = this.#byFilter.get(filter)
    if (known) return known
    if (this.#byFilter.size >= FILTERS_MAX)
      throw new HubFull(`There are ${FILTERS_MAX} different filters already; use one of them, or none.`)
    const feed = this.#open(filter).then((tap) => {
      const made = new Feed(tap, this.#now)
      this.#filtered.add(made)
      made.run().catch(() => this.#byFilter.delete(filter))
      return made
    })
    feed.catch(() => this.#byFilter.delete(filter))
    this.#byFilter.set(filter, feed)
    return feed
  }

  /** Once a second: what everybody is shown beside the rows. @param at epoch ms */
  tick(at: number): void {
    const second = { at, ...this.#second }
    this.#second = { operations: 0, failed: 0 }
    this.#seconds.push(second)
    if (this.#seconds.length > SECONDS_KEPT) this.#seconds.shift()
    const state = this.#state(second)
    for (const client of this.#everyone()) client.tell('now', state)
  }

  /** Every fifteen seconds. */
  comment(): void {
    for (const client of this.#everyone()) client.comment()
  }

  *#everyone(): Iterable<Client> {
    yield* this.#all.clients
    for (const feed of this.#filtered) yield* feed.clients
  }

  #state(second: object) {
    const { tap } = this.#all
    const { operations, succeeded, failed, cancelled, unfinished, waiting, overrun, abandoned, corrupt, rings } = tap.stats()
    const servers = tap.statistics('server').map(({ key, operations, failed, durationMs }) => ({
      key: key ?? '(others)',
      operations,
      failed,
      p50: durationMs?.p50,
      p90: durationMs?.p90,
    }))
    const slowest = [...servers].sort((a, b) => (b.p90 ?? 0) - (a.p90 ?? 0)).slice(0, GROUPS_SHOWN)
    const failing = servers
      .filter((server) => server.failed > 0)
      .sort((a, b) => b.failed - a.failed)
      .slice(0, GROUPS_SHOWN)
    return {
      second,
      totals: { operations, succeeded, failed, cancelled, unfinished, waiting, rings, lost: { overrun, abandoned, corrupt } },
      slowest,
      failing,
      durations: [...this.#durations.counts].flatMap((count, cell) => (count > 0 ? [[cell, count]] : [])),
    }
  }

  async close(): Promise<void> {
    for (const client of this.#everyone()) client.end()
    const feeds = await Promise.allSettled(this.#byFilter.values())
    await Promise.all(feeds.map((feed) => (feed.status === 'fulfilled' ? feed.value.tap.close() : undefined)))
    await this.#all.tap.close()
  }
}
