// From rows to columns: what a batch hands to JavaScript (abi.ts has the diagram).

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
  F64_COLUMNS,
  ROWS_MAX,
  STRING_ID_EMPTY,
  U8_COLUMNS,
  U32_COLUMNS,
} from './abi.ts'
import { epochMs } from './file-time.ts'
import { Intern, MARK_HANDED } from './intern.ts'
import { BUCKETS, COLUMNS } from './memory.ts'
import {
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

  @inline
  private static u32(column: usize, at: usize, value: u32): void {
    store<u32>(U32S + column * ROWS * 4 + (at << 2), value)
  }

  @inline
  private static f64(column: usize, at: usize, value: f64): void {
    store<f64>(COLUMNS + column * ROWS * 8 + (at << 3), value)
  }

  @inline
  private static u8(column: usize, at: usize, value: u8): void {
    store<u8>(U8S + column * ROWS + at, value)
  }

  @inline
  private static name(column: usize, at: usize, id: u32): void {
    Columns.u32(column, at, id)
    const marks = Intern.marks(id)
    if (!(marks & MARK_HANDED) && id > <u32>STRING_ID_EMPTY) {
      Intern.setMarks(id, marks | MARK_HANDED)
      store<u32>(NEW_STRINGS + ((<usize>newStrings) << 2), id)
      newStrings++
    }
  }

  /** Appends a row. A batch has room for every row that a turn can yield. */
  static append(row: usize): void {
    const at = <usize>rows
    Columns.f64(COLUMN_SEQUENCE, at, <f64>load<u64>(row + ROW_SEQUENCE))
    Columns.f64(COLUMN_TIME, at, epochMs(load<i64>(row + ROW_WALL_TIME)))
    Columns.f64(COLUMN_DURATION, at, load<f64>(row + ROW_DURATION))
    Columns.f64(COLUMN_PROCESS_START_TIME, at, epochMs(load<i64>(row + ROW_PROCESS_START_TIME)))
    Columns.u32(COLUMN_STATUS, at, load<u32>(row + ROW_STATUS))
    Columns.u32(COLUMN_FLAGS, at, load<u32>(row + ROW_FLAGS))
    Columns.u32(COLUMN_TRAITS, at, load<u32>(row + ROW_TRAITS))
    Columns.u32(COLUMN_RESOURCE_TYPE, at, load<u32>(row + ROW_RESOURCE_TYPE))
    Columns.u32(COLUMN_PROCESS_ID, at, load<u32>(row + ROW_PROCESS_ID))
    Columns.u32(COLUMN_THREAD_ID, at, load<u32>(row + ROW_THREAD_ID))
    Columns.u32(COLUMN_SESSION_ID, at, load<u32>(row + ROW_SESSION_ID))
    Columns.u32(COLUMN_LOGON_ID_LOW, at, load<u32>(row + ROW_LOGON_ID))
    Columns.u32(COLUMN_LOGON_ID_HIGH, at, load<u32>(row + ROW_LOGON_ID, 4))
    Columns.name(COLUMN_REMOTE_NAME, at, load<u32>(row + ROW_REMOTE_NAME))
    Columns.name(COLUMN_LOCAL_NAME, at, load<u32>(row + ROW_LOCAL_NAME))
    Columns.name(COLUMN_PROVIDER, at, load<u32>(row + ROW_PROVIDER))
    Columns.name(COLUMN_IMAGE_NAME, at, load<u32>(row + ROW_IMAGE_NAME))
    Columns.u32(COLUMN_RING, at, load<u32>(row + ROW_RING))
    Columns.u32(COLUMN_NOTIFY_STATUS, at, load<u32>(row + ROW_NOTIFY_STATUS))
    Columns.u32(COLUMN_CONTEXT_LOW, at, load<u32>(row + ROW_CONTEXT))
    Columns.u32(COLUMN_CONTEXT_HIGH, at, load<u32>(row + ROW_CONTEXT, 4))
    store<u64>(FULL_UNITS + (at << 3), load<u64>(row + ROW_FULL_UNITS))
    Columns.u8(COLUMN_KIND, at, load<u8>(row + ROW_KIND))
    Columns.u8(COLUMN_PHASE, at, load<u8>(row + ROW_PHASE))
    Columns.u8(COLUMN_OUTCOME, at, load<u8>(row + ROW_OUTCOME))
    rows++
  }
}

if (COLUMNS_END > BUCKETS) ERROR('the columns run into the intern table')
