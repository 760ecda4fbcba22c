// koffi.decode of a struct: the fixed part as C declares it. 64-bit fields are two u32s (a u64 would become a BigInt, which is slower), and
// strings are read with latin1Slice and ucs2Slice (koffi's own string types would decode UTF-8, or stop at a NUL).

import koffi from 'koffi'
import * as layout from '../../../format/layout.ts'
import { kept, type Variant } from '../../lib/measure.ts'
import type { Corpus } from '../corpus.ts'
import { epochMs, errorOf, hexadecimal, isDevice, resourceType, truncatedNames, unreadableNames } from '../slots.ts'
import type { RecordFields } from '../truth.ts'
import { tally } from '../truth.ts'

const fields = (names: string, type: string) => Object.fromEntries(names.split(' ').map((name) => [name, type]))
const Descriptor = koffi.struct('BenchDescriptor', fields('stored full traits', 'uint16_t'))
const Slot = koffi.struct('BenchSlot', {
  ...fields('stampLow stampHigh checksumLow checksumHigh', 'uint32_t'),
  used: 'uint16_t',
  ...fields('kind version', 'uint8_t'),
  ...fields('notifyStatus status flags timeLow timeHigh ticksLow ticksHigh frequencyLow frequencyHigh contextLow contextHigh', 'uint32_t'),
  ...fields('startLow startHigh logonLow logonHigh processId threadId sessionId resourceType recordFlags reserved', 'uint32_t'),
  ...Object.fromEntries(['remote', 'local', 'provider', 'image'].map((name) => [name, Descriptor])),
})

interface DecodedDescriptor {
  readonly stored: number
  readonly full: number
  readonly traits: number
}

export function koffiStruct({ ring, sid }: Corpus): Variant {
  const buffer = Buffer.from(ring.buffer as ArrayBuffer, ring.byteOffset, ring.length)
  const text = (at: number, { stored, traits }: DecodedDescriptor) => {
    if ((traits & layout.STRING_PRESENT) === 0) return undefined
    return (traits & layout.STRING_WIDE) !== 0 ? buffer.ucs2Slice(at, at + 2 * stored) : buffer.latin1Slice(at, at + stored)
  }
  const blockBytes = ({ stored, traits }: DecodedDescriptor) => ((stored << ((traits >> 1) & 1)) + 15) & -16
  const decode = (sequence: number): RecordFields => {
    const slot = layout.HEADER_SIZE + sequence * layout.SLOT_SIZE
    const s = koffi.decode(buffer, slot, Slot)
    const localAt = slot + layout.RECORD_STRINGS + blockBytes(s.remote)
    const providerAt = localAt + blockBytes(s.local)
    const name = text(slot + layout.RECORD_STRINGS, s.remote)
    const local = text(localAt, s.local)
    const add = s.kind === layout.KIND_ADD
    const device = !add && name !== undefined && isDevice(name)
    const post = (s.notifyStatus & layout.NOTIFY_POST) !== 0
    const status = post ? s.status : undefined
    const have = (trait: number) =>
      [s.remote, s.local, s.provider, s.image].reduce((bits, { traits }, i) => bits | (traits & trait ? 1 << i : 0), 0)
    const cut = have(layout.STRING_TRUNCATED)
    const faults = have(layout.STRING_UNREADABLE)
    return {
      type: 'notification',
      kind: add ? 'add' : 'cancel',
      phase: post ? 'post' : 'pre',
      time: epochMs(s.timeLow, s.timeHigh),
      notifyStatus: s.notifyStatus,
      status,
      error: errorOf(status),
      context: hexadecimal(s.contextLow, s.contextHigh),
      remoteName: device ? undefined : name,
      localName: device ? name : local,
      provider: text(providerAt, s.provider),
      flags: s.flags,
      resourceType: add ? resourceType(s.resourceType) : undefined,
      force: add ? undefined : (s.recordFlags & layout.RECORD_FLAG_FORCE) !== 0,
      ownerWindow: (s.recordFlags & layout.RECORD_FLAG_OWNER_WINDOW) !== 0,
      process: {
        id: s.processId,
        threadId: s.threadId,
        image: text(providerAt + blockBytes(s.provider), s.image),
        startTime: epochMs(s.startLow, s.startHigh),
        bits: (s.recordFlags & layout.RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
      },
      impersonated: (s.recordFlags & layout.RECORD_FLAG_IMPERSONATED) !== 0,
      sessionId: s.sessionId,
      logonId: hexadecimal(s.logonLow, s.logonHigh),
      user: sid,
      truncated: cut === 0 ? undefined : truncatedNames(cut, [s.remote.full, s.local.full, s.provider.full, s.image.full]),
      unreadable: faults === 0 ? undefined : unreadableNames(faults),
      sequence,
    }
  }
  return {
    name: 'koffi_decode',
    label: 'koffi.decode of a struct, strings by latin1Slice',
    pass(first, count) {
      let sum = 0
      for (let i = 0; i < count; i++) {
        const event = decode(first + i)
        kept[i & 255] = event
        sum = (sum + tally(event)) | 0
      }
      return sum
    },
    objects: (count) => Array.from({ length: count }, (_, i) => decode(i)),
  }
}
