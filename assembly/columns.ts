// From rows to columns: what a batch hands to JavaScript (abi.ts has the diagram).

import { RECORD_USED, RECORD_WALL_TIME } from '../format/layout.ts'
import {
  COLUMN_COMPLETES,
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
  COLUMN_RECORD_OFFSET,
  COLUMN_RECORD_USED,
  COLUMN_REMOTE_NAME,
  COLUMN_RESOURCE_TYPE,
  COLUMN_RING,
  COLUMN_SEQUENCE,
  COLUMN_SESSION_ID,
  COLUMN_STATUS,
  COLUMN_THREAD_ID,
  COLUMN_TIME,
  COLUMN_TIME_TICKS,
  COLUMN_TRAITS,
  F64_COLUMNS,
  ROWS_MAX,
  U8_COLUMNS,
  U32_COLUMNS,
} from './abi.ts'
import { epochMs, sinceEpoch, ticksPast, wholeMs } from './file-time.ts'
import { Intern, MARK_HANDED } from './intern.ts'
import { BUCKETS, COLUMNS, WINDOW } from './memory.ts'
import {
  ROW_COMPLETES,
  ROW_CONTEXT,
  ROW_DURATION,
  ROW_FLAGS,
  ROW_FULL_UNITS,
  ROW_IMAGE_NAME,
  ROW_KIND,
  ROW_LOCAL_NAME,
  ROW_LOGON_ID,
  ROW_NOTIFY_STATUS,
  ROW_OUTCOME,
  ROW_PHASE,
  ROW_PROCESS_ID,
  ROW_PROCESS_START_TIME,
  ROW_PROVIDER,
  ROW_REMOTE_NAME,
  ROW_RESOURCE_TYPE,
  ROW_RING,
  ROW_SEQUENCE,
  ROW_SESSION_ID,
  ROW_STATUS,
  ROW_THREAD_ID,
  ROW_TRAITS,
  ROW_WALL_TIME,
} from './row.ts'

const ROWS: usize = ROWS_MAX
/** Bytes from one column to the next of the same width. */
const F64: usize = 8 * ROWS
const U32: usize = 4 * ROWS
const U8: usize = ROWS
export const U32S: usize = COLUMNS + <usize>F64_COLUMNS * ROWS * 8
export const FULL_UNITS: usize = U32S + <usize>U32_COLUMNS * ROWS * 4
export const U8S: usize = FULL_UNITS + 4 * ROWS * 2
/** Ids of strings that rows of this batch are the first of the epoch to use: at most four a row. */
export const NEW_STRINGS: usize = U8S + <usize>U8_COLUMNS * ROWS
const COLUMNS_END: usize = NEW_STRINGS + 4 * ROWS * 4

let rows: u32 = 0
let newStrings: u32 = 0

export class Columns {
  static clear(): void {
    rows = 0
    newStrings = 0
  }

  @inline
  static rows(): u32 {
    return rows
  }

  static newStrings(): u32 {
    return newStrings
  }

  /** JavaScript is to be told of this string, unless it was before. */
  private static hand(id: u32): void {
    const marks = Intern.marks(id)
    // GUARD(handed-once)
    if (marks & MARK_HANDED) return
    Intern.setMarks(id, marks | MARK_HANDED)
    store<u32>(NEW_STRINGS + ((<usize>newStrings) << 2), id)
    newStrings++
  }

