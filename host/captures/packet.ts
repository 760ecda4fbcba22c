// The packets of a capture, as objects. A record's bytes are not looked into: the core does that.

import {
  ACCOUNT_ABANDONED,
  ACCOUNT_CORRUPT,
  ACCOUNT_FAULTS,
  ACCOUNT_FILTERED,
  ACCOUNT_GAVE_UP,
  ACCOUNT_HEAD,
  ACCOUNT_LAST_CHECKSUM,
  ACCOUNT_LATE,
  ACCOUNT_OVERRUN,
  ACCOUNT_POSITION,
  ACCOUNT_REWINDS,
  ACCOUNT_SIZE,
  ACCOUNT_START,
  ACCOUNT_TIME,
  ACCOUNT_WRITTEN,
  NAME_LENGTH,
  NAME_LOOKED_UP,
  NAME_SID_LENGTH,
  NAME_TEXT,
  NAME_TEXT_MAX,
  PACKET_ACCOUNT,
  PACKET_KIND,
  PACKET_MAGIC,
  PACKET_MAGIC_VALUE,
  PACKET_MAJOR,
  PACKET_MAJOR_VALUE,
  PACKET_NAME,
  PACKET_RUN,
  REASON_ABANDONED,
  REASON_CORRUPT,
  REASON_FILTERED,
  REASON_OVERRUN,
  RUN_COUNT,
  RUN_FIRST,
  RUN_REASON,
  RUN_SIZE,
} from '../../format/capture-layout.ts'

/** Why sequences are not in a capture. */
export type MissingReason = 'overrun' | 'abandoned' | 'corrupt' | 'filtered'

/** Sequences [first, first + count) are not in the capture. */
export interface Run {
  readonly first: number
  readonly count: number
  readonly reason: MissingReason
}

/** Where a recorder stood in a ring. Counts are of sequences in [start, position). */
export interface Account {
  /** FILETIME. */
  readonly time: bigint
  readonly position: number
  readonly start: number
  readonly written: number
  readonly overrun: number
  readonly abandoned: number
  readonly corrupt: number
  readonly filtered: number
  readonly late: number
  readonly rewinds: number
  /** The writers' own losses. */
  readonly gaveUp: number
  readonly faults: number
  /** Checksum of the record before `position`; 0: there was none. */
  readonly lastChecksum: bigint
  readonly head: number
}

/** What an account was called when somebody looked. */
export interface AccountName {
  readonly sid: string
  readonly name: string
  /** FILETIME. */
  readonly lookedUp: bigint
}

const REASONS: (MissingReason | undefined)[] = []
REASONS[REASON_OVERRUN] = 'overrun'
REASONS[REASON_ABANDONED] = 'abandoned'
REASONS[REASON_CORRUPT] = 'corrupt'
REASONS[REASON_FILTERED] = 'filtered'

const ACCOUNT_COUNTS = [
  ['position', ACCOUNT_POSITION],
  ['start', ACCOUNT_START],
  ['written', ACCOUNT_WRITTEN],
  ['overrun', ACCOUNT_OVERRUN],
  ['abandoned', ACCOUNT_ABANDONED],
  ['corrupt', ACCOUNT_CORRUPT],
  ['filtered', ACCOUNT_FILTERED],
  ['late', ACCOUNT_LATE],
  ['rewinds', ACCOUNT_REWINDS],
  ['gaveUp', ACCOUNT_GAVE_UP],
  ['faults', ACCOUNT_FAULTS],
  ['head', ACCOUNT_HEAD],
] as const

/** Sequences that a double does not hold exactly are nobody's. */
function exact(value: bigint): number | undefined {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined
}

function begin(size: number, kind: number): DataView {
  const view = new DataView(new ArrayBuffer(size))
  view.setUint32(PACKET_MAGIC, PACKET_MAGIC_VALUE, true)
  view.setUint8(PACKET_MAJOR, PACKET_MAJOR_VALUE)
  view.setUint8(PACKET_KIND, kind)
  return view
}

function bytesOf({ buffer }: DataView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer)
}

export function encodeRun({ first, count, reason }: Run): Uint8Array {
  const view = begin(RUN_SIZE, PACKET_RUN)
  view.setBigUint64(RUN_FIRST, BigInt(first), true)
  view.setBigUint64(RUN_COUNT, BigInt(count), true)
  view.setUint32(RUN_REASON, REASONS.indexOf(reason), true)
  return bytesOf(view)
}

/** @param packet begins with our magic. `undefined`: it is not a run that can be. */
export function decodeRun(packet: Uint8Array): Run | undefined {
  if (packet.length < RUN_SIZE) return undefined
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const first = exact(view.getBigUint64(RUN_FIRST, true))
  const count = exact(view.getBigUint64(RUN_COUNT, true))
  const reason = REASONS[view.getUint32(RUN_REASON, true)]
  if (first === undefined || !count || reason === undefined || !Number.isSafeInteger(first + count)) return undefined
  return { first, count, reason }
}

export function encodeAccount(account: Account): Uint8Array {
  const view = begin(ACCOUNT_SIZE, PACKET_ACCOUNT)
  view.setBigUint64(ACCOUNT_TIME, account.time, true)
  view.setBigUint64(ACCOUNT_LAST_CHECKSUM, account.lastChecksum, true)
  for (const [name, at] of ACCOUNT_COUNTS) view.setBigUint64(at, BigInt(account[name]), true)
  return bytesOf(view)
}

export function decodeAccount(packet: Uint8Array): Account | undefined {
  if (packet.length < ACCOUNT_SIZE) return undefined
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const counts = ACCOUNT_COUNTS.map(([name, at]) => [name, exact(view.getBigUint64(at, true))] as const)
  if (counts.some(([, count]) => count === undefined)) return undefined
  const account = Object.fromEntries(counts) as Record<(typeof ACCOUNT_COUNTS)[number][0], number>
  if (account.start > account.position) return undefined
  return { ...account, time: view.getBigUint64(ACCOUNT_TIME, true), lastChecksum: view.getBigUint64(ACCOUNT_LAST_CHECKSUM, true) }
}

export function encodeName({ sid, name, lookedUp }: AccountName): Uint8Array {
  const sidBytes = Buffer.from(sid).subarray(0, NAME_TEXT_MAX / 2)
  const nameBytes = Buffer.from(name).subarray(0, NAME_TEXT_MAX / 2)
  const view = begin(NAME_TEXT + sidBytes.length + nameBytes.length, PACKET_NAME)
  view.setBigUint64(NAME_LOOKED_UP, lookedUp, true)
  view.setUint16(NAME_SID_LENGTH, sidBytes.length, true)
  view.setUint16(NAME_LENGTH, nameBytes.length, true)
  const bytes = bytesOf(view)
  bytes.set(sidBytes, NAME_TEXT)
  bytes.set(nameBytes, NAME_TEXT + sidBytes.length)
  return bytes
}

export function decodeName(packet: Uint8Array): AccountName | undefined {
  if (packet.length < NAME_TEXT) return undefined
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const nameAt = NAME_TEXT + view.getUint16(NAME_SID_LENGTH, true)
  const end = nameAt + view.getUint16(NAME_LENGTH, true)
  if (end > packet.length || end > NAME_TEXT + NAME_TEXT_MAX) return undefined
  const text = Buffer.from(packet.buffer, packet.byteOffset, packet.length)
  return {
    sid: text.toString('utf8', NAME_TEXT, nameAt),
    name: text.toString('utf8', nameAt, end),
    lookedUp: view.getBigUint64(NAME_LOOKED_UP, true),
  }
}
