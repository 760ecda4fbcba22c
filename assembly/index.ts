// The core's exports: a turn is plan() -> (host copies) -> take(), per ring. No host imports, no allocation, no clock of its own.

import { PROCESSES_LISTED_MAX, RINGS_MAX, TOTAL_NUMBERS, TOTAL_STRING_BYTES, TOTAL_STRINGS, TOTAL_WAITING } from './abi.ts'
import { prepareKeys } from './checksum.ts'
import { Columns, NEW_STRINGS } from './columns.ts'
import { Filter } from './filter.ts'
import { prepareHashKeys } from './hash-keys.ts'
import { Intern } from './intern.ts'
import {
  ARENA,
  COLUMNS,
  FOLD,
  HEADER,
  LOSSES,
  PREDICATES,
  RING_STATE_SIZE,
  RINGS,
  TEXT,
  TOTALS,
  TURN,
  WINDOW,
  WINDOW_SLOTS,
} from './memory.ts'
import { Operations } from './operations.ts'
import { Pairing } from './pairing.ts'
import { Processes } from './processes.ts'
import { Progress } from './progress.ts'
import { Ring } from './ring.ts'
import { RingOwner } from './ring-owner.ts'
import { slotOffset, stateOf } from './ring-state.ts'
import { Statistics } from './statistics.ts'
import { Turn } from './turn.ts'

export const headerAddress: usize = HEADER
export const windowAddress: usize = WINDOW
export const windowSlots: u32 = WINDOW_SLOTS
export const columnsAddress: usize = COLUMNS
export const newStringsAddress: usize = NEW_STRINGS
export const arenaAddress: usize = ARENA
export const turnAddress: usize = TURN
export const lossesAddress: usize = LOSSES
export const totalsAddress: usize = TOTALS
export const textAddress: usize = TEXT
export const filterAddress: usize = PREDICATES
export const foldAddress: usize = FOLD

/** The memory of a new instance is zero, and costs nothing until it is touched: two megabytes here. */
let isNew = true

/** Empties the core and sets what its batches consist of. `seed`: a random number that nobody else knows. */
export function configure(level: i32, unfinishedAfterMs: f64, seed: u64): void {
  if (!isNew) memory.fill(RINGS, 0, <usize>(<u32>RINGS_MAX * RING_STATE_SIZE))
  isNew = false
  prepareHashKeys(seed)
  Operations.configure(level, unfinishedAfterMs)
  prepareKeys()
  Intern.reset()
  Pairing.reset()
  Columns.clear()
  Filter.load(0, false)
  Statistics.stop()
  Turn.tellBatch()
}

/** The header's used part was copied to headerAddress. Returns RING_*; if the ring is good, its account is in the TURN block. */
export function openRing(ring: u32, fileSize: f64, from: i32, sequence: f64): i32 {
  const judged = Ring.open(ring, fileSize, from, sequence)
  Turn.begin(stateOf(ring))
  return judged
}

/** The ring is left. Its operations that wait go on waiting. */
export function closeRing(ring: u32): void {
  Ring.close(ring)
  Pairing.forget(ring)
}

/** A source has nothing below the sequence `to` any more; `reason` is SKIP_*. Returns whether that can be so. */
export function skip(ring: u32, to: f64, reason: u32): bool {
  // NaN and what is negative become 0, what is too large becomes the largest number: neither can be skipped to.
  return Turn.skip(ring, <u64>to, reason)
}

/** The SID of the ring's owner, `length` ASCII bytes, was written to textAddress; `owner` is a number that all of his rings have in common. */
export function setOwner(ring: u32, length: u32, owner: u32): void {
  RingOwner.set(ring, length, owner)
}

/** A filter program of `length` bytes was written to filterAddress, and upper case to foldAddress; 0: everything passes. */
export function loadFilter(length: u32): void {
  Filter.load(length, Operations.arePaired())
}

