// The sources of a tap: found, opened, left when they are done, and their losses told.
//
// A finder finds origins, that is paths. Opening one gives a source, with a file id. Each file has a reader, and so a ring number in the
// core, of its own; the numbers of files that are done with are given to others.

import { resolve } from 'node:path'
import { ALL_ROWS, RING_EMPTY, RING_GOOD, RINGS_MAX } from '../../assembly/abi.ts'
import type { Core } from '../core/core.ts'
import type { Loss, LossTotals } from '../model/account.ts'
import type { Position } from '../model/checkpoint.ts'
import type { Clock } from '../model/clock.ts'
import type { Diagnostic, DiagnosticCode, Tell } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import { describeShortage, shortageOf } from '../model/shortage.ts'
import type { Finder, Origin, Refusal, Source } from '../model/source.ts'
import { type Account, NO_ACCOUNT, sumOf, totalsOf } from './account.ts'
import { fileIdOf, Reader, type ReadFrom } from './reader.ts'
import { describeHeader, describeLoss } from './refusals.ts'
import { describeResumption, isUsedAgain, readmitWaiting } from './resumption.ts'

/** Open sources whose file is compared with their path in one look, so that a thousand rings cost little. */
const CHECKED_AT_ONCE = 512

export { ALL_ROWS }

/** Diagnostics of a finder that say that sources were not found. */
const NOT_LISTED: ReadonlySet<DiagnosticCode> = new Set(['folder-unreadable', 'folder-crowded', 'shortage'])
/** Names may come and go without end: when this many are known, those that are gone are forgotten. */
const SEATS_MAX = 50_000
/** Origins that are tried again in one look, */
const TRIED_AT_ONCE = 64
/** and those that are tried for the first time. */
const NEW_AT_ONCE = 256

export interface SourceSettings {
  readonly from: 'now' | 'oldest'
  readonly level?: 'operation' | 'notification' | undefined
  readonly onLoss: ((loss: Loss) => void) | undefined
  readonly onDiagnostic: Tell | undefined
  /** Where a named consumer stood in the source of that name. */
  readonly position?: ((name: string) => Position | undefined) | undefined
  /** Where reading stood in the file of that id, for somebody who knows no names. */
  readonly positionOf?: ((fileId: string) => Position | undefined) | undefined
}

/** An origin and what became of it. */
interface Seat {
  readonly origin: Origin
  readonly isNamed: boolean
  /** Of the source that was opened there last. */
  reader: Reader | undefined
  wasTried: boolean
  /** A source of it was open before, in this tap. */
  hasBeenOpen: boolean
  /** It was refused so far. */
  wasRefused: boolean
  /** It is there and could not be read at the last attempt. */
  isUnread: boolean
  /** It was empty at the last attempt. */
  wasEmpty: boolean
  isMissing: boolean
  /** Where a named consumer stood in it; until a source was opened. */
  resume: Position | undefined
  /** What a named consumer had counted before this tap, and what was counted in files that are done with. */
  before: Account
}

/** What identifies the rows of a ring number. Arrays are replaced, never changed: what was made of a batch keeps them. */
export interface Identities {
  readonly users: readonly string[]
  readonly hosts: readonly (string | undefined)[]
  readonly fileIds: readonly string[]
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

export class SourceSet {
  /** Those that are read in turns: all that are open. */
  readonly readers: Reader[] = []
  identities: Identities = { users: [], hosts: [], fileIds: [] }
  /** Operations that waited for their end where a position was saved, and whose beginnings were overwritten since. */
  beginningsGone = 0
  readonly #core: Core
  readonly #finders: readonly Finder[]
  readonly #settings: SourceSettings
  readonly #clock: Clock
  /** By absolute path. */
  readonly #seats = new Map<string, Seat>()
  /** By ring number, also those that are closed while PREs of theirs wait. */
  readonly #byNumber: (Reader | undefined)[] = []
  readonly #seatOf = new Map<Reader, Seat>()
  /** Counted in files that are done with. */
  #account = NO_ACCOUNT
  readonly #told = new Map<string, string>()
  /** What could not be listed at the last look. */
  readonly #unlisted = new Set<string>()
  #isStarted = false
  #checked = 0
  /** Ring numbers whose files have not been compared with their paths since something changed. */
  #unchecked = 0
  #tried = 0
  /** A shortage was met at the last look. */
  #isShort = false

  constructor(core: Core, finders: readonly Finder[], settings: SourceSettings, clock: Clock) {
    this.#core = core
    this.#finders = finders
    this.#settings = settings
    this.#clock = clock
  }

  /** Whether everything lies at rest, so that reading comes to an end. */
  get isFinite(): boolean {
    return this.#finders.every(({ isLive }) => !isLive)
  }

