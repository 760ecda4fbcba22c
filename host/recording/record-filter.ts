// Which records of rings are kept by a filter that judges operations. A core pairs them; what is not decided yet is held, in the order of each ring:
//
//      4711 kept │ 4712 left out │ 4713 a PRE that waits for its POST │ 4714 kept │ 4715 left out
//      ──────── goes into the capture ────────┤ is held until 4713 is decided
//
// Where so much is held that the ring may overwrite it, the oldest is kept undecided: a capture has rather too much than too little.

import { ALL_ROWS, COLUMN_RING, COLUMN_SEQUENCE, FROM_SEQUENCE, LEVEL_OPERATION, ROWS_MAX, SKIP_OVERRUN } from '../../assembly/abi.ts'
import { HEADER_HEAD, SLOT_SIZE } from '../../format/layout.ts'
import type { CaptureTime } from '../captures/block-writer.ts'
import type { MissingReason } from '../captures/packet.ts'
import { Core } from '../core/core.ts'
import { compileFilter } from '../filter/compile.ts'
import type { FilterExpression } from '../filter/expression.ts'
import { UNFINISHED_AFTER_MS } from '../model/defaults.ts'
import { ENDLESS_SIZE, endlessHeader } from '../model/endless-header.ts'

/** Records of one ring, and bytes of all rings together, that are held at most. */
const HELD_MAX = 4096
const HELD_BYTES_MAX = 64 << 20

/** A record, or a run of sequences without one. */
interface Held {
  readonly sequence: number
  readonly time: CaptureTime | undefined
  /** `undefined`: of a run. */
  readonly record: Uint8Array | undefined
  readonly missing: { readonly count: number; readonly reason: MissingReason } | undefined
  /** `undefined`: not decided yet. */
  isKept: boolean | undefined
}

/** What comes out of a ring, in the order of its sequences. */
export interface Decided {
  record(sequence: number, time: CaptureTime, bytes: Uint8Array): void
  missing(sequence: number, count: number, reason: MissingReason, time: CaptureTime | undefined): void
}

/** Whose ring it is. */
interface RingFacts {
  readonly user: string
  readonly host: string | undefined
  readonly fileId: string
  /** Its slots. */
  readonly slots: number
}

class HeldRing {
  readonly fileId: string
  readonly heldMax: number
  readonly header: Uint8Array
  readonly #view: DataView
  readonly queue: Held[] = []
  /** Records of the queue by sequence that are not decided. */
  readonly undecided = new Map<number, Held>()

  constructor({ fileId, slots }: RingFacts) {
    this.fileId = fileId
    this.heldMax = Math.min(HELD_MAX, Math.max(Math.floor(slots / 2), 1))
    this.header = endlessHeader(fileId)
    this.#view = new DataView(this.header.buffer)
  }

  /** The header of a ring that goes up to `head`. */
  upTo(head: number): Uint8Array {
    this.#view.setBigUint64(HEADER_HEAD, BigInt(head), true)
    return this.header
  }

  decide(sequence: number, isKept: boolean): void {
    const held = this.undecided.get(sequence)
    if (!held) return
    held.isKept = isKept
    this.undecided.delete(sequence)
  }
}

export class RecordFilter {
  readonly #core = new Core(LEVEL_OPERATION, { unfinishedAfterMs: UNFINISHED_AFTER_MS })
  readonly #rings: (HeldRing | undefined)[] = []
  #heldBytes = 0

  constructor(expression: FilterExpression) {
    this.#core.setFilter(compileFilter(expression))
  }

