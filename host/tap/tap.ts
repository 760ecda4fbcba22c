// The tap: goes round the rings, a window at a time, and hands out what the core made of them.

import { BY_ERROR, BY_IMAGE, BY_SERVER, BY_SHARE, BY_USER, LEVEL_NOTIFICATION, LEVEL_OPERATION, ROWS_MAX } from '../../assembly/abi.ts'
import { MprtapError } from '../api/errors.ts'
import type { GroupBy, GroupStatistics, Loss, Notification, Operation, TapStats } from '../api/types.ts'
import { Core } from '../core/core.ts'
import type { FilterExpression } from '../filter/expression.ts'
import { statusName } from '../win32/status.ts'
import { Batch } from './batch.ts'
import { Consumer, type ConsumerSettings } from './consumer.ts'
import type { EventSource } from './events.ts'
import { Pace } from './pace.ts'
import type { RingReader } from './ring-reader.ts'
import { type RingSelection, RingSet } from './ring-set.ts'

/** Windows of one ring read in a row before the next ring has its turn. */
const WINDOWS_IN_A_ROW = 16
/** How often rings are looked for and waiting operations are expired, ms. */
const HOUSEKEEPING_MS = 1000

const KINDS: Readonly<Record<GroupBy, number>> = { server: BY_SERVER, share: BY_SHARE, error: BY_ERROR, image: BY_IMAGE, user: BY_USER }

export interface TapSettings {
  readonly selection: RingSelection
  readonly from: 'now' | 'oldest'
  readonly consumer: ConsumerSettings | undefined
  readonly level: 'operation' | 'notification'
  readonly filter: FilterExpression | undefined
  readonly statistics: boolean
  readonly unfinishedAfterMs: number
  readonly signal: AbortSignal | undefined
  readonly onLoss: ((loss: Loss) => void) | undefined
  readonly onDiagnostic: ((text: string) => void) | undefined
}

/**
 * An open stream of operations or notifications. Iterate it, or its `batches()`; leaving the loop closes it. A tap has one reader: what
 * one loop took, another does not see.
 */
export class Tap<Event extends Operation | Notification = Operation> implements AsyncIterable<Event> {
  readonly #core: Core
  readonly #batch: Batch
  readonly #rings: RingSet
  readonly #pace = new Pace()
  readonly #signal: AbortSignal | undefined
  readonly #consumer: Consumer | undefined
  readonly #onAbort = () => this.#abort()
  #ring = 0
  #windowsLeft = WINDOWS_IN_A_ROW
  #idleInARow = 0
  #housekeepingAt = 0
  #closed = false
  #isRead = false

  constructor(settings: TapSettings) {
    const level = settings.level === 'operation' ? LEVEL_OPERATION : LEVEL_NOTIFICATION
    this.#core = new Core(level, settings.unfinishedAfterMs)
    if (settings.filter) this.#core.setFilter(settings.filter)
    if (settings.statistics) this.#core.startStatistics()
    this.#batch = new Batch(this.#core, level)
    this.#signal = settings.signal
    const { consumer, selection, onDiagnostic } = settings
    this.#consumer = consumer && new Consumer(consumer, selection, (text) => onDiagnostic?.(text))
    this.#rings = new RingSet(this.#core, settings, (path) => this.#consumer?.cursor(path))
    try {
      this.#rings.discover()
    } catch (error) {
      this.#rings.close()
      this.#consumer?.abandon()
      throw error
    }
    this.#consumer?.start((rows, reader) => this.#rings.cursors(rows, reader))
    this.#housekeepingAt = performance.now() + HOUSEKEEPING_MS
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (this.#signal?.aborted) this.#abort()
  }

  /**
   * Ends the stream: every file and timer is released, loops over the tap end. What was read stays valid. A named consumer's cursor is saved; what was
   * handed out last counts as delivered. Idempotent.
   * @throws MprtapError MPRTAP_CONSUMER when the cursor cannot be saved.
   */
  async close(): Promise<void> {
    this.#stop()
    const saved = this.#consumer?.finish()
    this.#rings.close()
    await saved
  }

  #stop(): void {
    this.#closed = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#pace.wake()
  }

