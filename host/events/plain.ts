// Operations and notifications as plain objects, for JSON and for programs that keep them. One function a kind reads a row's columns and
// fills one literal, so that all such objects share one hidden class and one costs little more than its fields.

import {
  COLUMN_CONTEXT_HIGH,
  COLUMN_CONTEXT_LOW,
  COLUMN_DURATION,
  COLUMN_FLAGS,
  COLUMN_IMAGE_NAME,
  COLUMN_KIND,
  COLUMN_LOCAL_NAME,
  COLUMN_LOGON_ID_HIGH,
  COLUMN_LOGON_ID_LOW,
  COLUMN_NOTIFY_STATUS,
  COLUMN_OUTCOME,
  COLUMN_PHASE,
  COLUMN_PROCESS_ID,
  COLUMN_PROCESS_START_TIME,
  COLUMN_PROVIDER,
  COLUMN_REMOTE_NAME,
  COLUMN_RESOURCE_TYPE,
  COLUMN_RING,
  COLUMN_SEQUENCE,
  COLUMN_SESSION_ID,
  COLUMN_STATUS,
  COLUMN_THREAD_ID,
  COLUMN_TIME,
  COLUMN_TRAITS,
  OUTCOME_CANCELLED,
  OUTCOME_FAILED,
  OUTCOME_SUCCEEDED,
  OUTCOME_UNFINISHED,
  PHASE_PRE,
  ROWS_MAX,
  TRAIT_HAS_STATUS,
  TRAIT_TRUNCATED_SHIFT,
  TRAIT_UNREADABLE_SHIFT,
} from '../../assembly/abi.ts'
import { KIND_ADD, RECORD_FLAG_FORCE, RECORD_FLAG_OWNER_WINDOW, RECORD_FLAG_POINTER32 } from '../../format/layout.ts'
import type { ColumnBlock } from '../core/column-block.ts'
import type { Notification, Operation, OperationError, Outcome, TruncatedNames, UnreadableNames } from '../model/events.ts'
import { outcomeOf, statusName } from '../model/status.ts'
import type { BatchData } from './batch-data.ts'
import { eventId } from './event-id.ts'
import { hexadecimal, hexadecimalOfKnown } from './hexadecimal.ts'

export const RESOURCE_TYPES = ['any', 'disk', 'print'] as const
export const OUTCOMES: Readonly<Record<number, Outcome>> = {
  [OUTCOME_SUCCEEDED]: 'succeeded',
  [OUTCOME_FAILED]: 'failed',
  [OUTCOME_CANCELLED]: 'cancelled',
  [OUTCOME_UNFINISHED]: 'unfinished',
}
const NAMES = ['remoteName', 'localName', 'provider', 'image'] as const

/** Full lengths of the names that were cut, if any was. */
export function truncatedNames(block: ColumnBlock, row: number): TruncatedNames | undefined {
  const cut = (block.u32[COLUMN_TRAITS * ROWS_MAX + row]! >>> TRAIT_TRUNCATED_SHIFT) & 0xf
  if (cut === 0) return undefined
  const lengths: Partial<Record<(typeof NAMES)[number], number>> = {}
  for (const [i, name] of NAMES.entries()) {
    if ((cut >>> i) & 1) lengths[name] = block.fullUnits[4 * row + i]!
  }
  return lengths
}

/** Names that could not be read to their end, if there is any. */
export function unreadableNames(block: ColumnBlock, row: number): UnreadableNames | undefined {
  const cut = (block.u32[COLUMN_TRAITS * ROWS_MAX + row]! >>> TRAIT_UNREADABLE_SHIFT) & 0xf
  return cut === 0 ? undefined : NAMES.filter((_, i) => (cut >>> i) & 1)
}

/** A status as an error; success has to be told before. */
export function errorOf(status: number): OperationError {
  return { code: status, name: statusName(status) }
}

// The two literals stand apart, fields that are common to both included: a shared part would have to be spread, which costs more than the rest.

