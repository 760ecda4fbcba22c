// What a reader makes of one slot, straight from RING.md sections 3 and 5: slow, and obviously right. Nothing here comes from assembly/.

import { naiveChecksum, naiveStrings } from '../format/naive-ring.ts'

export const NAMES = ['remoteName', 'localName', 'provider', 'imageName'] as const
type Name = (typeof NAMES)[number]

/** A notification, or an operation, as the columns of a batch state it. Where a field has no value it is `undefined`. */
export interface Row extends Record<Name, string | undefined> {
  ring: number
  sequence: number
  kind: 1 | 2
  phase: 'pre' | 'post'
  /** 1 succeeded, 2 failed, 3 cancelled, 4 unfinished; 0 for a notification. */
  outcome: number
  time: number
  timeTicks: number
  processStartTime: number
  durationMs: number | undefined
  /** Sequence of the PRE that was given up before this POST of it came. */
  completes: number | undefined
  status: number | undefined
  flags: number
  resourceType: number
  notifyStatus: number
  context: bigint
  logonId: bigint
  processId: number
  threadId: number
  sessionId: number
  recordFlags: number
  /** Full lengths of the names that were cut. */
  truncated: Partial<Record<Name, number>>
  unreadable: Name[]
}

/** What pairing needs of a record beside its row. */
export interface ReferenceRecord {
  readonly row: Row
  readonly ticks: bigint
  readonly wallTime: bigint
  readonly ticksPerSecond: bigint
  readonly fullSequence: bigint
  readonly startTime: bigint
}

const FILETIME_OF_1970 = 116_444_736_000_000_000n

const epochMs = (fileTime: bigint) => Number(fileTime - FILETIME_OF_1970) * 0.0001

/** A drive letter or a port, in the form that fits six units. */
const DEVICE_NAME = /^(?:[a-z]:|(?:lpt|com)\d{1,3}:?)$/i

/** The record in a slot, or `undefined` when the slot holds none of this file and sequence. */
export function referenceRecord(slot: Buffer, fileId: bigint, sequence: bigint, ring: number): ReferenceRecord | undefined {
  const lengths = [104, 110, 116, 122].map((at) => slot.readUInt16LE(at) * (slot.readUInt16LE(at + 4) & 2 ? 2 : 1))
  const used = 128 + lengths.reduce((sum, bytes) => sum + Math.ceil(bytes / 16) * 16, 0)
  if (used > 512 || slot.readUInt16LE(16) !== used) return undefined
  if (slot.readBigUInt64LE(8) !== naiveChecksum(slot, fileId, sequence)) return undefined
  const strings = naiveStrings(slot)
  const kind = slot.readUInt8(18)
  const notifyStatus = slot.readUInt32LE(20)
  if ((kind !== 1 && kind !== 2) || (notifyStatus & 3) === 0) return undefined
  if (strings.some(({ stored, full }) => stored > full)) return undefined
  if ([32, 64].some((at) => slot.readBigUInt64LE(at) >= 2n ** 63n)) return undefined

  const names: Partial<Record<Name, string | undefined>> = {}
  const truncated: Row['truncated'] = {}
  const unreadable: Name[] = []
  for (const [i, { stored, full, traits, text }] of strings.entries()) {
    let name = NAMES[i]!
    // The one name of a cancel is stored as the remote name, whatever it names.
    if (kind === 2 && i === 0 && DEVICE_NAME.test(text) && text.length <= 6 && (traits & 4) === 0) name = 'localName'
    else if (kind === 2 && i === 1 && names.localName !== undefined) continue
    if (stored > 0 || (traits & 1) !== 0) names[name] = text
    if (traits & 4) truncated[name] = full
    if (traits & 8) unreadable.push(name)
  }
  const post = (notifyStatus & 2) !== 0
  const row: Row = {
    ring,
    sequence: Number(sequence),
    kind,
    phase: post ? 'post' : 'pre',
    outcome: 0,
    time: Number((slot.readBigUInt64LE(32) - (slot.readBigUInt64LE(32) % 10_000n) - FILETIME_OF_1970) / 10_000n),
    timeTicks: Number(slot.readBigUInt64LE(32) % 10_000n),
    processStartTime: epochMs(slot.readBigUInt64LE(64)),
    durationMs: undefined,
    completes: undefined,
    status: post ? slot.readUInt32LE(24) : undefined,
    flags: slot.readUInt32LE(28),
    resourceType: slot.readUInt32LE(92),
    notifyStatus,
    context: slot.readBigUInt64LE(56),
    logonId: slot.readBigUInt64LE(72),
    processId: slot.readUInt32LE(80),
    threadId: slot.readUInt32LE(84),
    sessionId: slot.readUInt32LE(88),
    recordFlags: slot.readUInt32LE(96) & 0xff,
    remoteName: names.remoteName,
    localName: names.localName,
    provider: names.provider,
    imageName: names.imageName,
    truncated,
    unreadable: unreadable.sort(),
  }
  return {
    row,
    ticks: slot.readBigUInt64LE(40),
    wallTime: slot.readBigUInt64LE(32),
    ticksPerSecond: slot.readBigUInt64LE(48),
    fullSequence: sequence,
    startTime: slot.readBigUInt64LE(64),
  }
}
