// The framing of pcapng: one block after the other, within a fixed amount of memory whatever a file claims. It knows no options and no packets.

import { INPUT_ENDED, INPUT_WAITS, type Input } from './input.ts'
import { BLOCK_LENGTH_MIN, BLOCK_SECTION, SECTION_MAGIC, SECTION_MAGIC_SWAPPED, SECTION_MAGIC_VALUE } from './pcapng.ts'

/** Largest block that is seen whole; of a larger one only the beginning is, the rest is passed over. */
export const BLOCK_SEEN_MAX = 1 << 20
/** Bytes read at a time; the buffer grows for blocks that are larger. */
const BUFFER_SIZE = 1 << 16

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
}

export class BlockReader {
  /** What is in memory at present; another array after next() when a block was larger than any before. */
  bytes = new Uint8Array(BUFFER_SIZE)
  view = new DataView(this.bytes.buffer)
  /** The same as words: blocks, and so packets, begin at a multiple of four. */
  words = new Uint32Array(this.bytes.buffer)
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
  /** Unread bytes are [at, filled); `at` stands `#offset` bytes into the file. */
  #at = 0
  #filled = 0
  #offset = 0
  #inputEnded = false
  /** Of the block that was read last: bytes that are still to be passed over, the second length excluded, and what that must be. */
  #rest = 0
  #length = 0
  #blockOffset = 0

  constructor(input: Input) {
    this.#input = input
  }

  /** Where the block that was read last begins, bytes from the beginning of the file. */
  get offset(): number {
    return this.#blockOffset
  }

  /** Reads the next block. Returns BLOCK_*. */
  next(): number {
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
    if (length < BLOCK_LENGTH_MIN || length % 4 !== 0) return this.#damaged(`has a block of ${length} bytes, which no block can have`)
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
        const filled = this.#fill()
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

  /** Sees to it that so many bytes are in the buffer. */
  #need(bytes: number): number {
    if (bytes > this.bytes.length) this.#grow(bytes)
    while (this.#filled - this.#at < bytes) {
      const filled = this.#fill()
      if (filled !== BLOCK_READ) return filled
    }
    return BLOCK_READ
  }

  #grow(bytes: number): void {
    const larger = new Uint8Array(2 ** Math.ceil(Math.log2(bytes)))
    larger.set(this.bytes.subarray(0, this.#filled))
    this.bytes = larger
    this.view = new DataView(larger.buffer)
    this.words = new Uint32Array(larger.buffer)
  }

  #fill(): number {
    if (this.#inputEnded) return BLOCK_ENDED
    if (this.#at > 0) {
      this.bytes.copyWithin(0, this.#at, this.#filled)
      this.#filled -= this.#at
      this.#at = 0
    }
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

  #cut(): number {
    const read = this.#offset + this.#filled - this.#at - this.#blockOffset
    const text = this.#blockOffset === 0 && this.#filled === 0 ? 'is empty' : `is cut short in the middle of a block, ${read} bytes into it`
    return this.#end(text)
  }

  #damaged(text: string): number {
    return this.#end(text)
  }

  #end(text: string): number {
    this.fault ??= { offset: this.#blockOffset, text }
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