  /** Whether all was read that there will ever be. */
  get isAtEnd(): boolean {
    const isAllFound = this.isFinite && this.#finders.every(({ isEnded }) => isEnded !== false)
    return isAllFound && this.readers.every(({ hasMore, lookedAt }) => !hasMore && lookedAt > 0)
  }

  get open(): number {
    return this.readers.length
  }

  /** Sources that are there and cannot be read at present, and folders that cannot be listed. */
  get unread(): number {
    let count = this.#unlisted.size
    for (const { isUnread } of this.#seats.values()) if (isUnread) count++
    return count
  }

  /**
   * Looks for sources and opens those that can be. The first look honours `from`; a source that appears later is read from its beginning.
   * As long as nothing changed that costs next to nothing.
   * @throws MprtapError on the first look only, and everything is closed then: later failures are diagnostics, since the tap goes on with what it has.
   */
  discover(): void {
    const isFirst = !this.#isStarted
    this.#isShort = false
    try {
      for (const [i, finder] of this.#finders.entries()) this.#look(finder, String(i), isFirst)
      this.#tryClosed(isFirst)
    } catch (error) {
      this.close()
      throw error
    }
    if (!this.#isShort) this.#fine('shortage')
    this.#isStarted = true
    for (let i = 0; i < CHECKED_AT_ONCE && this.#unchecked > 0; i++, this.#unchecked--)
      this.#byNumber[this.#checked++ % this.#byNumber.length]?.checkIdentity()
  }

  #look(finder: Finder, key: string, isFirst: boolean): void {
    try {
      const found = finder.look()
      if (!found) return
      this.#fine(key)
      this.#unlisted.delete(key)
      for (const [what, fault] of found.faults) {
        if (fault?.code === 'shortage') this.#tellShortage(fault)
        else if (fault) this.#tell(`${key} ${what}`, fault)
        else this.#fine(`${key} ${what}`)
        if (fault && NOT_LISTED.has(fault.code)) this.#unlisted.add(`${key} ${what}`)
        else this.#unlisted.delete(`${key} ${what}`)
      }
      for (const origin of found.origins) this.#seat(origin, finder.isNamed)
    } catch (error) {
      if (isFirst) throw error
      this.#unlisted.add(key)
      const shortage = shortageOf(error)
      if (shortage !== undefined) this.#tellShortage({ code: 'shortage', path: undefined, text: describeShortage(shortage) })
      else this.#tell(key, { code: 'folder-unreadable', path: undefined, text: (error as Error).message })
    }
    this.#unchecked = this.#byNumber.length
  }

  #seat(origin: Origin, isNamed: boolean): void {
    const key = resolve(origin.name)
    const known = this.#seats.get(key)
    if (known) {
      // Only what was found is tried again: names that are gone, however many, keep nobody waiting.
      known.isMissing = false
      return
    }
    if (this.#seats.size >= SEATS_MAX) this.#forgetMissing()
    const position = this.#settings.position?.(origin.name)
    this.#seats.set(key, {
      origin,
      isNamed,
      reader: undefined,
      wasTried: false,
      hasBeenOpen: false,
      wasRefused: false,
      isUnread: false,
      wasEmpty: false,
      isMissing: false,
      // Only operations have beginnings that wait.
      resume: position && this.#settings.level === 'notification' ? { ...position, waiting: [] } : position,
      before: position ? { ...NO_ACCOUNT, ...position.totals } : NO_ACCOUNT,
    })
  }

  #forgetMissing(): void {
    for (const [name, { origin, reader, resume, isMissing }] of this.#seats) {
      if (!isMissing || reader || resume) continue
      this.#seats.delete(name)
      this.#told.delete(origin.name)
    }
  }

  /** At the first look all; later some in turn, since there may be thousands that cannot be read. What is new does not wait for these. */
  #tryClosed(isFirst: boolean): void {
    const closed = [...this.#seats.values()].filter((seat) => !seat.reader?.isOpen && !seat.isMissing)
    const fresh = closed.filter((seat) => !seat.wasTried)
    const old = closed.filter((seat) => seat.wasTried)
    for (const seat of isFirst ? fresh : fresh.slice(0, NEW_AT_ONCE)) this.#try(seat, isFirst)
    for (let i = Math.min(old.length, TRIED_AT_ONCE); i > 0; i--) this.#try(old[this.#tried++ % old.length]!, isFirst)
  }

