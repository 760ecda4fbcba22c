// One capture, packet by packet: sections, interfaces and packets of ours; what others wrote is passed over and counted.

import {
  LINK_TYPE,
  PACKET_BODY as PACKET_HEADER,
  PACKET_KIND,
  PACKET_MAGIC,
  PACKET_MAGIC_VALUE,
  PACKET_MAJOR,
  PACKET_MAJOR_VALUE,
} from '../../format/capture-layout.ts'
import { BLOCK_READ, BlockReader, type Fault } from './block-reader.ts'
import { type Chunk, Chunks } from './chunk.ts'
import { parseDescription, type RingIdentity } from './identity.ts'
import type { Input } from './input.ts'
import { optionsIn, textOf } from './options.ts'
import {
  BLOCK_INTERFACE,
  BLOCK_PACKET,
  BLOCK_SECTION,
  INTERFACE_DESCRIPTION,
  INTERFACE_LINK_TYPE,
  INTERFACE_OPTIONS,
  INTERFACE_RESOLUTION,
  INTERFACE_TIME_OFFSET,
  OPTION_COMMENT,
  PACKET_CAPTURED,
  PACKET_DATA,
  PACKET_INTERFACE,
  PACKET_ORIGINAL,
  PACKET_TIME_HIGH,
  PACKET_TIME_LOW,
  SECTION_MAJOR,
  SECTION_MINOR,
  SECTION_OPTIONS,
} from './pcapng.ts'

/** Interfaces of a section that are remembered; packets of later ones are foreign. */
const INTERFACES_MAX = 1 << 17
/** Of the comments of a section header, this many are kept. */
const COMMENTS_MAX = 16

/** What next() came to. */
export const CAPTURE_PACKET = 1
/** The input has nothing yet; wait() says when. */
export const CAPTURE_WAITS = 0
/** The end: of the file, or of what can be read of it (`fault`). */
export const CAPTURE_ENDED = -1

/** An interface of ours. */
interface RingInterface {
  readonly ring: RingIdentity
  /** Milliseconds a unit of the packets' times, and what is added. */
  readonly unitMs: number
  readonly offsetMs: number
}

/** What was passed over. */
export interface PassedOver {
  /** Packets that are not ours: other link types, descriptions or magics. */
  foreign: number
  /** Packets of a version that this reader does not know. */
  newer: number
  /** Blocks of ours that cannot be: a packet for no interface, or longer than its block. */
  malformed: number
}

/**
 * Reads a capture from its beginning to its end, or to the first byte that cannot be read. Memory is fixed, but for the descriptions of interfaces.
 */
export class CaptureReader {
  readonly name: string
  /** Of the last packet: whose it is, its kind (PACKET_*), about when it was (epoch ms), and where it stands in `bytes`; valid until the next one. */
  ring!: RingIdentity
  kind = 0
  time = 0
  start = 0
  end = 0
  readonly passedOver: PassedOver = { foreign: 0, newer: 0, malformed: 0 }
  /** Comments of the first section's header. */
  comments: readonly string[] = []
  readonly #blocks: BlockReader
  #interfaces: (RingInterface | undefined)[] = []
  #sections = 0
  /** The section is of a version that we do not know: everything in it is passed over. */
  #isStrange = false

  /** @param chunks of the captures that are read together with this one. */
  constructor(input: Input, chunks = new Chunks()) {
    this.name = input.name
    this.#blocks = new BlockReader(input, chunks)
  }

  /** What is in memory at present. */
  get chunk(): Chunk {
    return this.#blocks.chunk
  }

  get bytes(): Uint8Array {
    return this.#blocks.bytes
  }

  get view(): DataView {
    return this.#blocks.view
  }

  /** Why reading ended before the file did; `undefined` when it did not. */
  get fault(): Fault | undefined {
    return this.#blocks.fault
  }

  /** Where the last packet's block begins, bytes from the beginning of the file. */
  get offset(): number {
    return this.#blocks.offset
  }

