// The core's façade: bytes in, columns and counts out. Typed views are made once over a memory that never grows.

import { randomBytes } from 'node:crypto'
import {
  FILTER_CAPACITY,
  LOSS_NUMBERS,
  SKIP_ABANDONED,
  SKIP_CORRUPT,
  SKIP_OVERRUN,
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
import type { LostReason } from '../model/account.ts'
import { type CountedGroup, operationCountsOf } from '../model/counted-group.ts'
import type { OperationCounts } from '../model/statistics.ts'
import { upperCaseTable } from '../model/upper-case.ts'
import { ColumnBlock } from './column-block.ts'
import { type CoreExports, instantiate } from './exports.ts'
import { readGroup } from './group.ts'
import { Owners } from './owners.ts'
import { type Account, Turn } from './turn.ts'

/** A group with its key: a name, or a status as a number; `undefined` for operations that found no room in a group of their own. */
export type Group = OperationCounts & Pick<CountedGroup, 'key'>

/** A process as its records name it, and the ring that it wrote into; the start time is a FILETIME in halves. */
export interface WaitingProcess {
  readonly id: number
  readonly startLow: number
  readonly startHigh: number
  readonly ring: number
}

/** Records that a turn lost, one after another and for one reason. */
export interface LostRun {
  readonly first: number
  readonly count: number
  readonly reason: LostReason
}

const REASONS: Readonly<Record<number, LostReason>> = {
  [SKIP_OVERRUN]: 'overrun',
  [SKIP_ABANDONED]: 'abandoned',
  [SKIP_CORRUPT]: 'corrupt',
}

export interface CoreOptions {
  /** How long a PRE waits for its POST, ms. */
  readonly unfinishedAfterMs: number
  /** The secret of the core's hash functions, 64 bits; random unless a test wants it to be known. */
  readonly seed?: bigint
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
  /** The batch of the last take(), expire(), endProcesses() or endAll(), valid until the next. */
  readonly columns: ColumnBlock
  readonly #exports: CoreExports
  readonly #totals: Float64Array
  readonly #newStrings: Uint32Array
  readonly #losses: Float64Array
  readonly #words: Uint32Array
  readonly #bytes: Buffer
  readonly #arena: number
  readonly #text: number
  readonly #owners = new Owners()
  #epoch = -1
  /** Strings of the current epoch by id. A new array each epoch, so that events keep what they were made with. */
  #strings: (string | undefined)[] = []

  /** @param level LEVEL_*, what rows stand for; @param exports an instance that this core has to itself. */
  constructor(level: number, { unfinishedAfterMs, seed = randomBytes(8).readBigUInt64LE() }: CoreOptions, exports = instantiate()) {
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
    this.#losses = new Float64Array(memory, at(exports.lossesAddress), LOSS_NUMBERS * (windowSlots + 2))
    this.#words = new Uint32Array(memory)
    this.#bytes = Buffer.from(memory)
    this.#arena = at(exports.arenaAddress)
    this.#text = at(exports.textAddress)
    exports.configure(level, unfinishedAfterMs, seed)
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

  /** From now on operations are counted by group. @param kinds BY_*: nothing is paid for others. */
  startStatistics(kinds: readonly number[]): void {
    this.#prepareFolding()
    this.#exports.startStatistics(kinds.reduce((bits, kind) => bits | (1 << kind), 0))
  }

  /** The groups of a kind (BY_*), unordered; group 0 (what found no room) only if it has operations. */
  groups(kind: number): Group[] {
    return this.countedGroups(kind).map(({ key, ...counted }) => ({ key, ...operationCountsOf(counted) }))
  }

  /** The same with their histograms, as they are merged with those of others. */
  countedGroups(kind: number): CountedGroup[] {
    const count = this.#exports.statisticsGroups(kind)
    const groups = Array.from({ length: count }, (_, group) =>
      readGroup(this.#bytes, this.#exports.statisticsAddress(kind, group), kind, group),
    )
    return groups.filter(({ outcomes }) => outcomes.some((number) => number > 0))
  }

  /** What `read` finds in counts and groups if everything that waits is unfinished. It may call groups(), countedGroups() and totals(), and nothing else. */
  asIfEnded<Result>(read: () => Result): Result {
    this.#exports.countWaiting(0)
    try {
      return read()
    } finally {
      this.#exports.countWaiting(1)
    }
  }

  /** While it is quiet, what passes the filter is counted, but no rows are made. */
  setQuiet(isQuiet: boolean): void {
    this.#exports.setQuiet(isQuiet ? 1 : 0)
  }

  /**
   * Says whose ring it is. Filters and statistics by user need it, and PRE and POST are paired across the rings of one owner.
   * @param sid in string form; '': unknown, and then nobody else's. @param host where that SID means something; '': this machine.
   */
  setUser(ring: number, sid: string, host = ''): void {
    const number = this.#owners.of(ring, sid === '' ? undefined : `${host} ${sid}`)
    this.#exports.setOwner(ring, this.#bytes.write(sid, this.#text, 'latin1'), number)
  }

  /** Leaves a ring. Its operations that wait go on waiting, for what its owner writes into another one. */
  closeRing(ring: number): void {
    this.#exports.closeRing(ring)
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

  /**
   * Between plan() and take(), where rings are merged by time: only the first `slots` of the planned ones were copied, and what was written after `until`
   * (ticks since ORDER_EPOCH) waits; `turn.nextTime` says until when. Returns how many slots take() will take.
   */
  limit(ring: number, slots: number, until: number): number {
    return this.#exports.limit(ring, slots, until)
  }

  /** What the last plan(), take() or skip() lost, in the order of sequences. */
  losses(): LostRun[] {
    return Array.from({ length: this.turn.losses }, (_, run) => {
      const [first, count, reason] = this.#losses.subarray(LOSS_NUMBERS * run) as unknown as [number, number, number]
      return { first, count, reason: REASONS[reason]! }
    })
  }

  /** Makes rows of the planned slots. Returns their number. */
  take(ring: number): number {
    const rows = this.#exports.take(ring)
    this.#refreshStrings()
    return rows
  }

  /**
   * Passes over sequences that a source has no more, or never had: they are accounted for, and `turn` says which. No rows are made.
   * @param to the sequence that is read next; @param reason SKIP_*.
   * @returns false if `to` is not after what was read, or no sequence; then nothing was done.
   */
  skip(ring: number, to: number, reason: number): boolean {
    return this.#exports.skip(ring, to, reason) !== 0
  }

  /** Where a ring's slot for a sequence begins, bytes from the start of its file. */
  offsetOf(ring: number, sequence: number): number {
    return this.#exports.offsetOf(ring, sequence)
  }

  /** The next sequence of the last batch's ring when this number of the batch's rows had been handed out. */
  position(rows: number): number {
    return this.#exports.position(rows)
  }

  /** Ends operations whose POST has not come in time. Returns the rows of the batch; call again while it is full. */
  expire(now: number): number {
    const rows = this.#exports.expire(now)
    this.#refreshStrings()
    return rows
  }

  /** Ends every wait: nothing more is read. Returns the rows of the batch; call again while it is full. */
  endAll(): number {
    const rows = this.#exports.endAll()
    this.#refreshStrings()
    return rows
  }

  /** Processes that operations wait for, past the `skip` operations that wait longest; and how many operations were looked at for that. */
  waitingProcesses(skip: number): { readonly processes: WaitingProcess[]; readonly looked: number } {
    const count = this.#exports.listProcesses(skip)
    const processes = Array.from({ length: count }, (_, i) => {
      const [startLow, startHigh, id, ring] = this.#processAt(i) as unknown as [number, number, number, number]
      return { id, startLow, startHigh, ring }
    })
    return { processes, looked: this.#exports.processesLooked() }
  }

  /** Entry i of the list at TEXT (assembly/processes.ts). */
  #processAt(i: number): Uint32Array {
    const at = this.#text / 4 + 4 * i
    return this.#words.subarray(at, at + 4)
  }

  /**
   * Ends the wait of operations of processes that are gone, and whose records were read.
   * @param processes PROCESSES_LISTED_MAX at most. @returns the rows of the batch; call again while it is full.
   */
  endProcesses(processes: readonly WaitingProcess[]): number {
    for (const [i, { id, startLow, startHigh, ring }] of processes.entries()) this.#processAt(i).set([startLow, startHigh, id, ring])
    const rows = this.#exports.endProcesses(processes.length)
    this.#refreshStrings()
    return rows
  }

  /** Whether the PRE whose slot was copied into the window waits for its POST again. */
  readmit(ring: number, sequence: number, now: number): boolean {
    const waits = this.#exports.readmit(ring, sequence, now) !== 0
    this.#refreshStrings()
    return waits
  }

  /** The PREs that were waiting when this number of rows of the last batch had been handed out. */
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
      // The absent and the empty string have ids of their own.
      this.#strings = [undefined, '']
    }
    for (let i = 0; i < newStrings; i++) this.#strings.push(this.#decode(this.#newStrings[i]!))
  }

  /** @param block where the string begins in the arena. */
  #decode(block: number): string {
    const address = this.#arena + block * 16
    const unitsAndWidth = this.#words[(address + 8) >> 2]!
    const units = unitsAndWidth >>> 1
    // latin1 and utf16le in Node keep every unit as it is, lone surrogates included.
    return (unitsAndWidth & 1) === 1
      ? this.#bytes.toString('utf16le', address + 16, address + 16 + 2 * units)
      : this.#bytes.toString('latin1', address + 16, address + 16 + units)
  }
}
