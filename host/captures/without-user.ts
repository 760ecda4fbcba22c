// A capture without one user's records, block by block. Interfaces are numbered by their order, so those after one that is left out get other numbers:
//
//      before   section │ interface 0: A │ interface 1: B │ packet of 0 │ packet of 1 │ …
//      after B  section │ interface 0: A │                │ packet of 0 │             │ …
//
// Every other block stays as it is, byte for byte.

import {
  LINK_TYPE,
  PACKET_BODY,
  PACKET_KIND,
  PACKET_MAGIC,
  PACKET_MAGIC_VALUE,
  PACKET_MAJOR,
  PACKET_MAJOR_VALUE,
  PACKET_NAME,
  PACKET_RECORD,
} from '../../format/capture-layout.ts'
import { BLOCK_READ, BLOCK_WAITS, BlockReader } from './block-reader.ts'
import { Chunks } from './chunk.ts'
import { openInput } from './file-input.ts'
import { parseDescription } from './identity.ts'
import { optionsIn, textOf } from './options.ts'
import { decodeName } from './packet.ts'
import {
  BLOCK_INTERFACE,
  BLOCK_PACKET,
  BLOCK_PACKET_OLD,
  BLOCK_PACKET_SIMPLE,
  BLOCK_SECTION,
  BLOCK_STATISTICS,
  INTERFACE_DESCRIPTION,
  INTERFACE_LINK_TYPE,
  INTERFACE_OPTIONS,
  PACKET_CAPTURED,
  PACKET_DATA,
  PACKET_INTERFACE,
  SECTION_LENGTH,
  SECTION_OPTIONS,
} from './pcapng.ts'

/** The number of an interface that is left out. */
const LEFT_OUT = -1
/** More interfaces than a capture has: a block that belonged to none still belongs to none. */
const NO_INTERFACE = 0xffff_ffff

/** What a capture has of a user. */
export interface UserInCapture {
  /** Records of this user. */
  readonly records: number
  /** Rings of this user, and interfaces that are somebody else's. */
  readonly rings: number
  readonly others: number
  /** Why the capture cannot be carried over to its end, as the end of a sentence that begins with its name. A block that is cut off at the end of the file is not a reason. */
  readonly refusal: string | undefined
}

/**
 * Reads a capture to its end.
 * @param sid in any case. @param keep gets each block that stays; the bytes are valid until it returns.
 * @throws MprtapError MPRTAP_CAPTURE_INVALID when it cannot be opened.
 */
export async function withoutUser(path: string, sid: string, keep: (block: Uint8Array) => void = () => {}): Promise<UserInCapture> {
  const blocks = new BlockReader(openInput(path), new Chunks())
  try {
    const filter = new UserFilter(blocks, sid)
    for (;;) {
      const read = blocks.next()
      if (read === BLOCK_WAITS) await blocks.wait()
      else if (read !== BLOCK_READ) break
      else if (!blocks.isWhole) return filter.found(`has a block of more than a mebibyte (byte ${blocks.offset})`)
      else {
        const block = filter.block()
        if (block) keep(block)
      }
    }
    const { fault } = blocks
    return filter.found(fault && !fault.isCut ? `${fault.text} (byte ${fault.offset})` : undefined)
  } finally {
    blocks.close()
  }
}

class UserFilter {
  readonly #blocks: BlockReader
  readonly #sid: string
  /** By number in the file: the number that it gets, or LEFT_OUT. */
  #numbers: number[] = []
  #next = 0
  #records = 0
  #rings = 0
  #others = 0

  constructor(blocks: BlockReader, sid: string) {
    this.#blocks = blocks
    this.#sid = sid.toUpperCase()
  }

