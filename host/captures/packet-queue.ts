// Records of one ring that were read and not yet handed out: where each of them is. Those that follow each other in one chunk are a run, which holds it.
//
//      runs     │ chunk 7: 25                │ chunk 8: 31                │ chunk 9: 3 …
//      places   │ start, end │ start, end │ …                             (a ring of a size that is a power of two)

import { RECORD_STRINGS, RECORD_USED, SLOT_SIZE } from '../../format/layout.ts'
import type { Chunk } from './chunk.ts'

const CAPACITY_FIRST = 1 << 8

interface Run {
  readonly chunk: Chunk
  records: number
}

export class PacketQueue {
  /** Where records begin and end in their chunks; those of record n are at 2 (n mod the capacity). */
  #places = new Uint32Array(2 * CAPACITY_FIRST)
  #mask = CAPACITY_FIRST - 1
  /** Records added and freed since the beginning. */
  #added = 0
  #freed = 0
  readonly #runs: Run[] = []
  #last: Run | undefined

  get length(): number {
    return this.#added - this.#freed
  }

  /** A record, at [start, end) of a chunk; `start` is a multiple of four. */
  add(chunk: Chunk, start: number, end: number): void {
    if (this.#added - this.#freed > this.#mask) this.#grow()
    const at = (this.#added++ & this.#mask) << 1
    this.#places[at] = start
    this.#places[at + 1] = end
    const last = this.#last
    if (last !== undefined && last.chunk === chunk) last.records++
    else this.#begin(chunk)
  }

  #begin(chunk: Chunk): void {
    chunk.hold()
    this.#last = { chunk, records: 1 }
    this.#runs.push(this.#last)
  }

  #grow(): void {
    const places = this.#places
    const mask = this.#mask
    this.#mask = 2 * mask + 1
    this.#places = new Uint32Array(2 * places.length)
    for (let record = this.#freed; record < this.#added; record++) {
      const [from, to] = [(record & mask) << 1, (record & this.#mask) << 1]
      this.#places[to] = places[from]!
      this.#places[to + 1] = places[from + 1]!
    }
  }

  /** The oldest `records` are not needed any more. */
  free(records: number): void {
    this.#freed += records
    for (let left = records; left > 0; ) {
      const run = this.#runs[0]!
      if (run.records > left) {
        run.records -= left
        return
      }
      left -= run.records
      run.chunk.letGo()
      this.#runs.shift()
    }
    if (this.#runs.length === 0) this.#last = undefined
  }

  /** Records into whole slots. @param skip how many of the oldest are left out. */
  copy(skip: number, target: Uint8Array): void {
    const words = new Uint32Array(target.buffer, target.byteOffset, target.length >> 2)
    const slots = target.length / SLOT_SIZE
    let record = this.#freed
    let slot = 0
    for (let at = 0; slot < slots; at++) {
      const { chunk, records } = this.#runs[at]!
      for (const end = record + records; record < end && slot < slots; record++) {
        if (record < this.#freed + skip) continue
        const place = (record & this.#mask) << 1
        copyRecord(chunk, this.#places[place]!, this.#places[place + 1]!, target, words, slot++)
      }
    }
  }
}

/** The bytes after the record's end in the slot stay as they are: nobody reads them. */
function copyRecord(
  { view, words: source, bytes }: Chunk,
  from: number,
  end: number,
  target: Uint8Array,
  words: Uint32Array,
  slot: number,
): void {
  const size = Math.min(end - from, SLOT_SIZE)
  if (size >= RECORD_STRINGS && view.getUint16(from + RECORD_USED, true) === size) {
    // Copying words, a few at a time, is faster than making a view of so few bytes. A record is a multiple of 16 bytes long.
    let to = slot * (SLOT_SIZE >> 2)
    for (let word = from >> 2, last = (from + size + 3) >> 2; word < last; word += 4, to += 4) {
      words[to] = source[word]!
      words[to + 1] = source[word + 1]!
      words[to + 2] = source[word + 2]!
      words[to + 3] = source[word + 3]!
    }
  } else {
    // Cut by a snapshot length, or by nobody of ours: what was in the slot before must not complete it.
    const bytesOfSlot = target.subarray(slot * SLOT_SIZE, (slot + 1) * SLOT_SIZE)
    bytesOfSlot.fill(0)
    bytesOfSlot.set(bytes.subarray(from, from + size))
  }
}
