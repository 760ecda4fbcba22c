// Batches that the engine has stored and may still lose. A stream loses only its end (its servers lose what their disks had not written), so
// that one look finds whether all is there, and a few find where the loss begins.

import type { JetStreamManager } from '@nats-io/jetstream'

/** Where the engine put a batch. */
export interface StoredBatch {
  readonly id: string
  /** Sequence in the stream, from 1. */
  readonly sequence: number
}

/** Looks whether a message is in the stream. */
export class StreamLog {
  readonly #manager: JetStreamManager
  readonly #stream: string

  constructor(manager: JetStreamManager, stream: string) {
    this.#manager = manager
    this.#stream = stream
  }

  /** Of batches in the order of their sequences: the index of the first that is no longer there, or their number. @throws the library's errors. */
  async firstMissing(stored: readonly StoredBatch[]): Promise<number> {
    if (stored.length === 0) return 0
    const { first_seq, last_seq } = (await this.#manager.streams.info(this.#stream)).state
    const isThere = async ({ id, sequence }: StoredBatch) => {
      // What the stream's own limits, or a purge, have removed was there.
      if (sequence < first_seq) return true
      return sequence <= last_seq && (await this.idAt(sequence)) === id
    }
    let low = 0
    let high = stored.length
    if (await isThere(stored[high - 1]!)) return high
    for (high--; low < high; ) {
      const middle = (low + high) >> 1
      if (await isThere(stored[middle]!)) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Whether it is there, or was before the stream's own limits removed it. @throws the library's errors. */
  async has(stored: StoredBatch | undefined): Promise<boolean> {
    return stored === undefined || (await this.firstMissing([stored])) === 1
  }

  /** The last sequence that the stream has a message at; 0: it has none. @throws the library's errors. */
  async last(): Promise<number> {
    const { messages, last_seq } = (await this.#manager.streams.info(this.#stream)).state
    return messages === 0 ? 0 : last_seq
  }

  /** The message id at a sequence; `undefined` when nothing is there. @throws the library's errors. */
  async idAt(sequence: number): Promise<string | undefined> {
    const message = await this.#manager.streams.getMessage(this.#stream, { seq: sequence })
    return message?.header?.get('Nats-Msg-Id') || undefined
  }
}
