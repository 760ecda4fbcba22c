// Ordinary JavaScript with Node's Buffer: readUInt32LE and toString, an object a record.

import * as layout from '../../../format/layout.ts'
import { kept, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import { epochMs, errorOf, hexadecimal, isDevice, resourceType, truncatedNames, unreadableNames } from '../slots.ts'
import type { RecordFields } from '../truth.ts'
import { tally } from '../truth.ts'

export class BufferDecoder {
  readonly #buffer: Buffer
  readonly #user: string

  constructor({ ring, sid }: Corpus) {
    this.#buffer = Buffer.from(ring.buffer as ArrayBuffer, ring.byteOffset, ring.length)
    this.#user = sid
  }

  decode(sequence: number): RecordFields {
    const buffer = this.#buffer
    const slot = layout.HEADER_SIZE + sequence * layout.SLOT_SIZE
    const strings: (string | undefined)[] = []
    const fullUnits: number[] = []
    let cut = 0
    let faults = 0
    let at = slot + layout.RECORD_STRINGS
    for (let i = 0; i < layout.STRING_COUNT; i++) {
      const descriptor = slot + layout.RECORD_DESCRIPTORS + i * layout.DESCRIPTOR_SIZE
      const units = buffer.readUInt16LE(descriptor + layout.DESCRIPTOR_STORED_UNITS)
      const traits = buffer.readUInt16LE(descriptor + layout.DESCRIPTOR_TRAITS)
      const wide = (traits & layout.STRING_WIDE) !== 0
      const length = wide ? 2 * units : units
      strings.push((traits & layout.STRING_PRESENT) === 0 ? undefined : this.#text(at, length, wide))
      if ((traits & layout.STRING_TRUNCATED) !== 0) cut |= 1 << i
      if ((traits & layout.STRING_UNREADABLE) !== 0) faults |= 1 << i
      fullUnits.push(buffer.readUInt16LE(descriptor + layout.DESCRIPTOR_FULL_UNITS))
      at += (length + layout.BLOCK_SIZE - 1) & -layout.BLOCK_SIZE
    }
    const add = buffer[slot + layout.RECORD_KIND] === layout.KIND_ADD
    const [name, local, provider, image] = strings
    const device = !add && name !== undefined && isDevice(name)
    const notifyStatus = buffer.readUInt32LE(slot + layout.RECORD_NOTIFY_STATUS)
    const post = (notifyStatus & layout.NOTIFY_POST) !== 0
    const status = post ? buffer.readUInt32LE(slot + layout.RECORD_OPERATION_STATUS) : undefined
    const flags = buffer.readUInt32LE(slot + layout.RECORD_RECORD_FLAGS)
    return {
      type: 'notification',
      kind: add ? 'add' : 'cancel',
      phase: post ? 'post' : 'pre',
      time: this.#time(slot + layout.RECORD_WALL_TIME),
      notifyStatus,
      status,
      error: errorOf(status),
      context: this.#hexadecimal(slot + layout.RECORD_CONTEXT),
      remoteName: device ? undefined : name,
      localName: device ? name : local,
      provider,
      flags: buffer.readUInt32LE(slot + layout.RECORD_FLAGS),
      resourceType: add ? resourceType(buffer.readUInt32LE(slot + layout.RECORD_RESOURCE_TYPE)) : undefined,
      force: add ? undefined : (flags & layout.RECORD_FLAG_FORCE) !== 0,
      ownerWindow: (flags & layout.RECORD_FLAG_OWNER_WINDOW) !== 0,
      process: {
        id: buffer.readUInt32LE(slot + layout.RECORD_PROCESS_ID),
        threadId: buffer.readUInt32LE(slot + layout.RECORD_THREAD_ID),
        image,
        startTime: this.#time(slot + layout.RECORD_PROCESS_START_TIME),
        bits: (flags & layout.RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
      },
      impersonated: (flags & layout.RECORD_FLAG_IMPERSONATED) !== 0,
      sessionId: buffer.readUInt32LE(slot + layout.RECORD_SESSION_ID),
      logonId: this.#hexadecimal(slot + layout.RECORD_LOGON_ID),
      user: this.#user,
      truncated: cut === 0 ? undefined : truncatedNames(cut, fullUnits),
      unreadable: faults === 0 ? undefined : unreadableNames(faults),
      sequence,
    }
  }

  /** The remote name alone. */
  remoteName(sequence: number): string | undefined {
    const buffer = this.#buffer
    const slot = layout.HEADER_SIZE + sequence * layout.SLOT_SIZE
    const units = buffer.readUInt16LE(slot + layout.RECORD_DESCRIPTORS + layout.DESCRIPTOR_STORED_UNITS)
    const traits = buffer.readUInt16LE(slot + layout.RECORD_DESCRIPTORS + layout.DESCRIPTOR_TRAITS)
    if ((traits & layout.STRING_PRESENT) === 0) return undefined
    const wide = (traits & layout.STRING_WIDE) !== 0
    const name = this.#text(slot + layout.RECORD_STRINGS, wide ? 2 * units : units, wide)
    return buffer[slot + layout.RECORD_KIND] === layout.KIND_CANCEL && isDevice(name) ? undefined : name
  }

  #text(at: number, length: number, wide: boolean): string {
    return this.#buffer.toString(wide ? 'utf16le' : 'latin1', at, at + length)
  }

  #time(at: number): number {
    return epochMs(this.#buffer.readUInt32LE(at), this.#buffer.readUInt32LE(at + 4))
  }

  #hexadecimal(at: number): string {
    return hexadecimal(this.#buffer.readUInt32LE(at), this.#buffer.readUInt32LE(at + 4))
  }
}

export function bufferToString(corpus: Corpus): Variant {
  const decoder = new BufferDecoder(corpus)
  return {
    name: 'ordinary_buffer',
    label: 'ordinary JavaScript: Buffer, toString, an object a record',
    pass(first, count) {
      let sum = 0
      for (let i = 0; i < count; i++) {
        const event = decoder.decode(first + i)
        kept[i & 255] = event
        sum = (sum + tally(event)) | 0
      }
      return sum
    },
    objects: (count) => Array.from({ length: count }, (_, i) => decoder.decode(i)),
  }
}
