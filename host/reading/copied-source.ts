// One ring that lies in several places, as one source: what captures have of it, and ring files. Each record is read once, wherever it is found first:
//
//      captures  ├──────────┤ gap ├────────┤
//      a copy              ├─────────┤
//      the ring                            ├────────────┤
//      read      ├──────────┼─────┼────────┼────────────┤
//
// Records of the captures are taken from them, since they come one after the other; other records from a ring file that has them.

import {
  HEADER_FAULTS,
  HEADER_FILE_ID,
  HEADER_GAVE_UP,
  HEADER_HEAD,
  HEADER_SIGNATURE,
  HEADER_SIZE,
  HEADER_USED,
  SIGNATURE_MAGIC,
  SLOT_CHECKSUM,
  SLOT_SIZE,
  SLOT_STAMP,
  STAMP_SHIFT,
  STATE_COMMITTED,
} from '../../format/layout.ts'
import { ENDLESS_SIZE, endlessHeader } from '../model/endless-header.ts'
import type { Gap, GapReason, Source } from '../model/source.ts'

/** Slots that are compared at a time. */
const COMPARED_AT_ONCE = 256
const STATE_MASK = (1 << STAMP_SHIFT) - 1
/** No sequence is so large: heads that are say nothing. */
const HEAD_MAX = Number.MAX_SAFE_INTEGER

/** The file id in a source's header, 16 hexadecimal digits; `undefined` when it has none. */
export function fileIdIn(source: Source): string | undefined {
  const header = new Uint8Array(HEADER_USED)
  if (source.size < HEADER_SIZE || !source.copyHeader(header)) return undefined
  const view = new DataView(header.buffer)
  if (view.getUint32(HEADER_SIGNATURE, true) !== SIGNATURE_MAGIC || view.getBigUint64(HEADER_FILE_ID, true) === 0n) return undefined
  return Buffer.from(header.subarray(HEADER_FILE_ID, HEADER_FILE_ID + 8)).toString('hex')
}

/** A ring file among the copies. */
class RingFile {
  readonly source: Source
  /** What is in it, sequences [oldest, head); and what its writers lost. */
  oldest = 0
  head = 0
  gaveUp = 0n
  faults = 0n
  readonly #slots: number
  readonly #fileId: string
  readonly #header = new Uint8Array(HEADER_USED)
  readonly #view = new DataView(this.#header.buffer)
  readonly #slot = new Uint8Array(SLOT_SIZE)
  readonly #slotView = new DataView(this.#slot.buffer)

  constructor(source: Source, fileId: string) {
    this.source = source
    this.#fileId = fileId
    this.#slots = Math.max(Math.floor((source.size - HEADER_SIZE) / SLOT_SIZE), 1)
    this.look()
  }

