// One browser's stream of server-sent events. A browser that is slow, or a rate that no eye can follow, costs rows and nothing else: they are
// counted and told, and neither the tap nor another browser waits.

import type { ServerResponse } from 'node:http'

/** Rows that one browser gets in a second. */
export const ROWS_A_SECOND = 200
/** Bytes that may wait for a slow browser. */
export const WAITING_BYTES_MAX = 256 * 1024
const SECOND_MS = 1000

export class Client {
  readonly #response: ServerResponse
  #second = Number.NEGATIVE_INFINITY
  #rows = 0
  #skipped = 0

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** Sends a row, or counts it. @param now a monotonic clock, ms @param id of the event; @param json on one line */
  row(now: number, id: string, json: string): void {
    const second = Math.floor(now / SECOND_MS)
    if (second !== this.#second) {
      this.#second = second
      this.#rows = 0
    }
    if (this.#rows >= ROWS_A_SECOND || this.#isSlow()) {
      this.#skipped++
      return
    }
    this.#rows++
    this.#response.write(`event: operation\nid: ${id}\ndata: ${json}\n\n`)
  }

  /** Sends something that is not a row. A slow browser does not get it: the next one says all that this one would have said. */
  tell(event: string, data: unknown): void {
    if (this.#isSlow()) return
    if (this.#skipped > 0) {
      this.#response.write(`event: skipped\ndata: ${JSON.stringify({ rows: this.#skipped })}\n\n`)
      this.#skipped = 0
    }
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** Keeps proxies and browsers from ending a quiet stream. */
  comment(): void {
    if (!this.#isSlow()) this.#response.write(':\n\n')
  }

  end(): void {
    this.#response.end()
  }

  #isSlow(): boolean {
    return this.#response.writableLength > WAITING_BYTES_MAX
  }
}
