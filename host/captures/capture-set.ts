// Several captures as one: merged by the time of their packets, their rings told apart, each record once. It is the finder of their sources.

import { PACKET_ACCOUNT, PACKET_NAME, PACKET_RECORD, PACKET_RUN } from '../../format/capture-layout.ts'
import type { Diagnostic, DiagnosticCode } from '../model/diagnostic.ts'
import type { Finder, Found } from '../model/source.ts'
import { CAPTURE_ENDED, CAPTURE_PACKET, CAPTURE_WAITS, CaptureReader } from './capture-reader.ts'
import { CapturedOrigin } from './captured-origin.ts'
import { CapturedSource, isLittle } from './captured-source.ts'
import { Chunks } from './chunk.ts'
import { openInput } from './file-input.ts'
import { identityKey, type RingIdentity } from './identity.ts'
import type { Input } from './input.ts'
import { type AccountName, decodeAccount, decodeName, decodeRun } from './packet.ts'
import { sequenceOf } from './record-packet.ts'

/** Slots of all rings together that wait to be handed out. */
const QUEUED_MAX = 1 << 17
/** Rings of one set; as many as a tap reads. */
const RINGS_MAX = 2048
/** Packets that are read at the first look, so that rings which are there are found. */
const LOOKED_AT_FIRST = 4096
const NAMES_MAX = 10_000

/** What came twice, or at the wrong place. Numbers of records. */
export interface CaptureTally {
  /** The same record again: handed out once. */
  repeated: number
  /** Another record under the id of one that was handed out: a ring was set back or copied. Both are handed out. */
  reused: number
  /** Came so long after its place that it had been given up. */
  late: number
  /** Of rings beyond the number that can be read. */
  tooMany: number
}

/** The rings of one capture lead to sources; after a reuse to another one. */
interface Ring {
  readonly identity: RingIdentity
  readonly sources: CapturedSource[]
}

class MergedReader {
  readonly reader: CaptureReader
  /** Which source of a ring this capture's records go to at present. */
  readonly places = new Map<Ring, number>()
  /** Of the packet in hand. */
  time = 0
  /** Of the packet before it, which mostly is the same ring's. */
  identity: RingIdentity | undefined
  ring: Ring | undefined

  constructor(input: Input, chunks: Chunks) {
    this.reader = new CaptureReader(input, chunks)
  }
}

/** Captures for openSources(). @throws MprtapError MPRTAP_CAPTURE_INVALID when one cannot be opened. */
export function openCaptures(paths: readonly string[]): CaptureSet {
  return CaptureSet.open(paths)
}

export class CaptureSet implements Finder {
  readonly isNamed = true
  readonly isLive = false
  readonly tally: CaptureTally = { repeated: 0, reused: 0, late: 0, tooMany: 0 }
  /** Account names by SID, as the captures say them. */
  readonly names = new Map<string, AccountName>()
  readonly #rings = new Map<string, Ring>()
  /** By identity object: a capture has one for each of its interfaces. */
  readonly #ringOf = new WeakMap<RingIdentity, Ring>()
  readonly #sources: CapturedSource[] = []
  /** A heap by time: those with a packet in hand. */
  readonly #heap: MergedReader[] = []
  /** Those that have no packet in hand yet. */
  #waiting: MergedReader[]
  readonly #faults = new Map<string, Diagnostic>()
  #hasNews = true
  #hasBegun = false
  #isEnded = false
  /** Slots of all sources that wait to be handed out. */
  #queued = 0

  /** @param inputs are closed by this set. */
  constructor(inputs: readonly Input[]) {
    const chunks = new Chunks(inputs.length)
    this.#waiting = inputs.map((input) => new MergedReader(input, chunks))
  }

  /** @throws MprtapError MPRTAP_CAPTURE_INVALID when one cannot be opened. */
  static open(paths: readonly string[]): CaptureSet {
    const inputs: Input[] = []
    try {
      for (const path of paths) inputs.push(openInput(path))
    } catch (error) {
      for (const input of inputs) input.close()
      throw error
    }
    return new CaptureSet(inputs)
  }

