// Feeds mutated rings to the core and holds it to what it promises: it never traps, takes bounded work a turn, counts every sequence once,
// hands out only strings that decode, and delivers exactly the records that are good.
//
// A case is a fresh core and ROUNDS rounds, all made from one seed. A round is one ring, and one of four kinds:
//   steady    the slots stay as they are: the totals, and the sequences delivered, have to be those of the mutator's verdicts
//   shifting  a writer changes slots between and during the turns (double fetch): what is delivered has to be good in the copy
//   lapping   head runs ahead, or back, during the copy
//   header    the header itself is mutated, before and between the looks

import * as abi from '../../assembly/abi.ts'
import { HEADER_HEAD, HEADER_SIZE, NOTIFY_POST, RECORD_NOTIFY_STATUS, SLOT_SIZE } from '../../format/layout.ts'
import type { Account } from '../../host/core/turn.ts'
import { CoreDriver } from '../host/core-driver.ts'
import { checkBalance, checkNames, compareRows, EXACT, equal, within } from './checks.ts'
import { Header } from './header.ts'
import { CORRUPT, GOOD, HOLE, type Mutator, NEWER } from './mutator.ts'

const ROUNDS = 8192
const FILE_ID = 0x0123_4567_89ab_cdefn
const RINGS = 3
/** A round in so many has its delivered rows compared with the reference, field by field. */
const COMPARE_EVERY = 64
/** First sequences: at the beginning, around what 32 bits hold, and just below the limit. */
const FIRSTS = [0n, 1n, 2n ** 31n - 5n, 2n ** 32n - 3n, 2n ** 40n, 2n ** 52n, 2n ** 53n - 300n]
/** PREs that can wait at once. */
const WAITING_MAX = 4096

/** What the core did that it must not; `seed` makes the case again. */
export class FuzzFailure extends Error {
  readonly seed: bigint

  constructor(seed: bigint, round: number, cause: unknown) {
    super(`case ${seed}, round ${round}: ${cause instanceof Error ? cause.message : cause}`, { cause })
    this.name = 'FuzzFailure'
    this.seed = seed
  }
}

export class Fuzzer {
  readonly totals = {
    slots: 0,
    cases: 0,
    turns: 0,
    delivered: 0,
    corrupt: 0,
    overrun: 0,
    abandoned: 0,
    refusedHeaders: 0,
    epochs: 0,
    mostWaiting: 0,
    compared: 0,
  }
  readonly #mutator: Mutator
  readonly #driver = new CoreDriver()
  readonly #header = new Header()
  #level: number = abi.LEVEL_NOTIFICATION
  #now = 0
  /** Bytes of the last window, as they were before the core decoded them in place; made in rounds that compare. */
  #copy: Buffer | undefined
  /** The sequence of its first slot. */
  #base = 0

  constructor(mutator: Mutator) {
    this.#mutator = mutator
  }

  /** Runs one case. @throws FuzzFailure */
  run(seed: bigint): void {
    const { core, exports } = this.#driver
    this.#mutator.begin(seed)
    this.#level = this.#choose(2) === 0 ? abi.LEVEL_NOTIFICATION : abi.LEVEL_OPERATION
    // PREs that never expire fill the table of those that wait.
    exports.configure(this.#level, this.#choose(2) === 0 ? 5000 : Number.POSITIVE_INFINITY, seed)
    this.#now = 0
    const epochs = core.turn.epoch
    for (let round = 0; round < ROUNDS; round++) {
      try {
        this.#round(round)
      } catch (error) {
        throw new FuzzFailure(seed, round, error)
      }
    }
    this.totals.epochs += core.turn.epoch - epochs
    this.totals.cases++
  }

  #choose(limit: number): number {
    return this.#mutator.exports.choose(limit)
  }

