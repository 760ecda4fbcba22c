// What becomes of good records: a row each, or paired to operations; filtered, counted, and appended to the batch.

import { NOTIFY_POST } from '../format/layout.ts'
import {
  LEVEL_NOTIFICATION,
  LEVEL_OPERATION,
  OUTCOME_CANCELLED,
  OUTCOME_FAILED,
  OUTCOME_SUCCEEDED,
  ROWS_MAX,
  STATUS_CANCELLED,
  STATUS_CONNECTED_OTHER_PASSWORD,
  STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT,
  STATUS_SUCCESS,
  TOTAL_NOTIFICATIONS,
} from './abi.ts'
import { Columns } from './columns.ts'
import { Filter } from './filter.ts'
import { Intern } from './intern.ts'
import { Pairing } from './pairing.ts'
import { Processes } from './processes.ts'
import { Progress } from './progress.ts'
import { ROW_NOTIFY_STATUS, ROW_OUTCOME, ROW_STATUS } from './row.ts'
import { Statistics } from './statistics.ts'

let level: i32 = LEVEL_OPERATION
let unfinishedAfter: f64 = 0
let quiet: bool = false
/** TOTAL_SUCCEEDED to TOTAL_NOTIFICATIONS, u64s. */
const TALLIES: i32 = TOTAL_NOTIFICATIONS + 1
const tallies = memory.data(40, 8)

function count(which: usize): void {
  const at = tallies + (which << 3)
  store<u64>(at, load<u64>(at) + 1)
}

function outcomeOf(status: u32): u32 {
  if (status == STATUS_SUCCESS || status == STATUS_CONNECTED_OTHER_PASSWORD || status == STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT) {
    return OUTCOME_SUCCEEDED
  }
  return status == STATUS_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_FAILED
}

export class Operations {
  static configure(newLevel: i32, unfinishedAfterMs: f64): void {
    level = newLevel
    unfinishedAfter = unfinishedAfterMs
    quiet = false
    memory.fill(tallies, 0, (<usize>TALLIES) << 3)
  }

  /** What passes is counted, but no rows are made. */
  static setQuiet(value: bool): void {
    quiet = value
  }

  /** TOTAL_SUCCEEDED to TOTAL_NOTIFICATIONS. */
  static tally(which: usize): u64 {
    return which < <usize>TALLIES ? load<u64>(tallies + (which << 3)) : 0
  }

  /** Makes room for the strings of a whole window. */
  static makeRoom(): void {
    if (!Intern.isFull()) return
    Intern.beginEpoch()
    // GUARD(names-that-wait)
    Pairing.rename()
    Filter.forget()
    // GUARD(void-groups)
    Statistics.forget()
  }

  @inline
  static countNotification(): void {
    count(TOTAL_NOTIFICATIONS)
  }

  /** A good record. */
  static deliver(row: usize, now: f64): void {
    if (level != LEVEL_NOTIFICATION) Operations.pair(row, now)
    else if (Filter.accepts(row) && !quiet) Columns.append(row)
  }

  private static pair(row: usize, now: f64): void {
    const post = load<u32>(row, ROW_NOTIFY_STATUS) & <u32>NOTIFY_POST
    if (!post) {
      // GUARD(full-table)
      if (Pairing.isFull()) Operations.finishUnfinished(Pairing.oldestOfFullest())
      Pairing.add(row, now)
      return
    }
    const pre = Pairing.find(row)
    if (pre) {
      Progress.released(pre)
      Pairing.complete(pre, row)
      Pairing.remove(pre)
      row = pre
    }
    store<u8>(row + ROW_OUTCOME, <u8>outcomeOf(load<u32>(row + ROW_STATUS)))
    Operations.finish(row)
  }

  /** An operation is complete, or as complete as it will be. */
  private static finish(row: usize): void {
    if (!Filter.accepts(row)) return
    count(<usize>load<u8>(row + ROW_OUTCOME) - OUTCOME_SUCCEEDED)
    Statistics.count(row)
    if (!quiet) Columns.append(row)
  }

  private static finishUnfinished(row: usize): void {
    Progress.released(row)
    Pairing.remove(row)
    Pairing.giveUp(row)
    Operations.finish(row)
  }

  /** Makes a waiting PRE a row of a batch that is of no one ring. */
  private static giveUp(row: usize): void {
    const rows = Columns.rows()
    Progress.beginSlot(0)
    Operations.finishUnfinished(row)
    if (Columns.rows() != rows) Progress.endSlot(Columns.rows())
  }

  /** Ends the wait of operations whose POST has not come in time. */
  static expire(now: f64): void {
    Columns.clear()
    Progress.beginExpiry()
    // GUARD(full-batch) without: for (let row = Pairing.oldest(); row; row = Pairing.oldest()) {
    for (let row = Pairing.oldest(); row && Columns.rows() < <u32>ROWS_MAX; row = Pairing.oldest()) {
      if (now - Pairing.arrived(row) < unfinishedAfter) break
      Operations.giveUp(row)
    }
  }

  /** Ends the wait of operations of a process that is gone. */
  static endProcess(id: u32, startTime: u64, ring: u32): void {
    Columns.clear()
    Progress.beginExpiry()
    for (let row = Pairing.oldest(); row && Columns.rows() < <u32>ROWS_MAX; ) {
      const newer = Pairing.newer(row)
      if (Processes.isOf(row, id, startTime, ring)) Operations.giveUp(row)
      row = newer
    }
  }
}
