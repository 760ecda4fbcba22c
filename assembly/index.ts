// The core's exports: a turn is plan() -> (host copies) -> take(), per ring. No host imports, no allocation, no clock of its own.

import { NOTIFY_POST, SLOT_SHIFT, SLOT_SIZE, STAMP_SHIFT, STATE_COMMITTED } from '../format/layout.ts'
import {
  CORE_COUNTS,
  COUNT_EPOCH,
  COUNT_NOTIFICATIONS,
  COUNT_STRING_BYTES,
  COUNT_STRINGS,
  COUNT_WAITING,
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
} from './abi.ts'
import { prepareKeys } from './checksum.ts'
import { Columns, NEW_STRINGS } from './columns.ts'
import { Filter } from './filter.ts'
import { Intern } from './intern.ts'
import { ARENA, COLUMNS, COUNTS, FILTER_CAPACITY, FOLD, HEADER, PREDICATES, TEXT, WINDOW, WINDOW_SLOTS } from './memory.ts'
import { Pairing } from './pairing.ts'
import { Processes } from './processes.ts'
import { Progress } from './progress.ts'
import { Record } from './record.ts'
import { Ring, SLOT_STOP } from './ring.ts'
import { ROW_NOTIFY_STATUS, ROW_OUTCOME, ROW_STATUS } from './row.ts'
import { Statistics } from './statistics.ts'

export const headerAddress: usize = HEADER
export const windowAddress: usize = WINDOW
export const windowSlots: u32 = WINDOW_SLOTS
export const columnsAddress: usize = COLUMNS
export const newStringsAddress: usize = NEW_STRINGS
export const arenaAddress: usize = ARENA
export const countsAddress: usize = COUNTS
export const textAddress: usize = TEXT
export const filterAddress: usize = PREDICATES
export const filterCapacity: u32 = FILTER_CAPACITY
export const foldAddress: usize = FOLD

let level: i32 = LEVEL_OPERATION
let unfinishedAfter: f64 = 0
let quiet: bool = false
const tally = memory.data<u64>([0, 0, 0, 0, 0, 0])

/** Empties the core and sets what its batches consist of. */
export function configure(newLevel: i32, unfinishedAfterMs: f64): void {
  level = newLevel
  unfinishedAfter = unfinishedAfterMs
  memory.fill(tally, 0, 48)
  prepareKeys()
  Intern.reset()
  Pairing.reset()
  Columns.clear()
  Filter.load(0)
  Statistics.stop()
  quiet = false
}

/** The header's used part was copied to headerAddress. Returns RING_*. */
export function ringOpen(ring: u32, fileSize: f64, from: i32, sequence: f64): i32 {
  return Ring.open(ring, fileSize, from, sequence)
}

/** The SID of the ring's owner, `length` ASCII bytes, was written to textAddress. */
export function ringUser(ring: u32, length: u32): void {
  Ring.setUser(ring, length)
}

/** A filter program of `length` bytes was written to filterAddress, and upper case to foldAddress; 0: everything passes. */
export function filterLoad(length: u32): void {
  Filter.load(length)
}

/** From now on operations that pass the filter are counted by group; upper case stands at foldAddress. */
export function statisticsStart(): void {
  Statistics.start()
}

/** Groups of a kind (BY_*) so far, group 0 included. */
export function statisticsGroups(kind: u32): u32 {
  return Statistics.groups(kind)
}

/** Where a group stands (GROUP_*). */
export function statisticsAddress(kind: u32, group: u32): usize {
  return Statistics.place(kind, group)
}

/** Not zero: what passes is counted, but no rows are made. */
export function setQuiet(value: u32): void {
  quiet = value != 0
}

/** The header was copied anew. Returns how many slots to copy from planOffset() to windowAddress; then take(). Negative: PLAN_*. */
export function plan(ring: u32): i32 {
  return Ring.plan(Ring.state(ring))
}

export function planOffset(ring: u32): f64 {
  return Ring.offset(Ring.state(ring))
}

