// One ring as a forwarder cuts it into batches. A batch that begins at a sequence always ends at the same one, so that what is sent again after a
// restart has the same id:
//
//      0                             256      300                           512
//      ├──────────────────────────────┼────────┤·····························┤      at multiples of 256,
//      batch                          batch    next one                             or at an end that was saved before the batch was sent

import type { CaptureTime } from '../captures/block-writer.ts'
import { type CapturedRing, type CaptureOrigin, CaptureWriter } from '../captures/capture-writer.ts'
import type { RingIdentity } from '../captures/identity.ts'
import type { MissingReason } from '../captures/packet.ts'
import type { RecordBatch } from '../sinks/record-batch.ts'
import { NO_COUNTS, type RingPlace, type SavedRing } from './forward-state.ts'

/**
 * Sequences of a batch at most. Slots of 512 bytes make 150 KB of them at the longest, of the 256 KB that a message may have; and a reader waits for
 * what is missing while up to four times as many records come before it.
 */
export const BATCH_SEQUENCES = 256

/** A batch that is cut, and whether where it ends has to be saved before it is sent. */
export interface CutBatch {
  readonly batch: RecordBatch
  readonly needsSaving: boolean
}

interface Outstanding {
  readonly place: RingPlace
  isAcknowledged: boolean
}

export class ForwardRing {
  readonly identity: RingIdentity
  /** When the batch in hand was begun; `undefined`: there is none. By the clock of add(), ms. */
  begunAt: number | undefined
  readonly #origin: CaptureOrigin
  readonly #onCut: (cut: CutBatch) => void
  /** Where the next record goes. */
  #place: RingPlace
  /** Everything before is kept. */
  #safe: RingPlace
  #ends: number[]
  readonly #outstanding: Outstanding[] = []
  #writer: CaptureWriter | undefined
  #captured: CapturedRing | undefined
  #facts: CapturedRing['facts'] | undefined

  constructor(identity: RingIdentity, saved: RingPlace & Partial<SavedRing>, origin: CaptureOrigin, onCut: (cut: CutBatch) => void) {
    this.identity = identity
    this.#origin = origin
    this.#onCut = onCut
    const { next, lastChecksum, start, counts } = saved
    this.#place = this.#safe = { next, lastChecksum, start, counts }
    this.#ends = [...(saved.ends ?? [])].filter((end) => end > next).sort((a, b) => a - b)
  }

  /** The sequence that comes next. */
  get position(): number {
    return this.#captured?.position ?? this.#place.next
  }

  get saved(): SavedRing {
    return { ...this.#safe, fileId: this.identity.fileId, ends: this.#ends.filter((end) => end > this.#safe.next) }
  }

  /** The ring was set back, or its sequences are used again: what comes next is at `next`. */
  goTo(next: number): void {
    this.cut()
    this.#place = { next, lastChecksum: 0n, start: next, counts: NO_COUNTS }
    this.#ends = []
  }

  /** What its reader knows of it besides records. */
  set facts(facts: CapturedRing['facts']) {
    this.#facts = facts
    if (this.#captured) this.#captured.facts = facts
  }

  /** The record at `position`. */
  add(now: number, time: CaptureTime, slots: Uint8Array, at: number, used: number): void {
    this.#begin(now)
    this.#writer!.record(this.#captured!, time, slots, at, used)
    if (this.#isEnd(this.position)) this.cut(false)
  }

  /** The next `count` sequences are not there. A run that does not fit into the batch in hand is a batch of its own, however long it is. */
  addMissing(now: number, count: number, reason: MissingReason, time: CaptureTime | undefined): void {
    for (let left = count; left > 0; ) {
      const { position } = this
      const end = this.#ends.find((candidate) => candidate > position) ?? Number.POSITIVE_INFINITY
      const part = Math.min(left, end - position)
      const isLong = position + part > nextMultiple(position)
      if (isLong) this.cut()
      this.#begin(now)
      this.#writer!.missing(this.#captured!, part, reason, time)
      if (isLong) this.cut()
      else if (this.#isEnd(this.position)) this.cut(false)
      left -= part
    }
  }

  /** Ends the batch in hand, if there is one. @param needsSaving false: it would end there after a restart as well. */
  cut(needsSaving = true): void {
    const writer = this.#writer
    const captured = this.#captured
    if (!writer || !captured) return
    this.#writer = this.#captured = this.begunAt = undefined
    const begun = this.#place
    const { next: first, counts: before } = begun
    const { position: next, lastChecksum, start, counts } = captured
    this.#place = { next, lastChecksum, start, counts: { ...counts } }
    const isNew = needsSaving && !this.#isEnd(next)
    if (isNew) this.#ends.push(next)
    const outstanding: Outstanding = { place: this.#place, isAcknowledged: false }
    this.#outstanding.push(outstanding)
    const { host, fileId } = this.identity
    const range = `${host}/${fileId}/${first}-${next - 1}`
    const acknowledge = () => this.#acknowledge(outstanding)
    const missing = () => ({ id: `${range}/aside`, section: this.#sectionWithout(begun, next), records: 0, acknowledge })
    const records = counts.written - before.written
    const section = writer.blocks.written().slice()
    this.#onCut({ needsSaving: isNew, batch: { id: `${range}/${lastChecksum.toString(16)}`, section, records, acknowledge, missing } })
  }

  /** A section that says that these sequences are not to be had. */
  #sectionWithout({ next: first, start, counts }: RingPlace, next: number): Uint8Array {
    const writer = new CaptureWriter(this.#origin)
    const captured = writer.addRing(this.identity, first, 0n)
    // It may be the first that a reader gets of the ring: what is before it is to come.
    captured.start = start
    Object.assign(captured.counts, counts)
    writer.account(captured)
    writer.missing(captured, next - first, 'abandoned')
    return writer.blocks.written().slice()
  }

  #begin(now: number): void {
    if (this.#writer) return
    this.begunAt = now
    this.#writer = new CaptureWriter(this.#origin)
    const { next, lastChecksum, start, counts } = this.#place
    this.#captured = this.#writer.addRing(this.identity, next, lastChecksum)
    this.#captured.start = start
    Object.assign(this.#captured.counts, counts)
    if (this.#facts) this.#captured.facts = this.#facts
    this.#writer.account(this.#captured)
  }

  #isEnd(sequence: number): boolean {
    return sequence % BATCH_SEQUENCES === 0 || this.#ends.includes(sequence)
  }

  #acknowledge(outstanding: Outstanding): void {
    outstanding.isAcknowledged = true
    while (this.#outstanding[0]?.isAcknowledged) this.#safe = this.#outstanding.shift()!.place
    this.#ends = this.#ends.filter((end) => end > this.#safe.next)
  }
}

function nextMultiple(sequence: number): number {
  return (Math.floor(sequence / BATCH_SEQUENCES) + 1) * BATCH_SEQUENCES
}
