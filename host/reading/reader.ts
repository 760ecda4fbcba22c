// One source as the core reads it: opened, read window by window, left when it is done. Where it lies is the source's affair.

import { FROM_NOW, FROM_OLDEST, FROM_SEQUENCE, RING_EMPTY, RING_GOOD, RING_WRONG_SIZE } from '../../assembly/abi.ts'
import { HEADER_FILE_ID, HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import type { Core, LostRun } from '../core/core.ts'
import type { Source } from '../model/source.ts'
import { type Account, NO_ACCOUNT, sumOf } from './account.ts'
import { Intake } from './intake.ts'
import { markBefore } from './resumption.ts'
import { WriterCount } from './writer-count.ts'

/**
 * Where reading begins: at a sequence, or at one of these. `beginning` is sequence 0: what was overwritten before the source was found counts as
 * lost, since the tap was there.
 */
export type ReadFrom = 'now' | 'oldest' | 'beginning' | number

const NOTHING_LOST: readonly LostRun[] = []
const APPETITE_MIN = 4
/** A ring that is fuller than this, and written, is about to be overrun. */
const PRESSED = 0.75

/** Header counts of the writers that were counted already, when reading goes on where it was. */
export interface CountedBefore {
  readonly gaveUp: number
  readonly faults: number
}

/** The id of a source's file, 16 hexadecimal digits, out of its header, which is in the core then; or RING_* when it has none. */
export function fileIdOf(core: Core, source: Source): string | number {
  // The DLL makes the file the right size before it writes the header; a file shorter than a header has not been begun.
  if (source.size < HEADER_SIZE || !source.copyHeader(core.header)) return source.size === 0 ? RING_EMPTY : RING_WRONG_SIZE
  return Buffer.from(core.header.subarray(HEADER_FILE_ID, HEADER_FILE_ID + 8)).toString('hex')
}

export class Reader {
  /** Number of the ring in the core. */
  readonly ring: number
  readonly fileId: string
  /** When it was looked at last, and when something was read or being written last: as turn() was told, ms. */
  lookedAt = 0
  newsAt = 0
  /** Whether the last turn left anything in it that is claimed already. */
  hasMore = false
  /** What the last turn lost: records, in the order of their sequences, and what its writers could not record. */
  lost = NOTHING_LOST
  gaveUp = 0
  faults = 0
  /** How many sequences the last turn has passed. */
  passed = 0
  /** When the next record was written, ticks since ORDER_EPOCH; NaN: the last turn did not learn that. */
  nextTime = Number.NaN
  /** When everything had been read that the source had been promised, as turn() was told; -Infinity: never yet. */
  readAt = Number.NEGATIVE_INFINITY
  /** It is about to be overrun: it is read before the others, whatever the order. */
  isPressed = false
  readonly #core: Core
  #slots = 0
  #head = 0
  /** How many slots are copied where sources take turns. */
  #appetite = APPETITE_MIN
  #intake: Intake | undefined
  #isReplaced = false
  #farewell = 0
  #next = 0
  /** The mark before `#marked`. */
  #mark: string | undefined
  #marked = -1
  /** What was counted in openings that are over. */
  #before = NO_ACCOUNT
  readonly #gaveUp = new WriterCount()
  readonly #faults = new WriterCount()
  #overwritten = 0
  #from = NO_ACCOUNT.from
  #to = NO_ACCOUNT.to

  constructor(core: Core, ring: number, fileId: string) {
    this.#core = core
    this.ring = ring
    this.fileId = fileId
  }

  get isOpen(): boolean {
    return this.#intake !== undefined
  }

  /**
   * Opens a source whose header is in the core (fileIdOf()). Returns RING_*.
   * @param now a monotonic clock, ms. @param counted when reading goes on at a sequence.
   */
  open(source: Source, from: ReadFrom, now: number, counted?: CountedBefore): number {
    const begin = typeof from === 'string' && source.first !== undefined ? source.first : from
    const where = begin === 'now' ? FROM_NOW : begin === 'oldest' ? FROM_OLDEST : FROM_SEQUENCE
    const judged = this.#core.openRing(this.ring, source.size, where, typeof begin === 'number' ? begin : 0)
    if (judged !== RING_GOOD) return judged
    this.#core.setUser(this.ring, source.user, source.host)
    this.#intake = new Intake(this.#core, this.ring, source)
    this.#isReplaced = false
    const { turn } = this.#core
    // Records that writers gave up before reading began are told to those only who read from the beginning, too.
    const isFromBefore = from === 'oldest' || from === 'beginning'
    this.#gaveUp.begin(counted?.gaveUp ?? (isFromBefore ? 0 : turn.gaveUp))
    this.#faults.begin(counted?.faults ?? (isFromBefore ? 0 : turn.faults))
    if (begin === 'oldest') this.#overwritten += turn.next
    this.#slots = (source.size - HEADER_SIZE) / SLOT_SIZE
    this.#head = turn.head
    this.#next = turn.next
    this.newsAt = now
    return RING_GOOD
  }

  /** Whether somebody may write into it. */
  get isLive(): boolean {
    return this.#intake?.source.isLive ?? false
  }

  /** The source that is open. */
  get source(): Source | undefined {
    return this.#intake?.source
  }

  /**
   * One turn: reads at most one window. Returns the rows of the batch that it made (which may be 0 although slots were read), or -1 when
   * there was nothing new; waiting for a hole, or looking after one, is nothing new. `lost` says what it lost.
   * @param until what was written later is left for another turn (ticks since ORDER_EPOCH); `nextTime` says when that was.
   * @param ahead how many slots may be copied for later turns.
   */
  turn(now: number, until = Number.POSITIVE_INFINITY, ahead = 0): number {
    this.lost = NOTHING_LOST
    this.nextTime = Number.NaN
    const intake = this.#intake
    if (!intake) return -1
    if (until === Number.POSITIVE_INFINITY) intake.passAhead(0, true)
    this.lookedAt = now
    if (intake.passGap()) this.lost = this.#core.losses()
    const planned = intake.plan(now)
    let rows = 0
    if (planned > 0 && until === Number.POSITIVE_INFINITY) {
      intake.copy(planned)
      rows = this.#take()
    } else if (planned > 0) rows = this.#takeSome(intake, planned, until, ahead, now)
    const isNews = this.#account() || rows > 0
    if (isNews || this.hasMore) this.newsAt = now
    // Nothing more can come of a broken source; another one is looked at once more.
    if (!isNews || intake.isBroken) this.#leaveIfDone(intake)
    return isNews ? rows : -1
  }

  #take(): number {
    const { turn } = this.#core
    const rows = this.#core.take(this.ring)
    if (turn.firstTime < this.#from) this.#from = turn.firstTime
    if (turn.lastTime > this.#to) this.#to = turn.lastTime
    return rows
  }

  /** Takes what was written until then, and learns when the next record was. */
  #takeSome(intake: Intake, planned: number, until: number, ahead: number, now: number): number {
    const { turn } = this.#core
    // A look after what was abandoned has no order, and is one slot.
    if (turn.pending === 0) {
      intake.copy(planned)
      return this.#take()
    }
    const first = turn.sequence
    const slots = intake.copySome(planned, until === Number.NEGATIVE_INFINITY ? 1 : this.#appetite, ahead, now)
    const taken = this.#core.limit(this.ring, slots, until)
    const { nextTime } = turn
    // Where sources take turns record by record, a window for each would be copied in vain.
    if (until !== Number.NEGATIVE_INFINITY) this.#appetite = Math.min(Math.max(2 * taken, APPETITE_MIN), this.#core.windowSlots)
    const rows = taken > 0 ? this.#take() : 0
    const hasStopped = turn.next !== first + taken
    intake.passAhead(taken, hasStopped)
    if (!hasStopped) this.nextTime = nextTime
    return rows
  }

  /** Takes note of what the turn did. Returns whether it moved on. */
  #account(): boolean {
    const { turn } = this.#core
    if (turn.lost > 0) this.lost = this.lost.length === 0 ? this.#core.losses() : [...this.lost, ...this.#core.losses()]
    this.gaveUp = this.#gaveUp.see(turn.gaveUp)
    this.faults = this.#faults.see(turn.faults)
    const moved = turn.next !== this.#next || this.lost.length > 0
    this.passed = Math.max(turn.next - this.#next, 0)
    // Sequences may be used again, so what stands before a sequence is known until the next move only.
    if (moved) this.#marked = -1
    this.#next = turn.next
    this.hasMore = turn.pending > 0
    this.readAt = turn.readAt
    // Somebody writes while most of the ring is not read yet.
    this.isPressed = this.isLive && turn.pending > PRESSED * this.#slots && turn.head > this.#head
    this.#head = turn.head
    return moved
  }

  /** Whether the last turn lost anything. */
  get hasLost(): boolean {
    return this.lost.length > 0 || this.gaveUp > 0 || this.faults > 0
  }

  /** What the writers' counts said last. */
  get counted(): CountedBefore {
    return { gaveUp: this.#gaveUp.seen, faults: this.#faults.seen }
  }

  /** Looks whether another source, or none, has this one's name by now. If so it is left once all of its records are read. */
  checkIdentity(): void {
    if (this.#intake) this.#isReplaced = this.#intake.source.isReplaced?.() ?? false
  }

  /** A source that is gone, truncated, replaced or out of its mind is left once there is nothing in it to wait for; its origin may be opened anew. */
  #leaveIfDone(intake: Intake): void {
    if (!(this.#isReplaced || intake.isBroken) || this.hasMore) return
    this.#farewell = intake.unreadable
    this.close()
  }

  /** The sequence that is read next, and the one that the writer had come to at the last look. */
  position(): { readonly next: number; readonly head: number } {
    if (!this.#intake) return { next: this.#next, head: this.#next }
    const { next, head } = this.#core.account(this.ring)
    return { next, head }
  }

  account(): Account {
    const own = {
      gaveUp: this.#gaveUp.counted,
      faults: this.#faults.counted,
      overwritten: this.#overwritten,
      from: this.#from,
      to: this.#to,
    }
    if (!this.#intake) return { ...this.#before, ...own }
    const { delivered, overrun, abandoned, late, corrupt, pending, rewinds } = this.#core.account(this.ring)
    return { ...sumOf(this.#before, { ...NO_ACCOUNT, delivered, overrun, abandoned, late, corrupt, pending, rewinds }), ...own }
  }

  /** Stamp and checksum of the record before `next`, for as long as the source is open; then what they were when it was closed. */
  markBefore(next: number): string | undefined {
    if (this.#intake && this.#marked !== next) {
      this.#mark = markBefore(this.#intake.source, next)
      this.#marked = next
    }
    return this.#marked === next ? this.#mark : undefined
  }

  /** How many promised records were lost with the source that was left last; told once. */
  takeFarewell(): number {
    const farewell = this.#farewell
    this.#farewell = 0
    return farewell
  }

  close(): void {
    if (!this.#intake) return
    this.#before = { ...this.account(), pending: 0 }
    this.#next = this.position().next
    this.markBefore(this.#next)
    this.hasMore = false
    this.#core.closeRing(this.ring)
    this.#intake.source.close()
    this.#intake = undefined
  }
}
