// The tap: hands out what the core made of the rings.

import { resolve } from 'node:path'
import { BY_ERROR, BY_IMAGE, BY_SERVER, BY_SHARE, BY_USER, LEVEL_NOTIFICATION, LEVEL_OPERATION } from '../../assembly/abi.ts'
import { Consumer, type ConsumerSettings } from '../consumers/consumer.ts'
import { Core } from '../core/core.ts'
import { type Batch, OpenedBatch } from '../events/batch.ts'
import { EventIterator } from '../events/event-iterator.ts'
import { compileFilter } from '../filter/compile.ts'
import type { FilterExpression } from '../filter/expression.ts'
import type { Loss, TapStats } from '../model/account.ts'
import type { Clock } from '../model/clock.ts'
import type { Tell } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import type { Notification, Operation } from '../model/events.ts'
import { invalidOption, readOptions, shown } from '../model/options.ts'
import type { Finder } from '../model/source.ts'
import type { GroupBy, GroupStatistics } from '../model/statistics.ts'
import { statusName } from '../model/status.ts'
import type { StopSignal } from '../model/stop-signal.ts'
import { nameIn } from '../reading/copies.ts'
import { GoneProcesses } from '../reading/gone-processes.ts'
import { Pace } from '../reading/pace.ts'
import { Round } from '../reading/round.ts'
import { SourceSet } from '../reading/source-set.ts'
import { isProcessGone } from '../system/processes.ts'
import type { Callbacks } from './callbacks.ts'

const NOTHING = () => {}
const KINDS: Readonly<Record<GroupBy, number>> = { server: BY_SERVER, share: BY_SHARE, error: BY_ERROR, image: BY_IMAGE, user: BY_USER }

export interface TapSettings {
  readonly callbacks: Callbacks
  readonly finders: readonly Finder[]
  /** The folder of rings, when that is the only source: named consumers are kept beside it. */
  readonly folder: string | undefined
  readonly from: 'now' | 'oldest'
  readonly consumer: ConsumerSettings | undefined
  readonly level: 'operation' | 'notification'
  readonly filter: FilterExpression | undefined
  readonly statistics: readonly GroupBy[]
  readonly unfinishedAfterMs: number
  readonly longestRestMs: number
  readonly clock: Clock
  readonly signal: StopSignal | undefined
  readonly onLoss: ((loss: Loss) => void) | undefined
  readonly onDiagnostic: Tell | undefined
}

/**
 * An open stream of operations or notifications. Iterate it, or its `batches()`; leaving the loop closes it. A tap has one reader: what
 * one loop took, another does not see.
 */
export interface Tap<Event extends Operation | Notification = Operation> extends AsyncIterable<Event> {
  /**
   * Ends the stream: every file and timer is released, loops over the tap end. Batches and events that were read stay valid. A named consumer's checkpoint is saved; what was
   * handed out last counts as delivered. Idempotent.
   * @throws MprtapError MPRTAP_CONSUMER when the checkpoint cannot be saved.
   */
  close(): Promise<void>
  /** As close(): `await using tap = await openTap()` closes the tap at the end of the block. */
  [Symbol.asyncDispose](): Promise<void>
  /** Counts since the tap was opened; exact at any time, also after close(). */
  stats(): TapStats
  /**
   * What the operations that matched have in common, largest group first; kept since the tap was opened, whether or not anybody iterates. Needs the
   * option `statistics`, otherwise there are none.
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT when `by` is another name.
   */
  statistics(by: GroupBy): GroupStatistics[]
  /**
   * What an account is called, as the captures say that were read so far: `DOMAIN\\name`, when `mprtap record` looked it up. `undefined` where none says it, and
   * in a redacted tap. This machine is not asked.
   */
  accountName(sid: string): string | undefined
  /**
   * Reads what is in the rings now, without handing it out: for statistics when nobody iterates. Each ring is read up to where its writer stands at the
   * first look; a record that is being written is waited for as always (RING.md section 6). A loop over the tap gets nothing of what is read meanwhile.
   *
   * @param options `final`: nothing more is awaited, operations whose POST is not there are unfinished now. Otherwise they go on waiting.
   * @throws MprtapError MPRTAP_CLOSED when the tap is closed already. Closing or aborting meanwhile ends it early, without an error.
   */
  drain(options?: { readonly final?: boolean }): Promise<void>
  /**
   * Batches of rows as columns: the fastest way. A named consumer's batch is read again after a restart unless it was acknowledged; several may be in flight,
   * and be acknowledged in any order (docs/consumers.md). A batch, its columns, string ids and cursor are valid until the next one is asked for.
   * @throws MprtapError MPRTAP_CLOSED when the tap is closed already.
   */
  batches(): AsyncGenerator<Batch<Event>, void, undefined>
  /**
   * Events one by one, as plain objects. They are valid for good.
   * @throws MprtapError MPRTAP_CLOSED when the tap is closed already.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Event>
}

export class OpenedTap<Event extends Operation | Notification = Operation> implements Tap<Event> {
  readonly #core: Core
  readonly #batch: OpenedBatch<Event>
  readonly #sources: SourceSet
  readonly #round: Round
  readonly #signal: StopSignal | undefined
  readonly #consumer: Consumer | undefined
  readonly #callbacks: Callbacks
  readonly #onAbort = () => this.#abort()
  readonly #counted: readonly GroupBy[]
  readonly #finders: readonly Finder[]
  #closed = false
  #isRead = false

  constructor(settings: TapSettings) {
    const level = settings.level === 'operation' ? LEVEL_OPERATION : LEVEL_NOTIFICATION
    this.#core = new Core(level, settings)
    if (settings.filter) this.#core.setFilter(compileFilter(settings.filter))
    if (settings.statistics.length > 0) this.#core.startStatistics(settings.statistics.map((by) => KINDS[by]))
    this.#counted = settings.statistics
    this.#finders = settings.finders
    this.#batch = new OpenedBatch(this.#core, level)
    this.#signal = settings.signal
    this.#callbacks = settings.callbacks
    const { consumer, onDiagnostic } = settings
    this.#consumer = consumer && new Consumer(consumer, settings.folder, (diagnostic) => onDiagnostic?.(diagnostic), settings.clock)
    const position = (path: string) => this.#consumer?.position(resolve(path))
    this.#sources = new SourceSet(this.#core, settings.finders, { ...settings, position }, settings.clock)
    const pace = new Pace(settings.clock, settings.longestRestMs)
    const gone = new GoneProcesses(this.#core, isProcessGone)
    this.#round = new Round(this.#core, this.#sources, pace, gone, settings.clock, (reader) => this.#consumer?.took(reader))
    this.#callbacks.onFailure = () => this.#round.stop()
    try {
      this.#sources.discover()
      this.#callbacks.check()
      this.#consumer?.start((rows, reader) => this.#sources.positions(rows, reader))
      this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
      if (this.#signal?.aborted) this.#abort()
    } catch (error) {
      // A tap that could not be opened holds nothing: no file, no lock, no timer.
      this.#sources.close()
      this.#consumer?.abandon()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#stop()
    const saved = this.#consumer?.finish()
    this.#sources.close()
    await saved
  }

  /** Closes after an error, which is what has to be known: a checkpoint that cannot be saved either is reported, and does not take its place. */
  async #closeAfter(): Promise<void> {
    await this.close().catch((error: Error) => this.#consumer?.tell(error))
  }

