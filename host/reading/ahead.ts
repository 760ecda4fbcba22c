// Slots that were copied before they are taken. Where sources have turns of a few records each, to copy them for each turn costs more than to
// read them. A second look at head follows the copy at once, as always, so what was whole then stays whole, whatever the writers do meanwhile.

import { HEADER_USED, SLOT_SIZE } from '../../format/layout.ts'
import type { Source } from '../model/source.ts'

export class Ahead {
  readonly header = new Uint8Array(HEADER_USED)
  readonly head = new Uint8Array(8)
  /** When the header was copied, as turn() was told: what was claimed later is not promised. */
  at = 0
  #slots = new Uint8Array(0)
  /** Of the copied slots, those that are not taken: [first, end). */
  #first = 0
  #end = 0

  get isEmpty(): boolean {
    return this.#first >= this.#end
  }

  /** Copies slots and then head. Returns false when the source does not have them all any more. */
  fill(source: Source, header: Uint8Array, first: number, count: number, now: number): boolean {
    if (this.#slots.length < count * SLOT_SIZE) this.#slots = new Uint8Array(count * SLOT_SIZE)
    if (!source.copySlots(first, this.#slots.subarray(0, count * SLOT_SIZE)) || !source.copyHead(this.head)) return false
    this.header.set(header)
    this.at = now
    this.#first = 0
    this.#end = count
    return true
  }

  /** The copied slots from the first that is not taken on, `count` at most. */
  slots(count: number): Uint8Array {
    return this.#slots.subarray(this.#first * SLOT_SIZE, Math.min(this.#first + count, this.#end) * SLOT_SIZE)
  }

  /** So many were taken. */
  pass(count: number): void {
    this.#first += count
  }

  /** The copied slots must not be used: they have to be looked at anew. */
  drop(): void {
    this.#end = this.#first
  }
}