  #try(seat: Seat, isFirst: boolean): void {
    const { origin } = seat
    seat.wasTried = true
    const lost = seat.reader?.takeFarewell() ?? 0
    if (lost > 0) this.#settings.onDiagnostic?.(about('source-damaged', origin.name, describeLoss(lost)))
    const result = this.#open(seat, isFirst)
    seat.isUnread = result === 'full' || (typeof result === 'object' && !result.isMissing)
    if (result === 'open') {
      seat.hasBeenOpen = true
      seat.wasEmpty = seat.wasRefused = false
      this.#fine(origin.name)
    }
    if (typeof result === 'string') return
    if (result.shortage !== undefined) {
      this.#tellShortage({ code: 'shortage', path: origin.name, text: result.shortage })
      return
    }
    if (isFirst && seat.isNamed) throw new MprtapError('MPRTAP_RING_INVALID', `${origin.name} ${result.refusal}.`, { cause: result.cause })
    // A source that was removed brings no news. It may come back.
    if (result.isMissing) {
      seat.isMissing = true
      return
    }
    if (!seat.hasBeenOpen) seat.wasRefused = true
    this.#tell(origin.name, about('source-refused', origin.name, result.refusal))
  }

  #open(seat: Seat, isFirst: boolean): 'open' | 'empty' | 'full' | Refusal {
    const source = seat.origin.open()
    if ('refusal' in source) return source
    // Notifications that writers gave up so far may be older than this tap, which has not lost them.
    const from = !source.isLive ? 'oldest' : isFirst ? this.#settings.from : seat.wasRefused ? 'oldest' : 'beginning'
    let judged: number | undefined
    try {
      const fileId = fileIdOf(this.#core, source)
      judged = typeof fileId === 'number' ? fileId : this.#read(seat, source, fileId, from)
    } finally {
      // Whatever happens: what is not read is not held open.
      if (judged !== RING_GOOD) source.close()
    }
    if (judged === RING_GOOD) return 'open'
    if (judged === undefined) return 'full'
    // For a moment it may be empty because it is being made anew.
    const isBeingMade = judged === RING_EMPTY && !(seat.hasBeenOpen && seat.wasEmpty)
    seat.wasEmpty = judged === RING_EMPTY
    return isBeingMade ? 'empty' : { refusal: describeHeader(judged) }
  }

  /** Begins to read a source. Returns RING_*, or `undefined` when as many are read as can be. */
  #read(seat: Seat, source: Source, fileId: string, from: ReadFrom): number | undefined {
    const now = this.#clock.now()
    const { reader: last } = seat
    const resume = seat.resume ?? this.#settings.positionOf?.(fileId)
    if (last?.fileId === fileId) {
      // The same file as before, lost for a moment: go on where it was left.
      const judged = last.open(source, last.position().next, now)
      if (judged === RING_GOOD) this.readers.push(last)
      return judged
    }
    const ring = this.#freeNumber()
    if (ring === undefined) {
      const text = `There are more than ${RINGS_MAX} rings; those that came last are not read.`
      this.#tell('limit', { code: 'too-many-rings', path: undefined, text })
      return undefined
    }
    const reader = new Reader(this.#core, ring, fileId)
    const isResumed = resume !== undefined && resume.fileId === fileId && !isUsedAgain(source, resume)
    const judged = reader.open(source, isResumed ? resume.next : from, now, isResumed ? resume.writers : undefined)
    if (judged !== RING_GOOD) return judged
    this.#byNumber[ring] = reader
    this.#seatOf.set(reader, seat)
    this.#retire(last)
    seat.reader = reader
    this.readers.push(reader)
    this.#identify(ring, source.user, source.host, fileId)
    if (resume) {
      const gone = isResumed ? readmitWaiting(this.#core, ring, source, resume, now) : resume.waiting.length
      this.beginningsGone += gone
      const text = describeResumption(isResumed, gone)
      if (text) this.#tell(`resumed ${source.name}`, about('position-lost', source.name, text))
      seat.resume = undefined
    }
    return RING_GOOD
  }

  #identify(ring: number, user: string, host: string | undefined, fileId: string): void {
    const { users, hosts, fileIds } = this.identities
    this.identities = { users: placed(users, ring, user), hosts: placed(hosts, ring, host), fileIds: placed(fileIds, ring, fileId) }
  }

