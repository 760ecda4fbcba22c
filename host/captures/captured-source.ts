// One ring out of one or several captures, as a source: its records in the order of their sequences, each once, and what is missing between them.
//
// Records that were read and not yet handed out are a queue of segments. A segment is a run of sequences that are all there, or a gap:
//
//      ┌────────────────┬───────────┬──────────────────────────┬─ ─ ─ ─ ─ ─ ─ ─
//      │ 4711 … 4719    │ gap: 3    │ 4723 … 4790              │ came early: 4795, 4793
//      └────────────────┴───────────┴──────────────────────────┴─ ─ ─ ─ ─ ─ ─ ─
//      first slots of the queue      next slots                  wait until the ones before are there

import { PACKET_BODY } from '../../format/capture-layout.ts'
import { HEADER_FAULTS, HEADER_GAVE_UP, HEADER_HEAD, RECORD_STRINGS, RECORD_USED, SLOT_CHECKSUM, SLOT_SIZE } from '../../format/layout.ts'
import { ENDLESS_SIZE, endlessHeader } from '../model/endless-header.ts'
import type { Gap, GapReason, Source } from '../model/source.ts'
import { type Chunk, copied } from './chunk.ts'
import type { RingIdentity } from './identity.ts'
import type { Run } from './packet.ts'
import { PacketQueue } from './packet-queue.ts'
import { RecentChecksums } from './recent-checksums.ts'

/** Slots that wait to be handed out, at most; then nothing more is read of the captures for a while. */
const QUEUED_MAX = 1 << 14
/** Records that wait for those before them. If more come, those before are given up. */
const EARLY_MAX = 1024

/** Packets that are read on in one go for a ring that has none. */
const PUMPED_AT_ONCE = 4096
/** Slots that are read ahead, of all rings and for each: enough for whole windows, and few enough to stay in the processor's caches. */
const AHEAD_MIN = 1 << 11
const AHEAD_OF_RING = 1 << 7

/** Few enough slots wait to be handed out, for the number of rings, that more may be read ahead. */
export function isLittle(queued: number, rings: number): boolean {
  return queued < Math.max(AHEAD_MIN, AHEAD_OF_RING * rings)
}

interface Segment {
  first: number
  /** The first sequence after it. */
  end: number
  /** Of a gap. */
  readonly reason: GapReason | undefined
}

/** Where a packet is: bytes [start, end) of a chunk; `start` is a multiple of four. */
export interface PacketBytes {
  readonly chunk: Chunk
  readonly start: number
  readonly end: number
}

/** What add() did with a record. */
export type Added = 'new' | 'repeated' | 'late' | 'reused'

/** What reads the captures that the source is out of. */
export interface Captures {
  /** Reads on as long as little waits to be handed out, some packets at most. */
  readOn(packets: number): void
  /** So many more slots of the source wait to be handed out; below zero: fewer. */
  changed(slots: number): void
  /** It is read no longer. */
  closed(): void
}

export class CapturedSource implements Source {
  readonly name: string
  readonly identity: RingIdentity
  readonly isUsedAgain: boolean
  readonly size = ENDLESS_SIZE
  /** Nobody reads it any more: what comes for it is dropped. */
  isClosed = false
  /** More may come. */
  isLive = true
  readonly #captures: Captures
  readonly #header: Uint8Array
  readonly #headerView: DataView
  readonly #checksums = new RecentChecksums()
  readonly #queue = new PacketQueue()
  readonly #segments: Segment[] = []
  /** Something of it was queued. */
  #hasBegun = false
  /** The first sequence, and the one that comes next at the end of the queue. */
  #start: number | undefined
  #expected = 0
  #early = new Map<number, PacketBytes>()
  #earlyRuns: Run[] = []
  /** Where the reader stands. */
  #next = 0

