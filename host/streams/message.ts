// A message: one pcapng section, compressed. It is written by whoever may publish on its subject, so nothing in it is believed before it was looked at.

import { promisify } from 'node:util'
import { gunzipSync, gzip, type ZlibOptions } from 'node:zlib'
import { PACKET_ACCOUNT, PACKET_RECORD, PACKET_RUN } from '../../format/capture-layout.ts'
import { CAPTURE_ENDED, CAPTURE_PACKET, CaptureReader } from '../captures/capture-reader.ts'
import { MemoryInput } from '../captures/file-input.ts'
import { decodeAccount, decodeRun } from '../captures/packet.ts'
import { sequenceOf } from '../captures/record-packet.ts'
import { parseSubject } from './subject.ts'

/** Bytes of a section before it is compressed. No writer makes a longer one, and no reader unpacks more. */
export const RAW_MAX = 256 * 1024

export const HEADER_ENCODING = 'Content-Encoding'
/** Version of the program that sent it. */
export const HEADER_VERSION = 'Mprtap-Version'
/** Records that the sender knows to be lost, since it was first started on its host. */
export const HEADER_LOST = 'Mprtap-Lost'
/** Records that were in the host's rings and not sent yet. */
export const HEADER_BEHIND = 'Mprtap-Behind'
/** How often the host sends at least, seconds. */
export const HEADER_EVERY = 'Mprtap-Every'

/** Why a message is not read. */
export type MessageFault =
  /** Its subject is not one of ours. */
  | 'foreign'
  /** Its subject or its packets are of a version that this reader does not know. */
  | 'newer'
  /** It unpacks to more than any sender sends. */
  | 'tooLarge'
  /** It is compressed in another way, or its compressed data is damaged. */
  | 'notUnpacked'
  /** It is not a capture, or is cut. */
  | 'damaged'
  /** It claims to be from another host than the one that may publish on its subject. */
  | 'otherHost'
  /** The sequences of a ring do not ascend in it. */
  | 'backwards'

export interface RawMessage {
  readonly subject: string
  readonly data: Uint8Array
  readonly encoding: string
}

export interface ReadMessage {
  readonly host: string
  readonly section: Uint8Array
}

const compress = promisify<Uint8Array, ZlibOptions, Buffer>(gzip)
/** Level 6 takes twice as long for a thirteenth fewer bytes. */
const PACKING: ZlibOptions = { level: 2 }

/** The bytes that are published for a section; other threads compress it. @throws RangeError when it is too long. */
export async function packSection(section: Uint8Array): Promise<Uint8Array> {
  if (section.length > RAW_MAX) throw new RangeError(`a section of ${section.length} bytes is longer than ${RAW_MAX}`)
  return compress(section, PACKING)
}

/** The bytes of a section, at most RAW_MAX of them. */
export function unpackSection(data: Uint8Array, encoding: string): Uint8Array | MessageFault {
  if (encoding === '') return data.length > RAW_MAX ? 'tooLarge' : data
  if (encoding !== 'gzip') return 'notUnpacked'
  try {
    return gunzipSync(data, { maxOutputLength: RAW_MAX })
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'tooLarge' : 'notUnpacked'
  }
}

/** Looks at all of a message: what it says is either good from beginning to end, or not read. */
export function readMessage({ subject, data, encoding }: RawMessage): ReadMessage | MessageFault {
  const from = parseSubject(subject)
  if ('refusal' in from) return from.refusal
  const section = unpackSection(data, encoding)
  if (typeof section === 'string') return section
  return judge(section, from.host) ?? { host: from.host, section }
}

function judge(section: Uint8Array, host: string): MessageFault | undefined {
  const reader = new CaptureReader(new MemoryInput('a message', section))
  const next = new Map<string, number>()
  let read = reader.next()
  for (; read === CAPTURE_PACKET; read = reader.next()) {
    if (reader.ring.host !== host) return 'otherHost'
    const { fileId, user } = reader.ring
    const key = `${fileId} ${user}`
    const range = rangeOf(reader)
    if (range === 'damaged') return 'damaged'
    if (!range) continue
    if (range.first < (next.get(key) ?? 0)) return 'backwards'
    next.set(key, range.end)
  }
  if (read !== CAPTURE_ENDED || reader.fault || reader.passedOver.malformed > 0) return 'damaged'
  return reader.passedOver.newer > 0 ? 'newer' : undefined
}

/** The sequences that the packet in hand tells of; `undefined`: of none. */
function rangeOf(reader: CaptureReader): { readonly first: number; readonly end: number } | 'damaged' | undefined {
  if (reader.kind === PACKET_RECORD) {
    const sequence = sequenceOf(reader)
    return sequence === undefined ? 'damaged' : { first: sequence, end: sequence + 1 }
  }
  const packet = reader.bytes.subarray(reader.start, reader.end)
  if (reader.kind === PACKET_RUN) {
    const run = decodeRun(packet)
    return run ? { first: run.first, end: run.first + run.count } : 'damaged'
  }
  if (reader.kind === PACKET_ACCOUNT && !decodeAccount(packet)) return 'damaged'
  return undefined
}