/** From now on operations that pass the filter are counted by group of the kinds wanted, bit BY_* each; upper case stands at foldAddress. */
export function startStatistics(kinds: u32): void {
  Statistics.start(kinds)
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
  Operations.setQuiet(value != 0)
}

/**
 * The header was copied anew. Returns how many slots to copy to windowAddress, from the offset that the TURN block names; then take().
 * Negative: PLAN_*. `now` is the host's monotonic clock, ms, read before the header was copied.
 */
export function plan(ring: u32, now: f64): i32 {
  return Turn.plan(ring, now)
}

/**
 * Between plan() and take(), where rings are merged by time: only the first `slots` of the planned ones were copied, and what was written after `until`
 * (ticks since ORDER_EPOCH) is not taken yet. Returns how many slots take() will take; 0: there is nothing to take.
 */
export function limit(ring: u32, slots: u32, until: f64): u32 {
  return Turn.limit(ring, slots, until)
}

/** The planned slots are in the window, and the header was copied once more after them. Returns the rows of the batch. */
export function take(ring: u32): u32 {
  return Turn.take(ring)
}

/** The account of a ring, into the TURN block. */
export function account(ring: u32): void {
  Turn.begin(stateOf(ring))
}

/** Where a ring's slot for `sequence` begins, bytes from the start of the file. */
export function offsetOf(ring: u32, sequence: f64): f64 {
  return slotOffset(stateOf(ring), <u64>sequence)
}

/** The slot for `sequence` was copied to windowAddress. Returns whether its PRE waits for its POST again (turn.ts). */
export function readmit(ring: u32, sequence: f64, now: f64): bool {
  return Turn.readmit(ring, <u64>sequence, now)
}

/** The next sequence of the last batch's ring when `rows` of the batch's rows had been handed out. */
export function position(rows: u32): f64 {
  return <f64>Progress.position(rows)
}

/** Lists the PREs that waited when `rows` of the last batch's rows had been handed out (progress.ts says how). Returns their number. */
export function listWaiting(rows: u32): u32 {
  return Progress.listWaiting(rows)
}

/** Lists processes that PREs wait for at textAddress (processes.ts says how), past the `skip` that wait longest. Returns their number. */
export function listProcesses(skip: u32): u32 {
  return Processes.list(skip)
}

/** PREs that the last listProcesses() looked at. */
export function processesLooked(): u32 {
  return Processes.looked()
}

/**
 * Ends the wait of the operations of `count` processes that are gone, and whose records were read; they stand at textAddress, in the form of
 * listProcesses(). Returns the rows of the batch; call again while it is full.
 */
export function endProcesses(count: u32): u32 {
  Operations.endProcesses(min<u32>(count, PROCESSES_LISTED_MAX))
  return Turn.tellBatch()
}

/** Ends the wait of all operations. Returns the rows of the batch; call again while it is full. */
export function endAll(): u32 {
  Operations.endAll()
  return Turn.tellBatch()
}

/** Ends the wait of operations whose POST has not come in time. Returns the rows of the batch; call again while it is full. */
export function expire(now: f64): u32 {
  Operations.expire(now)
  return Turn.tellBatch()
}

/** Operations that wait are counted as unfinished until it is called with `isOver`; nothing else is called in between. */
export function countWaiting(isOver: bool): void {
  Operations.countWaiting(isOver)
}

/** Fills totalsAddress with TOTAL_NUMBERS numbers. */
export function countTotals(): void {
  for (let i: usize = 0; i < <usize>TOTAL_NUMBERS; i++) store<f64>(TOTALS + (i << 3), <f64>Operations.tally(i))
  store<f64>(TOTALS + ((<usize>TOTAL_WAITING) << 3), <f64>Pairing.waiting())
  store<f64>(TOTALS + ((<usize>TOTAL_STRINGS) << 3), <f64>Intern.count())
  store<f64>(TOTALS + ((<usize>TOTAL_STRING_BYTES) << 3), <f64>Intern.bytes())
}
