// Operations and notifications as plain objects, for JSON and for programs that keep them. One function a kind reads a row's columns and
// fills one literal, so that all such objects share one hidden class and one costs little more than its fields.

import * as abi from '../../assembly/abi.ts'
import {
  KIND_ADD,
  RECORD_FLAG_FORCE,
  RECORD_FLAG_IMPERSONATED,
  RECORD_FLAG_OWNER_WINDOW,
  RECORD_FLAG_POINTER32,
} from '../../format/layout.ts'
import type { ColumnBlock } from '../core/column-block.ts'
import type { Notification, Operation, OperationError, Outcome, ResourceType, TruncatedNames, UnreadableNames } from '../model/events.ts'
import { outcomeOf, statusName } from '../model/status.ts'
import type { BatchData } from './batch-data.ts'
import { eventId, idOrNone } from './event-id.ts'
import { hexadecimal, hexadecimalOfKnown } from './hexadecimal.ts'
import { timestamp } from './timestamp.ts'

const RESOURCE_TYPES = ['any', 'disk', 'print'] as const
export const OUTCOMES: Readonly<Record<number, Outcome>> = {
  [abi.OUTCOME_SUCCEEDED]: 'succeeded',
  [abi.OUTCOME_FAILED]: 'failed',
  [abi.OUTCOME_CANCELLED]: 'cancelled',
  [abi.OUTCOME_UNFINISHED]: 'unfinished',
}
const NAMES = ['remoteName', 'localName', 'provider', 'image'] as const

/** Full lengths of the names that were cut, if any was. */
export function truncatedNames(block: ColumnBlock, row: number): TruncatedNames | undefined {
  const cut = (block.u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + row]! >>> abi.TRAIT_TRUNCATED_SHIFT) & 0xf
  if (cut === 0) return undefined
  const lengths: Partial<Record<(typeof NAMES)[number], number>> = {}
  for (const [i, name] of NAMES.entries()) {
    if ((cut >>> i) & 1) lengths[name] = block.fullUnits[4 * row + i]!
  }
  return lengths
}

/** Names that could not be read to their end, if there is any. */
export function unreadableNames(block: ColumnBlock, row: number): UnreadableNames | undefined {
  const cut = (block.u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + row]! >>> abi.TRAIT_UNREADABLE_SHIFT) & 0xf
  return cut === 0 ? undefined : NAMES.filter((_, i) => (cut >>> i) & 1)
}

/** NaN stands for a number that is not there. */
export function numberOrNone(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value
}

export function resourceTypeOf(value: number): ResourceType {
  return RESOURCE_TYPES[value] ?? value
}

export function errorOfOperation(block: ColumnBlock, row: number): OperationError | undefined {
  const outcome = block.u8[abi.COLUMN_OUTCOME * abi.ROWS_MAX + row]!
  return outcome === abi.OUTCOME_FAILED || outcome === abi.OUTCOME_CANCELLED
    ? errorOf(block.u32[abi.COLUMN_STATUS * abi.ROWS_MAX + row]!)
    : undefined
}

export function errorOfNotification(block: ColumnBlock, row: number): OperationError | undefined {
  if ((block.u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + row]! & abi.TRAIT_HAS_STATUS) === 0) return undefined
  const status = block.u32[abi.COLUMN_STATUS * abi.ROWS_MAX + row]!
  return outcomeOf(status) === 'succeeded' ? undefined : errorOf(status)
}

/** A status as an error; success has to be told before. */
function errorOf(status: number): OperationError {
  return { code: status, name: statusName(status) }
}

// The two literals stand apart, fields that are common to both included: a shared part would have to be spread, which costs more than the rest.

/** An operation with every field; absent values are `undefined`, which JSON leaves out. */
export function plainOperation({ block, strings, users, hosts, fileIds }: BatchData, row: number): Operation {
  const { f64, u32, u8 } = block
  // <generated operation>
  const traits = u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + row]!
  const isAdd = u8[abi.COLUMN_KIND * abi.ROWS_MAX + row]! === KIND_ADD
  const ring = u32[abi.COLUMN_RING * abi.ROWS_MAX + row]!
  const sequence = f64[abi.COLUMN_SEQUENCE * abi.ROWS_MAX + row]!
  const event = {
    type: 'operation',
    id: eventId(fileIds[ring]!, ring, sequence),
    host: hosts[ring],
    kind: isAdd ? 'add' : 'cancel',
    outcome: OUTCOMES[u8[abi.COLUMN_OUTCOME * abi.ROWS_MAX + row]!]!,
    time: f64[abi.COLUMN_TIME * abi.ROWS_MAX + row]!,
    timestamp: timestamp(f64[abi.COLUMN_TIME * abi.ROWS_MAX + row]!, u32[abi.COLUMN_TIME_TICKS * abi.ROWS_MAX + row]!),
    durationMs: numberOrNone(f64[abi.COLUMN_DURATION * abi.ROWS_MAX + row]!),
    status: (traits & abi.TRAIT_HAS_STATUS) !== 0 ? u32[abi.COLUMN_STATUS * abi.ROWS_MAX + row]! : undefined,
    error: errorOfOperation(block, row),
    remoteName: strings[u32[abi.COLUMN_REMOTE_NAME * abi.ROWS_MAX + row]!],
    localName: strings[u32[abi.COLUMN_LOCAL_NAME * abi.ROWS_MAX + row]!],
    provider: strings[u32[abi.COLUMN_PROVIDER * abi.ROWS_MAX + row]!],
    flags: u32[abi.COLUMN_FLAGS * abi.ROWS_MAX + row]!,
    resourceType: isAdd ? resourceTypeOf(u32[abi.COLUMN_RESOURCE_TYPE * abi.ROWS_MAX + row]!) : undefined,
    force: isAdd ? undefined : (traits & RECORD_FLAG_FORCE) !== 0,
    ownerWindow: (traits & RECORD_FLAG_OWNER_WINDOW) !== 0,
    process: {
      id: u32[abi.COLUMN_PROCESS_ID * abi.ROWS_MAX + row]!,
      threadId: u32[abi.COLUMN_THREAD_ID * abi.ROWS_MAX + row]!,
      image: strings[u32[abi.COLUMN_IMAGE_NAME * abi.ROWS_MAX + row]!],
      startTime: f64[abi.COLUMN_PROCESS_START_TIME * abi.ROWS_MAX + row]!,
      bits: (traits & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
    },
    impersonated: (traits & RECORD_FLAG_IMPERSONATED) !== 0,
    sessionId: u32[abi.COLUMN_SESSION_ID * abi.ROWS_MAX + row]!,
    logonId: hexadecimalOfKnown(u32[abi.COLUMN_LOGON_ID_HIGH * abi.ROWS_MAX + row]!, u32[abi.COLUMN_LOGON_ID_LOW * abi.ROWS_MAX + row]!),
    user: users[ring]!,
    truncated: truncatedNames(block, row),
    unreadable: unreadableNames(block, row),
    sequence: sequence,
    completes: idOrNone(fileIds[ring]!, ring, f64[abi.COLUMN_COMPLETES * abi.ROWS_MAX + row]!),
  }
  // </generated>
  return event as unknown as Operation
}

