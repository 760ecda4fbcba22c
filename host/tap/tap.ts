// The tap: goes round the rings, a window at a time, and hands out what the core made of them.

import { BY_ERROR, BY_IMAGE, BY_SERVER, BY_SHARE, BY_USER, LEVEL_NOTIFICATION, LEVEL_OPERATION, ROWS_MAX } from '../../assembly/abi.ts'
import { HOLE_WAIT_MS } from '../../format/layout.ts'
import { MprtapError } from '../api/errors.ts'
import type { GroupBy, GroupStatistics, Loss, Notification, Operation, TapStats } from '../api/types.ts'
import { Core } from '../core/core.ts'
import type { FilterExpression } from '../filter/expression.ts'
import { statusName } from '../win32/status.ts'
import { Batch } from './batch.ts'
import type { EventSource } from './events.ts'
import { Pace } from './pace.ts'
import { type RingSelection, RingSet } from './ring-set.ts'

/** Windows of one ring read in a row before the next ring has its turn. */
const WINDOWS_IN_A_ROW = 16
/** How often rings are looked for and waiting operations are expired, ms. */
const HOUSEKEEPING_MS = 1000

const KINDS: Readonly<Record<GroupBy, number>> = { server: BY_SERVER, share: BY_SHARE, error: BY_ERROR, image: BY_IMAGE, user: BY_USER }

export interface TapSettings {
  readonly selection: RingSelection
  readonly from: 'now' | 'oldest'
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
  readonly #onAbort = () => void this.close()
  #ring = 0
  #windowsLeft = WINDOWS_IN_A_ROW
  #idleInARow = 0
  #housekeepingAt = 0
  #closed = false

  constructor(settings: TapSettings) {
    const level = settings.level === 'operation' ? LEVEL_OPERATION : LEVEL_NOTIFICATION
    this.#core = new Core(level, settings.unfinishedAfterMs)
    if (settings.filter) this.#core.setFilter(settings.filter)
    if (settings.statistics) this.#core.startStatistics()
    this.#batch = new Batch(this.#core, level)
    this.#rings = new RingSet(this.#core, settings)
    this.#signal = settings.signal
    try {
      this.#rings.discover()
    } catch (error) {
      this.#rings.close()
      throw error
    }
    this.#housekeepingAt = performance.now() + HOUSEKEEPING_MS
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (this.#signal?.aborted) void this.close()
  }

  /** Ends the stream: every file and timer is released, loops over the tap end. What was read stays valid. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#pace.wake()
    this.#rings.close()
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
   */
  statistics(by: GroupBy): GroupStatistics[] {
    const groups = this.#core.groups(KINDS[by])
    const named = groups.map((group) => ({
      ...group,
      key: typeof group.key === 'number' ? (statusName(group.key) ?? String(group.key)) : group.key,
    }))
    return named.sort((a, b) => b.operations - a.operations)
  }

  /**
   * Reads what is in the rings, up to where their writers are, without handing it out: for statistics over what has been recorded. Records that are being
   * written are waited for as always (RING.md section 6), and operations whose POST is not there are counted as unfinished.
   * @throws MprtapError MPRTAP_CLOSED when the tap is closed already.
   */
  async drain(): Promise<void> {
    this.#mustBeOpen()
    this.#core.exports.setQuiet(1)
    try {
      let stopAt = Number.POSITIVE_INFINITY
      while (!this.#closed && performance.now() < stopAt) {
        if (this.#turn(performance.now()) > 0 || this.#idleInARow === 0) stopAt = Number.POSITIVE_INFINITY
        if (this.#idleInARow <= this.#rings.readers.length) {
          await this.#breathe()
          continue
        }
        if (this.#rings.account().pending === 0) break
        if (stopAt === Number.POSITIVE_INFINITY) stopAt = performance.now() + 2 * HOLE_WAIT_MS
        await this.#pace.rest()
      }
      this.#core.exports.expire(Number.POSITIVE_INFINITY)
    } finally {
      this.#idleInARow = 0
      this.#core.exports.setQuiet(0)
    }
  }

  /**
   * Batches of rows as columns: the fastest way. A batch, its columns and string ids are valid until the next one is asked for.
   * @throws MprtapError MPRTAP_CLOSED when the tap is closed already.
   */
  async *batches(): AsyncGenerator<Batch, void, undefined> {
    this.#mustBeOpen()
    try {
      const next = () => this.#next((batch) => batch)
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
    this.#mustBeOpen()
    let source: EventSource | undefined
    let row = 0
    let rows = 0
    let pending: Promise<unknown> | undefined
    const take = (): IteratorResult<Event> => ({ value: this.#batch.event(source!, row++) as Event, done: false })
    const refill = (batch: Batch) => {
      source = batch.detach()
      row = 0
      rows = batch.length
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

  /** What `use` makes of the next batch that has rows, or `undefined` when the tap was closed. `use` is called before anything can refill it. */
  async #next<Result>(use: (batch: Batch) => Result): Promise<Result | undefined> {
    try {
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