/**
 * The planned slots are in the window, and the header was copied once more after them. `now` is the host's monotonic clock, ms, read
 * before plan(). Returns the rows of the batch.
 */
export function take(ring: u32, now: f64): u32 {
  Columns.clear()
  Progress.beginTurn(ring)
  // GUARD(room-for-window)
  makeRoom()
  const state = Ring.state(ring)
  const planned = Ring.planned(state)
  if (Ring.lateLook(state)) {
    Ring.judgeLateLook(state, load<u64>(WINDOW))
    return 0
  }
  let slot = WINDOW + ((<usize>Ring.lapped(state)) << SLOT_SHIFT)
  const end = WINDOW + ((<usize>planned) << SLOT_SHIFT)
  const fileId = Ring.fileId(state)
  let next = Ring.next(state)
  let delivered = false
  // A PRE that finds no room yields a waiting one as a row, and a POST yields one: a slot yields one row at most.
  while (slot < end) {
    const stamp = load<u64>(slot)
    if (stamp == ((next << STAMP_SHIFT) | <u64>STATE_COMMITTED) && Record.decode(slot, fileId, next, ring)) {
      delivered = true
      Progress.beginSlot(next)
      next++
      count(COUNT_NOTIFICATIONS)
      if (!Record.isRefused(slot)) deliver(slot, now)
      Progress.endSlot(Columns.rows())
    } else {
      Ring.deliveredUpTo(state, next)
      if (Ring.refuse(state, stamp, now, delivered) == SLOT_STOP) return Columns.rows()
      next++
    }
    slot += SLOT_SIZE
  }
  Ring.deliveredUpTo(state, next)
  return Columns.rows()
}

/** Room for the strings of a whole window. */
function makeRoom(): void {
  if (!Intern.isFull()) return
  Intern.beginEpoch()
  // GUARD(names-that-wait)
  Pairing.rename()
  Filter.forget()
  // GUARD(void-groups)
  Statistics.forget()
}

/** Where a ring's slot for `sequence` begins, bytes from the start of the file. */
export function slotOffset(ring: u32, sequence: f64): f64 {
  return Ring.slotOffset(Ring.state(ring), <u64>sequence)
}

/**
 * The slot for `sequence` was copied to windowAddress: if it holds that record and it is a PRE, it waits for its POST again, as it did when
 * a tap of the same consumer was closed. Returns whether it does.
 */
export function readmit(ring: u32, sequence: f64, now: f64): bool {
  // GUARD(room-for-one)
  makeRoom()
  const wanted = <u64>sequence
  // GUARD(own-sequence) without: if (Pairing.isFull()) return false
  // GUARD(room-to-wait) without: if (load<u64>(WINDOW) != ((wanted << STAMP_SHIFT) | <u64>STATE_COMMITTED)) return false
  if (load<u64>(WINDOW) != ((wanted << STAMP_SHIFT) | <u64>STATE_COMMITTED) || Pairing.isFull()) return false
  if (!Record.decode(WINDOW, Ring.fileId(Ring.state(ring)), wanted, ring) || Record.isRefused(WINDOW)) return false
  // GUARD(only-beginnings)
  if (load<u32>(WINDOW + ROW_NOTIFY_STATUS) & <u32>NOTIFY_POST) return false
  Pairing.add(WINDOW, now)
  return true
}

/** The next sequence of the last batch's ring when so many of the batch's rows had been handed out. */
export function position(rows: u32): f64 {
  return <f64>Progress.position(rows)
}

/** Lists the PREs that waited when so many of the last batch's rows had been handed out (progress.ts says how). Returns their number. */
export function listWaiting(rows: u32): u32 {
  return Progress.listWaiting(rows)
}

/** Lists processes that PREs wait for at textAddress (processes.ts says how), past the `skip` that wait longest. Returns their number. */
export function listProcesses(skip: u32): u32 {
  return Processes.list(skip)
}

