// Ordinary JavaScript, as one would write it: DataView and TextDecoder, an object a record.

import * as layout from '../../../format/layout.ts'
import { kept, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import { epochMs, errorOf, hexadecimal, isDevice, resourceType, truncatedNames, unreadableNames } from '../slots.ts'
import type { RecordFields } from '../truth.ts'
import { tally } from '../truth.ts'

const latin1 = new TextDecoder('latin1')
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true })

export class OrdinaryDecoder {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #user: string

  constructor({ ring, sid }: Corpus) {
    this.#bytes = ring
    this.#view = new DataView(ring.buffer, ring.byteOffset, ring.length)
    this.#user = sid
  }

  decode(sequence: number): RecordFields {
    const view = this.#view
    const slot = layout.HEADER_SIZE + sequence * layout.SLOT_SIZE
    const strings: (string | undefined)[] = []
    const fullUnits: number[] = []
    let cut = 0
    let faults = 0
    let at = slot + layout.RECORD_STRINGS
    for (let i = 0; i < layout.STRING_COUNT; i++) {
      const descriptor = slot + layout.RECORD_DESCRIPTORS + i * layout.DESCRIPTOR_SIZE
      const units = view.getUint16(descriptor + layout.DESCRIPTOR_STORED_UNITS, true)
      const traits = view.getUint16(descriptor + layout.DESCRIPTOR_TRAITS, true)
      const wide = (traits & layout.STRING_WIDE) !== 0
      const length = wide ? 2 * units : units
      strings.push((traits & layout.STRING_PRESENT) === 0 ? undefined : this.#text(at, length, wide))
      if ((traits & layout.STRING_TRUNCATED) !== 0) cut |= 1 << i
      if ((traits & layout.STRING_UNREADABLE) !== 0) faults |= 1 << i
      fullUnits.push(view.getUint16(descriptor + layout.DESCRIPTOR_FULL_UNITS, true))
      at += (length + layout.BLOCK_SIZE - 1) & -layout.BLOCK_SIZE
    }
    const add = view.getUint8(slot + layout.RECORD_KIND) === layout.KIND_ADD
    const [name, local, provider, image] = strings
    const device = !add && name !== undefined && isDevice(name)
    const notifyStatus = view.getUint32(slot + layout.RECORD_NOTIFY_STATUS, true)
    const post = (notifyStatus & layout.NOTIFY_POST) !== 0
    const status = post ? view.getUint32(slot + layout.RECORD_OPERATION_STATUS, true) : undefined
    const flags = view.getUint32(slot + layout.RECORD_RECORD_FLAGS, true)
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
      flags: view.getUint32(slot + layout.RECORD_FLAGS, true),
      resourceType: add ? resourceType(view.getUint32(slot + layout.RECORD_RESOURCE_TYPE, true)) : undefined,
      force: add ? undefined : (flags & layout.RECORD_FLAG_FORCE) !== 0,
      ownerWindow: (flags & layout.RECORD_FLAG_OWNER_WINDOW) !== 0,
      process: {
        id: view.getUint32(slot + layout.RECORD_PROCESS_ID, true),
        threadId: view.getUint32(slot + layout.RECORD_THREAD_ID, true),
        image,
        startTime: this.#time(slot + layout.RECORD_PROCESS_START_TIME),
        bits: (flags & layout.RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
      },
      impersonated: (flags & layout.RECORD_FLAG_IMPERSONATED) !== 0,
      sessionId: view.getUint32(slot + layout.RECORD_SESSION_ID, true),
      logonId: this.#hexadecimal(slot + layout.RECORD_LOGON_ID),
      user: this.#user,
      truncated: cut === 0 ? undefined : truncatedNames(cut, fullUnits),
      unreadable: faults === 0 ? undefined : unreadableNames(faults),
      sequence,
    }
  }

  /** The remote name alone. */
  remoteName(sequence: number): string | undefined {
    const view = this.#view
    const slot = layout.HEADER_SIZE + sequence * layout.SLOT_SIZE
    const units = view.getUint16(slot + layout.RECORD_DESCRIPTORS + layout.DESCRIPTOR_STORED_UNITS, true)
    const traits = view.getUint16(slot + layout.RECORD_DESCRIPTORS + layout.DESCRIPTOR_TRAITS, true)
    if ((traits & layout.STRING_PRESENT) === 0) return undefined
    const wide = (traits & layout.STRING_WIDE) !== 0
    const name = this.#text(slot + layout.RECORD_STRINGS, wide ? 2 * units : units, wide)
    return view.getUint8(slot + layout.RECORD_KIND) === layout.KIND_CANCEL && isDevice(name) ? undefined : name
  }

  #text(at: number, length: number, wide: boolean): string {
    return (wide ? utf16 : latin1).decode(this.#bytes.subarray(at, at + length))
  }

  #time(at: number): number {
    return epochMs(this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true))
  }

  #hexadecimal(at: number): string {
    return hexadecimal(this.#view.getUint32(at, true), this.#view.getUint32(at + 4, true))
  }
}

export function ordinary(corpus: Corpus): Variant {
  const decoder = new OrdinaryDecoder(corpus)
  return {
    name: 'ordinary_text_decoder',
    label: 'ordinary JavaScript: DataView, TextDecoder, an object a record',
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
