// The WebAssembly core, instantiated: typed views made once over a memory that never grows, and methods named as its exports.

import {
  CORE_COUNTS,
  COUNT_CANCELLED,
  COUNT_FAILED,
  COUNT_NOTIFICATIONS,
  COUNT_SUCCEEDED,
  COUNT_UNFINISHED,
  COUNT_WAITING,
  RING_COUNTS,
  STRING_ID_EMPTY,
  WAITING_LISTED_MAX,
} from '../../assembly/abi.ts'
import { coreBytes } from '../../build/core-wasm.mjs'
import { HEADER_HEAD, HEADER_USED, SLOT_SIZE } from '../../format/layout.ts'
import { compileFilter } from '../filter/compile.ts'
import type { FilterExpression } from '../filter/expression.ts'
import { upperCaseTable } from '../filter/glob.ts'
import { ColumnBlock } from './column-block.ts'
import { type Group, readGroup } from './group.ts'

/** The exports of assembly/index.ts. */
interface CoreExports {
  readonly memory: WebAssembly.Memory
  readonly headerAddress: WebAssembly.Global
  readonly windowAddress: WebAssembly.Global
  readonly windowSlots: WebAssembly.Global
  readonly columnsAddress: WebAssembly.Global
  readonly newStringsAddress: WebAssembly.Global
  readonly arenaAddress: WebAssembly.Global
  readonly countsAddress: WebAssembly.Global
  readonly textAddress: WebAssembly.Global
  readonly filterAddress: WebAssembly.Global
  readonly filterCapacity: WebAssembly.Global
  readonly foldAddress: WebAssembly.Global
  configure(level: number, unfinishedAfterMs: number): void
  filterLoad(length: number): void
  statisticsStart(): void
  statisticsGroups(kind: number): number
  statisticsAddress(kind: number, group: number): number
  setQuiet(value: number): void
  ringUser(ring: number, length: number): void
  ringOpen(ring: number, fileSize: number, from: number, sequence: number): number
  plan(ring: number): number
  planOffset(ring: number): number
  take(ring: number, now: number): number
  slotOffset(ring: number, sequence: number): number
  readmit(ring: number, sequence: number, now: number): number
  position(rows: number): number
  listWaiting(rows: number): number
  expire(now: number): number
  listProcesses(skip: number): number
  endProcess(id: number, startLow: number, startHigh: number, ring: number): number
  newStringCount(): number
  ringCounts(ring: number): void
  coreCounts(): void
  epoch(): number
}

/** A process as its records name it, and the ring that it wrote into; the start time is a FILETIME in halves. */
export interface WaitingProcess {
  readonly id: number
  readonly startLow: number
  readonly startHigh: number
  readonly ring: number
}

let compiled: WebAssembly.Module | undefined

/** String ids that there is room for at first; few taps see more. */
const FIRST_STRING_IDS = 4096

/** One instance of the core: string table, pairing and cursors of one tap. */
export class Core {
  /** Where a ring's header goes: its used part, or (for the second look) its head alone. */
  readonly header: Uint8Array
  readonly head: Uint8Array
  /** Where raw slots go; `windows[n]` is the first n slots of it. */
  readonly window: Uint8Array
  readonly windowSlots: number
  /** The batch of the last take() or expire(), valid until the next. */
  readonly columns: ColumnBlock
  readonly exports: CoreExports
  readonly #counts: Float64Array
  readonly #newStrings: Uint32Array
  readonly #words: Uint32Array
  readonly #bytes: Buffer
  readonly #arena: number
  #epoch = -1
  /** Strings of the current epoch by id. A new array each epoch, so that events keep what they were made with. */
  #strings: (string | undefined)[] = []

  /** @param level LEVEL_*; @param unfinishedAfterMs how long a PRE waits for its POST. */
  constructor(level: number, unfinishedAfterMs: number, bytes: Buffer<ArrayBuffer> = coreBytes) {
    if (bytes === coreBytes) compiled ??= new WebAssembly.Module(coreBytes)
    const module = bytes === coreBytes ? compiled! : new WebAssembly.Module(bytes)
    const exports = new WebAssembly.Instance(module).exports as unknown as CoreExports
    const memory = exports.memory.buffer
    const at = (global: WebAssembly.Global) => global.value
    this.exports = exports
    this.windowSlots = at(exports.windowSlots)
    this.header = new Uint8Array(memory, at(exports.headerAddress), HEADER_USED)
    this.head = new Uint8Array(memory, at(exports.headerAddress) + HEADER_HEAD, 8)
    this.window = new Uint8Array(memory, at(exports.windowAddress), this.windowSlots * SLOT_SIZE)
    this.#counts = new Float64Array(memory, at(exports.countsAddress), Math.max(RING_COUNTS, CORE_COUNTS))
    this.#newStrings = new Uint32Array(memory, at(exports.newStringsAddress), 4 * this.windowSlots)
    this.#words = new Uint32Array(memory)
    this.#bytes = Buffer.from(memory)
    this.#arena = at(exports.arenaAddress)
    this.columns = new ColumnBlock(memory, at(exports.columnsAddress))
    exports.configure(level, unfinishedAfterMs)
    this.#refreshStrings()
  }