/**
 * Ends the wait of the operations that this process began in this ring: it is gone, and all that it wrote was read. Its start time is a
 * FILETIME in halves. Returns the rows of the batch; call again while it is full.
 */
export function endProcess(id: u32, startLow: u32, startHigh: u32, ring: u32): u32 {
  const startTime = ((<u64>startHigh) << 32) | <u64>startLow
  Columns.clear()
  Progress.beginExpiry()
  for (let row = Pairing.oldest(); row && Columns.rows() < <u32>ROWS_MAX; ) {
    const newer = Pairing.newer(row)
    if (Processes.isOf(row, id, startTime, ring)) giveUp(row)
    row = newer
  }
  return Columns.rows()
}

/** Ends the wait of operations whose POST has not come in time. Returns the rows of the batch; call again while it is full. */
export function expire(now: f64): u32 {
  Columns.clear()
  Progress.beginExpiry()
  // GUARD(full-batch) without: for (let row = Pairing.oldest(); row; row = Pairing.oldest()) {
  for (let row = Pairing.oldest(); row && Columns.rows() < <u32>ROWS_MAX; row = Pairing.oldest()) {
    if (now - Pairing.arrived(row) < unfinishedAfter) break
    giveUp(row)
  }
  return Columns.rows()
}

/** Makes a waiting PRE a row of a batch that is no ring's. */
function giveUp(row: usize): void {
  const rows = Columns.rows()
  Progress.beginSlot(0)
  finishUnfinished(row)
  if (Columns.rows() != rows) Progress.endSlot(Columns.rows())
}

export function newStringCount(): u32 {
  return Columns.newStrings()
}

/** Fills countsAddress with RING_COUNTS numbers. */
export function ringCounts(ring: u32): void {
  Ring.counts(Ring.state(ring))
}

/** Fills countsAddress with CORE_COUNTS numbers. */
export function coreCounts(): void {
  for (let i: usize = 0; i < <usize>CORE_COUNTS; i++) store<f64>(COUNTS + (i << 3), i < 5 ? <f64>load<u64>(tally + (i << 3)) : 0)
  store<f64>(COUNTS + ((<usize>COUNT_WAITING) << 3), <f64>Pairing.waiting())
  store<f64>(COUNTS + ((<usize>COUNT_STRINGS) << 3), <f64>Intern.count())
  store<f64>(COUNTS + ((<usize>COUNT_STRING_BYTES) << 3), <f64>Intern.bytes())
  store<f64>(COUNTS + ((<usize>COUNT_EPOCH) << 3), <f64>Intern.epoch())
}

/** The strings' epoch: when it changes, every string id from before is void. */
export function epoch(): u32 {
  return Intern.epoch()
}

function count(which: usize): void {
  const at = tally + (which << 3)
  store<u64>(at, load<u64>(at) + 1)
}

function outcomeOf(status: u32): u32 {
  if (status == STATUS_SUCCESS || status == STATUS_CONNECTED_OTHER_PASSWORD || status == STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT) {
    return OUTCOME_SUCCEEDED
  }
  return status == STATUS_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_FAILED
}

function finishUnfinished(row: usize): void {
  Progress.released(row)
  Pairing.remove(row)
  Pairing.giveUp(row)
  finish(row)
}

function deliver(row: usize, now: f64): void {
  if (level != LEVEL_NOTIFICATION) pair(row, now)
  else if (Filter.accepts(row) && !quiet) Columns.append(row)
}

function pair(row: usize, now: f64): void {
  const post = load<u32>(row, ROW_NOTIFY_STATUS) & <u32>NOTIFY_POST
  if (!post) {
    // GUARD(full-table)
    if (Pairing.isFull()) finishUnfinished(Pairing.oldestOfFullest())
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
  finish(row)
}

/** An operation is complete, or as complete as it will be. */
function finish(row: usize): void {
  if (!Filter.accepts(row)) return
  count(<usize>load<u8>(row + ROW_OUTCOME) - OUTCOME_SUCCEEDED)
  Statistics.count(row)
  if (!quiet) Columns.append(row)
}