  /** Appends a row. Sequences are below 2^53, and WebAssembly turns signed integers into doubles faster than unsigned ones. A batch has room for every row that a turn can yield. */
  static append(row: usize): void {
    const f64s = COLUMNS + ((<usize>rows) << 3)
    const u32s = U32S + ((<usize>rows) << 2)
    const u8s = U8S + <usize>rows
    store<f64>(f64s, <f64>load<i64>(row, ROW_SEQUENCE), F64 * COLUMN_SEQUENCE)
    const time = load<i64>(row, ROW_WALL_TIME)
    const ms = wholeMs(time)
    store<f64>(f64s, sinceEpoch(ms), F64 * COLUMN_TIME)
    store<u32>(u32s, ticksPast(time, ms), U32 * COLUMN_TIME_TICKS)
    const completes = load<u64>(row, ROW_COMPLETES)
    store<f64>(f64s, select<f64>(<f64>(<i64>(completes - 1)), NaN, completes != 0), F64 * COLUMN_COMPLETES)
    store<f64>(f64s, load<f64>(row, ROW_DURATION), F64 * COLUMN_DURATION)
    store<f64>(f64s, epochMs(load<i64>(row, ROW_PROCESS_START_TIME)), F64 * COLUMN_PROCESS_START_TIME)
    store<u32>(u32s, load<u32>(row, ROW_STATUS), U32 * COLUMN_STATUS)
    store<u32>(u32s, load<u32>(row, ROW_FLAGS), U32 * COLUMN_FLAGS)
    store<u32>(u32s, load<u32>(row, ROW_TRAITS), U32 * COLUMN_TRAITS)
    store<u32>(u32s, load<u32>(row, ROW_RESOURCE_TYPE), U32 * COLUMN_RESOURCE_TYPE)
    store<u32>(u32s, load<u32>(row, ROW_PROCESS_ID), U32 * COLUMN_PROCESS_ID)
    store<u32>(u32s, load<u32>(row, ROW_THREAD_ID), U32 * COLUMN_THREAD_ID)
    store<u32>(u32s, load<u32>(row, ROW_SESSION_ID), U32 * COLUMN_SESSION_ID)
    store<u32>(u32s, load<u32>(row, ROW_LOGON_ID), U32 * COLUMN_LOGON_ID_LOW)
    store<u32>(u32s, load<u32>(row, ROW_LOGON_ID + 4), U32 * COLUMN_LOGON_ID_HIGH)
    store<u32>(u32s, load<u32>(row, ROW_RING), U32 * COLUMN_RING)
    store<u32>(u32s, load<u32>(row, ROW_NOTIFY_STATUS), U32 * COLUMN_NOTIFY_STATUS)
    store<u32>(u32s, load<u32>(row, ROW_CONTEXT), U32 * COLUMN_CONTEXT_LOW)
    store<u32>(u32s, load<u32>(row, ROW_CONTEXT + 4), U32 * COLUMN_CONTEXT_HIGH)
    store<u64>(FULL_UNITS + ((<usize>rows) << 3), load<u64>(row, ROW_FULL_UNITS))
    store<u8>(u8s, load<u8>(row, ROW_KIND), U8 * COLUMN_KIND)
    store<u8>(u8s, load<u8>(row, ROW_PHASE), U8 * COLUMN_PHASE)
    store<u8>(u8s, load<u8>(row, ROW_OUTCOME), U8 * COLUMN_OUTCOME)
    const remoteName = load<u32>(row, ROW_REMOTE_NAME)
    const localName = load<u32>(row, ROW_LOCAL_NAME)
    const provider = load<u32>(row, ROW_PROVIDER)
    const imageName = load<u32>(row, ROW_IMAGE_NAME)
    store<u32>(u32s, remoteName, U32 * COLUMN_REMOTE_NAME)
    store<u32>(u32s, localName, U32 * COLUMN_LOCAL_NAME)
    store<u32>(u32s, provider, U32 * COLUMN_PROVIDER)
    store<u32>(u32s, imageName, U32 * COLUMN_IMAGE_NAME)
    if (!(Intern.marks(remoteName) & Intern.marks(localName) & Intern.marks(provider) & Intern.marks(imageName) & MARK_HANDED)) {
      Columns.hand(remoteName)
      Columns.hand(localName)
      Columns.hand(provider)
      Columns.hand(imageName)
    }
    rows++
  }

  /** Appends a record that stays in the window as it is. */
  static appendRecord(slot: usize, sequence: u64, ring: u32): void {
    const f64s = COLUMNS + ((<usize>rows) << 3)
    const u32s = U32S + ((<usize>rows) << 2)
    const time = load<i64>(slot, RECORD_WALL_TIME)
    const ms = wholeMs(time)
    store<f64>(f64s, <f64>sequence, F64 * COLUMN_SEQUENCE)
    store<f64>(f64s, sinceEpoch(ms), F64 * COLUMN_TIME)
    store<u32>(u32s, ticksPast(time, ms), U32 * COLUMN_TIME_TICKS)
    store<u32>(u32s, <u32>(slot - WINDOW), U32 * COLUMN_RECORD_OFFSET)
    store<u32>(u32s, <u32>load<u16>(slot, RECORD_USED), U32 * COLUMN_RECORD_USED)
    store<u32>(u32s, ring, U32 * COLUMN_RING)
    rows++
  }
}

if (COLUMNS_END > BUCKETS) ERROR('the columns run into the intern table')