  /** @param isUsedAgain another record was handed out under the ids that it begins with. */
  constructor(name: string, identity: RingIdentity, captures: Captures, isUsedAgain = false) {
    this.isUsedAgain = isUsedAgain
    this.name = name
    this.identity = identity
    this.#captures = captures
    this.#header = endlessHeader(identity.fileId)
    this.#headerView = new DataView(this.#header.buffer)
  }

  get user(): string {
    return this.identity.user
  }

  get host(): string {
    return this.identity.host
  }

  /** The sequence that reading begins with. */
  get first(): number {
    return this.#start ?? 0
  }

  get isFull(): boolean {
    return this.#queue.length >= QUEUED_MAX
  }

  get queued(): number {
    return this.#queue.length
  }

  /** Everything was handed out that will ever be. */
  get isDone(): boolean {
    return this.isClosed || (!this.isLive && this.#segments.length === 0)
  }

  /** A capture begins with this ring at `sequence`: the ring begins at the lowest, as long as nothing of it was queued. */
  begin(sequence: number): void {
    if (this.#hasBegun) return
    this.#start = Math.min(sequence, this.#start ?? sequence)
    this.#expected = this.#next = this.#start
  }

  /** What the ring's writers could not record by the time that a capture was written; the latest counts. */
  noteWriters(gaveUp: number, faults: number): void {
    for (const [at, count] of [
      [HEADER_GAVE_UP, gaveUp],
      [HEADER_FAULTS, faults],
    ] as const) {
      const known = this.#headerView.getBigUint64(at, true)
      if (BigInt(count) > known) this.#headerView.setBigUint64(at, BigInt(count), true)
    }
  }

  /** A record. */
  add(sequence: number, packet: PacketBytes): Added {
    if (this.#start === undefined) this.begin(sequence)
    if (sequence === this.#expected) {
      this.#append(packet)
      if (this.hole !== undefined) this.#settle()
      return 'new'
    }
    const { view } = packet.chunk
    const slot = packet.start + PACKET_BODY
    const size = packet.end - slot
    if (sequence < this.#expected) {
      if (size < RECORD_USED) return 'late'
      const low = view.getUint32(slot + SLOT_CHECKSUM, true)
      const isSame = this.#checksums.isSame(sequence, low, view.getUint32(slot + SLOT_CHECKSUM + 4, true))
      return !isSame ? 'reused' : this.#isMissing(sequence) ? 'late' : 'repeated'
    }
    if (this.#early.has(sequence)) return 'repeated'
    this.#early.set(sequence, copyOf(packet))
    if (this.#early.size > EARLY_MAX) this.#giveUp()
    return 'new'
  }

  /** Sequences that no record comes for. */
  addRun(run: Run): void {
    if (this.#start === undefined) this.begin(run.first)
    const end = run.first + run.count
    if (end <= this.#expected) return
    if (run.first > this.#expected) {
      this.#earlyRuns.push(run)
      if (this.#earlyRuns.length > EARLY_MAX) this.#giveUp()
      return
    }
    this.#addGap(end, run.reason)
    if (this.hole !== undefined) this.#settle()
  }

  /** The sequence that records which came early wait for; `undefined`: none wait. */
  get hole(): number | undefined {
    return this.#early.size > 0 || this.#earlyRuns.length > 0 ? this.#expected : undefined
  }

  /** Records that are missing before those that came early are not waited for any longer. */
  passHole(): void {
    if (this.hole !== undefined) this.#giveUp()
  }

  /** Nothing more comes. */
  end(): void {
    while (this.#early.size > 0 || this.#earlyRuns.length > 0) this.#giveUp()
    this.isLive = false
  }

  #append({ chunk, start, end }: PacketBytes): void {
    const from = start + PACKET_BODY
    if (end - from >= RECORD_STRINGS) {
      const { words } = chunk
      const checksum = (from + SLOT_CHECKSUM) >> 2
      this.#checksums.add(this.#expected, words[checksum]!, words[checksum + 1]!)
    }
    if (chunk.mayHold) this.#queue.add(chunk, from, end)
    else this.#queue.add(copied(chunk, from, end), 0, end - from)
    const last = this.#segments[this.#segments.length - 1]
    if (last && last.reason === undefined) last.end++
    else this.#addSegment(this.#expected + 1, undefined)
    this.#expected++
    this.#captures.changed(1)
  }

  #addSegment(end: number, reason: GapReason | undefined): void {
    this.#hasBegun = true
    this.#segments.push({ first: this.#expected, end, reason })
  }

  #addGap(end: number, reason: GapReason): void {
    this.#addSegment(end, reason)
    this.#expected = end
  }

  /** Whether `sequence` was given up or left out, and not handed out as a record. */
  #isMissing(sequence: number): boolean {
    return this.#segments.some(({ first, end, reason }) => reason !== undefined && sequence >= first && sequence < end)
  }

  /** Queues what came early and is next by now. */
  #settle(): void {
    for (;;) {
      const packet = this.#early.get(this.#expected)
      const run = packet ? undefined : this.#earlyRuns.find(({ first, count }) => first <= this.#expected && first + count > this.#expected)
      if (packet) {
        this.#early.delete(this.#expected)
        this.#append(packet)
      } else if (run) this.#addGap(run.first + run.count, run.reason)
      else break
    }
    if (this.#earlyRuns.length > 0) this.#earlyRuns = this.#earlyRuns.filter(({ first, count }) => first + count > this.#expected)
    for (const sequence of this.#early.keys()) if (sequence < this.#expected) this.#early.delete(sequence)
  }

  /** The sequences before the first that came early are not waited for any longer. All that is known of them is that they were claimed. */
  #giveUp(): void {
    let first = Number.POSITIVE_INFINITY
    for (const sequence of this.#early.keys()) first = Math.min(first, sequence)
    for (const run of this.#earlyRuns) first = Math.min(first, run.first)
    if (first > this.#expected) this.#addGap(first, 'abandoned')
    this.#settle()
  }

  gapAt(sequence: number): Gap | undefined {
    this.#passTo(sequence)
    // Many at a time; but a ring of which little is there does not read the captures to their end for it.
    if (this.#queue.length === 0) this.#captures.readOn(PUMPED_AT_ONCE)
    const segment = this.#segments[0]
    return segment && segment.reason !== undefined ? { end: segment.end, reason: segment.reason } : undefined
  }

  /** The reader has come to `sequence`. */
  #passTo(sequence: number): void {
    this.#next = sequence
    for (let segment = this.#segments[0]; segment && segment.first < sequence; segment = this.#segments[0]) {
      const passed = Math.min(segment.end, sequence) - segment.first
      if (segment.reason === undefined) this.#free(passed)
      segment.first += passed
      if (segment.first < segment.end) break
      this.#segments.shift()
    }
  }

  #free(records: number): void {
    this.#queue.free(records)
    this.#captures.changed(-records)
  }

  copyHeader(target: Uint8Array): boolean {
    // Of a gap, which gapAt() has told, the end as well: the reader has passed it by now, and head must not be before the reader.
    this.#headerView.setBigUint64(HEADER_HEAD, BigInt(this.#segments[0]?.end ?? this.#next), true)
    target.set(this.#header)
    return true
  }

  copyHead(target: Uint8Array): boolean {
    target.set(this.#header.subarray(HEADER_HEAD, HEADER_HEAD + 8))
    return true
  }

  copySlots(first: number, target: Uint8Array): boolean {
    const count = target.length / SLOT_SIZE
    const segment = this.#segments[0]
    if (!segment || segment.reason !== undefined || first < segment.first || first + count > segment.end) return false
    this.#queue.copy(first - segment.first, target)
    return true
  }

  close(): void {
    this.isClosed = true
    this.#segments.length = 0
    this.#free(this.queued)
    this.#early.clear()
    this.#earlyRuns = []
    this.#captures.closed()
  }
}

function copyOf({ chunk, start, end }: PacketBytes): PacketBytes {
  return { chunk: copied(chunk, start, end), start: 0, end: end - start }
}
