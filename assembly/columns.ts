// From rows to columns: what a batch hands to JavaScript (abi.ts has the diagram).

import * as layout from '../format/layout.ts'
import * as abi from './abi.ts'
import { epochMs, sinceEpoch, ticksPast, wholeMs } from './file-time.ts'
import { Intern, NUMBERED } from './intern.ts'
import { BUCKETS, COLUMNS, WINDOW } from './memory.ts'
import * as at from './row.ts'

const ROWS: usize = abi.ROWS_MAX
/** Bytes from one column to the next of the same width. */
const F64: usize = 8 * ROWS
const U32: usize = 4 * ROWS
const U8: usize = ROWS
export const U32S: usize = COLUMNS + <usize>abi.F64_COLUMNS * ROWS * 8
export const FULL_UNITS: usize = U32S + <usize>abi.U32_COLUMNS * ROWS * 4
export const U8S: usize = FULL_UNITS + 4 * ROWS * 2
/** Strings that rows of this batch are the first of the epoch to use, by their block in the arena: at most four a row. */
export const NEW_STRINGS: usize = U8S + <usize>abi.U8_COLUMNS * ROWS
const COLUMNS_END: usize = NEW_STRINGS + 4 * ROWS * 4

let rows: u32 = 0
let newStrings: u32 = 0
/** The id of the next string that is handed over. */
let nextNumber: u32 = 0
let numberedEpoch: u32 = 0

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

  /** The number by which JavaScript knows a string; it gets the string with this batch unless it has it already. */
  @inline
  private static number(id: u32): u32 {
    const number = Intern.number(id)
    // GUARD(handed-once) without: return Columns.hand(id)
    return number ? number & ~NUMBERED : Columns.hand(id)
  }

  private static hand(id: u32): u32 {
    if (numberedEpoch != Intern.epoch()) {
      numberedEpoch = Intern.epoch()
      nextNumber = <u32>abi.STRING_ID_EMPTY + 1
    }
    const number = nextNumber++
    Intern.setNumber(id, number)
    store<u32>(NEW_STRINGS + ((<usize>newStrings) << 2), id)
    newStrings++
    return number
  }

  /** Appends a row. Sequences are below 2^53, and WebAssembly turns signed integers into doubles faster than unsigned ones. A batch has room for every row that a turn can yield. */
  static append(row: usize): void {
    const f64s = COLUMNS + ((<usize>rows) << 3)
    const u32s = U32S + ((<usize>rows) << 2)
    const u8s = U8S + <usize>rows
    // <generated stores>
    store<f64>(f64s, <f64>load<i64>(row, at.ROW_SEQUENCE), F64 * abi.COLUMN_SEQUENCE)
    store<f64>(f64s, load<f64>(row, at.ROW_DURATION), F64 * abi.COLUMN_DURATION)
    store<u32>(u32s, load<u32>(row, layout.RECORD_OPERATION_STATUS), U32 * abi.COLUMN_STATUS)
    store<u32>(u32s, load<u32>(row, layout.RECORD_FLAGS), U32 * abi.COLUMN_FLAGS)
    store<u32>(u32s, load<u32>(row, at.ROW_TRAITS), U32 * abi.COLUMN_TRAITS)
    store<u32>(u32s, load<u32>(row, layout.RECORD_RESOURCE_TYPE), U32 * abi.COLUMN_RESOURCE_TYPE)
    store<u32>(u32s, load<u32>(row, layout.RECORD_PROCESS_ID), U32 * abi.COLUMN_PROCESS_ID)
    store<u32>(u32s, load<u32>(row, layout.RECORD_THREAD_ID), U32 * abi.COLUMN_THREAD_ID)
    store<u32>(u32s, load<u32>(row, layout.RECORD_SESSION_ID), U32 * abi.COLUMN_SESSION_ID)
    store<u32>(u32s, load<u32>(row, layout.RECORD_LOGON_ID), U32 * abi.COLUMN_LOGON_ID_LOW)
    store<u32>(u32s, load<u32>(row, layout.RECORD_LOGON_ID + 4), U32 * abi.COLUMN_LOGON_ID_HIGH)
    store<u32>(u32s, load<u32>(row, at.ROW_RING), U32 * abi.COLUMN_RING)
    store<u32>(u32s, load<u32>(row, layout.RECORD_NOTIFY_STATUS), U32 * abi.COLUMN_NOTIFY_STATUS)
    store<u32>(u32s, load<u32>(row, layout.RECORD_CONTEXT), U32 * abi.COLUMN_CONTEXT_LOW)
    store<u32>(u32s, load<u32>(row, layout.RECORD_CONTEXT + 4), U32 * abi.COLUMN_CONTEXT_HIGH)
    store<u8>(u8s, load<u8>(row, layout.RECORD_KIND), U8 * abi.COLUMN_KIND)
    store<u8>(u8s, load<u8>(row, at.ROW_PHASE), U8 * abi.COLUMN_PHASE)
    store<u8>(u8s, load<u8>(row, at.ROW_OUTCOME), U8 * abi.COLUMN_OUTCOME)
    // </generated>
    const time = load<i64>(row, layout.RECORD_WALL_TIME)
    const ms = wholeMs(time)
    store<f64>(f64s, sinceEpoch(ms), F64 * abi.COLUMN_TIME)
    store<u32>(u32s, ticksPast(time, ms), U32 * abi.COLUMN_TIME_TICKS)
    const completes = load<u64>(row, at.ROW_COMPLETES)
    store<f64>(f64s, select<f64>(<f64>(<i64>(completes - 1)), NaN, completes != 0), F64 * abi.COLUMN_COMPLETES)
    store<f64>(f64s, epochMs(load<i64>(row, layout.RECORD_PROCESS_START_TIME)), F64 * abi.COLUMN_PROCESS_START_TIME)
    store<u64>(FULL_UNITS + ((<usize>rows) << 3), load<u64>(row, at.ROW_FULL_UNITS))
    store<u32>(u32s, Columns.number(load<u32>(row, at.ROW_REMOTE_NAME)), U32 * abi.COLUMN_REMOTE_NAME)
    store<u32>(u32s, Columns.number(load<u32>(row, at.ROW_LOCAL_NAME)), U32 * abi.COLUMN_LOCAL_NAME)
    store<u32>(u32s, Columns.number(load<u32>(row, at.ROW_PROVIDER)), U32 * abi.COLUMN_PROVIDER)
    store<u32>(u32s, Columns.number(load<u32>(row, at.ROW_IMAGE_NAME)), U32 * abi.COLUMN_IMAGE_NAME)
    rows++
  }

  /** Appends a record that stays in the window as it is. */
  static appendRecord(slot: usize, sequence: u64, ring: u32): void {
    const f64s = COLUMNS + ((<usize>rows) << 3)
    const u32s = U32S + ((<usize>rows) << 2)
    const time = load<i64>(slot, layout.RECORD_WALL_TIME)
    const ms = wholeMs(time)
    store<f64>(f64s, <f64>sequence, F64 * abi.COLUMN_SEQUENCE)
    store<f64>(f64s, sinceEpoch(ms), F64 * abi.COLUMN_TIME)
    store<u32>(u32s, ticksPast(time, ms), U32 * abi.COLUMN_TIME_TICKS)
    store<u32>(u32s, <u32>(slot - WINDOW), U32 * abi.COLUMN_RECORD_OFFSET)
    store<u32>(u32s, <u32>load<u16>(slot, layout.RECORD_USED), U32 * abi.COLUMN_RECORD_USED)
    store<u32>(u32s, ring, U32 * abi.COLUMN_RING)
    rows++
  }
}

if (COLUMNS_END > BUCKETS) ERROR('the columns run into the intern table')