  /** Another file has the path of this one, which is read to its end. */
  #retire(reader: Reader | undefined): void {
    if (!reader) return
    const seat = this.#seatOf.get(reader)
    if (seat) seat.before = sumOf(seat.before, reader.account())
    this.#seatOf.delete(reader)
  }

  #freeNumber(): number | undefined {
    if (this.#byNumber.length < RINGS_MAX) return this.#byNumber.length
    const waiting = new Set(this.#core.waiting(ALL_ROWS).map(({ ring }) => ring))
    const ring = this.#byNumber.findIndex((reader, number) => reader && !reader.isOpen && !waiting.has(number) && this.#isDone(reader))
    if (ring < 0) return undefined
    const reader = this.#byNumber[ring]!
    this.#account = sumOf(this.#account, reader.account())
    const seat = this.#seatOf.get(reader)
    if (seat) {
      this.#retire(reader)
      seat.reader = undefined
      if (seat.isMissing) this.#seats.delete(resolve(seat.origin.name))
    }
    this.#byNumber[ring] = undefined
    return ring
  }

  /** Nothing is to come of its file. */
  #isDone(reader: Reader): boolean {
    const seat = this.#seatOf.get(reader)
    return seat === undefined || seat.isMissing
  }

  /** Each fault is reported once, and again when it changes. */
  #tell(fault: string, diagnostic: Diagnostic): void {
    if (this.#told.get(fault) === diagnostic.text) return
    this.#told.set(fault, diagnostic.text)
    this.#settings.onDiagnostic?.(diagnostic)
  }

  /** However many sources it keeps from being read, it is one fault. */
  #tellShortage(diagnostic: Diagnostic): void {
    this.#isShort = true
    this.#tell('shortage', diagnostic)
  }

  /** There is no such fault any more: when it comes again it is told again. */
  #fine(fault: string): void {
    this.#told.delete(fault)
  }

  /** A reader had a turn: tells what it lost, and leaves it when it has left its source. */
  turned(reader: Reader): void {
    if (reader.hasLost) this.#tellLosses(reader)
    if (!reader.isOpen) this.#leave(reader)
  }

  #leave(reader: Reader): void {
    const at = this.readers.indexOf(reader)
    if (at >= 0) this.readers.splice(at, 1)
  }

  #tellLosses(reader: Reader): void {
    const { onLoss } = this.#settings
    if (!onLoss) return
    const seat = this.#seatOf.get(reader)
    const { hosts } = this.identities
    const ring = { ring: seat?.origin.name ?? '', user: seat?.origin.user ?? '', host: hosts[reader.ring], fileId: reader.fileId }
    const { gaveUp, faults, lost } = reader
    const { overrun, abandoned, corrupt, late, gaveUp: gaveUpInAll, faults: faultsInAll } = reader.account()
    // The totals grow with each loss that is reported, and end at what the account says.
    const totals: Mutable<LossTotals> = { overrun, abandoned, corrupt, late, gaveUp: gaveUpInAll - gaveUp, faults: faultsInAll - faults }
    for (const { reason, count } of lost) totals[reason] -= count
    for (const { first, count, reason } of lost) {
      totals[reason] += count
      onLoss({ ...ring, reason, first, count, totals: { ...totals } })
    }
    if (gaveUp > 0) {
      totals.gaveUp += gaveUp
      onLoss({ ...ring, reason: 'gaveUp', count: gaveUp, totals: { ...totals } })
    }
    if (faults > 0) {
      totals.faults += faults
      onLoss({ ...ring, reason: 'fault', count: faults, totals: { ...totals } })
    }
  }

  /** Where a named consumer stands, `rows` rows into the last batch, which came from `last` (or from several). */
  positions(rows: number, last: Reader | undefined): Position[] {
    const waiting = new Map<number, number[]>()
    for (const { ring, sequence } of this.#core.waiting(rows)) {
      if (!waiting.has(ring)) waiting.set(ring, [])
      waiting.get(ring)!.push(sequence)
    }
    const positions: Position[] = []
    for (const [name, seat] of this.#seats) {
      const { reader } = seat
      if (!reader || seat.resume) continue
      const { next } = reader.position()
      const at = rows !== ALL_ROWS && reader === last ? this.#core.position(rows) : next
      const totals = totalsOf(sumOf(seat.before, reader.account()))
      const position = {
        path: name,
        fileId: reader.fileId,
        next: at,
        waiting: waiting.get(reader.ring) ?? [],
        totals: { ...totals, delivered: Math.max(totals.delivered - (next - at), 0) },
        writers: reader.counted,
      }
      const mark = reader.markBefore(at)
      positions.push(mark === undefined ? position : { ...position, last: mark })
    }
    return positions
  }

  account(): Account {
    let sum = this.#account
    for (const reader of this.#byNumber) if (reader) sum = sumOf(sum, reader.account())
    return sum
  }

  close(): void {
    for (const reader of this.readers.splice(0)) reader.close()
    for (const finder of this.#finders) finder.close?.()
  }
}

/** A diagnostic whose sentence begins with the source's name. */
function about(code: DiagnosticCode, path: string, text: string): Diagnostic {
  return { code, path, text: `${path} ${text}.` }
}

function placed<Value>(values: readonly Value[], at: number, value: Value): readonly Value[] {
  const copy = values.slice()
  copy[at] = value
  return copy
}
