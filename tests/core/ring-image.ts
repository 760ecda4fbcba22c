// A ring in the test's own memory, records in it, and a reader's turn over it.

import { TURN_OFFSET } from '../../assembly/abi.ts'
import { account, openRing, plan, take } from '../../assembly/index.ts'
import { HEADER, TURN, WINDOW } from '../../assembly/memory.ts'
import {
  BLOCK_SIZE,
  CONTEXT32_BITS,
  DESCRIPTOR_SIZE,
  FORMAT_MAJOR,
  HEADER_FILE_ID,
  HEADER_HEAD,
  HEADER_SIGNATURE,
  HEADER_SIZE,
  HEADER_USED,
  KIND_ADD,
  NOTIFY_POST,
  NOTIFY_PRE,
  RECORD_CONTEXT,
  RECORD_DESCRIPTORS,
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
  RECORD_WALL_TIME,
  SIGNATURE_MAGIC,
  SLOT_SIZE,
  SLOT_STAMP,
  STATE_COMMITTED,
  STRING_PRESENT,
  STRING_WIDE,
} from '../../format/layout.ts'
import { seal } from './scalar-checksum.ts'

export const FILE_ID: u64 = 0xfedcba9876543210
const LOG2_MAX: u32 = 9
const IMAGE: usize = memory.data(HEADER_SIZE + (SLOT_SIZE << LOG2_MAX), 16)

/** What a writer records. The defaults are an ordinary PRE of an add. */
export class Fields {
  kind: u32 = KIND_ADD
  notifyStatus: u32 = NOTIFY_PRE
  status: u32 = 0
  flags: u32 = 0
  wallTime: u64 = 134120736000000000
  ticks: u64 = 1000000
  ticksPerSecond: u64 = 10000000
  context: u64 = 0
  startTime: u64 = 134120735000000000
  logonId: u64 = 0x10000bd8e
  processId: u32 = 4711
  threadId: u32 = 4712
  sessionId: u32 = 2
  resourceType: u32 = 1
  recordFlags: u32 = 0
  remoteName: string | null = '\\\\files01\\projects'
  localName: string | null = 'P:'
  provider: string | null = null
  imageName: string | null = 'explorer.exe'

  /** As the POST of the PRE that was written as `sequence`, 25 ms after it. */
  asPostOf(sequence: u64): Fields {
    this.notifyStatus = NOTIFY_POST
    this.ticks += 250000
    this.context = sequence + 1
    if (this.recordFlags & RECORD_FLAG_POINTER32) this.context &= ((<u64>1) << (<u64>CONTEXT32_BITS)) - 1
    return this
  }
}

/** Lays out one string at `at`; returns where the next one begins. Nothing is ever cut here. */
function putString(descriptor: usize, at: usize, text: string | null): usize {
  if (text === null) {
    store<u32>(descriptor, 0)
    store<u16>(descriptor, 0, 4)
    return at
  }
  let wide: u32 = 0
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) wide = 1
  for (let i = 0; i < text.length; i++) {
    if (wide) store<u16>(at + ((<usize>i) << 1), <u16>text.charCodeAt(i))
    else store<u8>(at + <usize>i, <u8>text.charCodeAt(i))
  }
  store<u16>(descriptor, <u16>text.length)
  store<u16>(descriptor, <u16>text.length, 2)
  store<u16>(descriptor, <u16>(STRING_PRESENT | (wide ? STRING_WIDE : 0)), 4)
  const bytes = (<usize>text.length) << wide
  return at + ((bytes + (BLOCK_SIZE - 1)) & ~(<usize>BLOCK_SIZE - 1))
}

