// One source as the core reads it: opened, read window by window, left when it is done. Where it lies is the source's affair.

import { FROM_NOW, FROM_OLDEST, FROM_SEQUENCE, RING_EMPTY, RING_GOOD, RING_WRONG_SIZE } from '../../assembly/abi.ts'
import { HEADER_FILE_ID, HEADER_SIZE } from '../../format/layout.ts'
import type { Core } from '../core/core.ts'
import type { Source } from '../model/source.ts'
import { type Account, NO_ACCOUNT, sumOf } from './account.ts'
import { Intake } from './intake.ts'
import { markBefore } from './resumption.ts'

/**
 * Where reading begins: at a sequence, or at one of these. `beginning` is sequence 0: what was overwritten before the source was found counts as
 * lost, since the tap was there.
 */
export type ReadFrom = 'now' | 'oldest' | 'beginning' | number

/** Records that one turn lost: a run of sequences. */
export interface LostRun {
  readonly first: number
  readonly overrun: number
  readonly abandoned: number
  readonly corrupt: number
}

const NOTHING_LOST = { overrun: 0, abandoned: 0, corrupt: 0 }

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
  /** What the last turn lost. */
  lost: LostRun | undefined
  readonly #core: Core
  #intake: Intake | undefined
  #isReplaced = false
  #farewell = 0
  #next = 0
  /** Of the opening that lasts: delivered and lost by the last turn. */
  #delivered = 0
  #lost = 0
  #lostByReason = NOTHING_LOST
  /** The mark before `#marked`. */
  #mark: string | undefined
  #marked = -1
  /** What was counted in openings that are over. */
  #before = NO_ACCOUNT

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
   * @param now a monotonic clock, ms.
   */
  open(source: Source, from: ReadFrom, now: number): number {
    const begin = typeof from === 'string' && source.first !== undefined ? source.first : from
    const where = begin === 'now' ? FROM_NOW : begin === 'oldest' ? FROM_OLDEST : FROM_SEQUENCE
    const judged = this.#core.openRing(this.ring, source.size, where, typeof begin === 'number' ? begin : 0)
    if (judged !== RING_GOOD) return judged
    this.#core.setUser(this.ring, source.user, source.host)
    this.#intake = new Intake(this.#core, this.ring, source)
    this.#isReplaced = false
    this.#delivered = 0
    this.#lost = 0
    this.#lostByReason = NOTHING_LOST
    this.#next = this.#core.turn.next
    this.newsAt = now
    return RING_GOOD
  }

  /** The source that is open. */
  get source(): Source | undefined {
    return this.#intake?.source
  }

  /**
   * One turn: reads at most one window. Returns the rows of the batch that it made (which may be 0 although slots were read), or -1 when
   * there was nothing new; waiting for a hole, or looking after one, is nothing new. `lost` says what it lost.
   */
  turn(now: number): number {
    this.lost = undefined
    const intake = this.#intake
    if (!intake) return -1
    this.lookedAt = now
    const planned = intake.plan(now)
    let rows = 0
    if (planned > 0) {
      intake.copy(planned)
      rows = this.#core.take(this.ring)
    }
    const isNews = this.#account() || rows > 0
    if (isNews || this.hasMore) this.newsAt = now
    // Nothing more can come of a broken source; another one is looked at once more.
    if (!isNews || intake.isBroken) this.#leaveIfDone(intake)
    return isNews ? rows : -1
  }

  /** Takes note of what the turn did. Returns whether it moved on. Losses are one run of sequences, before what was delivered (assembly/ring.ts). */
  #account(): boolean {
    const { next, pending, delivered, overrun, abandoned, corrupt } = this.#core.account(this.ring)
    const run = delivered - this.#delivered
    this.#delivered = delivered
    const lost = overrun + abandoned + corrupt - this.#lost
    if (lost > 0) {
      const before = this.#lostByReason
      this.lost = {
        first: next - run - lost,
        overrun: overrun - before.overrun,
        abandoned: abandoned - before.abandoned,
        corrupt: corrupt - before.corrupt,
      }
      this.#lost += lost
      this.#lostByReason = { overrun, abandoned, corrupt }
    }
    const moved = next !== this.#next || lost > 0
    // Sequences may be used again, so what stands before a sequence is known until the next move only.
    if (moved) this.#marked = -1
    this.#next = next
    this.hasMore = pending > 0
    return moved
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
    return this.#intake ? sumOf(this.#before, this.#core.account(this.ring)) : this.#before
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
