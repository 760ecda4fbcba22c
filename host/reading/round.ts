// Reads the sources turn by turn, by the times of their records or one after another, and rests when none of them has news.

import type { Core } from '../core/core.ts'
import type { Clock } from '../model/clock.ts'
import { InTurn } from './in-turn.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './reader.ts'
import type { SourceSet } from './source-set.ts'
import { TimeOrder } from './time-order.ts'

/** Slots that are copied ahead, of all sources together and at least of each: 16 MiB, or 16 KiB each. */
const AHEAD_MAX = 32_768
const AHEAD_MIN = 32
/** How often rings are looked for and waiting operations are expired, ms. */
const HOUSEKEEPING_MS = 1000

/** What a step came to when it made no rows: there may be more, or all rings were looked at and none had news. */
const GO_ON = 0
const ALL_QUIET = -1

/** A batch was made, of one ring or (of operations that remained unfinished) of several. */
type Took = (reader: Reader | undefined) => void

/** Makes rows of operations that nothing is to come of; GoneProcesses does, where there are operations. */
interface Gone {
  look(now: number): number
}

export class Round {
  readonly #core: Core
  readonly #sources: SourceSet
  readonly #pace: Pace
  readonly #took: Took
  readonly #gone: Gone
  readonly #clock: Clock
  readonly #byTime: TimeOrder
  readonly #inTurn = new InTurn()
  #isByTime = false
  readonly #isDue = (reader: Reader) => this.#pace.isDue(reader, this.#sources.readers.length, this.#now)
  #now = 0
  #housekeepingAt: number
  #stopped = false

  constructor(core: Core, sources: SourceSet, pace: Pace, gone: Gone, clock: Clock, took: Took) {
    this.#core = core
    this.#sources = sources
    this.#pace = pace
    this.#gone = gone
    this.#clock = clock
    this.#took = took
    this.#byTime = new TimeOrder(clock)
    this.#housekeepingAt = clock.now() + HOUSEKEEPING_MS
  }

  /** Ends every next() and drain() that is waiting, and all that come. */
  stop(): void {
    this.#stopped = true
    this.#pace.wake()
  }

  /**
   * What `use` makes of the rows of the next batch that has any, or `undefined` once stopped. `use` is called before anything can refill the batch.
   *
   * @param order `'time'`: what was written first, in whichever source, is read first (docs/order.md). That makes small batches: what needs no order asks for none.
   */
  async next<Result>(use: (rows: number) => Result, order: 'time' | 'none' = 'none'): Promise<Result | undefined> {
    if (order === 'time' && !this.#isByTime) this.#byTime.forget()
    this.#isByTime = order === 'time'
    while (!this.#stopped) {
      if (this.#pace.isOutOfBreath(this.#clock.now())) {
        await this.#pace.breathe()
        continue
      }
      let rows = this.#lookFurther()
      if (rows === ALL_QUIET && this.#sources.isAtEnd) {
        // The last refusals are reported before the end.
        this.#sources.discover()
        // An operation that still waits has no end in any of the sources.
        rows = this.#core.endAll()
        if (rows === 0) return undefined
        this.#took(undefined)
      }
      if (rows === ALL_QUIET && !this.#stopped) {
        const look = () => {
          rows = this.#lookFurther()
          // A hole at the end of what lies at rest is passed in silence: nothing but this end is left to see then.
          return rows !== ALL_QUIET || this.#sources.isAtEnd
        }
        await this.#pace.rest(this.#sources.readers, look)
      }
      if (rows > 0) return use(rows)
    }
    return undefined
  }

  /** As #look(). The rings of a capture are found piece by piece, as it is read: when all is quiet there may be another one by now. */
  #lookFurther(): number {
    const { readers } = this.#sources
    for (;;) {
      const rows = this.#look()
      if (rows !== ALL_QUIET || !this.#sources.isFinite || this.#sources.isAtEnd) return rows
      const known = readers.length
      this.#sources.discover()
      if (readers.length === known) return ALL_QUIET
    }
  }

  /** Steps on until there are rows, all is quiet, or other work has waited long enough. */
  #look(): number {
    for (;;) {
      const now = this.#clock.now()
      if (this.#pace.isOutOfBreath(now)) return GO_ON
      const rows = now >= this.#housekeepingAt ? this.#keepHouse(now) : this.#step(now)
      if (rows !== GO_ON) return rows
    }
  }

  /** Makes rows or looks for sources, never both: a source that is opened may begin a new epoch, which would void the rows' string ids. */
  #keepHouse(now: number): number {
    const rows = this.#core.expire(now) || this.#gone.look(now)
    if (rows > 0) {
      this.#took(undefined)
      return rows
    }
    this.#housekeepingAt = now + HOUSEKEEPING_MS
    this.#sources.discover()
    return GO_ON
  }

