// A record laid out anew with pseudonyms for its names. Its numbers stay as they are, its checksum is a new one.

import {
  BLOCK_SIZE,
  DESCRIPTOR_SIZE,
  DESCRIPTOR_STORED_UNITS,
  DESCRIPTOR_TRAITS,
  RECORD_DESCRIPTORS,
  RECORD_STRINGS,
  RECORD_USED,
  SLOT_CHECKSUM,
  SLOT_SIZE,
  SLOT_STAMP,
  STAMP_SHIFT,
  STATE_COMMITTED,
  STRING_COUNT,
  STRING_PRESENT,
  STRING_TRUNCATED,
  STRING_UNREADABLE,
  STRING_WIDE,
} from '../../format/layout.ts'
import { storeChecksum } from '../model/checksum.ts'
import { putStrings } from '../model/record.ts'
import type { Redactor } from './redactor.ts'

/** What a writer found out about a string and what is not in the string itself. */
const KEPT_TRAITS = STRING_TRUNCATED | STRING_UNREADABLE

/**
 * Redacts the slot at byte `at` in place. Of a slot without a good record only the stamp stays: it counts as before, and its bytes are nobody's business.
 * @param bytes the memory of `view`.
 */
export function redactSlot(redactor: Redactor, bytes: Uint8Array, view: DataView, at: number, fileId: bigint): void {
  const strings = stringsOf(bytes, view, at, fileId)
  if (!strings) {
    bytes.fill(0, at + SLOT_CHECKSUM, at + SLOT_SIZE)
    return
  }
  const [remote, local, provider, image] = strings
  bytes.fill(0, at + RECORD_STRINGS, at + SLOT_SIZE)
  const traits = strings.map(({ traits: found }) => found & KEPT_TRAITS)
  const used = putStrings(view, at, {
    remoteName: changed(remote, (name) => redactor.remoteName(name)),
    localName: changed(local, (name) => redactor.localName(name)),
    provider: changed(provider, (name) => redactor.provider(name)),
    imageName: changed(image, (name) => redactor.imageName(name)),
  })
  for (const [i, kept] of traits.entries()) {
    const descriptor = at + RECORD_DESCRIPTORS + i * DESCRIPTOR_SIZE + DESCRIPTOR_TRAITS
    view.setUint16(descriptor, view.getUint16(descriptor, true) | kept, true)
  }
  view.setUint16(at + RECORD_USED, used, true)
  storeChecksum(view, at, fileId, view.getBigUint64(at + SLOT_STAMP, true) >> BigInt(STAMP_SHIFT))
}

interface StoredString {
  readonly text: string
  readonly traits: number
}

function changed({ text, traits }: StoredString, change: (name: string) => string): string | null {
  return (traits & STRING_PRESENT) === 0 ? null : change(text)
}

/** The four strings of a good record. */
function stringsOf(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  fileId: bigint,
): [StoredString, StoredString, StoredString, StoredString] | undefined {
  const stamp = view.getBigUint64(at + SLOT_STAMP, true)
  const used = view.getUint16(at + RECORD_USED, true)
  if ((Number(stamp & 3n) & 3) !== STATE_COMMITTED || used < RECORD_STRINGS || used > SLOT_SIZE) return undefined
  const checksum = view.getBigUint64(at + SLOT_CHECKSUM, true)
  storeChecksum(view, at, fileId, stamp >> BigInt(STAMP_SHIFT))
  if (view.getBigUint64(at + SLOT_CHECKSUM, true) !== checksum) return undefined
  const strings: StoredString[] = []
  let start = at + RECORD_STRINGS
  for (let i = 0; i < STRING_COUNT; i++) {
    const descriptor = at + RECORD_DESCRIPTORS + i * DESCRIPTOR_SIZE
    const units = view.getUint16(descriptor + DESCRIPTOR_STORED_UNITS, true)
    const traits = view.getUint16(descriptor + DESCRIPTOR_TRAITS, true)
    const isWide = (traits & STRING_WIDE) !== 0
    const size = units * (isWide ? 2 : 1)
    if (start + size > at + used) return undefined
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, size).toString(isWide ? 'utf16le' : 'latin1')
    strings.push({ text, traits })
    start += Math.ceil(size / BLOCK_SIZE) * BLOCK_SIZE
  }
  return strings as [StoredString, StoredString, StoredString, StoredString]
}
