// The framing of pcapng: one block after the other, within a fixed amount of memory whatever a file claims. It knows no options and no packets.

import type { Chunk, Chunks } from './chunk.ts'
import { INPUT_ENDED, INPUT_WAITS, type Input } from './input.ts'
import { BLOCK_LENGTH_MIN, BLOCK_SECTION, SECTION_MAGIC, SECTION_MAGIC_SWAPPED, SECTION_MAGIC_VALUE } from './pcapng.ts'

/** Largest block that is seen whole; of a larger one only the beginning is, the rest is passed over. */
export const BLOCK_SEEN_MAX = 1 << 20
/** What next() came to. */
export const BLOCK_READ = 1
/** The input has nothing yet. */
export const BLOCK_WAITS = 0
/** The end of the input, or of what can be read of it: `fault` says which. */
export const BLOCK_ENDED = -1

/** Why reading ended before the input did. */
export interface Fault {
  /** Byte of the file, after decompression, where the block begins that could not be read. */
  readonly offset: number
  /** What is wrong there: the end of a sentence that begins with the file's name. */
  readonly text: string
  /** The file ends within the block. False: something else is wrong, and there may be more after it. */
  readonly isCut: boolean
}

export class BlockReader {
  /** What is in memory at present; another one after next(). */
  chunk: Chunk
  /** Of the block that was read last: where it begins and ends in `bytes`, without the second length. Valid until the next one. */
  start = 0
  end = 0
  type = 0
  /** False: the block is larger than BLOCK_SEEN_MAX, and `end` is where the part of it that is here ends. */
  isWhole = true
  /** Byte order of the section. */
  isLittleEndian = true
  fault: Fault | undefined
  readonly #input: Input
  readonly #chunks: Chunks
  /** Unread bytes are [at, filled); `at` stands `#offset` bytes into the file. */
  #at = 0
  #filled = 0
  #offset = 0
  #inputEnded = false
  /** Of the block that was read last: bytes that are still to be passed over, the second length excluded, and what that must be. */
  #rest = 0
  #length = 0
  #blockOffset = 0

  constructor(input: Input, chunks: Chunks) {
    this.#input = input
    this.#chunks = chunks
    this.chunk = chunks.take()
  }

  get bytes(): Uint8Array {
    return this.chunk.bytes
  }

  get view(): DataView {
    return this.chunk.view
  }

  /** Where the block that was read last begins, bytes from the beginning of the file. */
  get offset(): number {
    return this.#blockOffset
  }