  /** Goes on to the next packet of ours. Returns CAPTURE_*. */
  next(): number {
    for (;;) {
      const read = this.#blocks.next()
      if (read !== BLOCK_READ) return read
      const { type } = this.#blocks
      if (type === BLOCK_PACKET && !this.#isStrange) {
        if (this.#packet()) return CAPTURE_PACKET
      } else if (type === BLOCK_INTERFACE && !this.#isStrange) this.#interface()
      else if (type === BLOCK_SECTION) this.#section()
    }
  }

  wait(): Promise<void> {
    return this.#blocks.wait()
  }

  close(): void {
    this.#blocks.close()
  }

  #section(): void {
    const { start, end, isLittleEndian, view } = this.#blocks
    const isShort = end - start < SECTION_OPTIONS
    const minor = isShort ? 0 : view.getUint16(start + SECTION_MINOR, isLittleEndian)
    // The draft: a reader takes 1.2 for 1.0; of another version it passes over all up to the next section header.
    this.#isStrange = isShort || view.getUint16(start + SECTION_MAJOR, isLittleEndian) !== 1 || (minor !== 0 && minor !== 2)
    this.#interfaces = []
    if (this.#sections++ > 0 || this.#isStrange) return
    const comments: string[] = []
    for (const { code, value } of optionsIn(this.#blocks.bytes, start + SECTION_OPTIONS, end, isLittleEndian))
      if (code === OPTION_COMMENT && comments.length < COMMENTS_MAX) comments.push(textOf(value))
    this.comments = comments
  }

  #interface(): void {
    if (this.#interfaces.length < INTERFACES_MAX) this.#interfaces.push(this.#described())
  }

  #described(): RingInterface | undefined {
    const { start, end, isLittleEndian, view } = this.#blocks
    if (end - start < INTERFACE_OPTIONS || view.getUint16(start + INTERFACE_LINK_TYPE, isLittleEndian) !== LINK_TYPE) return undefined
    let ring: RingIdentity | undefined
    let unitMs = 1e-3
    let offsetMs = 0
    for (const { code, value } of optionsIn(this.#blocks.bytes, start + INTERFACE_OPTIONS, end, isLittleEndian)) {
      if (code === INTERFACE_DESCRIPTION) ring ??= parseDescription(textOf(value))
      // A length that cannot be makes the option void, as a resolution does that no clock has: the packet's own time is in its record.
      else if (code === INTERFACE_RESOLUTION && value.length === 1) unitMs = unitOf(value[0]!)
      else if (code === INTERFACE_TIME_OFFSET && value.length === 8) {
        const offset = new DataView(value.buffer, value.byteOffset).getBigInt64(0, isLittleEndian)
        offsetMs = Number(offset) * 1000
      }
    }
    return ring && { ring, unitMs, offsetMs }
  }

  /** Whether the block is a packet of ours. */
  #packet(): boolean {
    const { start, end, isLittleEndian, view } = this.#blocks
    const index = end - start < PACKET_DATA ? -1 : view.getUint32(start + PACKET_INTERFACE, isLittleEndian)
    if (index < 0 || (index >= this.#interfaces.length && this.#interfaces.length < INTERFACES_MAX)) return this.#passOver('malformed')
    const from = this.#interfaces[index]
    if (!from) return this.#passOver('foreign')
    const captured = view.getUint32(start + PACKET_CAPTURED, isLittleEndian)
    const data = start + PACKET_DATA
    if (captured > end - data) return this.#passOver('malformed')
    if (captured < PACKET_HEADER || view.getUint32(data + PACKET_MAGIC, true) !== PACKET_MAGIC_VALUE) return this.#passOver('foreign')
    if (this.bytes[data + PACKET_MAJOR] !== PACKET_MAJOR_VALUE) return this.#passOver('newer')
    // Cut by somebody's snapshot length. Of a record the beginning is enough to know which it was; of anything else nothing can be believed.
    if (captured < view.getUint32(start + PACKET_ORIGINAL, isLittleEndian)) this.passedOver.malformed++
    this.ring = from.ring
    this.kind = this.bytes[data + PACKET_KIND]!
    const high = view.getUint32(start + PACKET_TIME_HIGH, isLittleEndian)
    const low = view.getUint32(start + PACKET_TIME_LOW, isLittleEndian)
    this.time = high * (2 ** 32 * from.unitMs) + low * from.unitMs + from.offsetMs
    this.start = data
    this.end = data + captured
    return true
  }

  #passOver(why: keyof PassedOver): false {
    this.passedOver[why]++
    return false
  }
}

/** Milliseconds of a unit of `if_tsresol`. */
function unitOf(resolution: number): number {
  const exponent = resolution & 0x7f
  const unit = resolution & 0x80 ? 1000 * 2 ** -exponent : 1000 * 10 ** -exponent
  return exponent > (resolution & 0x80 ? 63 : 19) ? 1e-3 : unit
}