/** An operation with every field; absent values are `undefined`, which JSON leaves out. */
export function plainOperation({ block, strings, users, hosts, fileIds }: BatchData, row: number): Operation {
  const { f64, u32, u8 } = block
  const traits = u32[COLUMN_TRAITS * ROWS_MAX + row]!
  const add = u8[COLUMN_KIND * ROWS_MAX + row] === KIND_ADD
  const outcome = u8[COLUMN_OUTCOME * ROWS_MAX + row]!
  const durationMs = f64[COLUMN_DURATION * ROWS_MAX + row]!
  const status = (traits & TRAIT_HAS_STATUS) !== 0 ? u32[COLUMN_STATUS * ROWS_MAX + row]! : undefined
  const type = u32[COLUMN_RESOURCE_TYPE * ROWS_MAX + row]!
  const ring = u32[COLUMN_RING * ROWS_MAX + row]!
  const sequence = f64[COLUMN_SEQUENCE * ROWS_MAX + row]!
  const event = {
    type: 'operation',
    id: eventId(fileIds[ring]!, ring, sequence),
    host: hosts[ring],
    kind: add ? 'add' : 'cancel',
    outcome: OUTCOMES[outcome]!,
    time: f64[COLUMN_TIME * ROWS_MAX + row]!,
    durationMs: Number.isNaN(durationMs) ? undefined : durationMs,
    status,
    error: status !== undefined && (outcome === OUTCOME_FAILED || outcome === OUTCOME_CANCELLED) ? errorOf(status) : undefined,
    remoteName: strings[u32[COLUMN_REMOTE_NAME * ROWS_MAX + row]!],
    localName: strings[u32[COLUMN_LOCAL_NAME * ROWS_MAX + row]!],
    provider: strings[u32[COLUMN_PROVIDER * ROWS_MAX + row]!],
    flags: u32[COLUMN_FLAGS * ROWS_MAX + row]!,
    resourceType: add ? (RESOURCE_TYPES[type] ?? type) : undefined,
    force: add ? undefined : (traits & RECORD_FLAG_FORCE) !== 0,
    ownerWindow: (traits & RECORD_FLAG_OWNER_WINDOW) !== 0,
    process: {
      id: u32[COLUMN_PROCESS_ID * ROWS_MAX + row]!,
      threadId: u32[COLUMN_THREAD_ID * ROWS_MAX + row]!,
      image: strings[u32[COLUMN_IMAGE_NAME * ROWS_MAX + row]!],
      startTime: f64[COLUMN_PROCESS_START_TIME * ROWS_MAX + row]!,
      bits: (traits & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
    },
    sessionId: u32[COLUMN_SESSION_ID * ROWS_MAX + row]!,
    logonId: hexadecimalOfKnown(u32[COLUMN_LOGON_ID_HIGH * ROWS_MAX + row]!, u32[COLUMN_LOGON_ID_LOW * ROWS_MAX + row]!),
    user: users[ring]!,
    truncated: truncatedNames(block, row),
    unreadable: unreadableNames(block, row),
    sequence,
    completes: undefined,
  }
  return event as unknown as Operation
}

/** A notification with every field; absent values are `undefined`, which JSON leaves out. */
export function plainNotification({ block, strings, users, hosts, fileIds }: BatchData, row: number): Notification {
  const { f64, u32, u8 } = block
  const traits = u32[COLUMN_TRAITS * ROWS_MAX + row]!
  const add = u8[COLUMN_KIND * ROWS_MAX + row] === KIND_ADD
  const status = (traits & TRAIT_HAS_STATUS) !== 0 ? u32[COLUMN_STATUS * ROWS_MAX + row]! : undefined
  const type = u32[COLUMN_RESOURCE_TYPE * ROWS_MAX + row]!
  const ring = u32[COLUMN_RING * ROWS_MAX + row]!
  const sequence = f64[COLUMN_SEQUENCE * ROWS_MAX + row]!
  const event = {
    type: 'notification',
    id: eventId(fileIds[ring]!, ring, sequence),
    host: hosts[ring],
    kind: add ? 'add' : 'cancel',
    phase: u8[COLUMN_PHASE * ROWS_MAX + row] === PHASE_PRE ? 'pre' : 'post',
    time: f64[COLUMN_TIME * ROWS_MAX + row]!,
    notifyStatus: u32[COLUMN_NOTIFY_STATUS * ROWS_MAX + row]!,
    status,
    error: status === undefined || outcomeOf(status) === 'succeeded' ? undefined : errorOf(status),
    context: hexadecimal(u32[COLUMN_CONTEXT_HIGH * ROWS_MAX + row]!, u32[COLUMN_CONTEXT_LOW * ROWS_MAX + row]!),
    remoteName: strings[u32[COLUMN_REMOTE_NAME * ROWS_MAX + row]!],
    localName: strings[u32[COLUMN_LOCAL_NAME * ROWS_MAX + row]!],
    provider: strings[u32[COLUMN_PROVIDER * ROWS_MAX + row]!],
    flags: u32[COLUMN_FLAGS * ROWS_MAX + row]!,
    resourceType: add ? (RESOURCE_TYPES[type] ?? type) : undefined,
    force: add ? undefined : (traits & RECORD_FLAG_FORCE) !== 0,
    ownerWindow: (traits & RECORD_FLAG_OWNER_WINDOW) !== 0,
    process: {
      id: u32[COLUMN_PROCESS_ID * ROWS_MAX + row]!,
      threadId: u32[COLUMN_THREAD_ID * ROWS_MAX + row]!,
      image: strings[u32[COLUMN_IMAGE_NAME * ROWS_MAX + row]!],
      startTime: f64[COLUMN_PROCESS_START_TIME * ROWS_MAX + row]!,
      bits: (traits & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
    },
    sessionId: u32[COLUMN_SESSION_ID * ROWS_MAX + row]!,
    logonId: hexadecimalOfKnown(u32[COLUMN_LOGON_ID_HIGH * ROWS_MAX + row]!, u32[COLUMN_LOGON_ID_LOW * ROWS_MAX + row]!),
    user: users[ring]!,
    truncated: truncatedNames(block, row),
    unreadable: unreadableNames(block, row),
    sequence,
  }
  return event as unknown as Notification
}
