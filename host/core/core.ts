// The core's façade: bytes in, columns and counts out. Typed views are made once over a memory that never grows.

import {
  FILTER_CAPACITY,
  STRING_ID_EMPTY,
  TOTAL_CANCELLED,
  TOTAL_FAILED,
  TOTAL_NOTIFICATIONS,
  TOTAL_NUMBERS,
  TOTAL_STRING_BYTES,
  TOTAL_STRINGS,
  TOTAL_SUCCEEDED,
  TOTAL_UNFINISHED,
  TOTAL_WAITING,
  WAITING_LISTED_MAX,
} from '../../assembly/abi.ts'
import { HEADER_HEAD, HEADER_USED, SLOT_SIZE } from '../../format/layout.ts'
import { upperCaseTable } from '../model/upper-case.ts'
import { ColumnBlock } from './column-block.ts'
import { type CoreExports, instantiate } from './exports.ts'
import { type Group, readGroup } from './group.ts'
import { type Account, Turn } from './turn.ts'

/** A process as its records name it, and the ring that it wrote into; the start time is a FILETIME in halves. */
export interface WaitingProcess {
  readonly id: number
  readonly startLow: number
  readonly startHigh: number
  readonly ring: number
}

/** String ids that there is room for at first; few taps see more. */
const FIRST_STRING_IDS = 4096

export interface CoreOptions {
  /** How long a PRE waits for its POST, ms. */
  readonly unfinishedAfterMs: number
}

/** One core: string table, pairing, positions and accounts of the rings of one tap. */
export class Core {
  /** Where a ring's header goes: its used part, or (for the second look) its head alone. */
  readonly header: Uint8Array
  readonly head: Uint8Array
  /** Where raw slots go. */
  readonly window: Uint8Array
  /** `windows[n]`: the first n slots of it, made once. */
  readonly windows: readonly Uint8Array[]
  readonly windowSlots: number
  /** What the last step came to. */
  readonly turn: Turn
  /** The batch of the last take(), expire() or endProcess(), valid until the next. */
  readonly columns: ColumnBlock
  readonly #exports: CoreExports
  readonly #totals: Float64Array
  readonly #newStrings: Uint32Array
  readonly #words: Uint32Array
  readonly #bytes: Buffer
  readonly #arena: number
  readonly #text: number
  #epoch = -1
  /** Strings of the current epoch by id. A new array each epoch, so that events keep what they were made with. */
  #strings: (string | undefined)[] = []

  /** @param level LEVEL_*, what rows stand for; @param exports an instance that this core has to itself. */
  constructor(level: number, { unfinishedAfterMs }: CoreOptions, exports = instantiate()) {
    const memory = exports.memory.buffer
    const at = (global: WebAssembly.Global) => global.value
    const windowSlots = at(exports.windowSlots)
    const window = new Uint8Array(memory, at(exports.windowAddress), windowSlots * SLOT_SIZE)
    this.#exports = exports
    this.windowSlots = windowSlots
    this.window = window
    this.windows = Array.from({ length: windowSlots + 1 }, (_, slots) => window.subarray(0, slots * SLOT_SIZE))
    this.header = new Uint8Array(memory, at(exports.headerAddress), HEADER_USED)
    this.head = new Uint8Array(memory, at(exports.headerAddress) + HEADER_HEAD, 8)
    this.turn = new Turn(memory, at(exports.turnAddress))
    this.columns = new ColumnBlock(memory, at(exports.columnsAddress))
    this.#totals = new Float64Array(memory, at(exports.totalsAddress), TOTAL_NUMBERS)
    this.#newStrings = new Uint32Array(memory, at(exports.newStringsAddress), 4 * windowSlots)
    this.#words = new Uint32Array(memory)
    this.#bytes = Buffer.from(memory)
    this.#arena = at(exports.arenaAddress)
    this.#text = at(exports.textAddress)
    exports.configure(level, unfinishedAfterMs)
    this.#refreshStrings()
  }

  /** Strings by id, complete for the rows of the last batch. */
  get strings(): readonly (string | undefined)[] {
    return this.#strings
  }

  /**
   * From now on only rows that match are handed out.
   * @param program what host/filter makes of an expression, FILTER_CAPACITY bytes at most.
   */
  setFilter(program: Uint8Array): void {
    if (program.length > FILTER_CAPACITY) throw new RangeError(`A filter program has ${FILTER_CAPACITY} bytes at most.`)
    this.#bytes.set(program, this.#exports.filterAddress.value)
    this.#prepareFolding()
    this.#exports.loadFilter(program.length)
  }

  #prepareFolding(): void {
    new Uint16Array(this.#exports.memory.buffer, this.#exports.foldAddress.value).set(upperCaseTable())
  }

  /** From now on operations are counted by group. */
  startStatistics(): void {
    this.#prepareFolding()
    this.#exports.startStatistics()
  }