  /** Reads the next block. Returns BLOCK_*. */
  next(): number {
    if (this.#length > 0 && this.isWhole) {
      this.#advance(this.#length)
      this.#length = 0
    }
    if (this.isLittleEndian && this.#nextOrdinary()) return BLOCK_READ
    return this.#nextOfAny()
  }

  /** The way that nearly every block goes: in the byte order of words, and all of it in memory. Blocks of other kinds are judged by #nextOfAny(). */
  #nextOrdinary(): boolean {
    const at = this.#at
    const { words } = this.chunk
    if (this.#filled - at < BLOCK_LENGTH_MIN || this.#offset === 0 || this.#length > 0) return false
    const type = words[at >> 2]!
    const length = words[(at >> 2) + 1]!
    if (type === BLOCK_SECTION || length > this.#filled - at || length < BLOCK_LENGTH_MIN || length > BLOCK_SEEN_MAX || (length & 3) !== 0)
      return false
    if (words[(at + length - 4) >> 2] !== length) return false
    this.#blockOffset = this.#offset
    this.isWhole = true
    this.type = type
    this.start = at
    this.end = at + length - 4
    this.#length = length
    return true
  }

  #nextOfAny(): number {
    if (this.fault) return BLOCK_ENDED
    if (this.#length > 0) {
      const passed = this.#passOver()
      if (passed !== BLOCK_READ) return passed
    }
    this.#blockOffset = this.#offset
    const began = this.#need(BLOCK_LENGTH_MIN)
    if (began !== BLOCK_READ)
      return began === BLOCK_WAITS ? began : this.#filled > this.#at || this.#offset === 0 ? this.#cut() : BLOCK_ENDED
    let type = this.view.getUint32(this.#at, this.isLittleEndian)
    if (this.#offset === 0 && type !== BLOCK_SECTION) return this.#damaged(describeForeign(this.view.getUint32(0, true)))
    if (type === BLOCK_SECTION) {
      const magic = this.view.getUint32(this.#at + SECTION_MAGIC, true)
      if (magic !== SECTION_MAGIC_VALUE && magic !== SECTION_MAGIC_SWAPPED)
        return this.#damaged('has a section header without its byte order')
      this.isLittleEndian = magic === SECTION_MAGIC_VALUE
      type = BLOCK_SECTION
    }
    const length = this.view.getUint32(this.#at + 4, this.isLittleEndian)
    if (length < BLOCK_LENGTH_MIN || length % 4 !== 0)
      return this.#damaged(`has a block of ${length} bytes, which is not a possible length`)
    const seen = Math.min(length, BLOCK_SEEN_MAX)
    const here = this.#need(seen)
    if (here !== BLOCK_READ) return here === BLOCK_WAITS ? here : this.#cut()
    this.isWhole = seen === length
    this.type = type
    this.start = this.#at
    this.end = this.#at + seen - (this.isWhole ? 4 : 0)
    this.#rest = length - 4
    this.#length = length
    // A block whose end is here is judged at once, so that nothing of a damaged one is believed.
    if (this.isWhole && this.view.getUint32(this.end, this.isLittleEndian) !== length)
      return this.#damaged('has a block with two different lengths')
    return BLOCK_READ
  }

  /** Resolves when next() has something new to say. */
  wait(): Promise<void> {
    return this.#input.wait()
  }

  close(): void {
    this.#input.close()
  }

  /** Leaves the last block. */
  #passOver(): number {
    while (this.#rest > 0) {
      if (this.#at === this.#filled) {
        const filled = this.#fill(1)
        if (filled !== BLOCK_READ) return filled === BLOCK_WAITS ? filled : this.#cut()
      }
      const step = Math.min(this.#rest, this.#filled - this.#at)
      this.#advance(step)
      this.#rest -= step
    }
    const here = this.#need(4)
    if (here !== BLOCK_READ) return here === BLOCK_WAITS ? here : this.#cut()
    if (this.view.getUint32(this.#at, this.isLittleEndian) !== this.#length) return this.#damaged('has a block with two different lengths')
    this.#advance(4)
    this.#length = 0
    return BLOCK_READ
  }

  #advance(bytes: number): void {
    this.#at += bytes
    this.#offset += bytes
  }

  /** Sees to it that this number of bytes is in the chunk. */
  #need(bytes: number): number {
    while (this.#filled - this.#at < bytes) {
      const filled = this.#fill(bytes)
      if (filled !== BLOCK_READ) return filled
    }
    return BLOCK_READ
  }

  /** Reads on, so that in the end `bytes` find room. */
  #fill(bytes: number): number {
    if (this.#inputEnded) return BLOCK_ENDED
    const { length } = this.chunk.bytes
    if (this.#filled === length || this.#at + bytes > length || (this.#at > length >> 1 && !this.chunk.isHeld)) this.#move(bytes)
    const read = this.#input.read(this.bytes.subarray(this.#filled))
    if (read === INPUT_WAITS) return BLOCK_WAITS
    if (read === INPUT_ENDED) {
      this.#inputEnded = true
      if (this.#input.failure !== undefined) this.#end(this.#input.failure)
      return BLOCK_ENDED
    }
    this.#filled += read
    return BLOCK_READ
  }

  /** Unread bytes go to the beginning of a chunk: of this one, if nobody needs what is there. Words keep their alignment. */
  #move(bytes: number): void {
    const unread = this.bytes.subarray(this.#at, this.#filled)
    const to = this.#offset & 3
    const last = this.chunk
    if (last.isHeld || to + bytes > last.bytes.length) {
      this.chunk = this.#chunks.take(2 ** Math.ceil(Math.log2(to + bytes)))
      this.chunk.bytes.set(unread, to)
      last.isRead = false
    } else last.bytes.copyWithin(to, this.#at, this.#filled)
    this.#at = to
    this.#filled = to + unread.length
  }

  #cut(): number {
    const read = this.#offset + this.#filled - this.#at - this.#blockOffset
    const text = this.#blockOffset === 0 && this.#filled === 0 ? 'is empty' : `is cut short in the middle of a block, ${read} bytes into it`
    return this.#end(text, true)
  }

  #damaged(text: string): number {
    return this.#end(text)
  }

  #end(text: string, isCut = false): number {
    this.fault ??= { offset: this.#blockOffset, text, isCut }
    this.#length = 0
    return BLOCK_ENDED
  }
}

const CLASSIC_MAGICS: readonly number[] = [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1]

/** Why a file that does not begin with a section header is refused. */
function describeForeign(magic: number): string {
  return CLASSIC_MAGICS.includes(magic)
    ? 'is a classic .pcap file, which cannot say which ring a record comes from; keep captures as pcapng (editcap -F pcapng writes that, but cannot bring back what the .pcap file has lost)'
    : 'is not a pcapng file'
}