  /** Strings by id, complete for the rows of the last batch. */
  get strings(): readonly (string | undefined)[] {
    return this.#strings
  }

  /** From now on only rows that match are handed out. */
  setFilter(expression: FilterExpression): void {
    const { filterAddress, filterCapacity } = this.exports
    const program = compileFilter(expression, filterCapacity.value)
    this.#bytes.set(program, filterAddress.value)
    this.#prepareFolding()
    this.exports.filterLoad(program.length)
  }

  #prepareFolding(): void {
    new Uint16Array(this.exports.memory.buffer, this.exports.foldAddress.value).set(upperCaseTable())
  }

  /** From now on operations are counted by group. */
  startStatistics(): void {
    this.#prepareFolding()
    this.exports.statisticsStart()
  }

  /** The groups of a kind (BY_*), unordered; group 0 (what found no room) only if it has operations. */
  groups(kind: number): Group[] {
    const count = this.exports.statisticsGroups(kind)
    const groups = Array.from({ length: count }, (_, group) =>
      readGroup(this.#bytes, this.exports.statisticsAddress(kind, group), kind, group),
    )
    return groups.filter(({ operations }) => operations > 0)
  }

  /** Tells whose ring it is, in string form, for filters on `user`. */
  setUser(ring: number, sid: string): void {
    this.exports.ringUser(ring, this.#bytes.write(sid, this.exports.textAddress.value, 'latin1'))
  }

  take(ring: number, now: number): number {
    const rows = this.exports.take(ring, now)
    this.#refreshStrings()
    return rows
  }

  expire(now: number): number {
    const rows = this.exports.expire(now)
    this.#refreshStrings()
    return rows
  }

  /** Processes that operations wait for, past the `skip` operations that wait longest. */
  waitingProcesses(skip: number): WaitingProcess[] {
    const at = this.exports.textAddress.value
    const count = this.exports.listProcesses(skip)
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
    const rows = this.exports.endProcess(id, startLow, startHigh, ring)
    this.#refreshStrings()
    return rows
  }

  /** Whether the PRE whose slot was copied into the window waits for its POST again. */
  readmit(ring: number, sequence: number, now: number): boolean {
    const waits = this.exports.readmit(ring, sequence, now) !== 0
    this.#refreshStrings()
    return waits
  }

  /** The PREs that were waiting when so many rows of the last batch had been handed out. */
  waiting(rows: number): { ring: number; sequence: number }[] {
    const count = this.exports.listWaiting(rows)
    const at = this.exports.textAddress.value
    const sequences = new Float64Array(this.exports.memory.buffer, at, count)
    const rings = new Uint16Array(this.exports.memory.buffer, at + 8 * WAITING_LISTED_MAX, count)
    return Array.from(sequences, (sequence, i) => ({ ring: rings[i]!, sequence }))
  }

  /** RING_COUNTS numbers, indexed by COUNT_*, valid until the next call of either counts method. */
  ringCounts(ring: number): Float64Array {
    this.exports.ringCounts(ring)
    return this.#counts
  }

  /** What the core counted since it was made. */
  totals() {
    this.exports.coreCounts()
    const counts = this.#counts as unknown as number[]
    return {
      succeeded: counts[COUNT_SUCCEEDED]!,
      failed: counts[COUNT_FAILED]!,
      cancelled: counts[COUNT_CANCELLED]!,
      unfinished: counts[COUNT_UNFINISHED]!,
      notifications: counts[COUNT_NOTIFICATIONS]!,
      waiting: counts[COUNT_WAITING]!,
    }
  }

  /** Decodes the strings that rows of this batch are the first to use: each distinct string once an epoch. */
  #refreshStrings(): void {
    const epoch = this.exports.epoch()
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#strings = new Array(FIRST_STRING_IDS)
      this.#strings[STRING_ID_EMPTY] = ''
    }
    const count = this.exports.newStringCount()
    for (let i = 0; i < count; i++) {
      const id = this.#newStrings[i]!
      // Said beforehand: an array that is written far behind its end becomes a slow one.
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
