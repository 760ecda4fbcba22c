// Finds the logons in a stream of operations: the operations of a session from the first one until none was running for a while.

import { describeLogon, type Logon } from './logon.ts'
import { endOf, type OperationRow } from './operation-row.ts'

/** None was running for so long: the logon is over, what comes later belongs to the session, ms. */
export const LOGON_GAP_MS = 30_000
/** An operation may be told so long after it began: when its POST came, or when it was given up, ms. */
const TOLD_LATE_MS = 300_000
/** A session with more operations than this without a gap is not a logon script any more. What follows counts as later. */
export const ROWS_MAX = 10_000
/** How many of the slowest logons keep their operations. */
export const KEPT = 200
/** Sessions that are remembered as logged on. When there are more, the oldest are forgotten: their next operation begins a logon. */
const SESSIONS_MAX = 500_000
/** How far the time moves between two looks for logons that are over, ms. */
const LOOK_EVERY_MS = 10_000

export interface LogonsOptions {
  /** ms; LOGON_GAP_MS if left out. */
  readonly gapMs?: number | undefined
  /** How many of the slowest are kept with their operations; KEPT if left out. */
  readonly kept?: number | undefined
}

/** All logons of a stream. */
export interface Logons {
  /** Logons found. */
  readonly count: number
  /** Operations in logons, and operations that came later in their sessions. */
  readonly operations: number
  readonly later: number
  /** Mapping times of all logons, ms, shortest first. */
  readonly mappingMs: Float64Array
  /** The slowest, by mapping time, slowest first. */
  readonly slowest: readonly Logon[]
}

interface Session {
  readonly rows: OperationRow[]
  end: number
}

/** Takes operations in the order in which a tap hands them out. Memory is bounded by the sessions that are open at one time. */
export class LogonCollector {
  readonly #gapMs: number
  readonly #kept: number
  readonly #open = new Map<string, Session>()
  /** Sessions whose logon is over, and how many operations came later. */
  readonly #laterBySession = new Map<string, number>()
  #slowest: { readonly session: string; readonly logon: Logon }[] = []
  #mappingMs = new Float64Array(1024)
  #count = 0
  #operations = 0
  #later = 0
  #watermark = Number.NEGATIVE_INFINITY
  #lookAt = Number.NEGATIVE_INFINITY

  constructor({ gapMs = LOGON_GAP_MS, kept = KEPT }: LogonsOptions = {}) {
    this.#gapMs = gapMs
    this.#kept = kept
  }

  add(row: OperationRow): void {
    const key = `${row.host ?? ''}/${row.sessionId}/${row.logonId}/${row.user}`
    const later = this.#laterBySession.get(key)
    if (later === undefined) this.#enter(key, row)
    else this.#laterBySession.set(key, later + 1)
    if (later !== undefined) this.#later++
    this.#watermark = Math.max(this.#watermark, endOf(row))
    if (this.#watermark >= this.#lookAt) this.#look()
  }

  /** Ends every logon and tells what was found. Nothing can be added afterwards. */
  finish(): Logons {
    for (const [key, session] of this.#open) this.#settle(key, session)
    this.#open.clear()
    this.#trim()
    return {
      count: this.#count,
      operations: this.#operations,
      later: this.#later,
      mappingMs: this.#mappingMs.slice(0, this.#count).sort(),
      slowest: this.#slowest.map(({ session, logon }) => ({ ...logon, later: this.#laterBySession.get(session) ?? logon.later })),
    }
  }

  #enter(key: string, row: OperationRow): void {
    const session = this.#open.get(key)
    if (!session) {
      this.#open.set(key, { rows: [row], end: endOf(row) })
      return
    }
    const unfinished = row.completes === undefined ? -1 : session.rows.findIndex(({ id }) => id === row.completes)
    if (unfinished >= 0) {
      // One operation in two rows: its end is known now, its duration is not.
      session.rows[unfinished] = { ...session.rows[unfinished]!, outcome: row.outcome, status: row.status }
      return
    }
    session.rows.push(row)
    session.end = Math.max(session.end, endOf(row))
    if (session.rows.length >= ROWS_MAX) {
      this.#open.delete(key)
      this.#settle(key, session)
    }
  }

  /** An operation that began before a gap may be told after it, so a logon is settled only when that cannot be any more. */
  #look(): void {
    this.#lookAt = this.#watermark + LOOK_EVERY_MS
    for (const [key, session] of this.#open) {
      if (this.#watermark <= session.end + this.#gapMs + TOLD_LATE_MS) continue
      this.#open.delete(key)
      this.#settle(key, session)
    }
  }

  #settle(key: string, { rows }: Session): void {
    rows.sort((a, b) => a.time - b.time)
    let end = endOf(rows[0]!)
    let length = 1
    for (; length < rows.length && rows[length]!.time <= end + this.#gapMs; length++) end = Math.max(end, endOf(rows[length]!))
    const later = rows.length - length
    const logon = describeLogon(rows.slice(0, length), later)
    this.#note(key, logon)
    this.#later += later
    if (this.#laterBySession.size >= SESSIONS_MAX) this.#laterBySession.delete(this.#laterBySession.keys().next().value!)
    this.#laterBySession.set(key, later)
  }

  #note(session: string, logon: Logon): void {
    if (this.#count === this.#mappingMs.length) {
      const larger = new Float64Array(2 * this.#count)
      larger.set(this.#mappingMs)
      this.#mappingMs = larger
    }
    this.#mappingMs[this.#count++] = logon.mappingMs
    this.#operations += logon.operations
    this.#slowest.push({ session, logon })
    if (this.#slowest.length >= 2 * this.#kept + 64) this.#trim()
  }

  #trim(): void {
    this.#slowest.sort((a, b) => b.logon.mappingMs - a.logon.mappingMs)
    this.#slowest.length = Math.min(this.#slowest.length, this.#kept)
  }
}
