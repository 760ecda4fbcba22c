// Compares what producers journalled with what readers logged, sequence by sequence. Nothing is subtracted.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { LOG_BEAT, LOG_COMPLAINT, LOG_LOSS, LOG_ROWS, LOG_TORN } from './log.mjs'

const DELIVERED = 1
const LOST = 2
const JOURNALLED = 4
const NOTHING_CLAIMED = 0xffff_ffff_ffff_ffffn

/** A producer's journal (producer.c): what it committed, and the record that may have been committed when it was killed. */
export function readJournal(path) {
  const file = openSync(path, 'r')
  try {
    const header = new BigUint64Array(4)
    readSync(file, header, 0, 32, 0)
    const entries = new Uint32Array(4 * Number(header[0]))
    for (let at = 0; at < entries.byteLength; ) at += readSync(file, entries, at, entries.byteLength - at, 32 + at)
    const inFlight = header[2] === NOTHING_CLAIMED ? undefined : { sequence: Number(header[2]), number: Number(header[1]) }
    return { entries, inFlight, unwritten: Number(header[3]) }
  } finally {
    closeSync(file)
  }
}

/** Judges sequences from `base` on, up to `head`. */
export class Judge {
  produced = 0
  delivered = 0
  duplicates = 0
  torn = 0
  unaccounted = 0
  /** Sentences about what should not be, beyond the counts. */
  faults = []
  #base
  #marks
  #writers
  #numbers
  #inFlight = new Map()

  constructor(base, head) {
    this.#base = base
    this.#marks = new Uint8Array(head - base)
    this.#writers = new Uint32Array(head - base)
    this.#numbers = new Uint32Array(head - base)
  }

  journal(writer, { entries, inFlight }) {
    for (let i = 0; i < entries.length; i += 4) this.#journalled(entries[i] + entries[i + 1] * 2 ** 32, writer, entries[i + 2])
    if (inFlight) this.#inFlight.set(inFlight.sequence, { writer, number: inFlight.number })
  }

  #journalled(sequence, writer, number) {
    const at = sequence - this.#base
    if (!(at >= 0 && at < this.#marks.length)) return this.faults.push(`sequence ${sequence} was committed outside of the ring's head`)
    if (this.#marks[at] & JOURNALLED) this.faults.push(`sequence ${sequence} was committed twice`)
    this.#marks[at] |= JOURNALLED
    this.#writers[at] = writer
    this.#numbers[at] = number
    this.produced++
  }

  /**
   * One reader process: its log, where its consumer's cursor stood when it began, and the last sequence that the one before delivered if that ended
   * cleanly. What one before that delivered without saving may come again. Returns the last sequence that this one delivered, or -1.
   */
  reader(path, start, cleanlyDelivered) {
    const bytes = readFileSync(path)
    const words = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length >> 3)
    let last = -1
    for (let at = 0; at < words.length; ) {
      const type = words[at]
      if (type === LOG_ROWS || type === LOG_TORN) {
        const rows = words[at + 1]
        // Killed while it wrote this: it did not ask for more, so none of it counts as delivered.
        if (at + 2 + 3 * rows > words.length) break
        for (let row = 0; row < rows; row++) {
          const [sequence, writer, number] = words.subarray(at + 2 + 3 * row, at + 5 + 3 * row)
          if (type === LOG_TORN) this.torn++
          else {
            this.deliver(sequence, writer, number, sequence <= last || sequence < start || sequence <= cleanlyDelivered)
            last = sequence
          }
        }
        at += 2 + 3 * rows
      } else if (type === LOG_LOSS) {
        if (at + 3 > words.length) break
        this.lose(words[at + 1], words[at + 2])
        at += 3
      } else {
        if (type !== LOG_BEAT && type !== LOG_COMPLAINT) throw new Error(`${path}: there is no entry of type ${type} (word ${at})`)
        if (type === LOG_COMPLAINT) this.faults.push('a reader complained')
        at++
      }
    }
    return last
  }

  /** A reader was told that `lost` sequences from `first` on are lost. */
  lose(first, lost) {
    for (let sequence = first; sequence < first + lost; sequence++) this.#marks[sequence - this.#base] |= LOST
  }

  /** A reader got this. */
  deliver(sequence, writer, number, mayNotRepeat) {
    const at = sequence - this.#base
    if (this.#marks[at] & DELIVERED) {
      if (mayNotRepeat) this.duplicates++
    } else {
      this.delivered++
      this.#marks[at] |= DELIVERED
    }
    const inFlight = this.#inFlight.get(sequence)
    if (!(this.#marks[at] & JOURNALLED) && inFlight?.writer === writer && inFlight.number === number)
      this.#journalled(sequence, writer, number)
    const isAsWritten = this.#marks[at] & JOURNALLED && this.#writers[at] === writer && this.#numbers[at] === number
    if (!isAsWritten) this.torn++
  }

  /** After all journals and logs. */
  finish() {
    let fateless = 0
    for (const mark of this.#marks) {
      if (mark & (DELIVERED | LOST)) continue
      fateless++
      if (mark & JOURNALLED) this.unaccounted++
    }
    if (fateless > this.unaccounted) this.faults.push(`${fateless} sequences were neither delivered nor reported as lost`)
  }
}
