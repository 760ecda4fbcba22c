// Events one by one, out of batches.

import type { Notification, Operation } from '../model/events.ts'
import type { Batch } from './batch.ts'

/** What a tap lends its loop. */
interface Lender<Event extends Operation | Notification> {
  /** What `use` makes of the next batch, or `undefined` when the tap was closed. */
  next<Result>(use: (batch: Batch<Event>) => Result): Promise<Result | undefined>
  /** Of the batch `count()` rows were handed out so far, the last `inHand` of which are not delivered yet. */
  handsOut(count: () => number, inHand: number): void
  isClosed(): boolean
  close(): Promise<void>
}

export class EventIterator<Event extends Operation | Notification> implements AsyncIterableIterator<Event> {
  readonly #lender: Lender<Event>
  /** Of the batch that was taken last. */
  #events: readonly Event[] = []
  #row = 0
  #pending: Promise<unknown> | undefined

  constructor(lender: Lender<Event>) {
    this.#lender = lender
  }

  /** Most calls find their row at hand: no await, no generator, one settled promise. */
  next(): Promise<IteratorResult<Event>> {
    if (!this.#pending && this.#isAtHand()) return Promise.resolve(this.#take())
    // Calls that do not wait for each other are answered one after the other.
    const result = this.#pending ? this.#pending.then(this.#advance, this.#advance) : this.#advance()
    const settled = () => {
      if (this.#pending === result) this.#pending = undefined
    }
    this.#pending = result
    result.then(settled, settled)
    return result
  }

  async return(): Promise<IteratorResult<Event>> {
    await this.#lender.close()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #isAtHand(): boolean {
    return this.#row < this.#events.length && !this.#lender.isClosed()
  }

  #take(): IteratorResult<Event> {
    return { value: this.#events[this.#row++]!, done: false }
  }

  readonly #advance = async (): Promise<IteratorResult<Event>> =>
    this.#isAtHand() ? this.#take() : ((await this.#lender.next(this.#refill)) ?? { value: undefined, done: true })

  readonly #refill = (batch: Batch<Event>): IteratorResult<Event> => {
    this.#events = batch.objects()
    this.#row = 0
    this.#lender.handsOut(() => this.#row, 1)
    return this.#take()
  }
}
