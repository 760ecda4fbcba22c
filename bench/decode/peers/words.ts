// The best hand-written JavaScript starts from one Uint32Array over the ring: these are word offsets into a slot, and an object made from
// the numbers there and from strings that the caller found in its own way.

import * as layout from '../../../format/layout.ts'
import { epochMs, errorOf, hexadecimal, resourceType, truncatedNames, unreadableNames } from '../slots.ts'
import type { RecordFields } from '../truth.ts'

export const HEADER_WORDS = layout.HEADER_SIZE / 4
export const SLOT_WORDS = layout.SLOT_SIZE / 4
export const STRINGS_WORD = layout.RECORD_STRINGS / 4
/** The first of six words with the four descriptors: stored units, full units, traits; stored units, … */
export const DESCRIPTORS_WORD = layout.RECORD_DESCRIPTORS / 4
export const WALL_TIME_WORD = layout.RECORD_WALL_TIME / 4
export const STATUS_WORD = layout.RECORD_OPERATION_STATUS / 4
export const PROCESS_ID_WORD = layout.RECORD_PROCESS_ID / 4
/** Holds the kind in its third byte. */
export const KIND_WORD = layout.RECORD_USED / 4
export const KIND_SHIFT = 8 * (layout.RECORD_KIND - layout.RECORD_USED)

/** Logon ids are few: their texts are kept, by their low half. */
const logonIds = new Map<number, { high: number; text: string }>()

function logonId(low: number, high: number): string {
  const known = logonIds.get(low)
  if (known !== undefined && known.high === high) return known.text
  const text = hexadecimal(low, high)
  logonIds.set(low, { high, text })
  return text
}

/** Blocks of 16 bytes of a string of `units` with these traits. */
export function blocksOf(units: number, traits: number): number {
  return ((units << ((traits >>> 1) & 1)) + 15) >>> 4
}

/** @param w index of the slot's first word. */
export function notification(
  words: Uint32Array,
  w: number,
  sequence: number,
  user: string,
  remoteName: string | undefined,
  localName: string | undefined,
  provider: string | undefined,
  image: string | undefined,
): RecordFields {
  const add = ((words[w + KIND_WORD]! >>> KIND_SHIFT) & 0xff) === layout.KIND_ADD
  const notifyStatus = words[w + layout.RECORD_NOTIFY_STATUS / 4]!
  const post = (notifyStatus & layout.NOTIFY_POST) !== 0
  const status = post ? words[w + STATUS_WORD]! : undefined
  const flags = words[w + layout.RECORD_RECORD_FLAGS / 4]!
  return {
    type: 'notification',
    kind: add ? 'add' : 'cancel',
    phase: post ? 'post' : 'pre',
    time: epochMs(words[w + WALL_TIME_WORD]!, words[w + WALL_TIME_WORD + 1]!),
    notifyStatus,
    status,
    error: status === undefined || status === 0 ? undefined : errorOf(status),
    context: hexadecimal(words[w + layout.RECORD_CONTEXT / 4]!, words[w + layout.RECORD_CONTEXT / 4 + 1]!),
    remoteName,
    localName,
    provider,
    flags: words[w + layout.RECORD_FLAGS / 4]!,
    resourceType: add ? resourceType(words[w + layout.RECORD_RESOURCE_TYPE / 4]!) : undefined,
    force: add ? undefined : (flags & layout.RECORD_FLAG_FORCE) !== 0,
    ownerWindow: (flags & layout.RECORD_FLAG_OWNER_WINDOW) !== 0,
    process: {
      id: words[w + PROCESS_ID_WORD]!,
      threadId: words[w + layout.RECORD_THREAD_ID / 4]!,
      image,
      startTime: epochMs(words[w + layout.RECORD_PROCESS_START_TIME / 4]!, words[w + layout.RECORD_PROCESS_START_TIME / 4 + 1]!),
      bits: (flags & layout.RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
    },
    impersonated: (flags & layout.RECORD_FLAG_IMPERSONATED) !== 0,
    sessionId: words[w + layout.RECORD_SESSION_ID / 4]!,
    logonId: logonId(words[w + layout.RECORD_LOGON_ID / 4]!, words[w + layout.RECORD_LOGON_ID / 4 + 1]!),
    user,
    truncated: truncated(words, w),
    unreadable: unreadable(words, w),
    sequence,
  }
}

function unreadable(words: Uint32Array, w: number): RecordFields['unreadable'] {
  const at = w + DESCRIPTORS_WORD
  const first = words[at + 1]! & layout.STRING_UNREADABLE
  const second = (words[at + 2]! >>> 16) & layout.STRING_UNREADABLE
  const third = words[at + 4]! & layout.STRING_UNREADABLE
  const fourth = (words[at + 5]! >>> 16) & layout.STRING_UNREADABLE
  const faults = (first >> 3) | (second >> 2) | (third >> 1) | fourth
  return faults === 0 ? undefined : unreadableNames(faults)
}

function truncated(words: Uint32Array, w: number): RecordFields['truncated'] {
  const at = w + DESCRIPTORS_WORD
  const first = words[at + 1]! & layout.STRING_TRUNCATED
  const second = (words[at + 2]! >>> 16) & layout.STRING_TRUNCATED
  const third = words[at + 4]! & layout.STRING_TRUNCATED
  const fourth = (words[at + 5]! >>> 16) & layout.STRING_TRUNCATED
  if ((first | second | third | fourth) === 0) return undefined
  const full = [words[at]! >>> 16, words[at + 2]! & 0xffff, words[at + 3]! >>> 16, words[at + 5]! & 0xffff]
  return truncatedNames((first >> 2) | (second >> 1) | third | (fourth << 1), full)
}
