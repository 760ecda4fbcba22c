// One ring as a tap sees it: opened, read window by window, reopened when the file is replaced.

import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { ALL_ROWS, FROM_NOW, FROM_OLDEST, FROM_SEQUENCE, RING_EMPTY, RING_GOOD, RING_WRONG_SIZE } from '../../assembly/abi.ts'
import { HEADER_FILE_ID, HEADER_SIZE } from '../../format/layout.ts'
import type { CursorTotals, RingCursor } from '../consumers/cursor-file.ts'
import type { Core } from '../core/core.ts'
import { type RingPlace, SquattedError } from '../rings/place.ts'
import { openRingFile } from '../rings/ring-file.ts'
import { describeFailure, describeHeader, describeLoss, describeSquatter } from '../rings/ring-refusals.ts'
import type { OpenFile } from '../system/file.ts'
import { describeResumption, isUsedAgain, markBefore, readmitWaiting } from './ring-cursor.ts'
import { RingSource } from './ring-source.ts'

/** A ring's account over all files that had its path (RING.md section 6). Numbers of records. */
export interface RingAccount {
  delivered: number
  overrun: number
  abandoned: number
  late: number
  corrupt: number
  pending: number
  /** Times that the file was rewound or its head jumped, and a new account began. */
  rewinds: number
}

const NO_ACCOUNT: RingAccount = { delivered: 0, overrun: 0, abandoned: 0, late: 0, corrupt: 0, pending: 0, rewinds: 0 }

/**
 * Where reading begins. `beginning` is sequence 0: what was overwritten before the ring was found counts as lost, since the tap was there.
 */
export type ReadFrom = 'now' | 'oldest' | 'beginning'

/** What became of an attempt to open. */
export type OpenResult = 'open' | 'empty' | { readonly refusal: string; readonly cause?: unknown }

export class RingReader {
  readonly path: string
  readonly user: string
  /** Number of the ring in the core. */
  readonly index: number
  /** When it was looked at last, and when something was read or being written last: as turn() was told, ms. */
  lookedAt = 0
  newsAt = 0
  /** Whether the last turn left anything in it that is claimed already. */
  hasMore = false
  #source: RingSource | undefined
  #identity = ''
  /** Another file, or none, has the path by now. */
  #replaced = false
  #farewell: string | undefined
  /** A file of this path was open before, in this tap. */
  hasBeenOpen = false
  /** The last attempt to open found an empty file. */
  #wasEmpty = false
  /** Of the ring that was opened last, and where its cursor stands. */
  #fileId = ''
  #next = 0
  /** What a named consumer had counted before this tap, and where it stood; the latter until a file was opened. */
  #totalsBefore: CursorTotals = NO_ACCOUNT
  #resume: RingCursor | undefined
  /** The last record before `#marked`, as RingCursor.last tells it. */
  #mark: string | undefined
  #marked = -1
  /** Sequences of PREs that wait since an earlier file had this path. */
  #foreign: ReadonlySet<number> = new Set()
  /** Delivered of the file that is open, and how many of them by the last turn. */
  #delivered = 0
  #run = 0
  /** What was counted in files that are closed by now. */
  #before = NO_ACCOUNT
  readonly #core: Core
  readonly #place: RingPlace | undefined

  /** @param place where the ring was found, so that its owner is judged; without it, its user has chosen the file. */
  constructor(core: Core, index: number, path: string, user: string, place?: RingPlace) {
    this.#core = core
    this.#place = place
    this.index = index
    this.path = path
    this.user = user
    core.setUser(index, user)
  }

  get isOpen(): boolean {
    return this.#source !== undefined
  }

  /** Ring file id of the file that was opened last; empty when none was. */
  get fileId(): string {
    return this.#fileId
  }

  /** The file that is opened next is the one that a named consumer stood in, unless it turns out not to be. */
  resume(cursor: RingCursor): void {
    this.#resume = cursor
    this.#totalsBefore = cursor.totals
    this.#fileId = cursor.fileId
    this.#next = cursor.next
  }

  /** What became of resuming, as the end of a sentence that begins with the path; told once, and `undefined` when there is nothing to tell. */
  resumed: string | undefined