  /** A ring is read from `sequence` on, with nothing held. */
  open(ring: number, facts: RingFacts, sequence: number): void {
    if (this.#rings[ring]) this.#core.closeRing(ring)
    const held = new HeldRing(facts)
    this.#rings[ring] = held
    this.#core.header.set(held.upTo(sequence))
    this.#core.openRing(ring, ENDLESS_SIZE, FROM_SEQUENCE, sequence)
    this.#core.setUser(ring, facts.user, facts.host)
  }

  /** Sequences of a ring that have no record. */
  missing(ring: number, sequence: number, count: number, reason: MissingReason, time: CaptureTime | undefined): void {
    this.#rings[ring]!.queue.push({ sequence, time, record: undefined, missing: { count, reason }, isKept: true })
    this.#core.skip(ring, sequence + count, SKIP_OVERRUN)
  }

  /**
   * Records of a ring, one sequence after the other.
   * @param slots `count` of them, whole. @param usedOf bytes of each that are in use. @param now a monotonic clock, ms.
   */
  records(
    ring: number,
    first: number,
    count: number,
    slots: Uint8Array,
    usedOf: (row: number) => number,
    timeOf: (row: number) => CaptureTime,
    now: number,
  ): void {
    const held = this.#rings[ring]!
    for (let row = 0; row < count; row++) {
      const at = row * SLOT_SIZE
      const record = slots.slice(at, at + usedOf(row))
      const entry: Held = { sequence: first + row, time: timeOf(row), record, missing: undefined, isKept: undefined }
      held.queue.push(entry)
      held.undecided.set(entry.sequence, entry)
      this.#heldBytes += record.length
    }
    for (let done = 0; done < count; ) {
      this.#core.header.set(held.upTo(first + count))
      const planned = this.#core.plan(ring, now)
      if (planned <= 0) break
      this.#core.windows[planned]!.set(slots.subarray(done * SLOT_SIZE, (done + planned) * SLOT_SIZE))
      this.#pass(this.#core.take(ring), ring)
      done += planned
    }
    this.#leaveOut()
  }

  /** Operations whose POST has not come in time are judged without it. */
  expire(now: number): void {
    for (let rows = this.#core.expire(now); rows > 0; rows = this.#core.expire(now)) this.#pass(rows, undefined)
    this.#leaveOut()
  }

  /** What passes: both of its records are kept. @param ring of the POSTs; `undefined`: there are none. */
  #pass(rows: number, ring: number | undefined): void {
    const { columns } = this.#core
    for (let row = 0; row < rows; row++) {
      const sequence = columns.f64[COLUMN_SEQUENCE * ROWS_MAX + row]!
      this.#rings[columns.u32[COLUMN_RING * ROWS_MAX + row]!]?.decide(sequence, true)
      // The slot that made the row is the one before which reading stood with one row less.
      if (ring !== undefined) this.#rings[ring]!.decide(this.#core.position(row + 1) - 1, true)
    }
  }

  /** Leaves out each record that has not passed and does not wait. */
  #leaveOut(): void {
    const waiting = new Map<number, Set<number>>()
    for (const { ring, sequence } of this.#core.waiting(ALL_ROWS)) {
      if (!waiting.has(ring)) waiting.set(ring, new Set())
      waiting.get(ring)!.add(sequence)
    }
    for (const [ring, held] of this.#rings.entries())
      for (const sequence of held?.undecided.keys() ?? []) if (!waiting.get(ring)?.has(sequence)) held!.decide(sequence, false)
  }

  /** Hands out what is decided. @param isLast also what is not: it is kept. */
  release(ring: number, to: Decided, isLast = false): void {
    const held = this.#rings[ring]
    if (!held) return
    let done = 0
    for (const entry of held.queue) {
      const mustGo = isLast || held.queue.length - done > held.heldMax || this.#heldBytes > HELD_BYTES_MAX
      if (entry.isKept === undefined && !mustGo) break
      held.undecided.delete(entry.sequence)
      done++
      this.#heldBytes -= entry.record?.length ?? 0
      const { sequence, time, record, missing } = entry
      if (missing) to.missing(sequence, missing.count, missing.reason, time)
      else if (entry.isKept === false) to.missing(sequence, 1, 'filtered', time)
      else to.record(sequence, time!, record!)
    }
    held.queue.splice(0, done)
  }
}
