// One browser's stream of server-sent events. A browser that is slow, or a rate that no eye can follow, costs rows and nothing else: they are
// counted and told, and neither the tap nor another browser waits.

import type { ServerResponse } from 'node:http'

/** Rows that one browser gets in a second. */
export const ROWS_A_SECOND = 200
/** Bytes that may wait for a slow browser. */
export const WAITING_BYTES_MAX = 256 * 1024
const SECOND_MS = 1000

/** Rows on their way to browsers. All browsers get the same bytes, made once. */
export class Rows {
  readonly #frames: readonly string[]
  readonly #made = new Map<number, Buffer>()

  /** @param frames of {@link frameOf} */
  constructor(frames: readonly string[]) {
    this.#frames = frames
  }

  get count(): number {
    return this.#frames.length
  }

  /** The first `count` rows as one piece. */
  first(count: number): Buffer {
    let bytes = this.#made.get(count)
    if (!bytes) {
      bytes = Buffer.from(this.#frames.slice(0, count).join(''))
      this.#made.set(count, bytes)
    }
    return bytes
  }
}

/** One row as an event of the stream. @param id of the operation; @param json on one line */
export function frameOf(id: string, json: string): string {
  return `event: operation\nid: ${id}\ndata: ${json}\n\n`
}

export class Client {
  readonly #response: ServerResponse
  #second = Number.NEGATIVE_INFINITY
  #rows = 0
  #skipped = 0

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** Sends rows, or counts them. @param now a monotonic clock, ms */
  rows(now: number, rows: Rows): void {
    const second = Math.floor(now / SECOND_MS)
    if (second !== this.#second) {
      this.#second = second
      this.#rows = 0
    }
    const room = this.#isSlow() ? 0 : Math.min(ROWS_A_SECOND - this.#rows, rows.count)
    this.#rows += room
    this.#skipped += rows.count - room
    if (room > 0) this.#response.write(rows.first(room))
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