  /** One turn of one source. */
  #step(now: number): number {
    const { readers } = this.#sources
    this.#now = now
    // One source is in order by itself.
    if (this.#isByTime && readers.length > 1) return this.#stepByTime(readers, now)
    const reader = this.#inTurn.next(readers, this.#isDue)
    if (!reader) return ALL_QUIET
    const rows = this.#turn(reader, now)
    this.#inTurn.turned(reader, rows >= 0)
    return Math.max(rows, GO_ON)
  }

  #stepByTime(readers: readonly Reader[], now: number): number {
    const reader = this.#byTime.next(readers, this.#isDue)
    if (!reader) return ALL_QUIET
    const ahead = Math.min(Math.max(Math.floor(AHEAD_MAX / readers.length), AHEAD_MIN), this.#core.windowSlots)
    const rows = this.#turn(reader, now, this.#byTime.until, ahead)
    this.#byTime.turned(reader, rows >= 0, now)
    return Math.max(rows, GO_ON)
  }

  #turn(reader: Reader, now: number, until?: number, ahead?: number): number {
    const rows = reader.turn(now, until, ahead)
    if (rows > 0) this.#took(reader)
    this.#sources.turned(reader)
    if (rows >= 0) this.#pace.busy(rows)
    return rows
  }

  /** Reads each ring up to where its writer stands at the first look, or until stopped; the rows that are made are nobody's. */
  async drain(): Promise<void> {
    // Sources at rest have an end. Captures have no other, since their rings are found as they are read.
    if (this.#sources.isFinite) return void (await this.next(() => true))
    this.#byTime.forget()
    let unread = this.#sources.readers.map((reader) => ({ reader, end: Number.POSITIVE_INFINITY }))
    while (unread.length > 0 && !this.#stopped) {
      const blocked: typeof unread = []
      for (const { reader, end } of unread) {
        const blockedBefore = await this.#readUpTo(reader, end)
        if (blockedBefore !== undefined) blocked.push({ reader, end: blockedBefore })
      }
      unread = blocked
      if (unread.length > 0 && !this.#stopped) await this.#pace.rest(this.#sources.readers, () => true)
    }
  }

  /**
   * Reads one ring up to the sequence `end`, or to where its writer stands, whichever is first. Returns the end that is left to be reached when a
   * record on the way is still being written, otherwise `undefined`.
   */
  async #readUpTo(reader: Reader, end: number): Promise<number | undefined> {
    // A slot without a good record is copied once more before it is judged: two turns without news, and it is a hole.
    for (let fruitless = 0; fruitless < 2 && reader.isOpen && !this.#stopped; ) {
      const isNews = reader.turn(this.#clock.now()) >= 0
      this.#sources.turned(reader)
      const { next, head } = reader.position()
      end = Math.min(end, head)
      if (next >= end) return undefined
      if (isNews) this.#pace.busy(1)
      fruitless = isNews ? 0 : fruitless + 1
      if (this.#pace.isOutOfBreath(this.#clock.now())) await this.#pace.breathe()
    }
    return reader.isOpen ? end : undefined
  }
}