  /** Everything was read and handed out. */
  get isEnded(): boolean {
    return this.#isEnded && this.#sources.every(({ isDone }) => isDone)
  }

  /** Whether look() has something new to say. */
  get hasNews(): boolean {
    return this.#hasNews
  }

  look(): Found | undefined {
    // Later the sources ask for more, if there are any.
    if (!this.#hasBegun || this.#sources.length === 0) for (let i = 0; i < LOOKED_AT_FIRST && this.pump(); i++);
    this.#hasBegun = true
    if (!this.#hasNews) return undefined
    this.#hasNews = false
    return { origins: this.#sources.map((source) => new CapturedOrigin(source, fileIdElsewhere(source))), faults: new Map(this.#faults) }
  }

  /** Reads one packet on. False: nothing more for now, or for ever; or so much waits to be handed out that some must be first. */
  pump(): boolean {
    if (this.#isEnded || this.#queued >= QUEUED_MAX) return false
    if (this.#waiting.length > 0 && !this.#load()) return false
    const first = this.#heap[0]
    if (!first) {
      this.#end()
      return false
    }
    const { reader } = first
    if (reader.ring !== first.identity) {
      first.identity = reader.ring
      first.ring = this.#ring(reader.ring)
    }
    const { ring } = first
    const source = ring?.sources[first.places.size === 0 ? 0 : (first.places.get(ring) ?? 0)]
    if (source?.isFull) return false
    if (ring && source) this.#take(first, ring, source)
    else this.tally.tooMany++
    if (this.#next(first)) {
      if (this.#heap.length > 1) this.#sink()
    } else {
      this.#heap[0] = this.#heap.at(-1)!
      this.#heap.pop()
      this.#sink()
    }
    return true
  }

  accountName(sid: string): string | undefined {
    return this.names.get(sid)?.name
  }

  readOn(packets: number): void {
    for (let read = 0; read < packets && isLittle(this.#queued, this.#sources.length) && this.pump(); read++);
  }

  /** Resolves when pump() has something new to do. */
  async wait(): Promise<void> {
    await Promise.all(this.#waiting.map(({ reader }) => reader.wait()))
  }

  changed(slots: number): void {
    this.#queued += slots
  }

  /** Gives those a packet that have none. False: one of them has to be waited for. */
  #load(): boolean {
    const waiting = this.#waiting
    this.#waiting = []
    for (const merged of waiting) if (this.#next(merged)) this.#raise(merged)
    return this.#waiting.length === 0
  }

  /** The next record or run of a capture; accounts and names are taken at once, wherever they stand. False: there is none now. */
  #next(merged: MergedReader): boolean {
    const { reader } = merged
    for (;;) {
      const read = reader.next()
      if (read === CAPTURE_PACKET) {
        if (reader.kind === PACKET_RECORD || reader.kind === PACKET_RUN) {
          merged.time = reader.time
          return true
        }
        this.#note(reader)
      } else if (read === CAPTURE_WAITS) {
        this.#waiting.push(merged)
        return false
      } else if (read === CAPTURE_ENDED) {
        this.#finish(reader)
        return false
      }
    }
  }

  #note(reader: CaptureReader): void {
    const packet = reader.bytes.subarray(reader.start, reader.end)
    if (reader.kind === PACKET_ACCOUNT) {
      const account = decodeAccount(packet)
      const source = account && this.#ring(reader.ring)?.sources[0]
      if (account) source?.begin(account.start)
      if (account) source?.noteWriters(account.gaveUp, account.faults)
    } else if (reader.kind === PACKET_NAME) {
      const name = decodeName(packet)
      const known = name && this.names.get(name.sid)
      const hasRoom = known !== undefined || this.names.size < NAMES_MAX
      if (name && hasRoom && !(known && known.lookedUp > name.lookedUp)) this.names.set(name.sid, name)
    }
  }

  #finish(reader: CaptureReader): void {
    const { fault, name, passedOver } = reader
    if (fault) this.#tell('source-damaged', name, `${name} ${fault.text} (byte ${fault.offset}); what is before that is read.`)
    if (passedOver.newer > 0)
      this.#tell('packets-newer', name, `${name} has ${passedOver.newer} packets of a newer mprtap, which are not read; use that one.`)
    if (passedOver.malformed > 0)
      this.#tell('packets-malformed', name, `${name} has ${passedOver.malformed} packets that are not valid, or were cut.`)
    reader.close()
  }

  #tell(code: DiagnosticCode, path: string | undefined, text: string): void {
    this.#faults.set(`${path} ${code}`, { code, path, text })
    this.#hasNews = true
  }

  #end(): void {
    this.#isEnded = true
    for (const source of this.#sources) source.end()
    const { reused, late, tooMany } = this.tally
    if (reused > 0)
      this.#tell(
        'records-reused',
        undefined,
        `${reused} records have the id of another record: a ring was set back, or its file copied. They are read as another ring.`,
      )
    if (late > 0)
      this.#tell(
        'records-late',
        undefined,
        `${late} records stand so far from their place in the captures that they were given up; read captures as they were recorded.`,
      )
    if (tooMany > 0)
      this.#tell(
        'too-many-rings',
        undefined,
        `There are more than ${RINGS_MAX} rings in the captures; ${tooMany} packets of those that came last are not read.`,
      )
  }

  #ring(identity: RingIdentity): Ring | undefined {
    let ring = this.#ringOf.get(identity)
    if (ring) return ring
    const key = identityKey(identity)
    ring = this.#rings.get(key)
    if (!ring) {
      if (this.#sources.length >= RINGS_MAX) return undefined
      ring = { identity, sources: [] }
      this.#rings.set(key, ring)
      this.#addSource(ring)
    }
    this.#ringOf.set(identity, ring)
    return ring
  }

  #addSource(ring: Ring): CapturedSource {
    const { host, user, fileId } = ring.identity
    const again = ring.sources.length === 0 ? '' : `, used again (${ring.sources.length})`
    const source = new CapturedSource(`ring ${fileId} of ${user} on ${host}${again}`, ring.identity, this, again !== '')
    ring.sources.push(source)
    this.#sources.push(source)
    this.#hasNews = true
    return source
  }

  #take(merged: MergedReader, ring: Ring, source: CapturedSource): void {
    const { reader } = merged
    if (source.isClosed) return
    if (reader.kind === PACKET_RUN) {
      const run = decodeRun(reader.bytes.subarray(reader.start, reader.end))
      if (run) source.addRun(run)
    } else this.#takeRecord(merged, ring, source)
  }