  /** The groups of a kind (BY_*), unordered; group 0 (what found no room) only if it has operations. */
  groups(kind: number): Group[] {
    const count = this.#exports.statisticsGroups(kind)
    const groups = Array.from({ length: count }, (_, group) =>
      readGroup(this.#bytes, this.#exports.statisticsAddress(kind, group), kind, group),
    )
    return groups.filter(({ operations }) => operations > 0)
  }

  /** While it is quiet, what passes the filter is counted, but no rows are made. */
  setQuiet(isQuiet: boolean): void {
    this.#exports.setQuiet(isQuiet ? 1 : 0)
  }

  /** Says whose ring it is: a SID in string form. Filters and statistics by user need it. */
  setUser(ring: number, sid: string): void {
    this.#exports.setUser(ring, this.#bytes.write(sid, this.#text, 'latin1'))
  }

  /**
   * Judges the header in `header` and, if it is good, begins to read the ring there.
   * @param from FROM_*; @param sequence for FROM_SEQUENCE.
   * @returns RING_*
   */
  openRing(ring: number, fileSize: number, from: number, sequence: number): number {
    return this.#exports.openRing(ring, fileSize, from, sequence)
  }

  /** A ring's account, valid until the next step. */
  account(ring: number): Account {
    this.#exports.account(ring)
    return this.turn
  }

  /**
   * First look at a ring: its header is in `header`.
   * @param now the monotonic clock, ms, read before the header was copied.
   * @returns how many slots to copy to `window` from `turn.offset`, and then `head` once more; or PLAN_*.
   */
  plan(ring: number, now: number): number {
    return this.#exports.plan(ring, now)
  }

  /** Makes rows of the planned slots. Returns their number. */
  take(ring: number): number {
    const rows = this.#exports.take(ring)
    this.#refreshStrings()
    return rows
  }

  /** Where a ring's slot for a sequence begins, bytes from the start of its file. */
  offsetOf(ring: number, sequence: number): number {
    return this.#exports.offsetOf(ring, sequence)
  }

  /** The next sequence of the last batch's ring when so many of the batch's rows had been handed out. */
  position(rows: number): number {
    return this.#exports.position(rows)
  }

  /** Ends operations whose POST has not come in time. Returns the rows of the batch; call again while it is full. */
  expire(now: number): number {
    const rows = this.#exports.expire(now)
    this.#refreshStrings()
    return rows
  }

  /** Processes that operations wait for, past the `skip` operations that wait longest. */
  waitingProcesses(skip: number): WaitingProcess[] {
    const at = this.#text
    const count = this.#exports.listProcesses(skip)
    return Array.from({ length: count }, (_, i) => {
      const [startLow, startHigh, id, ring] = this.#words.subarray(at / 4 + 4 * i, at / 4 + 4 * i + 4) as unknown as [
        number,
        number,
        number,
        number,
      ]
      return { id, startLow, startHigh, ring }
    })
  }

  /** Ends the wait of operations of a process that is gone. */
  endProcess({ id, startLow, startHigh, ring }: WaitingProcess): number {
    const rows = this.#exports.endProcess(id, startLow, startHigh, ring)
    this.#refreshStrings()
    return rows
  }

  /** Whether the PRE whose slot was copied into the window waits for its POST again. */
  readmit(ring: number, sequence: number, now: number): boolean {
    const waits = this.#exports.readmit(ring, sequence, now) !== 0
    this.#refreshStrings()
    return waits
  }

  /** The PREs that were waiting when so many rows of the last batch had been handed out. */
  waiting(rows: number): { ring: number; sequence: number }[] {
    const count = this.#exports.listWaiting(rows)
    const at = this.#text
    const sequences = new Float64Array(this.#exports.memory.buffer, at, count)
    const rings = new Uint16Array(this.#exports.memory.buffer, at + 8 * WAITING_LISTED_MAX, count)
    return Array.from(sequences, (sequence, i) => ({ ring: rings[i]!, sequence }))
  }

  /** What the core counted since it was made. */
  totals() {
    this.#exports.countTotals()
    const numbers = this.#totals as unknown as number[]
    return {
      succeeded: numbers[TOTAL_SUCCEEDED]!,
      failed: numbers[TOTAL_FAILED]!,
      cancelled: numbers[TOTAL_CANCELLED]!,
      unfinished: numbers[TOTAL_UNFINISHED]!,
      notifications: numbers[TOTAL_NOTIFICATIONS]!,
      waiting: numbers[TOTAL_WAITING]!,
    }
  }

  /** What the table of strings holds in this epoch. */
  stringTable() {
    this.#exports.countTotals()
    return { count: this.#totals[TOTAL_STRINGS]!, bytes: this.#totals[TOTAL_STRING_BYTES]! }
  }

  /** Decodes the strings that rows of this batch are the first to use: each distinct string once an epoch. */
  #refreshStrings(): void {
    const { epoch, newStrings } = this.turn
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#strings = new Array(FIRST_STRING_IDS)
      this.#strings[STRING_ID_EMPTY] = ''
    }
    for (let i = 0; i < newStrings; i++) {
      const id = this.#newStrings[i]!
      // An array that is written far past its end becomes a slow one: it grows first.
      if (id >= this.#strings.length) this.#strings.length = Math.max(2 * this.#strings.length, id + 1)
      this.#strings[id] = this.#decode(id)
    }
  }

  #decode(id: number): string {
    const address = this.#arena + id * 16
    const unitsAndWidth = this.#words[(address + 8) >> 2]!
    const units = unitsAndWidth >>> 1
    // latin1 and utf16le in Node keep every unit as it is, lone surrogates included.
    return (unitsAndWidth & 1) === 1
      ? this.#bytes.toString('utf16le', address + 16, address + 16 + 2 * units)
      : this.#bytes.toString('latin1', address + 16, address + 16 + units)
  }
}
