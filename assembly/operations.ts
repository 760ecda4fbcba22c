// What becomes of good records: a row each, or paired to operations; filtered, counted, and appended to the batch.

import { NOTIFY_POST } from '../format/layout.ts'
import {
  LEVEL_NOTIFICATION,
  LEVEL_OPERATION,
  LEVEL_RECORD,
  OUTCOME_SUCCEEDED,
  OUTCOME_UNFINISHED,
  ROWS_MAX,
  TOTAL_NOTIFICATIONS,
} from './abi.ts'
import { Columns } from './columns.ts'
import { Filter } from './filter.ts'
import { Intern } from './intern.ts'
import { Pairing } from './pairing.ts'
import { Processes } from './processes.ts'
import { Progress } from './progress.ts'
import { Ring } from './ring.ts'
import { ROW_NOTIFY_STATUS, ROW_OUTCOME, ROW_RING, ROW_STATUS } from './row.ts'
import { Statistics } from './statistics.ts'
import { outcomeOf } from './status.ts'

let level: i32 = LEVEL_OPERATION
let unfinishedAfter: f64 = 0
let quiet: bool = false
/** TOTAL_SUCCEEDED to TOTAL_NOTIFICATIONS, u64s. */
const TALLIES: i32 = TOTAL_NOTIFICATIONS + 1
const tallies = memory.data(40, 8)

function count(which: usize, by: i32 = 1): void {
  const at = tallies + (which << 3)
  store<u64>(at, load<u64>(at) + by)
}

export class Operations {
  static configure(newLevel: i32, unfinishedAfterMs: f64): void {
    level = newLevel
    unfinishedAfter = unfinishedAfterMs
    quiet = false
    memory.fill(tallies, 0, (<usize>TALLIES) << 3)
  }

  /** Operations that pass are counted, but no rows are made. */
  static setQuiet(value: bool): void {
    quiet = value
  }

  /** TOTAL_SUCCEEDED to TOTAL_NOTIFICATIONS. */
  static tally(which: usize): u64 {
    return which < <usize>TALLIES ? load<u64>(tallies + (which << 3)) : 0
  }

  /** Makes room for the strings of a whole window. */
  static makeRoom(): void {
    if (!Intern.isFull()) {
      Intern.makeRoom()
      return
    }
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

  /** Rows are operations, of two records each. */
  static arePaired(): bool {
    return level == LEVEL_OPERATION
  }

  /** At LEVEL_RECORD nothing is made of a record. */
  @inline
  static keepsRecords(): bool {
    return level == LEVEL_RECORD
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
    const outcome = <u8>outcomeOf(load<u32>(row + ROW_STATUS))
    const pre = Pairing.find(row)
    if (pre && Pairing.isGivenUp(pre)) {
      Pairing.completeLate(row, pre)
      store<u8>(row + ROW_OUTCOME, outcome)
      // GUARD(counted-once)
      if (Operations.finish(row) && Pairing.wasCounted(pre)) Operations.uncount(pre)
      Pairing.remove(pre)
      return
    }
    if (pre) {
      Progress.released(pre)
      Pairing.complete(pre, row)
      Pairing.remove(pre)
      row = pre
    }
    store<u8>(row + ROW_OUTCOME, outcome)
    Operations.finish(row)
  }

  /** An operation is complete, or as complete as it will be. Returns whether the filter lets it pass. */
  private static finish(row: usize): bool {
    if (!Filter.accepts(row)) return false
    count(<usize>load<u8>(row + ROW_OUTCOME) - OUTCOME_SUCCEEDED)
    Statistics.count(row)
    if (!quiet) Columns.append(row)
    return true
  }

  /** An operation that was counted as unfinished has ended after all, and was counted again. */
  private static uncount(pre: usize): void {
    count(OUTCOME_UNFINISHED - OUTCOME_SUCCEEDED, -1)
    Statistics.uncount(pre)
  }

  /** Counts operations that wait as unfinished, for as long as somebody reads the counts; `isOver`: takes that back. Nothing else may happen in between. */
  static countWaiting(isOver: bool): void {
    for (let row = Pairing.oldest(); row; row = Pairing.newer(row)) {
      store<u8>(row + ROW_OUTCOME, <u8>OUTCOME_UNFINISHED)
      if (!Filter.accepts(row)) continue
      if (isOver) Operations.uncount(row)
      else {
        count(OUTCOME_UNFINISHED - OUTCOME_SUCCEEDED)
        Statistics.count(row)
      }
    }
  }

  private static finishUnfinished(row: usize): void {
    Progress.released(row)
    store<u8>(row + ROW_OUTCOME, <u8>OUTCOME_UNFINISHED)
    const counted = Operations.finish(row)
    if (Ring.isOpen(load<u32>(row + ROW_RING))) Pairing.giveUp(row, counted)
    else Pairing.remove(row)
  }

  private static beginBatch(): void {
    Columns.clear()
    Progress.beginExpiry()
  }

  /** Makes a waiting PRE a row of a batch that is of no one ring. */
  private static giveUp(row: usize): void {
    const rows = Columns.rows()
    Progress.beginSlot(0)
    Operations.finishUnfinished(row)
    if (Columns.rows() != rows) Progress.endSlot(Columns.rows())
  }

  /**
   * Ends the wait of operations whose POST has not come in time: they are older than the limit, and what their ring had been promised since
   * they were was read. A POST that waits in the ring is read before anybody judges.
   */
  static expire(now: f64): void {
    Operations.beginBatch()
    // GUARD(full-batch) without: for (let row = Pairing.oldest(); row; ) {
    for (let row = Pairing.oldest(); row && Columns.rows() < <u32>ROWS_MAX; ) {
      const arrived = Pairing.arrived(row)
      if (now - arrived < unfinishedAfter) break
      const newer = Pairing.newer(row)
      // GUARD(read-since)
      if (Ring.readAt(load<u32>(row + ROW_RING)) - arrived >= unfinishedAfter) Operations.giveUp(row)
      row = newer
    }
  }

  /** Ends every wait. */
  static endAll(): void {
    Operations.beginBatch()
    for (let row = Pairing.oldest(); row && Columns.rows() < <u32>ROWS_MAX; row = Pairing.oldest()) Operations.giveUp(row)
  }

  /** Ends the wait of operations of processes that are gone: the first `count` of the list at TEXT (processes.ts). */
  static endProcesses(count: u32): void {
    Operations.beginBatch()
    for (let row = Pairing.oldest(); row && Columns.rows() < <u32>ROWS_MAX; ) {
      const newer = Pairing.newer(row)
      if (Processes.isListed(row, count)) Operations.giveUp(row)
      row = newer
    }
  }
}