  open(from: ReadFrom): OpenResult {
    // Before the file is opened: should another one take its place in between, the next look at the path finds out.
    const identity = identityOf(this.path)
    let file: OpenFile
    try {
      file = openRingFile(this.path, this.#place)
    } catch (error) {
      if (error instanceof SquattedError) return { refusal: describeSquatter(this.user, error.owner), cause: error }
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw error
      return { refusal: describeFailure(code), cause: error }
    }
    // The DLL makes the file the right size before it writes the header; shorter than a header means it has not begun.
    const judged = file.size < HEADER_SIZE || !file.copy(0, this.#core.header) ? shortFile(file.size) : this.#judge(file, from)
    if (judged !== RING_GOOD) {
      file.close()
      // For a moment it may be empty because it is being made anew.
      const isBeingMade = judged === RING_EMPTY && !(this.hasBeenOpen && this.#wasEmpty)
      this.#wasEmpty = judged === RING_EMPTY
      return isBeingMade ? 'empty' : { refusal: describeHeader(judged) }
    }
    this.#source = new RingSource(this.#core, this.index, file)
    this.#identity = identity
    this.#replaced = false
    this.#wasEmpty = false
    this.hasBeenOpen = true
    this.newsAt = performance.now()
    return 'open'
  }

  #judge(file: OpenFile, from: ReadFrom): number {
    const fileId = Buffer.from(this.#core.header.subarray(HEADER_FILE_ID, HEADER_FILE_ID + 8)).toString('hex')
    // The same file as before, lost for a moment: go on where we were.
    const resume = this.#resume
    const again = fileId === this.#fileId && !(resume && isUsedAgain(file, resume))
    const where = again || from === 'beginning' ? FROM_SEQUENCE : from === 'now' ? FROM_NOW : FROM_OLDEST
    const judged = this.#core.openRing(this.index, file.size, where, again ? this.#next : 0)
    if (judged === RING_GOOD) {
      this.#fileId = fileId
      this.#next = this.#cursor()
      this.#delivered = 0
      if (resume) {
        const gone = again ? readmitWaiting(this.#core, this.index, file, resume) : resume.waiting.length
        this.resumed = describeResumption(again, gone)
        this.#resume = undefined
      } else if (!again) {
        this.#foreign = new Set(this.#core.waiting(ALL_ROWS).map(({ ring, sequence }) => (ring === this.index ? sequence : -1)))
      }
    }
    return judged
  }

  /** Where a named consumer stands in this ring, at `next` if that is before what was read; `undefined` when it was never open. */
  cursor(waiting: readonly number[], next?: number): RingCursor | undefined {
    if (!this.#fileId || this.#resume) return undefined
    const at = next ?? (this.#source ? this.#cursor() : this.#next)
    const { pending: _, ...totals } = this.account()
    for (const name of Object.keys(totals) as (keyof CursorTotals)[]) totals[name] += this.#totalsBefore[name]
    // Behind 2^53, where only a hostile head gets, the difference is not exact.
    totals.delivered = Math.max(totals.delivered - ((this.#source ? this.#cursor() : this.#next) - at), 0)
    if (this.#marked !== at) {
      this.#mark = this.#source && markBefore(this.#source.file, at)
      this.#marked = at
    }
    const own = waiting.filter((sequence) => !this.#foreign.has(sequence))
    const cursor = { path: resolve(this.path), fileId: this.#fileId, next: at, waiting: own, totals }
    return this.#mark === undefined ? cursor : { ...cursor, last: this.#mark }
  }

  /**
   * One turn: reads at most one window. Returns the rows of the batch it yielded (which may be 0 although slots were read), or -1 when
   * there was nothing new; waiting for a hole, or looking after one, is nothing new.
   */
  turn(now: number): number {
    const source = this.#source
    if (!source) return -1
    this.lookedAt = now
    this.#run = 0
    const planned = source.plan(now)
    if (planned === 0) {
      this.#leaveIfDone(source)
      return -1
    }
    source.copy(planned)
    const rows = this.#core.take(this.index)
    const before = this.#next
    const { next, delivered, pending } = this.#core.turn
    this.#next = next
    this.#run = delivered - this.#delivered
    this.#delivered = delivered
    const isNews = rows > 0 || this.#next !== before
    this.hasMore = pending > 0
    if (isNews || this.hasMore) this.newsAt = now
    // Nothing more can come of a broken file; another one is looked at once more.
    if (!isNews || source.isBroken) this.#leaveIfDone(source)
    return isNews ? rows : -1
  }

  /** Looks whether another file, or none, has the ring's path by now. If so the ring is left once all of its records are read. */
  checkIdentity(): void {
    if (this.#source) this.#replaced = identityOf(this.path) !== this.#identity
  }

  /** A file that is gone, truncated, replaced or out of its mind is left once there is nothing in it to wait for; the ring may be opened anew. */
  #leaveIfDone(source: RingSource): void {
    if (!(this.#replaced || source.isBroken) || this.account().pending > 0) return
    if (source.unreadable > 0) this.#farewell = describeLoss(source.unreadable)
    this.close()
  }

  /** The sequence that is read next, and the one that the writer had come to at the last look. */
  position(): { readonly next: number; readonly head: number } {
    const { next, head } = this.#core.account(this.index)
    return { next, head }
  }

  /** The first of the `lost` sequences that the last turn counted as lost: they are one run, before what it delivered. */
  firstLost(lost: number): number {
    return this.#next - this.#run - lost
  }

  #cursor(): number {
    return this.#core.account(this.index).next
  }

  account(): RingAccount {
    const before = this.#before
    if (!this.#source) return before
    const { delivered, overrun, abandoned, late, corrupt, pending, rewinds } = this.#core.account(this.index)
    return {
      delivered: before.delivered + delivered,
      overrun: before.overrun + overrun,
      abandoned: before.abandoned + abandoned,
      late: before.late + late,
      corrupt: before.corrupt + corrupt,
      pending,
      rewinds: before.rewinds + rewinds,
    }
  }

  /** What was lost with the file that was left last, as the end of a sentence that begins with the path; told once. */
  takeFarewell(): string | undefined {
    const farewell = this.#farewell
    this.#farewell = undefined
    return farewell
  }

  close(): void {
    if (!this.#source) return
    this.#before = { ...this.account(), pending: 0 }
    this.#next = this.#cursor()
    this.#source.file.close()
    this.#source = undefined
  }
}

/** Names the file whose name a path is at present, were it a link, since nobody follows one; nothing, if there is none or that cannot be told. */
function identityOf(path: string): string {
  try {
    const { dev, ino } = lstatSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return ''
  }
}

function shortFile(size: number): number {
  return size === 0 ? RING_EMPTY : RING_WRONG_SIZE
}