  /** Nobody awaits this. Who reads for a named consumer may finish with the event in hand: asking for the next one then ends the tap. */
  #abort(): void {
    this.#stop()
    if (!this.#consumer?.hasInHand) this.close().catch((error: Error) => this.#consumer?.tell(error))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Counts since the tap was opened; exact at any time, also after close(). */
  stats(): TapStats {
    const totals = this.#core.totals()
    const operations = totals.succeeded + totals.failed + totals.cancelled + totals.unfinished
    const account = this.#rings.account()
    return { operations, ...totals, lost: account.overrun + account.abandoned + account.corrupt, ...account, rings: this.#rings.open }
  }

  /**
   * What the operations that matched have in common, largest group first; kept since the tap was opened, whether or not anybody iterates. Needs the
   * option `statistics`, otherwise there are none.
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT when `by` is none of those names.
   */
  statistics(by: GroupBy): GroupStatistics[] {
    if (!Object.hasOwn(KINDS, by)) {
      const names = Object.keys(KINDS).join(', ')
      throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `There are no statistics by ${JSON.stringify(by)}; there are by ${names}.`)
    }
    const groups = this.#core.groups(KINDS[by])
    const named = groups.map((group) => ({
      ...group,
      key: typeof group.key === 'number' ? (statusName(group.key) ?? String(group.key)) : group.key,
    }))
    return named.sort((a, b) => b.operations - a.operations)
  }

  /**
   * Reads what is in the rings now, without handing it out: for statistics when nobody iterates. Each ring is read up to where its writer stands at the
   * first look; a record that is being written is waited for as always (RING.md section 6). What a loop over the tap reads meanwhile is not handed out either.
   *
   * @param options `final`: nothing more is awaited, operations whose POST is not there are unfinished now. Otherwise they go on waiting.
   * @throws MprtapError MPRTAP_CLOSED when the tap is closed already. Closing or aborting meanwhile ends it early, without an error.
   */
  async drain({ final = false }: { readonly final?: boolean } = {}): Promise<void> {
    this.#mustBeOpen()
    if (this.#closed) return
    this.#consumer?.asks()
    this.#rings.discover()
    this.#core.exports.setQuiet(1)
    try {
      let unread = this.#rings.readers.map((reader) => ({ reader, end: Number.POSITIVE_INFINITY }))
      while (unread.length > 0 && !this.#closed) {
        const blocked: typeof unread = []
        for (const { reader, end } of unread) {
          const blockedBefore = await this.#readUpTo(reader, end)
          if (blockedBefore !== undefined) blocked.push({ reader, end: blockedBefore })
        }
        unread = blocked
        if (unread.length > 0) await this.#pace.rest()
      }
      if (final && !this.#closed) this.#core.exports.expire(Number.POSITIVE_INFINITY)
    } finally {
      this.#core.exports.setQuiet(0)
    }
  }

  /**
   * Reads one ring up to the sequence `end`, or to where its writer stands, whichever is first. Returns the end that is left to be reached when a
   * record on the way is still being written, otherwise `undefined`.
   */
  async #readUpTo(reader: RingReader, end: number): Promise<number | undefined> {
    // A slot that is no good record is copied once more before it is judged: two turns without news, and it is a hole.
    for (let fruitless = 0; fruitless < 2 && reader.isOpen && !this.#closed; ) {
      const isNews = reader.turn(performance.now()) >= 0
      this.#rings.reportLoss(reader)
      const { next, head } = reader.position()
      end = Math.min(end, head)
      if (next >= end) return undefined
      if (isNews) this.#pace.busy(reader)
      fruitless = isNews ? 0 : fruitless + 1
      await this.#breathe()
    }
    return reader.isOpen ? end : undefined
  }

  /**
   * Batches of rows as columns: the fastest way. A batch, its columns and string ids are valid until the next one is asked for.
   * @throws MprtapError MPRTAP_CLOSED when the tap is closed already.
   */
  async *batches(): AsyncGenerator<Batch, void, undefined> {
    this.#beginLoop()
    try {
      const handOut = (batch: Batch) => {
        this.#consumer?.handsOut(() => batch.length, batch.length)
        return batch
      }
      const next = () => this.#next(handOut)
      for (let batch = await next(); batch; batch = await next()) yield batch
    } finally {
      await this.close()
    }
  }

  /**
   * Events one by one. They are valid for good.
   * @throws MprtapError MPRTAP_CLOSED when the tap is closed already.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Event> {
    this.#beginLoop()
    let source: EventSource | undefined
    let row = 0
    let rows = 0
    let pending: Promise<unknown> | undefined
    const take = (): IteratorResult<Event> => ({ value: this.#batch.event(source!, row++) as Event, done: false })
    const refill = (batch: Batch) => {
      source = batch.detach()
      row = 0
      rows = batch.length
      this.#consumer?.handsOut(() => row, 1)
      return take()
    }
    const advance = async (): Promise<IteratorResult<Event>> =>
      row < rows && !this.#closed ? take() : ((await this.#next(refill)) ?? { value: undefined, done: true })
    return {
      // Most calls find their row at hand: no await, no generator, one settled promise.
      next: () => {
        if (!pending && row < rows && !this.#closed) return Promise.resolve(take())
        // Calls that do not wait for each other are answered one after the other.
        const result = pending ? pending.then(advance, advance) : advance()
        const settled = () => {
          if (pending === result) pending = undefined
        }
        pending = result
        result.then(settled, settled)
        return result
      },
      return: async () => {
        await this.close()
        return { value: undefined, done: true }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  #mustBeOpen(): void {
    if (this.#closed && !this.#signal?.aborted) {
      throw new MprtapError('MPRTAP_CLOSED', 'This tap is closed; open another one with openTap().')
    }
  }

  #beginLoop(): void {
    this.#mustBeOpen()
    if (this.#consumer && this.#isRead) {
      throw new MprtapError('MPRTAP_CONSUMER', 'A tap of a named consumer is read by one loop, so that it is known what was delivered.')
    }
    this.#isRead = true
  }

  /** What `use` makes of the next batch that has rows, or `undefined` when the tap was closed. `use` is called before anything can refill it. */
  async #next<Result>(use: (batch: Batch) => Result): Promise<Result | undefined> {
    try {
      if (!this.#closed) this.#consumer?.asks()
      while (!this.#closed) {
        const breath = this.#breathe()
        if (breath) {
          await breath
          continue
        }
        const now = performance.now()
        const rows = now >= this.#housekeepingAt ? this.#housekeeping(now) : this.#turn(now)
        if (rows > 0) {
          this.#batch.length = rows
          this.#batch.users = this.#rings.users
          return use(this.#batch)
        }
        if (this.#idleInARow >= this.#rings.readers.length && now < this.#housekeepingAt) {
          this.#idleInARow = 0
          await this.#pace.rest()
        }
      }
      await this.close()
      return undefined
    } catch (error) {
      // Out of onLoss or onDiagnostic: a loop that ends with an exception does not close what it iterates.
      await this.close()
      throw error
    }
  }

  /** Lets other work of this process have its turn when it has waited long enough. */
  #breathe(): Promise<void> | undefined {
    return this.#pace.isOutOfBreath() ? this.#pace.breathe() : undefined
  }

  #housekeeping(now: number): number {
    const rows = this.#core.expire(now)
    if (rows > 0) this.#consumer?.took(undefined)
    // A full batch: there may be more, come back at once.
    if (rows < ROWS_MAX) this.#housekeepingAt = now + HOUSEKEEPING_MS
    this.#rings.discover()
    return rows
  }

  /** One window of one ring. */
  #turn(now: number): number {
    const { readers } = this.#rings
    if (this.#ring >= readers.length) this.#ring = 0
    const reader = readers[this.#ring]
    if (!reader) {
      this.#idleInARow++
      return 0
    }
    const rows = this.#pace.isDue(reader, this.#ring) ? reader.turn(now) : -1
    if (rows > 0) this.#consumer?.took(reader)
    if (rows >= 0 || !reader.isOpen) this.#rings.reportLoss(reader)
    if (rows >= 0) {
      this.#idleInARow = 0
      this.#pace.busy(reader)
      if (--this.#windowsLeft > 0) return rows
    } else {
      this.#idleInARow++
      reader.idlePasses++
    }
    this.#ring++
    this.#windowsLeft = WINDOWS_IN_A_ROW
    return Math.max(rows, 0)
  }
}