/** Puts a record with its checksum into a slot; the stamp is not touched. */
export function putRecord(slot: usize, fields: Fields, fileId: u64, sequence: u64): void {
  memory.fill(slot + 8, 0, SLOT_SIZE - 8)
  store<u8>(slot + RECORD_KIND, <u8>fields.kind)
  store<u32>(slot + RECORD_NOTIFY_STATUS, fields.notifyStatus)
  store<u32>(slot + RECORD_OPERATION_STATUS, fields.status)
  store<u32>(slot + RECORD_FLAGS, fields.flags)
  store<u64>(slot + RECORD_WALL_TIME, fields.wallTime)
  store<u64>(slot + RECORD_TICKS, fields.ticks)
  store<u64>(slot + RECORD_TICKS_PER_SECOND, fields.ticksPerSecond)
  store<u64>(slot + RECORD_CONTEXT, fields.context)
  store<u64>(slot + RECORD_PROCESS_START_TIME, fields.startTime)
  store<u64>(slot + RECORD_LOGON_ID, fields.logonId)
  store<u32>(slot + RECORD_PROCESS_ID, fields.processId)
  store<u32>(slot + RECORD_THREAD_ID, fields.threadId)
  store<u32>(slot + RECORD_SESSION_ID, fields.sessionId)
  store<u32>(slot + RECORD_RESOURCE_TYPE, fields.resourceType)
  store<u32>(slot + RECORD_RECORD_FLAGS, fields.recordFlags)
  let at = slot + RECORD_STRINGS
  at = putString(slot + RECORD_DESCRIPTORS, at, fields.remoteName)
  at = putString(slot + RECORD_DESCRIPTORS + DESCRIPTOR_SIZE, at, fields.localName)
  at = putString(slot + RECORD_DESCRIPTORS + 2 * DESCRIPTOR_SIZE, at, fields.provider)
  at = putString(slot + RECORD_DESCRIPTORS + 3 * DESCRIPTOR_SIZE, at, fields.imageName)
  store<u16>(slot + RECORD_USED, <u16>(at - slot))
  seal(slot, fileId, sequence)
}

// ── The ring ────────────────────────────────────────────────────────────────────────────────────────────────────────

let slotCount: u64 = 0

export function makeRing(log2: u32): void {
  slotCount = (<u64>1) << log2
  memory.fill(IMAGE, 0, HEADER_SIZE + (SLOT_SIZE << LOG2_MAX))
  store<u32>(IMAGE + HEADER_SIGNATURE, SIGNATURE_MAGIC)
  store<u8>(IMAGE + HEADER_SIGNATURE, <u8>FORMAT_MAJOR, 4)
  store<u8>(IMAGE + HEADER_SIGNATURE, <u8>log2, 6)
  store<u64>(IMAGE + HEADER_FILE_ID, FILE_ID)
}

/** The header's address, to change anything in it. */
export const header: usize = IMAGE

function fileSize(): f64 {
  return <f64>HEADER_SIZE + <f64>SLOT_SIZE * <f64>slotCount
}

export function slotOf(sequence: u64): usize {
  return IMAGE + HEADER_SIZE + <usize>(sequence & (slotCount - 1)) * SLOT_SIZE
}

export function head(): u64 {
  return load<u64>(IMAGE + HEADER_HEAD)
}

export function setHead(value: u64): void {
  store<u64>(IMAGE + HEADER_HEAD, value)
}

/** Claims a sequence and leaves its slot as it is. */
export function claim(): u64 {
  const sequence = head()
  setHead(sequence + 1)
  return sequence
}

export function stamp(sequence: u64, stamped: u64, state: u32): void {
  store<u64>(slotOf(sequence) + SLOT_STAMP, (stamped << 2) | state)
}

function commit(sequence: u64, fields: Fields): void {
  putRecord(slotOf(sequence), fields, FILE_ID, sequence)
  stamp(sequence, sequence, STATE_COMMITTED)
}

export function write(fields: Fields): u64 {
  const sequence = claim()
  commit(sequence, fields)
  return sequence
}

export function writeMany(count: u32): void {
  for (let i: u32 = 0; i < count; i++) write(new Fields())
}

// ── A reader's turn ─────────────────────────────────────────────────────────────────────────────────────────────────

export function copyHeader(): void {
  memory.copy(HEADER, IMAGE, HEADER_USED)
}

export function open(ring: u32, from: i32): i32 {
  copyHeader()
  return openRing(ring, fileSize(), from, 0)
}

export function firstLook(ring: u32, now: f64 = 0): i32 {
  copyHeader()
  return plan(ring, now)
}

/** Where the planned slots begin in the file. */
function offset(): f64 {
  return load<f64>(TURN + TURN_OFFSET * 8)
}

/** Copies what plan() asked for. */
function copySlots(planned: i32): void {
  memory.copy(WINDOW, IMAGE + <usize>offset(), <usize>planned * SLOT_SIZE)
}

/** A whole turn; returns the rows, or -1 when there was nothing to copy. */
export function turn(ring: u32, now: f64): i32 {
  const planned = firstLook(ring, now)
  if (planned <= 0) return -1
  copySlots(planned)
  copyHeader()
  return <i32>take(ring)
}

/** One of the account's TURN_*. */
export function count(ring: u32, which: i32): u64 {
  account(ring)
  return <u64>load<f64>(TURN + ((<usize>which) << 3))
}
