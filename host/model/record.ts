import {
  BLOCK_SIZE,
  CONTEXT_NOT_WRITTEN,
  CONTEXT32_BITS,
  DESCRIPTOR_FULL_UNITS,
  DESCRIPTOR_SIZE,
  DESCRIPTOR_STORED_UNITS,
  DESCRIPTOR_TRAITS,
  FORMAT_MINOR,
  KIND_ADD,
  KIND_CANCEL,
  RECORD_CONTEXT,
  RECORD_DESCRIPTORS,
  RECORD_FLAG_FORCE,
  RECORD_FLAG_IMPERSONATED,
  RECORD_FLAG_OWNER_WINDOW,
  RECORD_FLAG_POINTER32,
  RECORD_FLAGS,
  RECORD_KIND,
  RECORD_LOGON_ID,
  RECORD_NOTIFY_STATUS,
  RECORD_OPERATION_STATUS,
  RECORD_PROCESS_ID,
  RECORD_PROCESS_START_TIME,
  RECORD_RECORD_FLAGS,
  RECORD_RESOURCE_TYPE,
  RECORD_SESSION_ID,
  RECORD_STRINGS,
  RECORD_THREAD_ID,
  RECORD_TICKS,
  RECORD_TICKS_PER_SECOND,
  RECORD_USED,
  RECORD_VERSION,
  RECORD_WALL_TIME,
  RESERVED_BLOCKS_IMAGE_NAME,
  RESERVED_BLOCKS_LOCAL_NAME,
  RESERVED_BLOCKS_PROVIDER,
  STRING_BLOCKS,
  STRING_PRESENT,
  STRING_SCAN_LIMIT,
  STRING_TRUNCATED,
  STRING_WIDE,
} from '../../format/layout.ts'
import { storeChecksum } from './checksum.ts'
import type { Kind } from './events.ts'
import { invalidOption } from './options.ts'

/**
 * What a writer records of one notification, before it is laid out in a slot. Fields are named and meant as in `format/layout.ts`;
 * a string is `null` where the caller's pointer was NULL.
 */
export interface RecordInput {
  readonly kind: Kind
  /** `NOTIFYINFO.dwNotifyStatus`: 1 is PRE, 2 is POST; other bits may be set as well. */
  readonly notifyStatus: number
  /** `NOTIFYINFO.dwOperationStatus`. */
  readonly operationStatus: number
  /** `dwAddFlags` or `dwFlags`. */
  readonly flags: number
  /** FILETIME: 100-ns ticks since 1601, UTC. */
  readonly wallTime: bigint
  /** Performance counter of the writing machine. */
  readonly ticks: bigint
  readonly ticksPerSecond: bigint
  /** `NOTIFYINFO.lpContext` as passed in: 0 in PRE, what {@link contextOf} gives in POST. */
  readonly context: bigint
  /** FILETIME. */
  readonly processStartTime: bigint
  /** Authentication LUID. */
  readonly logonId: bigint
  readonly processId: number
  readonly threadId: number
  readonly sessionId: number
  /** `NETRESOURCE.dwType`; 0 for a cancel. */
  readonly resourceType: number
  /** `NOTIFYCANCEL.fForce`. */
  readonly force: boolean
  /** `NOTIFYADD.hwndOwner` was given. */
  readonly ownerWindow: boolean
  /** The process is a 32-bit one. */
  readonly pointer32: boolean
  /** The thread impersonated: user, session and logon are those of its own token. */
  readonly impersonated: boolean
  /** Of a cancel: the one name it has, be it a device or a resource. */
  readonly remoteName: string | null
  readonly localName: string | null
  readonly provider: string | null
  readonly imageName: string | null
}

/**
 * The context that a PRE written as `sequence` leaves for its POST (RING.md, "The context").
 *
 * @param sequence `undefined` when the PRE was not written.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when it is not a bigint.
 */