  #round(round: number): void {
    const ring = this.#choose(RINGS)
    const log2 = this.#choose(16) === 0 ? 8 : 2 + this.#choose(4)
    const slotCount = 2 ** log2
    const first = FIRSTS[this.#choose(FIRSTS.length)]!
    const count = 1 + this.#choose(slotCount)
    this.#copy = round % COMPARE_EVERY === 0 ? Buffer.alloc(0) : undefined
    this.#mutator.exports.make(count, slotCount, FILE_ID, first)
    this.#header.make(log2, FILE_ID, first)
    const kind = this.#choose(8)
    if (kind === 0) this.#headerRound(ring, log2)
    else {
      this.#open(ring, abi.RING_GOOD)
      this.#header.head = first + BigInt(count)
      if (kind === 1) this.#shiftingRound(ring, slotCount, first, count)
      else if (kind === 2) this.#lappingRound(ring, slotCount, first, count)
      else this.#steadyRound(ring, slotCount, first, count)
    }
    if (this.#level === abi.LEVEL_OPERATION) {
      if (this.#choose(8) === 0) this.#expire()
      if (this.#choose(8) === 0) this.#readmit(ring, slotCount, first)
    }
  }

  #open(ring: number, expected: number, size = HEADER_SIZE + SLOT_SIZE * 2 ** this.#header.slotCountLog2): void {
    const { core } = this.#driver
    core.header.set(this.#header.bytes)
    equal('openRing()', core.openRing(ring, size, abi.FROM_NOW, 0), expected)
  }

  /** plan() and the copy. Returns how many slots were planned, or PLAN_*. */
  #look(ring: number, slotCount: number): number {
    const { core } = this.#driver
    core.header.set(this.#header.bytes)
    const planned = core.plan(ring, this.#now)
    if (planned <= 0) return planned
    const offset = core.turn.offset - HEADER_SIZE
    within('planned slots', planned, 1, Math.min(core.windowSlots, slotCount))
    within('planned offset', offset, 0, SLOT_SIZE * (slotCount - planned))
    // Rings larger than the mutator's slots (of mutated headers) are those slots over and over.
    const from = offset % this.#mutator.slots.length
    const bytes = this.#mutator.slots.subarray(from, from + planned * SLOT_SIZE)
    core.window.set(bytes)
    if (this.#copy) {
      this.#copy = Buffer.from(bytes)
      this.#base = core.turn.next
    }
    return planned
  }

  /** The second look and take(). Returns the rows. */
  #take(ring: number, planned: number): number {
    const { core } = this.#driver
    core.head.set(this.#header.bytes.subarray(HEADER_HEAD, HEADER_HEAD + 8))
    const rows = core.take(ring)
    this.totals.turns++
    within('rows', rows, 0, planned)
    checkNames(this.#driver.core, rows)
    if (this.#copy && this.#base < EXACT && this.#level === abi.LEVEL_NOTIFICATION) {
      compareRows(this.#driver.rows(rows), this.#copy, this.#base, FILE_ID)
      this.totals.compared += rows
    }
    return rows
  }

  #steadyRound(ring: number, slotCount: number, first: bigint, count: number): void {
    const { core } = this.#driver
    const { verdicts } = this.#mutator
    const end = Number(first + BigInt(count))
    const low = Number(first & BigInt(slotCount - 1))
    const verdictOf = (i: number) => verdicts[(low + i) & (slotCount - 1)]!
    const sequences = core.columns.f64
    let expected = 0
    for (let turns = 0; turns === 0 || this.#pending(ring) > 0; turns++) {
      within('turns', turns, 0, 3 * count + 8)
      const planned = this.#look(ring, slotCount)
      within('planned slots', planned, 1, count)
      const rows = this.#take(ring, planned)
      if (this.#level === abi.LEVEL_NOTIFICATION) {
        for (let row = 0; row < rows; row++) {
          while (expected < count && verdictOf(expected) !== GOOD) expected++
          if (expected >= count) throw new Error(`sequence ${sequences[row]} was delivered, and is not good`)
          equal('sequence', sequences[row]!, Number(first + BigInt(expected++)))
        }
      }
      this.#now += rows === 0 ? 1000 : 0
    }
    this.totals.slots += count
    const counts = core.account(ring)
    const fates = [0, 0, 0, 0, 0]
    for (let i = 0; i < count; i++) fates[verdictOf(i)]!++
    equal('delivered', counts.delivered, fates[GOOD]!)
    equal('corrupt', counts.corrupt, fates[CORRUPT]!)
    equal('overrun', counts.overrun, fates[NEWER]!)
    equal('abandoned', counts.abandoned, fates[HOLE]!)
    equal('next', counts.next, end)
    this.#add(counts)
  }

  #shiftingRound(ring: number, slotCount: number, first: bigint, count: number): void {
    const remake = () => this.#mutator.exports.remake(slotCount, FILE_ID, first + BigInt(this.#choose(count)))
    for (let turns = 0; turns < count; turns++) {
      const planned = this.#look(ring, slotCount)
      if (planned <= 0) break
      remake()
      this.#now += this.#take(ring, planned) === 0 ? 500 : 0
      remake()
      this.totals.slots += 2
      checkBalance(this.#driver.core.account(ring))
    }
    this.#add(this.#driver.core.account(ring))
  }

  #lappingRound(ring: number, slotCount: number, first: bigint, count: number): void {
    for (let turns = 0; turns < 4; turns++) {
      const planned = this.#look(ring, slotCount)
      if (planned <= 0) break
      const by = BigInt(this.#choose(4 * slotCount) - slotCount)
      if (this.#header.head + by >= 0n) this.#header.head += by
      this.#take(ring, planned)
      this.totals.slots += planned
      this.#now += 400
      checkBalance(this.#driver.core.account(ring))
    }
    if (Number(first) < EXACT && count > 0) this.#add(this.#driver.core.account(ring))
  }

  #headerRound(ring: number, log2: number): void {
    const choose = (limit: number) => this.#choose(limit)
    const size = HEADER_SIZE + SLOT_SIZE * 2 ** log2 + (this.#choose(8) === 0 ? this.#choose(1024) - 512 : 0)
    for (let i = this.#choose(3); i > 0; i--) this.#header.mutate(choose)
    const expected = this.#header.judge(size)
    this.#open(ring, expected, size)
    if (expected !== abi.RING_GOOD) {
      this.totals.refusedHeaders++
      return
    }
    const slotCount = 2 ** this.#header.slotCountLog2
    for (let turns = 0; turns < 6; turns++) {
      this.#header.mutate(choose)
      const planned = this.#look(ring, slotCount)
      if (planned < 0) within('plan()', planned, abi.PLAN_BAD_HEAD, -1)
      if (planned <= 0) continue
      if (this.#choose(3) === 0) this.#header.mutate(choose)
      this.#take(ring, planned)
      this.totals.slots += planned
      this.#now += 300
      checkBalance(this.#driver.core.account(ring))
    }
  }

  #expire(): void {
    const { core } = this.#driver
    this.#now += this.#choose(6000)
    const rows = core.expire(this.#now)
    within('expired rows', rows, 0, abi.ROWS_MAX)
    checkNames(this.#driver.core, rows)
    const { waiting } = core.totals()
    within('waiting', waiting, 0, WAITING_MAX)
    this.totals.mostWaiting = Math.max(this.totals.mostWaiting, waiting)
  }

  /** A PRE that a saved cursor says was waiting, in a slot that may hold anything by now. */
  #readmit(ring: number, slotCount: number, first: bigint): void {
    const { core } = this.#driver
    const { slots, exports, verdicts } = this.#mutator
    exports.make(1, slotCount, FILE_ID, first)
    this.#header.make(Math.log2(slotCount), FILE_ID, first)
    this.#open(ring, abi.RING_GOOD)
    const index = Number(first & BigInt(slotCount - 1))
    const slot = slots.subarray(index * SLOT_SIZE, (index + 1) * SLOT_SIZE)
    core.window.set(slot)
    const { waiting } = core.totals()
    const isPre = verdicts[index] === GOOD && (slot[RECORD_NOTIFY_STATUS]! & NOTIFY_POST) === 0
    // A cursor file says what it likes.
    const wrong = [Number.NaN, -1, Number.POSITIVE_INFINITY, 2 ** 64, 0.5][this.#choose(20)]
    const waits = core.readmit(ring, wrong ?? Number(first), this.#now)
    const asked = wrong === undefined && Number(first) < EXACT
    if (asked || waits) equal('readmit()', Number(waits), Number(isPre && waiting < WAITING_MAX))
    equal('waiting', core.totals().waiting, waiting + Number(waits))
    within('listed', core.waiting(0).length, 0, abi.WAITING_LISTED_MAX)
    this.totals.slots++
  }

  #pending(ring: number): number {
    return this.#driver.core.account(ring).pending
  }

  #add(counts: Account): void {
    this.totals.delivered += counts.delivered
    this.totals.corrupt += counts.corrupt
    this.totals.overrun += Math.min(counts.overrun, 2 ** 32)
    this.totals.abandoned += counts.abandoned
  }
}
