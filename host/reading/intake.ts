// An open source, brought into the core window by window for as long as it lasts. What it promised stays promised when it does not
// (RING.md section 6, rule 7).

import { PLAN_REPLACED, SKIP_ABANDONED, SKIP_CORRUPT, SKIP_FILTERED, SKIP_OVERRUN } from '../../assembly/abi.ts'
import { HEADER_HEAD, SLOT_SIZE } from '../../format/layout.ts'
import type { Core } from '../core/core.ts'
import type { GapReason, Source } from '../model/source.ts'
import { Ahead } from './ahead.ts'

const SKIPS: Readonly<Record<GapReason, number>> = {
  overrun: SKIP_OVERRUN,
  abandoned: SKIP_ABANDONED,
  corrupt: SKIP_CORRUPT,
  filtered: SKIP_FILTERED,
}

export class Intake {
  readonly source: Source
  /** The source has lost something that it promised. It is to be left once all of that is read or counted. */
  isBroken = false
  readonly #core: Core
  readonly #ring: number
  readonly #opened: Uint8Array
  readonly #ahead = new Ahead()
  #abandonedBefore = 0
  #isThisRing = true

  /** @param source its header is in the core, and was found good. */
  constructor(core: Core, ring: number, source: Source) {
    this.#core = core
    this.#ring = ring
    this.source = source
    this.#opened = core.header.slice()
  }

  /**
   * Looks at the header, after passGap(). Returns how many slots copy() is to bring in; 0 when there is nothing to be had.
   * @param now a monotonic clock, ms.
   */
  plan(now: number): number {
    const core = this.#core
    if (!this.#ahead.isEmpty) {
      core.header.set(this.#ahead.header)
      return core.plan(this.#ring, this.#ahead.at)
    }
    const planned = this.source.copyHeader(core.header) ? core.plan(this.#ring, now) : PLAN_REPLACED
    this.#isThisRing = planned !== PLAN_REPLACED
    if (planned >= 0) return planned
    const { pending } = core.account(this.#ring)
    this.#break()
    if (pending === 0) return 0
    this.#recallHeader()
    return Math.max(core.plan(this.#ring, now), 0)
  }

  /** A source that knows what it does not have says so, one gap a turn. Returns whether there was one; the core has what was lost. */
  passGap(): boolean {
    if (!this.source.gapAt) return false
    const gap = this.source.gapAt(this.#core.account(this.#ring).next)
    return gap !== undefined && this.#core.skip(this.#ring, gap.end, SKIPS[gap.reason])
  }

  /** Brings in the planned slots, as far as the source still has them, and head once more. The others are zeros: holes, which the core waits for and then counts. */
  copy(planned: number): void {
    const { sequence } = this.#core.turn
    const window = this.#core.windows[planned]!
    if (!this.#isThisRing || !this.source.copySlots(sequence, window)) {
      this.#break()
      for (let slot = 0; slot < planned; slot++) {
        const bytes = window.subarray(slot * SLOT_SIZE, (slot + 1) * SLOT_SIZE)
        if (!this.#isThisRing || !this.source.copySlots(sequence + slot, bytes)) bytes.fill(0)
      }
    }
    if (this.isBroken || !this.source.copyHead(this.#core.head)) this.#recallHeader()
  }

  /**
   * Brings in some of the planned slots, and copies up to `most` of them ahead for the turns that follow. Returns how many it brought in.
   * @param now as plan() was told.
   */
  copySome(planned: number, slots: number, most: number, now: number): number {
    const { window, head, header, turn } = this.#core
    if (this.#ahead.isEmpty) {
      const count = Math.min(planned, Math.max(slots, most))
      const isThere = this.#isThisRing && !this.isBroken && this.#ahead.fill(this.source, header, turn.sequence, count, now)
      if (!isThere) {
        this.copy(Math.min(planned, slots))
        return Math.min(planned, slots)
      }
    }
    const bytes = this.#ahead.slots(slots)
    window.set(bytes)
    head.set(this.#ahead.head)
    return bytes.length / SLOT_SIZE
  }

  /** The core has taken `count` of the slots that were brought in. What it has stopped at is to be copied anew before it is looked at again. */
  passAhead(count: number, hasStopped: boolean): void {
    if (hasStopped) this.#ahead.drop()
    else if (!this.#ahead.isEmpty) this.#ahead.pass(count)
  }

  /** Records that were abandoned since the source broke. */
  get unreadable(): number {
    return this.isBroken ? this.#core.account(this.#ring).abandoned - this.#abandonedBefore : 0
  }

  /** The core's turn is about this ring now. To ask for its account would forget the losses of the turn so far. */
  #break(): void {
    if (!this.isBroken) this.#abandonedBefore = this.#core.turn.abandoned
    this.isBroken = true
  }

  /** The header of this ring with the head that was seen last, for when the source has none, or that of another ring. */
  #recallHeader(): void {
    const { header, turn } = this.#core
    header.set(this.#opened)
    new DataView(header.buffer, header.byteOffset).setBigUint64(HEADER_HEAD, BigInt(turn.head), true)
  }
}