/** A notification with every field; absent values are `undefined`, which JSON leaves out. */
export function plainNotification({ block, strings, users, hosts, fileIds }: BatchData, row: number): Notification {
  const { f64, u32, u8 } = block
  // <generated notification>
  const traits = u32[abi.COLUMN_TRAITS * abi.ROWS_MAX + row]!
  const isAdd = u8[abi.COLUMN_KIND * abi.ROWS_MAX + row]! === KIND_ADD
  const ring = u32[abi.COLUMN_RING * abi.ROWS_MAX + row]!
  const sequence = f64[abi.COLUMN_SEQUENCE * abi.ROWS_MAX + row]!
  const event = {
    type: 'notification',
    id: eventId(fileIds[ring]!, ring, sequence),
    host: hosts[ring],
    kind: isAdd ? 'add' : 'cancel',
    phase: u8[abi.COLUMN_PHASE * abi.ROWS_MAX + row]! === abi.PHASE_PRE ? 'pre' : 'post',
    time: f64[abi.COLUMN_TIME * abi.ROWS_MAX + row]!,
    timestamp: timestamp(f64[abi.COLUMN_TIME * abi.ROWS_MAX + row]!, u32[abi.COLUMN_TIME_TICKS * abi.ROWS_MAX + row]!),
    notifyStatus: u32[abi.COLUMN_NOTIFY_STATUS * abi.ROWS_MAX + row]!,
    status: (traits & abi.TRAIT_HAS_STATUS) !== 0 ? u32[abi.COLUMN_STATUS * abi.ROWS_MAX + row]! : undefined,
    error: errorOfNotification(block, row),
    context: hexadecimal(u32[abi.COLUMN_CONTEXT_HIGH * abi.ROWS_MAX + row]!, u32[abi.COLUMN_CONTEXT_LOW * abi.ROWS_MAX + row]!),
    remoteName: strings[u32[abi.COLUMN_REMOTE_NAME * abi.ROWS_MAX + row]!],
    localName: strings[u32[abi.COLUMN_LOCAL_NAME * abi.ROWS_MAX + row]!],
    provider: strings[u32[abi.COLUMN_PROVIDER * abi.ROWS_MAX + row]!],
    flags: u32[abi.COLUMN_FLAGS * abi.ROWS_MAX + row]!,
    resourceType: isAdd ? resourceTypeOf(u32[abi.COLUMN_RESOURCE_TYPE * abi.ROWS_MAX + row]!) : undefined,
    force: isAdd ? undefined : (traits & RECORD_FLAG_FORCE) !== 0,
    ownerWindow: (traits & RECORD_FLAG_OWNER_WINDOW) !== 0,
    process: {
      id: u32[abi.COLUMN_PROCESS_ID * abi.ROWS_MAX + row]!,
      threadId: u32[abi.COLUMN_THREAD_ID * abi.ROWS_MAX + row]!,
      image: strings[u32[abi.COLUMN_IMAGE_NAME * abi.ROWS_MAX + row]!],
      startTime: f64[abi.COLUMN_PROCESS_START_TIME * abi.ROWS_MAX + row]!,
      bits: (traits & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64,
    },
    impersonated: (traits & RECORD_FLAG_IMPERSONATED) !== 0,
    sessionId: u32[abi.COLUMN_SESSION_ID * abi.ROWS_MAX + row]!,
    logonId: hexadecimalOfKnown(u32[abi.COLUMN_LOGON_ID_HIGH * abi.ROWS_MAX + row]!, u32[abi.COLUMN_LOGON_ID_LOW * abi.ROWS_MAX + row]!),
    user: users[ring]!,
    truncated: truncatedNames(block, row),
    unreadable: unreadableNames(block, row),
    sequence: sequence,
  }
  // </generated>
  return event as unknown as Notification
}