  found(refusal: string | undefined): UserInCapture {
    return { records: this.#records, rings: this.#rings, others: this.#others, refusal }
  }

  /** The block that was read, as it stays; `undefined`: it is left out. */
  block(): Uint8Array | undefined {
    const { bytes, start, end, type } = this.#blocks
    const block = bytes.subarray(start, end + 4)
    switch (type) {
      case BLOCK_SECTION:
        return this.#section(block)
      case BLOCK_INTERFACE:
        return this.#interface(block)
      case BLOCK_PACKET:
      case BLOCK_STATISTICS:
        return this.#ofInterface(block)
      case BLOCK_PACKET_OLD:
        return this.#ofInterface(block, 2)
      case BLOCK_PACKET_SIMPLE:
        // It is of the first interface, without saying so.
        return this.#numbers[0] === LEFT_OUT ? undefined : block
      default:
        return block
    }
  }

  #section(block: Uint8Array): Uint8Array {
    this.#numbers = []
    this.#next = 0
    const copy = block.slice()
    // How long the section is may have changed: all ones mean that nobody says.
    if (copy.length > SECTION_OPTIONS) copy.fill(0xff, SECTION_LENGTH, SECTION_LENGTH + 8)
    return copy
  }

  #interface(block: Uint8Array): Uint8Array | undefined {
    if (this.#isTheirs(block)) {
      this.#numbers.push(LEFT_OUT)
      this.#rings++
      return undefined
    }
    this.#numbers.push(this.#next++)
    this.#others++
    return block
  }

  #isTheirs(block: Uint8Array): boolean {
    const { view, start, isLittleEndian } = this.#blocks
    if (block.length < INTERFACE_OPTIONS + 4 || view.getUint16(start + INTERFACE_LINK_TYPE, isLittleEndian) !== LINK_TYPE) return false
    for (const { code, value } of optionsIn(block, INTERFACE_OPTIONS, block.length - 4, isLittleEndian))
      if (code === INTERFACE_DESCRIPTION) return parseDescription(textOf(value))?.user.toUpperCase() === this.#sid
    return false
  }

  /** A block that begins with the number of its interface, in this number of bytes. */
  #ofInterface(block: Uint8Array, size: 2 | 4 = 4): Uint8Array | undefined {
    const { isLittleEndian } = this.#blocks
    if (block.length < PACKET_INTERFACE + 8) return block
    const view = new DataView(block.buffer, block.byteOffset, block.length)
    const from = size === 2 ? view.getUint16(PACKET_INTERFACE, isLittleEndian) : view.getUint32(PACKET_INTERFACE, isLittleEndian)
    const to = this.#numbers[from] ?? NO_INTERFACE
    const kind = this.#kindOf(view)
    if (to === LEFT_OUT) {
      if (kind === PACKET_RECORD) this.#records++
      return undefined
    }
    if (kind === PACKET_NAME && this.#isTheirName(view)) return undefined
    if (to === from) return block
    const copy = block.slice()
    const copied = new DataView(copy.buffer)
    if (size === 2) copied.setUint16(PACKET_INTERFACE, to & 0xffff, isLittleEndian)
    else copied.setUint32(PACKET_INTERFACE, to, isLittleEndian)
    return copy
  }

  /** PACKET_* of a packet of ours. */
  #kindOf(block: DataView): number | undefined {
    if (this.#blocks.type !== BLOCK_PACKET || block.byteLength < PACKET_DATA + PACKET_BODY + 4) return undefined
    const isOurs =
      block.getUint32(PACKET_DATA + PACKET_MAGIC, true) === PACKET_MAGIC_VALUE &&
      block.getUint8(PACKET_DATA + PACKET_MAJOR) === PACKET_MAJOR_VALUE
    return isOurs ? block.getUint8(PACKET_DATA + PACKET_KIND) : undefined
  }

  #isTheirName(block: DataView): boolean {
    const captured = Math.min(block.getUint32(PACKET_CAPTURED, this.#blocks.isLittleEndian), block.byteLength - PACKET_DATA - 4)
    const packet = new Uint8Array(block.buffer, block.byteOffset + PACKET_DATA, captured)
    return decodeName(packet)?.sid.toUpperCase() === this.#sid
  }
}