  #stop(): void {
    this.#closed = true
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#round.stop()
  }

  /** Nobody awaits this. A reader for a named consumer may finish with the event in hand: asking for the next one then ends the tap. */
  #abort(): void {
    this.#stop()
    if (!this.#consumer?.hasInHand) this.close().catch((error: Error) => this.#consumer?.tell(error))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  stats(): TapStats {
    const totals = this.#core.totals()
    const operations = totals.succeeded + totals.failed + totals.cancelled + totals.unfinished
    const { from, to, ...account } = this.#sources.account()
    const lost = account.overrun + account.abandoned + account.corrupt
    const period = from <= to ? { from, to } : { from: undefined, to: undefined }
    return { operations, ...totals, lost, ...account, ...period, rings: this.#sources.open, unread: this.#sources.unread }
  }

  statistics(by: GroupBy): GroupStatistics[] {
    if (typeof by !== 'string' || !Object.hasOwn(KINDS, by)) {
      const names = Object.keys(KINDS).join(', ')
      throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `There are no statistics by ${shown(by)}; there are by ${names}.`)
    }
    if (this.#counted.length > 0 && !this.#counted.includes(by)) {
      const asked = `it was opened with statistics ${JSON.stringify(this.#counted)}`
      throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `This tap counts nothing by ${by}: ${asked}. Name "${by}" there, too.`)
    }
    const groups = this.#core.groups(KINDS[by])
    const named = groups.map((group) => ({
      ...group,
      key: typeof group.key === 'number' ? (statusName(group.key) ?? String(group.key)) : group.key,
    }))
    return named.sort((a, b) => b.operations - a.operations)
  }

  accountName(sid: string): string | undefined {
    return nameIn(this.#finders, sid)
  }

  async drain(options: { readonly final?: boolean } = {}): Promise<void> {
    const { final = false } = readOptions<{ readonly final?: boolean }>(options, ['final'], 'drain()')
    if (typeof final !== 'boolean') invalidOption('final', final, 'true or false')
    this.#mustBeOpen()
    if (this.#closed) return
    this.#batch.pass()
    this.#consumer?.asks()
    this.#sources.discover()
    this.#core.setQuiet(true)
    try {
      await this.#round.drain()
      this.#callbacks.check()
      if (final && !this.#closed) this.#core.endAll()
    } finally {
      this.#core.setQuiet(false)
    }
  }

  async *batches(): AsyncGenerator<Batch<Event>, void, undefined> {
    this.#beginLoop()
    let hasFailed = false
    try {
      const handOut = (batch: OpenedBatch<Event>) => {
        batch.acknowledge = this.#consumer?.handsOutBatch() ?? NOTHING
        return batch
      }
      const next = () => this.#next(handOut, 'none')
      for (let batch = await next(); batch; batch = await next()) yield batch
    } catch (error) {
      hasFailed = true
      throw error
    } finally {
      await (hasFailed ? this.#closeAfter() : this.close())
    }
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Event> {
    this.#beginLoop()
    return new EventIterator<Event>({
      next: (use) => this.#next(use, 'time'),
      handsOut: (count, inHand) => this.#consumer?.handsOut(count, inHand),
      isClosed: () => this.#closed,
      close: () => this.close(),
    })
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
  async #next<Result>(use: (batch: OpenedBatch<Event>) => Result, order: 'time' | 'none'): Promise<Result | undefined> {
    try {
      this.#batch.pass()
      if (!this.#closed) this.#consumer?.asks()
      const result = await this.#round.next((rows) => {
        this.#callbacks.check()
        this.#batch.length = rows
        Object.assign(this.#batch, this.#sources.identities)
        return use(this.#batch)
      }, order)
      this.#callbacks.check()
      if (result === undefined) await this.close()
      return result
    } catch (error) {
      // Out of onLoss or onDiagnostic: a loop that ends with an exception does not close what it iterates.
      await this.#closeAfter()
      throw error
    }
  }
}
