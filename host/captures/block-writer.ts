// Writes the blocks of a capture into memory. Every method appends one whole block, so that what take() gives ends where a block ends.

import { LINK_TYPE } from '../../format/capture-layout.ts'
import { padding } from './options.ts'
import {
  BLOCK_INTERFACE,
  BLOCK_PACKET,
  BLOCK_SECTION,
  BLOCK_STATISTICS,
  INTERFACE_DESCRIPTION,
  INTERFACE_FILTER,
  INTERFACE_HARDWARE,
  INTERFACE_NAME,
  INTERFACE_RESOLUTION,
  OPTION_COMMENT,
  OPTION_END,
  PACKET_DATA,
  PACKET_DROP_COUNT,
  SECTION_APPLICATION,
  SECTION_HARDWARE,
  SECTION_MAGIC_VALUE,
  SECTION_OS,
  STATISTICS_ACCEPTED,
  STATISTICS_DELIVERED,
  STATISTICS_DROPPED,
  STATISTICS_END,
  STATISTICS_OS_DROPPED,
  STATISTICS_RECEIVED,
  STATISTICS_START,
} from './pcapng.ts'

/** Times are counts of 10^-7 s, the unit of a FILETIME. */
const RESOLUTION = 7
const VERSION_MAJOR = 1
const VERSION_MINOR = 0
/** What a writer puts that does not know yet how long the section will be. */
const LENGTH_UNKNOWN = -1n
/** Bytes of an option's text; UTF-8 is not cut within a character. */
const TEXT_MAX = 4096
const FIRST_CAPACITY = 1 << 16

/** What a section header says. */
export interface SectionTexts {
  readonly hardware?: string | undefined
  readonly os: string
  readonly application: string
  readonly comments: readonly string[]
}

export interface InterfaceTexts {
  readonly name: string
  readonly description: string
  readonly hardware: string
  /** The filter that records passed to be written. */
  readonly filter?: string | undefined
}

/** Counters since the beginning of the capture, as the draft names them. */
export interface InterfaceCounters {
  readonly received: number
  readonly dropped: number
  readonly accepted: number
  readonly osDropped: number
  readonly delivered: number
}

/** 100-ns ticks since 1970 in halves. */
export interface CaptureTime {
  readonly high: number
  readonly low: number
}

/** FILETIME of 1970. */
const EPOCH = 116_444_736_000_000_000n

/** A FILETIME as a capture counts time; what was before 1970 is 1970. */
export function captureTime(fileTime: bigint): CaptureTime {
  const ticks = fileTime < EPOCH ? 0n : fileTime - EPOCH
  return { high: Number(ticks >> 32n), low: Number(ticks & 0xffff_ffffn) }
}

export class BlockWriter {
  /** Grows as needed; valid until the next block is begun. */
  bytes = new Uint8Array(FIRST_CAPACITY)
  view = new DataView(this.bytes.buffer)
  /** Bytes written. */
  length = 0
  #blockStart = 0

