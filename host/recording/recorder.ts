// Records rings into captures: what is in them, and what comes.

import { COLUMN_RECORD_OFFSET, COLUMN_RECORD_USED, COLUMN_RING, COLUMN_SEQUENCE, LEVEL_RECORD, ROWS_MAX } from '../../assembly/abi.ts'
import { HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import type { CaptureTime } from '../captures/block-writer.ts'
import type { CapturedRing } from '../captures/capture-writer.ts'
import type { MissingReason } from '../captures/packet.ts'
import type { RotatingCapture } from '../captures/rotation.ts'
import { Core } from '../core/core.ts'
import type { FilterExpression } from '../filter/expression.ts'
import type { Loss } from '../model/account.ts'
import type { AccountName } from '../model/accounts.ts'
import type { Position } from '../model/checkpoint.ts'
import type { Clock } from '../model/clock.ts'
import type { Finder } from '../model/source.ts'
import { workThenClose } from '../model/work-then-close.ts'
import { Pace } from '../reading/pace.ts'
import { Round } from '../reading/round.ts'
import { SourceSet } from '../reading/source-set.ts'
import { RecordFilter } from './record-filter.ts'
import { timeOfRow } from './record-time.ts'

/** How often what was recorded is brought to the disk, ms. */
const SYNC_MS = 1000
/** How long to wait before a disk that is full is tried again, ms. */
const RETRY_MS = 1000

/** FILETIME of 1970, ms. */
const EPOCH_MS = 11_644_473_600_000

export type AccountNameOf = (sid: string) => AccountName | undefined

export interface RecorderSettings {
  readonly finders: readonly Finder[]
  readonly capture: RotatingCapture
  /** Name of this machine, for rings that are not another's. */
  readonly host: string
  /** Of pseudonyms: the id of the key. */
  readonly redacted: string | undefined
  /** Only records of operations that match are kept. */
  readonly filter: FilterExpression | undefined
  /** What an account is called, and when somebody looked; `undefined`: not known yet. */
  readonly accountNameOf: AccountNameOf
  readonly clock: Clock
  readonly longestRestMs: number
  readonly signal: AbortSignal
  /** Is told what goes wrong, in sentences; recording goes on. */
  readonly tell: (text: string) => void
  /** A file was begun, or ended and another one begun. */
  readonly onFile: (path: string) => void
  /** Is called with each loss. */
  readonly onLoss: ((loss: Loss) => void) | undefined
}

/** What was recorded. Numbers of records. */
export interface Recorded {
  records: number
  lost: number
  files: number
}

/** What was lost of a ring so far, as its account says. */
interface Counted {
  overrun: number
  abandoned: number
  corrupt: number
  filtered: number
  rewinds: number
}

const NOTHING_COUNTED: Counted = { overrun: 0, abandoned: 0, corrupt: 0, filtered: 0, rewinds: 0 }

/** A ring in the present file. */
interface Lane {
  readonly fileId: string
  captured: CapturedRing
  /** The sequence that is read next: all before it is in the capture, or held by the filter. */
  position: number
  /** Sequences left out that the capture does not say yet. */
  filtered: number
  /** The file has the name of its account. */
  isNamed: boolean
}

export class Recorder {
  readonly recorded: Recorded = { records: 0, lost: 0, files: 0 }
  readonly #settings: RecorderSettings
  readonly #core = new Core(LEVEL_RECORD, { unfinishedAfterMs: 1 })
  readonly #sources: SourceSet
  readonly #round: Round
  readonly #filter: RecordFilter | undefined
  /** By ring number: what of its losses is in the captures already. */
  readonly #counted: (Counted | undefined)[] = []
  /** By ring number. */
  readonly #lanes: (Lane | undefined)[] = []
  #syncedAt: number
  #fault = ''

  /** @throws MprtapError when the sources cannot be looked at. */
  constructor(settings: RecorderSettings) {
    this.#settings = settings
    const { clock, finders, tell, onLoss, capture } = settings
    this.#filter = settings.filter && new RecordFilter(settings.filter)
    const positionOf = (fileId: string): Position | undefined => positionFrom(capture, fileId)
    this.#sources = new SourceSet(
      this.#core,
      finders,
      { from: 'oldest', level: 'notification', onLoss, onDiagnostic: ({ text }) => tell(text), positionOf },
      clock,
    )
    this.#sources.discover()
    // Nobody waits for the POST of a record: no process has to be looked after.
    const gone = { look: () => 0 }
    this.#round = new Round(this.#core, this.#sources, new Pace(clock, settings.longestRestMs), gone, clock, () => {})
    this.#syncedAt = clock.now()
  }

  /** Records until the signal is aborted. All records are on the disk then. @throws Error when the last of it cannot be written. */
  async run(): Promise<Recorded> {
    const { signal, capture, clock } = this.#settings
    const stop = () => this.#round.stop()
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    const work = async () => {
      await this.#begin()
      let next = this.#round.next((rows) => this.#keep(rows))
      while (!signal.aborted) {
        const rest = timeout(clock, SYNC_MS)
        const isNews = (await Promise.race([next, rest.over])) !== undefined
        rest.stop()
        await this.#settle()
        if (!isNews || signal.aborted) continue
        // Files change while no batch is under way.
        await this.#rotate()
        next = this.#round.next((rows) => this.#keep(rows))
      }
      await next
      await this.#settle(true)
    }
    const end = () => {
      signal.removeEventListener('abort', stop)
      this.#sources.close()
    }
    await workThenClose(work, end, () => capture.close())
    return this.recorded
  }

  async #begin(): Promise<void> {
    const { capture, onFile } = this.#settings
    await this.#persist(() => {
      capture.begin()
      capture.write()
    })
    if (!capture.path) return
    // In another file the rings that are known have interfaces of their own.
    for (const [ring, lane] of this.#lanes.entries()) if (lane) this.#continue(ring, lane)
    this.#nameAccounts()
    this.recorded.files++
    onFile(capture.path)
  }

  /** The rows of the last batch, all of one ring, into the capture. */
  #keep(rows: number): number {
    const { columns, window } = this.#core
    const ring = columns.u32[COLUMN_RING * ROWS_MAX]!
    const first = columns.f64[COLUMN_SEQUENCE * ROWS_MAX]!
    const lane = this.#lane(ring, first)
    const { writer } = this.#settings.capture
    this.#keepLosses(ring, lane, timeOfRow(this.#core, 0), first)
    const usedOf = (row: number) => columns.u32[COLUMN_RECORD_USED * ROWS_MAX + row]!
    if (this.#filter) {
      const at = columns.u32[COLUMN_RECORD_OFFSET * ROWS_MAX]!
      const slots = window.subarray(at, at + rows * SLOT_SIZE)
      this.#filter.records(ring, first, rows, slots, usedOf, (row) => timeOfRow(this.#core, row), this.#settings.clock.now())
      this.#release(ring, lane)
    } else {
      for (let row = 0; row < rows; row++)
        writer.record(lane.captured, timeOfRow(this.#core, row), window, columns.u32[COLUMN_RECORD_OFFSET * ROWS_MAX + row]!, usedOf(row))
      this.#count(rows)
    }
    lane.position += rows
    return rows
  }

  #count(records: number): void {
    this.recorded.records += records
    this.#settings.capture.count(records)
  }

  #lane(ring: number, first: number): Lane {
    const { users, hosts, fileIds } = this.#sources.identities
    const fileId = fileIds[ring]!
    const known = this.#lanes[ring]
    if (known?.fileId === fileId) return known
    if (known) this.#release(ring, known, true)
    const { capture, host, redacted } = this.#settings
    const identity = { host: hosts[ring] ?? host, user: users[ring]!, fileId, redacted }
    const start = Math.min(this.#core.account(ring).start, first)
    const captured = capture.ring(identity, start, 0n)
    // Unless it goes on where this or an earlier file ended: its sequences are used again.
    if (captured.position !== start && captured.position !== first) capture.writer.goTo(captured, start)
    const lane = { fileId, captured, position: captured.position, filtered: 0, isNamed: false }
    this.#lanes[ring] = lane
    this.#counted[ring] = undefined
    this.#openFilter(ring, lane)
    return lane
  }

  #openFilter(ring: number, { captured, position }: Lane): void {
    if (!this.#filter) return
    const { identity } = captured
    const size = this.#sources.readers.find((reader) => reader.ring === ring)?.source?.size ?? 0
    this.#filter.open(ring, { ...identity, slots: (size - HEADER_SIZE) / SLOT_SIZE }, position)
  }

  /** A ring that was in the file before this one. */
  #continue(ring: number, lane: Lane): void {
    const { capture } = this.#settings
    const { identity, position, lastChecksum } = lane.captured
    lane.captured = capture.ring(identity, position, lastChecksum)
    this.#lanes[ring] = lane
    lane.isNamed = false
  }

  /** What each account is called goes into each file, with the time when somebody looked, as soon as it is known. */
  #nameAccounts(): void {
    const { accountNameOf, capture } = this.#settings
    for (const lane of this.#lanes) {
      if (!lane || lane.isNamed || lane.captured.identity.user === '') continue
      const { user: sid } = lane.captured.identity
      const known = accountNameOf(sid)
      if (!known) continue
      lane.isNamed = true
      capture.writer.name(lane.captured, { sid, name: known.name, lookedUp: BigInt(Math.round(known.at) + EPOCH_MS) * 10_000n })
    }
  }

  /** Says which sequences before `next` are not there. */
  #keepLosses(ring: number, lane: Lane, time: CaptureTime | undefined, next: number): void {
    const { captured } = lane
    const account = this.#core.account(ring)
    const { overrun, abandoned, corrupt, filtered, rewinds, late, gaveUp, faults, head } = account
    const last = this.#counted[ring]
    // A ring that was opened again is counted anew.
    const before = last && last.overrun <= overrun && last.abandoned <= abandoned && last.corrupt <= corrupt ? last : NOTHING_COUNTED
    const lost = { overrun: overrun - before.overrun, abandoned: abandoned - before.abandoned, corrupt: corrupt - before.corrupt }
    const leftOut = filtered - before.filtered
    this.#counted[ring] = { overrun, abandoned, corrupt, filtered, rewinds }
    captured.facts = { late, rewinds, gaveUp, faults, head }
    if (rewinds !== before.rewinds) {
      this.#release(ring, lane, true)
      this.#settings.capture.writer.goTo(captured, next)
      lane.position = next
      this.#openFilter(ring, lane)
      return
    }
    for (const [reason, count] of [...Object.entries(lost), ['filtered', leftOut]] as [MissingReason, number][])
      this.#missing(ring, lane, Math.min(count, next - lane.position), reason, time)
    // Records that the account does not explain were not there for us.
    this.#missing(ring, lane, next - lane.position, 'overrun', time)
  }

  #missing(ring: number, lane: Lane, count: number, reason: MissingReason, time: CaptureTime | undefined): void {
    if (count <= 0) return
    if (this.#filter) this.#filter.missing(ring, lane.position, count, reason, time)
    else this.#settings.capture.writer.missing(lane.captured, count, reason, time)
    lane.position += count
    if (reason !== 'filtered') this.recorded.lost += count
  }

  /** Writes what the filter has decided. @param isLast also what it has not. */
  #release(ring: number, lane: Lane, isLast = false): void {
    const { writer } = this.#settings.capture
    const { captured } = lane
    const record = (_: number, time: CaptureTime, bytes: Uint8Array) => {
      this.#sayFiltered(lane, time)
      writer.record(captured, time, bytes, 0, bytes.length)
      this.#count(1)
    }
    const missing = (_: number, count: number, reason: MissingReason, time: CaptureTime | undefined) => {
      if (reason === 'filtered') {
        lane.filtered += count
        return
      }
      this.#sayFiltered(lane, time)
      writer.missing(captured, count, reason, time)
    }
    this.#filter?.release(ring, { record, missing }, isLast)
  }

  /** What was left out, as one run. */
  #sayFiltered(lane: Lane, time: CaptureTime | undefined): void {
    if (lane.filtered > 0) this.#settings.capture.writer.missing(lane.captured, lane.filtered, 'filtered', time)
    lane.filtered = 0
  }

  /** Writes what waits; now and then, and at the end, with the accounts and for good. */
  async #settle(isLast = false): Promise<void> {
    const { capture, clock } = this.#settings
    if (isLast || clock.now() - this.#syncedAt >= SYNC_MS) {
      for (const reader of this.#sources.readers) {
        const lane = this.#lanes[reader.ring]
        if (lane?.fileId === reader.fileId) this.#keepLosses(reader.ring, lane, undefined, reader.position().next)
      }
      this.#nameAccounts()
      this.#filter?.expire(clock.now())
      for (const [ring, lane] of this.#lanes.entries()) {
        if (!lane) continue
        this.#release(ring, lane, isLast)
        this.#sayFiltered(lane, undefined)
      }
      await this.#persist(() => capture.sync())
      this.#syncedAt = clock.now()
    } else if (capture.isDue) await this.#persist(() => capture.write())
  }

  async #rotate(): Promise<void> {
    const { capture, tell } = this.#settings
    if (!capture.isFull) return
    for (const lane of this.#lanes) if (lane) this.#sayFiltered(lane, undefined)
    await this.#persist(async () => {
      for (const complaint of await capture.rotate()) tell(complaint)
    })
    await this.#begin()
  }

  /** Tries until it works: while the disk is full nothing more is read, and the rings keep what they can. */
  async #persist(work: () => void | Promise<void>): Promise<void> {
    const { clock, signal, tell } = this.#settings
    for (;;) {
      try {
        await work()
        if (this.#fault) tell('Recording goes on.')
        this.#fault = ''
        return
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : (code ?? message)
        const where = this.#settings.capture.path ?? this.#settings.capture.folder
        const fault = `${where} cannot be written (${why}); recording rests until it can, and rings may overwrite what is not recorded by then.`
        if (fault !== this.#fault) tell(fault)
        this.#fault = fault
        if (signal.aborted) throw error
        await clock.sleep(RETRY_MS)
      }
    }
  }
}

function timeout(clock: Clock, ms: number): { readonly over: Promise<undefined>; stop(): void } {
  let stop = () => {}
  const over = new Promise<undefined>((resolve) => {
    const timer = clock.timer(() => resolve(undefined), ms)
    stop = () => timer.stop()
  })
  return { over, stop }
}

/** Where an earlier recorder stood, as a consumer's checkpoint would say it. */
function positionFrom(capture: RotatingCapture, fileId: string): Position | undefined {
  const known = capture.position(fileId)
  if (!known) return undefined
  const totals = { delivered: 0, overrun: 0, abandoned: 0, late: 0, corrupt: 0, rewinds: 0 }
  const { position: next, lastChecksum } = known
  if (next === 0 || lastChecksum === 0n) return { path: '', fileId, next, waiting: [], totals }
  const mark = Buffer.alloc(16)
  mark.writeBigUInt64LE((BigInt(next) - 1n) * 4n + 2n, 0)
  mark.writeBigUInt64LE(lastChecksum, 8)
  return { path: '', fileId, next, waiting: [], totals, last: mark.toString('hex') }
}
