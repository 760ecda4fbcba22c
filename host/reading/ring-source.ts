// An open ring file, brought into the core window by window for as long as it lasts. What it promised stays promised when it does not
// (RING.md section 6, rule 7).

import { PLAN_REPLACED } from '../../assembly/abi.ts'
import { HEADER_HEAD, SLOT_SIZE } from '../../format/layout.ts'
import type { Core } from '../core/core.ts'
import type { OpenFile } from '../system/file.ts'

export class RingSource {
  readonly file: OpenFile
  /** The file has lost something that it promised. It is to be left once all of that is read or counted. */
  isBroken = false
  readonly #core: Core
  readonly #index: number
  readonly #opened: Uint8Array
  #abandonedBefore = 0
  #isThisRing = true

  /** @param file its header is in the core, and was found good. */
  constructor(core: Core, index: number, file: OpenFile) {
    this.#core = core
    this.#index = index
    this.file = file
    this.#opened = core.header.slice()
  }

  /** Looks at the header. Returns how many slots copy() is to bring in; 0 when there is nothing to be had. */
  plan(now: number): number {
    const core = this.#core
    const planned = this.file.copy(0, core.header) ? core.plan(this.#index, now) : PLAN_REPLACED
    this.#isThisRing = planned !== PLAN_REPLACED
    if (planned >= 0) return planned
    this.#break()
    if (core.account(this.#index).pending === 0) return 0
    this.#recallHeader()
    return Math.max(core.plan(this.#index, now), 0)
  }

  /** Brings in the planned slots, as far as the file still has them, and head once more. The others are zeros: holes, which the core waits for and then counts. */
  copy(planned: number): void {
    const { offset } = this.#core.turn
    const window = this.#core.windows[planned]!
    if (!this.#isThisRing || !this.file.copy(offset, window)) {
      this.#break()
      for (let at = 0; at < window.length; at += SLOT_SIZE) {
        const slot = window.subarray(at, at + SLOT_SIZE)
        if (!this.#isThisRing || !this.file.copy(offset + at, slot)) slot.fill(0)
      }
    }
    if (this.isBroken || !this.file.copy(HEADER_HEAD, this.#core.head)) this.#recallHeader()
  }

  /** Records that were abandoned since the file broke. */
  get unreadable(): number {
    return this.isBroken ? this.#core.account(this.#index).abandoned - this.#abandonedBefore : 0
  }

  #break(): void {
    if (!this.isBroken) this.#abandonedBefore = this.#core.account(this.#index).abandoned
    this.isBroken = true
  }

  /** The header of this ring with the head that was seen last, for when the file has none, or that of another ring. */
  #recallHeader(): void {
    const { header } = this.#core
    const head = this.#core.account(this.#index).head
    header.set(this.#opened)
    new DataView(header.buffer, header.byteOffset).setBigUint64(HEADER_HEAD, BigInt(head), true)
  }
}
