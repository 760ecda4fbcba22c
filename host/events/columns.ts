// The columns of a batch, as programs see them.

import * as abi from '../../assembly/abi.ts'
import type { ColumnBlock } from '../core/column-block.ts'

/**
 * Typed-array views over the core's memory, one element a row; only the first `length` are of this batch. Names are ids into
 * `Batch.strings`; equal names have equal ids as long as `Batch.epoch` stays the same.
 */
export interface Columns {
  // <generated types>
  readonly sequence: Float64Array
  /** Epoch ms, whole. */
  readonly time: Float64Array
  /** ms; NaN where there is none. */
  readonly durationMs: Float64Array
  /** Epoch ms. */
  readonly processStartTime: Float64Array
  /** Sequence of the PRE that was delivered as unfinished before this POST of it came; NaN: none. */
  readonly completes: Float64Array
  /** Raw dwOperationStatus; without meaning where `outcome` is unfinished, or in a PRE. */
  readonly status: Uint32Array
  readonly flags: Uint32Array
  /** RECORD_FLAG_* and TRAIT_*. */
  readonly traits: Uint32Array
  readonly resourceType: Uint32Array
  readonly processId: Uint32Array
  readonly threadId: Uint32Array
  readonly sessionId: Uint32Array
  readonly logonIdLow: Uint32Array
  readonly logonIdHigh: Uint32Array
  readonly remoteName: Uint32Array
  readonly localName: Uint32Array
  readonly provider: Uint32Array
  readonly image: Uint32Array
  /** Ring number: index into `Batch.users`, `hosts`, `fileIds`. */
  readonly user: Uint32Array
  readonly notifyStatus: Uint32Array
  readonly contextLow: Uint32Array
  readonly contextHigh: Uint32Array
  /** Ticks of 100 ns past the whole ms of `time`: 0 to 9,999. */
  readonly timeTicks: Uint32Array
  /** 1 add, 2 cancel. */
  readonly kind: Uint8Array
  /** 1 pre, 2 post (notifications). */
  readonly phase: Uint8Array
  /** 1 succeeded, 2 failed, 3 cancelled, 4 unfinished (operations). */
  readonly outcome: Uint8Array
  // </generated>
}

export function columnsOf(block: ColumnBlock): Columns {
  const f64 = (column: number) => block.f64.subarray(column * abi.ROWS_MAX, (column + 1) * abi.ROWS_MAX)
  const u32 = (column: number) => block.u32.subarray(column * abi.ROWS_MAX, (column + 1) * abi.ROWS_MAX)
  const u8 = (column: number) => block.u8.subarray(column * abi.ROWS_MAX, (column + 1) * abi.ROWS_MAX)
  return {
    // <generated views>
    sequence: f64(abi.COLUMN_SEQUENCE),
    time: f64(abi.COLUMN_TIME),
    durationMs: f64(abi.COLUMN_DURATION),
    processStartTime: f64(abi.COLUMN_PROCESS_START_TIME),
    completes: f64(abi.COLUMN_COMPLETES),
    status: u32(abi.COLUMN_STATUS),
    flags: u32(abi.COLUMN_FLAGS),
    traits: u32(abi.COLUMN_TRAITS),
    resourceType: u32(abi.COLUMN_RESOURCE_TYPE),
    processId: u32(abi.COLUMN_PROCESS_ID),
    threadId: u32(abi.COLUMN_THREAD_ID),
    sessionId: u32(abi.COLUMN_SESSION_ID),
    logonIdLow: u32(abi.COLUMN_LOGON_ID_LOW),
    logonIdHigh: u32(abi.COLUMN_LOGON_ID_HIGH),
    remoteName: u32(abi.COLUMN_REMOTE_NAME),
    localName: u32(abi.COLUMN_LOCAL_NAME),
    provider: u32(abi.COLUMN_PROVIDER),
    image: u32(abi.COLUMN_IMAGE_NAME),
    user: u32(abi.COLUMN_RING),
    notifyStatus: u32(abi.COLUMN_NOTIFY_STATUS),
    contextLow: u32(abi.COLUMN_CONTEXT_LOW),
    contextHigh: u32(abi.COLUMN_CONTEXT_HIGH),
    timeTicks: u32(abi.COLUMN_TIME_TICKS),
    kind: u8(abi.COLUMN_KIND),
    phase: u8(abi.COLUMN_PHASE),
    outcome: u8(abi.COLUMN_OUTCOME),
    // </generated>
  }
}