  #takeRecord(merged: MergedReader, ring: Ring, source: CapturedSource): void {
    const { reader } = merged
    const sequence = sequenceOf(reader)
    if (sequence === undefined) {
      reader.passedOver.malformed++
      return
    }
    const added = source.add(sequence, reader)
    if (added === 'new') return
    this.tally[added]++
    if (added !== 'reused') return
    const place = (merged.places.get(ring) ?? 0) + 1
    if (this.#sources.length >= RINGS_MAX) return
    merged.places.set(ring, place)
    const other = ring.sources[place] ?? this.#addSource(ring)
    other.add(sequence, reader)
  }

  #raise(merged: MergedReader): void {
    const heap = this.#heap
    let at = heap.push(merged) - 1
    for (let above = (at - 1) >> 1; at > 0 && heap[above]!.time > merged.time; above = (at - 1) >> 1) {
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = merged
  }

  /** The first of the heap has a new time. */
  #sink(): void {
    const heap = this.#heap
    const merged = heap[0]
    if (!merged) return
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && heap[below + 1]!.time < heap[below]!.time) below++
      if (heap[below]!.time >= merged.time) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = merged
  }

  /** A source is read no longer. When none is, the files are closed. */
  closed(): void {
    if (this.#sources.every(({ isClosed }) => isClosed)) this.close()
  }

  close(): void {
    for (const { reader } of [...this.#heap.splice(0), ...this.#waiting.splice(0)]) reader.close()
    this.#isEnded = true
  }
}

/** Of a ring whose sequences were used again, only the first use lies elsewhere too; redacted records are not copies of others. */
function fileIdElsewhere({ isUsedAgain, identity }: CapturedSource): string | undefined {
  return isUsedAgain || identity.redacted !== undefined ? undefined : identity.fileId
}