  /** What was written since the last clear(); valid until then. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  clear(): void {
    this.length = 0
  }

  section({ hardware, os, application, comments }: SectionTexts): void {
    this.#begin(BLOCK_SECTION)
    this.#u32(SECTION_MAGIC_VALUE)
    this.#u16(VERSION_MAJOR)
    this.#u16(VERSION_MINOR)
    this.#room(8)
    this.view.setBigInt64(this.length, LENGTH_UNKNOWN, true)
    this.length += 8
    if (hardware !== undefined) this.#text(SECTION_HARDWARE, hardware)
    this.#text(SECTION_OS, os)
    this.#text(SECTION_APPLICATION, application)
    for (const comment of comments) this.#text(OPTION_COMMENT, comment)
    this.#end()
  }

  interface({ name, description, hardware, filter }: InterfaceTexts): void {
    this.#begin(BLOCK_INTERFACE)
    this.#u16(LINK_TYPE)
    this.#u16(0)
    this.#u32(0)
    this.#text(INTERFACE_NAME, name)
    this.#text(INTERFACE_DESCRIPTION, description)
    this.#option(INTERFACE_RESOLUTION, Uint8Array.of(RESOLUTION))
    this.#text(INTERFACE_HARDWARE, hardware)
    // The first byte says of what kind the filter is; 0 is a text.
    if (filter !== undefined) this.#option(INTERFACE_FILTER, Buffer.concat([Buffer.of(0), textBytes(filter)]))
    this.#end()
  }

  /**
   * Begins and ends a packet of `size` bytes.
   * @param dropped how many packets of this interface were lost since its last one.
   * @returns where in `bytes` its data goes; the caller copies it there before it writes another block.
   */
  packet(interfaceIndex: number, timeHigh: number, timeLow: number, size: number, dropped = 0): number {
    this.#room(PACKET_DATA + size + 32)
    const { view } = this
    const start = this.length
    const data = start + PACKET_DATA
    let end = data + size
    for (const padded = end + padding(size); end < padded; end++) this.bytes[end] = 0
    view.setUint32(start, BLOCK_PACKET, true)
    view.setUint32(start + 8, interfaceIndex, true)
    view.setUint32(start + 12, timeHigh, true)
    view.setUint32(start + 16, timeLow, true)
    view.setUint32(start + 20, size, true)
    view.setUint32(start + 24, size, true)
    if (dropped > 0) {
      view.setUint16(end, PACKET_DROP_COUNT, true)
      view.setUint16(end + 2, 8, true)
      view.setBigUint64(end + 4, BigInt(dropped), true)
      view.setUint32(end + 12, OPTION_END, true)
      end += 16
    }
    const length = end + 4 - start
    view.setUint32(start + 4, length, true)
    view.setUint32(end, length, true)
    this.length = end + 4
    return data
  }

  statistics(interfaceIndex: number, start: CaptureTime, end: CaptureTime, counters: InterfaceCounters): void {
    this.#begin(BLOCK_STATISTICS)
    this.#u32(interfaceIndex)
    this.#u32(end.high)
    this.#u32(end.low)
    for (const [code, time] of [
      [STATISTICS_START, start],
      [STATISTICS_END, end],
    ] as const) {
      const value = Buffer.alloc(8)
      value.writeUInt32LE(time.high, 0)
      value.writeUInt32LE(time.low, 4)
      this.#option(code, value)
    }
    for (const [code, count] of [
      [STATISTICS_RECEIVED, counters.received],
      [STATISTICS_DROPPED, counters.dropped],
      [STATISTICS_ACCEPTED, counters.accepted],
      [STATISTICS_OS_DROPPED, counters.osDropped],
      [STATISTICS_DELIVERED, counters.delivered],
    ] as const) {
      const value = Buffer.alloc(8)
      value.writeBigUInt64LE(BigInt(count))
      this.#option(code, value)
    }
    this.#end()
  }

  #begin(type: number): void {
    this.#blockStart = this.length
    this.#u32(type)
    this.#u32(0)
  }

  /** Ends the options and the block. */
  #end(): void {
    this.#u32(OPTION_END)
    const length = this.length + 4 - this.#blockStart
    this.#u32(length)
    this.view.setUint32(this.#blockStart + 4, length, true)
  }

  #text(code: number, text: string): void {
    this.#option(code, textBytes(text))
  }

  #option(code: number, value: Uint8Array): void {
    const padded = value.length + padding(value.length)
    this.#room(4 + padded)
    this.#u16(code)
    this.#u16(value.length)
    this.bytes.set(value, this.length)
    this.bytes.fill(0, this.length + value.length, this.length + padded)
    this.length += padded
  }

  #u16(value: number): void {
    this.#room(2)
    this.view.setUint16(this.length, value, true)
    this.length += 2
  }

  #u32(value: number): void {
    this.#room(4)
    this.view.setUint32(this.length, value, true)
    this.length += 4
  }

  #room(more: number): void {
    if (this.length + more <= this.bytes.length) return
    const bytes = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more))
    bytes.set(this.written())
    this.bytes = bytes
    this.view = new DataView(bytes.buffer)
  }
}

function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text)
  if (bytes.length <= TEXT_MAX) return bytes
  let end = TEXT_MAX
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return bytes.subarray(0, end)
}