export function contextOf(sequence: bigint | undefined, pointer32: boolean): bigint {
  const notWritten = pointer32 ? BigInt(CONTEXT_NOT_WRITTEN) : 2n ** 64n - 1n
  if (sequence === undefined) return notWritten
  if (typeof sequence !== 'bigint') invalidOption('sequence', sequence, 'a bigint')
  const context = pointer32 ? BigInt.asUintN(CONTEXT32_BITS, sequence + 1n) : sequence + 1n
  return context === 0n ? notWritten : context
}

/** How many UTF-16 units of `text` a writer sees: it stops at a NUL and at the scan limit. */
function scannedUnits(text: string): number {
  const end = text.indexOf('\0')
  return Math.min(end < 0 ? text.length : end, STRING_SCAN_LIMIT)
}

/** 1 if a unit of `text` needs two bytes, else 0: also the shift from units to bytes. */
function wideness(text: string, units: number): 0 | 1 {
  for (let i = 0; i < units; i++) if (text.charCodeAt(i) > 0xff) return 1
  return 0
}

/** Stores one string in at most `blocks` blocks and its descriptor; returns where the next string begins. */
function putString(
  view: DataView,
  descriptor: number,
  at: number,
  text: string | null,
  units: number,
  wide: 0 | 1,
  blocks: number,
): number {
  const stored = Math.min(units, (blocks * BLOCK_SIZE) >> wide)
  // A scan that reached its limit has seen more than a record can hold: such a string is always cut.
  const truncated = stored < units ? STRING_TRUNCATED : 0
  const traits = text === null ? 0 : STRING_PRESENT | truncated | (wide === 1 ? STRING_WIDE : 0)
  view.setUint16(descriptor + DESCRIPTOR_STORED_UNITS, stored, true)
  view.setUint16(descriptor + DESCRIPTOR_FULL_UNITS, units, true)
  view.setUint16(descriptor + DESCRIPTOR_TRAITS, traits, true)
  if (text === null) return at
  if (wide === 1) for (let i = 0; i < stored; i++) view.setUint16(at + 2 * i, text.charCodeAt(i), true)
  else for (let i = 0; i < stored; i++) view.setUint8(at + i, text.charCodeAt(i))
  const end = at + Math.ceil((stored << wide) / BLOCK_SIZE) * BLOCK_SIZE
  for (let i = at + (stored << wide); i < end; i++) view.setUint8(i, 0)
  return end
}

/** The strings of a record. */
type Strings = Pick<RecordInput, 'remoteName' | 'localName' | 'provider' | 'imageName'>

/** Shares the blocks out among the strings and stores them (RING.md section 3); returns the slot's used bytes. */
export function putStrings(view: DataView, slot: number, input: Strings): number {
  const remote = input.remoteName ?? ''
  const local = input.localName ?? ''
  const provider = input.provider ?? ''
  const image = input.imageName ?? ''
  const remoteUnits = scannedUnits(remote)
  const localUnits = scannedUnits(local)
  const providerUnits = scannedUnits(provider)
  const imageUnits = scannedUnits(image)
  const remoteWide = wideness(remote, remoteUnits)
  const localWide = wideness(local, localUnits)
  const providerWide = wideness(provider, providerUnits)
  const imageWide = wideness(image, imageUnits)
  const remoteNeed = Math.ceil((remoteUnits << remoteWide) / BLOCK_SIZE)
  const localNeed = Math.ceil((localUnits << localWide) / BLOCK_SIZE)
  const providerNeed = Math.ceil((providerUnits << providerWide) / BLOCK_SIZE)
  const imageNeed = Math.ceil((imageUnits << imageWide) / BLOCK_SIZE)

  const forLocal = Math.min(localNeed, RESERVED_BLOCKS_LOCAL_NAME)
  const forProvider = Math.min(providerNeed, RESERVED_BLOCKS_PROVIDER)
  const forImage = Math.min(imageNeed, RESERVED_BLOCKS_IMAGE_NAME)
  const remoteBlocks = Math.min(remoteNeed, STRING_BLOCKS - forLocal - forProvider - forImage)
  const localBlocks = Math.min(localNeed, STRING_BLOCKS - remoteBlocks - forProvider - forImage)
  const providerBlocks = Math.min(providerNeed, STRING_BLOCKS - remoteBlocks - localBlocks - forImage)
  const imageBlocks = Math.min(imageNeed, STRING_BLOCKS - remoteBlocks - localBlocks - providerBlocks)

  let descriptor = slot + RECORD_DESCRIPTORS
  let at = slot + RECORD_STRINGS
  at = putString(view, descriptor, at, input.remoteName, remoteUnits, remoteWide, remoteBlocks)
  descriptor += DESCRIPTOR_SIZE
  at = putString(view, descriptor, at, input.localName, localUnits, localWide, localBlocks)
  descriptor += DESCRIPTOR_SIZE
  at = putString(view, descriptor, at, input.provider, providerUnits, providerWide, providerBlocks)
  descriptor += DESCRIPTOR_SIZE
  at = putString(view, descriptor, at, input.imageName, imageUnits, imageWide, imageBlocks)
  return at - slot
}