  /** Looks how far it goes. If it is another ring by now, it has nothing. */
  look(): void {
    const isThere = this.source.copyHeader(this.#header) && fileIdIn(this.source) === this.#fileId
    const head = isThere ? Number(this.#view.getBigUint64(HEADER_HEAD, true)) : 0
    this.head = head <= HEAD_MAX ? head : 0
    this.oldest = Math.max(this.head - this.#slots, 0)
    this.gaveUp = isThere ? this.#view.getBigUint64(HEADER_GAVE_UP, true) : 0n
    this.faults = isThere ? this.#view.getBigUint64(HEADER_FAULTS, true) : 0n
  }

  has(sequence: number): boolean {
    return sequence >= this.oldest && sequence < this.head
  }

  /** Whether the slot for that sequence says that its record is there. */
  isCommitted(sequence: number): boolean {
    return (
      this.copy(sequence, this.#slot) &&
      this.#slotView.getBigUint64(SLOT_STAMP, true) === (BigInt(sequence) << BigInt(STAMP_SHIFT)) + BigInt(STATE_COMMITTED)
    )
  }

  /** Whole slots; they may run over the end of the file, unlike those of a source. */
  copy(first: number, target: Uint8Array): boolean {
    const count = target.length / SLOT_SIZE
    const head = Math.min(count, this.#slots - (first % this.#slots))
    if (count > this.#slots || !this.source.copySlots(first, target.subarray(0, head * SLOT_SIZE))) return false
    return head === count || this.source.copySlots(first + head, target.subarray(head * SLOT_SIZE))
  }
}

/** Sequences [first, end). */
interface Run {
  readonly first: number
  end: number
}

/** The records of a copy that differ from those that were read under the same ids: the ring was set back, or its file was copied and written on. */
export class DifferentRecords implements Source {
  readonly name: string
  /** More may be found. */
  isLive = true
  readonly #file: RingFile
  readonly #runs: Run[] = []
  /** Where the run ends that the reader is in. */
  #end = 0

  constructor(file: RingFile) {
    this.name = `${file.source.name}, used again`
    this.#file = file
  }

  get user(): string {
    return this.#file.source.user
  }

  get host(): string | undefined {
    return this.#file.source.host
  }

  get size(): number {
    return this.#file.source.size
  }

  get first(): number {
    return this.#runs[0]?.first ?? 0
  }

  add(sequence: number): void {
    if (this.#runs.length === 0) this.#end = sequence
    const last = this.#runs.at(-1)
    if (last && last.end === sequence) last.end++
    else if (!last || sequence > last.end) this.#runs.push({ first: sequence, end: sequence + 1 })
  }

  /** A record that is the same was read elsewhere: it is left out, not lost. */
  gapAt(sequence: number): Gap | undefined {
    const run = this.#runs.find(({ end }) => end > sequence)
    const isGap = run !== undefined && run.first > sequence
    this.#end = isGap ? run.first : (run?.end ?? sequence)
    return isGap ? { end: run.first, reason: 'filtered' } : undefined
  }

  copyHeader(target: Uint8Array): boolean {
    return this.#file.source.copyHeader(target) && this.copyHead(target.subarray(HEADER_HEAD))
  }

  copyHead(target: Uint8Array): boolean {
    new DataView(target.buffer, target.byteOffset).setBigUint64(0, BigInt(this.#end), true)
    return true
  }

  copySlots(first: number, target: Uint8Array): boolean {
    return this.#file.copy(first, target)
  }

  close(): void {}
}

export class CopiedSource implements Source {
  readonly name: string
  readonly user: string
  readonly host: string | undefined
  readonly size = ENDLESS_SIZE
  readonly #captured: Source | undefined
  readonly #onReused: (records: DifferentRecords) => void
  readonly #files: readonly RingFile[]
  readonly #different = new Map<RingFile, DifferentRecords>()
  readonly #header: Uint8Array
  readonly #headerView: DataView
  readonly #other = new Uint8Array(COMPARED_AT_ONCE * SLOT_SIZE)
  /** Where the sequences up to `#end` are at present; `undefined`: nowhere yet. */
  #from: RingFile | Source | undefined
  #end = 0

  /**
   * @param captured what captures have of it.
   * @param files the ring itself and copies of its file; closed with this one.
   */
  constructor(
    name: string,
    fileId: string,
    captured: Source | undefined,
    files: readonly Source[],
    onReused: (records: DifferentRecords) => void,
  ) {
    this.name = name
    this.#captured = captured
    this.#files = files.map((source) => new RingFile(source, fileId))
    this.user = [captured, ...files].find((source) => source && source.user !== '')?.user ?? ''
    this.host = captured ? captured.host : files.find(({ host }) => host !== undefined)?.host
    this.#onReused = onReused
    this.#header = endlessHeader(fileId)
    this.#headerView = new DataView(this.#header.buffer)
    this.#end = this.first
  }

  /** The lowest sequence that any of them has. */
  get first(): number {
    const begins = this.#files.filter(({ head, oldest }) => head > oldest).map(({ oldest }) => oldest)
    if (this.#captured) begins.push(this.#captured.first ?? 0)
    return begins.length === 0 ? 0 : Math.min(...begins)
  }

  get isLive(): boolean {
    return this.#captured?.isLive === true || this.#files.some(({ source }) => source.isLive)
  }

  gapAt(next: number): Gap | undefined {
    for (const file of this.#files) if (file.source.isLive) file.look()
    this.#from = undefined
    this.#end = next
    const missing = this.#captured && this.#missingAt(this.#captured, next)
    if (missing === 'here' || missing === 'later') return undefined
    const gap = this.#fileGapAt(next, missing)
    // The reader passes it before it looks at the header, whose head must not be before the reader.
    if (gap) this.#end = gap.end
    return gap
  }

  /** What captures say of `next`: it is there; nothing yet; a gap; or (`undefined`) nothing, and nothing more will come. */
  #missingAt(captured: Source, next: number): 'here' | 'later' | Gap | undefined {
    const { first = 0 } = captured
    // What came before the captures, nobody has counted as lost.
    if (next < first) return { end: first, reason: 'overrun' }
    const gap = captured.gapAt?.(next)
    if (gap) return gap
    captured.copyHeader(this.#header)
    const head = Number(this.#headerView.getBigUint64(HEADER_HEAD, true))
    if (head > next) {
      this.#from = captured
      this.#end = head
      return 'here'
    }
    return captured.isLive ? 'later' : undefined
  }

  /** A ring file that has `next` is read up to the end of the gap in the captures, if there is one. */
  #fileGapAt(next: number, missing: { end: number; reason: GapReason } | undefined): Gap | undefined {
    const having = this.#files.filter((file) => file.has(next))
    const from = having.find((file) => file.isCommitted(next)) ?? having[0]
    if (from) {
      this.#from = from
      this.#end = Math.min(from.head, missing?.end ?? from.head)
      return undefined
    }
    const later = this.#files.filter(({ oldest }) => oldest > next).map(({ oldest }) => oldest)
    const end = Math.min(missing?.end ?? Number.POSITIVE_INFINITY, ...later)
    if (Number.isFinite(end)) return { end, reason: missing?.reason ?? 'overrun' }
    // A ring that was set back goes on from where it stands now.
    const live = this.#files.find(({ source }) => source.isLive)
    if (live && live.head > 0) this.#end = Math.min(live.head, next)
    return undefined
  }

  copyHeader(target: Uint8Array): boolean {
    // Only a ring that is alone at its end can be replaced: what is read of captures until then stays.
    this.#headerView.setBigUint64(HEADER_HEAD, BigInt(this.#end), true)
    const [newest] = this.#files
    this.#headerView.setBigUint64(HEADER_GAVE_UP, newest?.gaveUp ?? 0n, true)
    this.#headerView.setBigUint64(HEADER_FAULTS, newest?.faults ?? 0n, true)
    target.set(this.#header)
    return true
  }

  copyHead(target: Uint8Array): boolean {
    this.#headerView.setBigUint64(HEADER_HEAD, BigInt(this.#end), true)
    target.set(this.#header.subarray(HEADER_HEAD, HEADER_HEAD + 8))
    return true
  }

  copySlots(first: number, target: Uint8Array): boolean {
    const from = this.#from
    if (!from) {
      // What was read before: a mark of it is asked for.
      return this.#files.some((file) => file.has(first) && file.copy(first, target))
    }
    const isThere = from instanceof RingFile ? from.copy(first, target) : from.copySlots(first, target)
    if (isThere) for (const file of this.#files) if (file !== from) this.#compare(file, first, target)
    return isThere
  }

  /** Two copies are of one ring only as long as they have the same records. */
  #compare(file: RingFile, first: number, slots: Uint8Array): void {
    const begin = Math.max(first, file.oldest)
    const end = Math.min(first + slots.length / SLOT_SIZE, file.head)
    for (let at = begin; at < end; at += COMPARED_AT_ONCE) {
      const count = Math.min(end - at, COMPARED_AT_ONCE)
      if (!file.copy(at, this.#other.subarray(0, count * SLOT_SIZE))) return
      const mine = slots.subarray((at - first) * SLOT_SIZE)
      for (let slot = 0; slot < count; slot++) if (isOtherRecord(mine, this.#other, slot * SLOT_SIZE)) this.#differs(file, at + slot)
    }
  }

  #differs(file: RingFile, sequence: number): void {
    const known = this.#different.get(file)
    const records = known ?? new DifferentRecords(file)
    records.add(sequence)
    if (known) return
    this.#different.set(file, records)
    this.#onReused(records)
  }

  isReplaced(): boolean {
    return this.#files.some(({ source }) => source.isLive && source.isReplaced?.() === true)
  }

  close(): void {
    for (const records of this.#different.values()) records.isLive = false
    this.#captured?.close()
    for (const { source } of this.#files) source.close()
  }
}

/** Whether the slots at `at` hold two records of one id: the same stamp, and another checksum. */
function isOtherRecord(a: Uint8Array, b: Uint8Array, at: number): boolean {
  const one = new DataView(a.buffer, a.byteOffset + at)
  const other = new DataView(b.buffer, b.byteOffset + at)
  const isSame = (word: number) => one.getUint32(word, true) === other.getUint32(word, true)
  const isOfOneId = isSame(SLOT_STAMP) && isSame(SLOT_STAMP + 4) && (one.getUint32(SLOT_STAMP, true) & STATE_MASK) === STATE_COMMITTED
  return isOfOneId && !(isSame(SLOT_CHECKSUM) && isSame(SLOT_CHECKSUM + 4))
}
