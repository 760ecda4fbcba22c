// One filter's operations, judged once, for all browsers that have chosen it.

import type { Operation } from '../model/events.ts'
import { operationJson } from '../text/event-json.ts'
import { type Client, frameOf, Rows } from './client.ts'
import type { LiveTap } from './live-tap.ts'

/** Rows that are kept for browsers whose connection broke. */
const KEPT = 1000

export class Feed {
  readonly clients = new Set<Client>()
  readonly tap: LiveTap
  readonly #now: () => number
  readonly #kept: { readonly id: string; readonly frame: string }[] = []
  readonly #onOperation: ((operation: Operation) => void) | undefined

  /** @param onOperation sees every operation, whether or not a browser looks */
  constructor(tap: LiveTap, now: () => number, onOperation?: (operation: Operation) => void) {
    this.tap = tap
    this.#now = now
    this.#onOperation = onOperation
  }

  /** Hands out operations until the tap is closed. Rejects with what the tap throws. */
  async run(): Promise<void> {
    for await (const batch of this.tap.batches()) this.#take(batch.objects())
  }

  #take(operations: readonly Operation[]): void {
    if (this.#onOperation) for (const operation of operations) this.#onOperation(operation)
    const made = operations.map((operation) => ({ id: operation.id, frame: frameOf(operation.id, operationJson(operation)) }))
    for (const row of made) this.#kept.push(row)
    if (this.#kept.length >= 2 * KEPT) this.#kept.splice(0, this.#kept.length - KEPT)
    const rows = new Rows(made.map(({ frame }) => frame))
    const now = this.#now()
    for (const client of this.clients) client.rows(now, rows)
  }

  /** Lets a browser in. @param lastId the last row that it has seen, if it was here before; what it missed since is sent, or the size of the gap. */
  join(client: Client, lastId: string | undefined): void {
    this.clients.add(client)
    if (lastId === undefined) return
    const last = this.#kept.findLastIndex(({ id }) => id === lastId)
    if (last < 0) client.tell('gap', { kept: KEPT })
    const missed = last < 0 ? [] : this.#kept.slice(last + 1)
    client.rows(this.#now(), new Rows(missed.map(({ frame }) => frame)))
  }
}