/**
 * Lays out the record of `input`, and its checksum, in the slot at byte `slot` of `view`. The stamp is not touched.
 * Strings follow the rules of a C writer: they end at a NUL and are cut where RING.md section 3 says.
 *
 * @returns the slot's used bytes, stamp and checksum included (`RECORD_USED`).
 */
export function putRecord(view: DataView, slot: number, input: RecordInput, fileId: bigint, sequence: bigint): number {
  view.setUint8(slot + RECORD_KIND, input.kind === 'add' ? KIND_ADD : KIND_CANCEL)
  view.setUint8(slot + RECORD_VERSION, FORMAT_MINOR)
  view.setUint32(slot + RECORD_NOTIFY_STATUS, input.notifyStatus, true)
  view.setUint32(slot + RECORD_OPERATION_STATUS, input.operationStatus, true)
  view.setUint32(slot + RECORD_FLAGS, input.flags, true)
  view.setBigUint64(slot + RECORD_WALL_TIME, input.wallTime, true)
  view.setBigUint64(slot + RECORD_TICKS, input.ticks, true)
  view.setBigUint64(slot + RECORD_TICKS_PER_SECOND, input.ticksPerSecond, true)
  view.setBigUint64(slot + RECORD_CONTEXT, input.context, true)
  view.setBigUint64(slot + RECORD_PROCESS_START_TIME, input.processStartTime, true)
  view.setBigUint64(slot + RECORD_LOGON_ID, input.logonId, true)
  view.setUint32(slot + RECORD_PROCESS_ID, input.processId, true)
  view.setUint32(slot + RECORD_THREAD_ID, input.threadId, true)
  view.setUint32(slot + RECORD_SESSION_ID, input.sessionId, true)
  view.setUint32(slot + RECORD_RESOURCE_TYPE, input.resourceType, true)
  const recordFlags =
    (input.force ? RECORD_FLAG_FORCE : 0) |
    (input.ownerWindow ? RECORD_FLAG_OWNER_WINDOW : 0) |
    (input.pointer32 ? RECORD_FLAG_POINTER32 : 0) |
    (input.impersonated ? RECORD_FLAG_IMPERSONATED : 0)
  view.setUint32(slot + RECORD_RECORD_FLAGS, recordFlags, true)
  // Bytes without a meaning for this writer are zero.
  for (let at = RECORD_RECORD_FLAGS + 4; at < RECORD_DESCRIPTORS; at += 4) view.setUint32(slot + at, 0, true)
  const used = putStrings(view, slot, input)
  view.setUint16(slot + RECORD_USED, used, true)
  storeChecksum(view, slot, fileId, sequence)
  return used
}
