// The fields of a row, each read from the columns when it is asked for: what the cursor's getters do. plain.ts reads all of them
// at once.

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
  PHASE_PRE,
  ROWS_MAX,
  TRAIT_HAS_STATUS,
} from '../../assembly/abi.ts'
import { KIND_ADD, RECORD_FLAG_FORCE, RECORD_FLAG_OWNER_WINDOW, RECORD_FLAG_POINTER32 } from '../../format/layout.ts'
import type { Kind, OperationError, Outcome, Phase, ResourceType } from '../model/events.ts'
import { outcomeOf } from '../model/status.ts'
import type { BatchData } from './batch-data.ts'
import { eventId } from './event-id.ts'
import { hexadecimal, hexadecimalOfKnown } from './hexadecimal.ts'
import { errorOf, OUTCOMES, RESOURCE_TYPES } from './plain.ts'

// Written out rather than put together of smaller ones: V8 inlines so much code into a loop and no more.

export const kind = (source: BatchData, row: number): Kind =>
  source.block.u8[COLUMN_KIND * ROWS_MAX + row] === KIND_ADD ? 'add' : 'cancel'
export const time = (source: BatchData, row: number) => source.block.f64[COLUMN_TIME * ROWS_MAX + row]!
export const remoteName = (source: BatchData, row: number) => source.strings[source.block.u32[COLUMN_REMOTE_NAME * ROWS_MAX + row]!]
export const localName = (source: BatchData, row: number) => source.strings[source.block.u32[COLUMN_LOCAL_NAME * ROWS_MAX + row]!]
export const provider = (source: BatchData, row: number) => source.strings[source.block.u32[COLUMN_PROVIDER * ROWS_MAX + row]!]
export const flags = (source: BatchData, row: number) => source.block.u32[COLUMN_FLAGS * ROWS_MAX + row]!
export const ownerWindow = (source: BatchData, row: number) =>
  (source.block.u32[COLUMN_TRAITS * ROWS_MAX + row]! & RECORD_FLAG_OWNER_WINDOW) !== 0
export const processId = (source: BatchData, row: number) => source.block.u32[COLUMN_PROCESS_ID * ROWS_MAX + row]!
export const threadId = (source: BatchData, row: number) => source.block.u32[COLUMN_THREAD_ID * ROWS_MAX + row]!
export const image = (source: BatchData, row: number) => source.strings[source.block.u32[COLUMN_IMAGE_NAME * ROWS_MAX + row]!]
export const startTime = (source: BatchData, row: number) => source.block.f64[COLUMN_PROCESS_START_TIME * ROWS_MAX + row]!
export const bits = (source: BatchData, row: number): 32 | 64 =>
  (source.block.u32[COLUMN_TRAITS * ROWS_MAX + row]! & RECORD_FLAG_POINTER32) !== 0 ? 32 : 64
export const sessionId = (source: BatchData, row: number) => source.block.u32[COLUMN_SESSION_ID * ROWS_MAX + row]!
export const sequence = (source: BatchData, row: number) => source.block.f64[COLUMN_SEQUENCE * ROWS_MAX + row]!
export const user = (source: BatchData, row: number) => source.users[source.block.u32[COLUMN_RING * ROWS_MAX + row]!]!
export const notifyStatus = (source: BatchData, row: number) => source.block.u32[COLUMN_NOTIFY_STATUS * ROWS_MAX + row]!
export const outcome = (source: BatchData, row: number): Outcome => OUTCOMES[source.block.u8[COLUMN_OUTCOME * ROWS_MAX + row]!]!
export const phase = (source: BatchData, row: number): Phase =>
  source.block.u8[COLUMN_PHASE * ROWS_MAX + row]! === PHASE_PRE ? 'pre' : 'post'

export const host = (source: BatchData, row: number) => source.hosts[source.block.u32[COLUMN_RING * ROWS_MAX + row]!]

export function id(source: BatchData, row: number): string {
  const ring = source.block.u32[COLUMN_RING * ROWS_MAX + row]!
  return eventId(source.fileIds[ring]!, ring, source.block.f64[COLUMN_SEQUENCE * ROWS_MAX + row]!)
}

export function resourceType(source: BatchData, row: number): ResourceType | undefined {
  if (source.block.u8[COLUMN_KIND * ROWS_MAX + row] !== KIND_ADD) return undefined
  const type = source.block.u32[COLUMN_RESOURCE_TYPE * ROWS_MAX + row]!
  return RESOURCE_TYPES[type] ?? type
}

export function force(source: BatchData, row: number): boolean | undefined {
  return source.block.u8[COLUMN_KIND * ROWS_MAX + row] === KIND_ADD
    ? undefined
    : (source.block.u32[COLUMN_TRAITS * ROWS_MAX + row]! & RECORD_FLAG_FORCE) !== 0
}

export function logonId(source: BatchData, row: number): string {
  return hexadecimalOfKnown(
    source.block.u32[COLUMN_LOGON_ID_HIGH * ROWS_MAX + row]!,
    source.block.u32[COLUMN_LOGON_ID_LOW * ROWS_MAX + row]!,
  )
}

export function context(source: BatchData, row: number): string {
  return hexadecimal(source.block.u32[COLUMN_CONTEXT_HIGH * ROWS_MAX + row]!, source.block.u32[COLUMN_CONTEXT_LOW * ROWS_MAX + row]!)
}

export function status(source: BatchData, row: number): number | undefined {
  return (source.block.u32[COLUMN_TRAITS * ROWS_MAX + row]! & TRAIT_HAS_STATUS) !== 0
    ? source.block.u32[COLUMN_STATUS * ROWS_MAX + row]!
    : undefined
}

export function durationMs(source: BatchData, row: number): number | undefined {
  const duration = source.block.f64[COLUMN_DURATION * ROWS_MAX + row]!
  return Number.isNaN(duration) ? undefined : duration
}

export function errorOfOperation(source: BatchData, row: number): OperationError | undefined {
  const code = status(source, row)
  const ended = source.block.u8[COLUMN_OUTCOME * ROWS_MAX + row]!
  return code !== undefined && (ended === OUTCOME_FAILED || ended === OUTCOME_CANCELLED) ? errorOf(code) : undefined
}

export function errorOfNotification(source: BatchData, row: number): OperationError | undefined {
  const code = status(source, row)
  return code === undefined || outcomeOf(code) === 'succeeded' ? undefined : errorOf(code)
}
