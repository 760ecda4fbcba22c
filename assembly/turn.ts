// A turn of a ring: plan() says what to copy, take() makes rows of it. The TURN block (abi.ts) tells the host what it came to.

import { NOTIFY_POST, SLOT_SHIFT, SLOT_SIZE, STAMP_SHIFT, STATE_COMMITTED } from '../format/layout.ts'
import {
  TURN_ABANDONED,
  TURN_CORRUPT,
  TURN_DELIVERED,
  TURN_EPOCH,
  TURN_FAULTS,
  TURN_FILTERED,
  TURN_FIRST_TIME,
  TURN_GAVE_UP,
  TURN_HEAD,
  TURN_LAST_TIME,
  TURN_LATE,
  TURN_LOSSES,
  TURN_LOST,
  TURN_NEW_STRINGS,
  TURN_NEXT,
  TURN_NEXT_TIME,
  TURN_OFFSET,
  TURN_OVERRUN,
  TURN_PENDING,
  TURN_PLANNED,
  TURN_READ_AT,
  TURN_REWINDS,
  TURN_ROWS,
  TURN_SEQUENCE,
  TURN_START,
  TURN_START_TOTAL,
} from './abi.ts'
import { Columns } from './columns.ts'
import { epochMs } from './file-time.ts'
import { Intern } from './intern.ts'
import { LateWatch } from './late-watch.ts'
import { Losses } from './losses.ts'
import { TURN, WINDOW } from './memory.ts'
import { Merge } from './merge.ts'
import { Operations } from './operations.ts'
import { Pairing } from './pairing.ts'
import { Progress } from './progress.ts'
import { Record } from './record.ts'
import { Ring, SLOT_STOP } from './ring.ts'
import {
  ABANDONED,
  CORRUPT,
  DELIVERED,
  FAULTS,
  FILE_ID,
  FILTERED,
  GAVE_UP,
  HEAD,
  LATE,
  LATE_LOOK,
  NEXT,
  OVERRUN,
  PLANNED,
  READ_AT,
  REWINDS,
  START,
  START_TOTAL,
  slotOffset,
  stateOf,
} from './ring-state.ts'
import { ROW_NOTIFY_STATUS, ROW_WALL_TIME } from './row.ts'

/** When the turn began, by the host's clock. */
let began: f64 = 0
/** What the ring had lost then. */
let lostBefore: u64 = 0

function tell(which: i32, value: f64): void {
  store<f64>(TURN + ((<usize>which) << 3), value)
}

export class Turn {
  /** First look: the header is in HEADER. How many slots to copy, or PLAN_*. */
  static plan(ring: u32, now: f64): i32 {
    const state = stateOf(ring)
    began = now
    lostBefore = Ring.lost(state)
    Losses.clear()
    const planned = Ring.plan(state, now)
    const lateLook = load<u64>(state + LATE_LOOK)
    const sequence = lateLook ? lateLook - 1 : load<u64>(state + NEXT)
    tell(TURN_PLANNED, planned)
    tell(TURN_SEQUENCE, <f64>sequence)
    tell(TURN_OFFSET, slotOffset(state, sequence))
    Turn.tellAccount(state)
    return planned
  }

  /** Second look: the planned slots are in WINDOW, the header was copied again after them. Returns the rows of the batch. */
  static take(ring: u32): u32 {
    const state = stateOf(ring)
    Columns.clear()
    Progress.beginTurn(ring)
    tell(TURN_FIRST_TIME, NaN)
    tell(TURN_LAST_TIME, NaN)
    // GUARD(room-for-window)
    Operations.makeRoom()
    if (LateWatch.isPlanned(state)) LateWatch.judge(state, load<u64>(WINDOW))
    else Turn.takeWindow(ring, state)
    Ring.keepPromise(state)
    Turn.tellAccount(state)
    return Turn.tellBatch()
  }

  private static takeWindow(ring: u32, state: usize): void {
    const end = WINDOW + ((<usize>load<u32>(state + PLANNED)) << SLOT_SHIFT)
    let slot = WINDOW + ((<usize>Ring.lapped(state)) << SLOT_SHIFT)
    const fileId = load<u64>(state + FILE_ID)
    const now = began
    const isKept = Operations.keepsRecords()
    let next = load<u64>(state + NEXT)
    let delivered = false
    // A PRE that finds no room yields a waiting one as a row, and a POST yields one: a slot yields one row at most.
    while (slot < end) {
      const stamp = load<u64>(slot)
      if (stamp == ((next << STAMP_SHIFT) | <u64>STATE_COMMITTED) && Record.decode(slot, fileId, next, ring, isKept)) {
        delivered = true
        Progress.beginSlot(next)
        Operations.countNotification()
        if (isKept) Columns.appendRecord(slot, next, ring)
        else if (!Record.isRefused(slot)) Operations.deliver(slot, now)
        next++
        Progress.endSlot(Columns.rows())
      } else {
        Turn.deliveredUpTo(state, next, slot)
        if (Ring.refuse(state, stamp, now, delivered) == SLOT_STOP) return
        next++
      }
      slot += SLOT_SIZE
    }
    Turn.deliveredUpTo(state, next, slot)
  }

  /** The records before `next` are delivered; the last of them is in the slot before `slot`. */
  private static deliveredUpTo(state: usize, next: u64, slot: usize): void {
    const first = load<u64>(state + NEXT)
    if (next == first) return
    tell(TURN_FIRST_TIME, epochMs(load<i64>(slot - ((<usize>(next - first)) << SLOT_SHIFT) + ROW_WALL_TIME)))
    tell(TURN_LAST_TIME, epochMs(load<i64>(slot - SLOT_SIZE + ROW_WALL_TIME)))
    Ring.deliveredUpTo(state, next)
  }

  /** Of the planned slots some were copied: which of them are taken (merge.ts). */
  static limit(ring: u32, slots: u32, until: f64): u32 {
    const taken = Merge.limit(stateOf(ring), slots, until)
    tell(TURN_NEXT_TIME, Merge.nextTime)
    return taken
  }

  /**
   * The slot for `sequence` is in WINDOW: if it holds that record and it is a PRE, it waits for its POST again, as it did when a tap of the
   * same consumer was closed. Returns whether it does.
   */
  static readmit(ring: u32, wanted: u64, now: f64): bool {
    Columns.clear()
    // GUARD(room-for-one)
    Operations.makeRoom()
    const waits = Turn.waitsAgain(ring, wanted, now)
    Turn.tellBatch()
    return waits
  }

  private static waitsAgain(ring: u32, wanted: u64, now: f64): bool {
    // GUARD(own-sequence) without: if (Pairing.isFull()) return false
    // GUARD(room-to-wait) without: if (load<u64>(WINDOW) != ((wanted << STAMP_SHIFT) | <u64>STATE_COMMITTED)) return false
    if (load<u64>(WINDOW) != ((wanted << STAMP_SHIFT) | <u64>STATE_COMMITTED) || Pairing.isFull()) return false
    if (!Record.decode(WINDOW, load<u64>(stateOf(ring) + FILE_ID), wanted, ring, false) || Record.isRefused(WINDOW)) return false
    // GUARD(only-beginnings)
    if (load<u32>(WINDOW + ROW_NOTIFY_STATUS) & <u32>NOTIFY_POST) return false
    Pairing.add(WINDOW, now)
    return true
  }

  /** Writes what the batch has into TURN. Returns its rows. */
  static tellBatch(): u32 {
    tell(TURN_ROWS, Columns.rows())
    tell(TURN_EPOCH, Intern.epoch())
    tell(TURN_NEW_STRINGS, Columns.newStrings())
    return Columns.rows()
  }

  /** A source has nothing below `to` any more (ring.ts). */
  static skip(ring: u32, to: u64, reason: u32): bool {
    const state = stateOf(ring)
    Turn.begin(state)
    const isSkipped = Ring.skip(state, to, reason)
    Turn.tellAccount(state)
    return isSkipped
  }

  /** Another ring, or another file of it: nothing was lost so far. */
  static begin(state: usize): void {
    lostBefore = Ring.lost(state)
    Losses.clear()
    Turn.tellAccount(state)
  }

  private static tellAccount(state: usize): void {
    const lost = Ring.lost(state)
    tell(TURN_LOSSES, Losses.runs())
    tell(TURN_LOST, <f64>(lost - lostBefore))
    tell(TURN_NEXT, <f64>load<u64>(state + NEXT))
    tell(TURN_HEAD, <f64>load<u64>(state + HEAD))
    tell(TURN_DELIVERED, <f64>load<u64>(state + DELIVERED))
    tell(TURN_OVERRUN, <f64>load<u64>(state + OVERRUN))
    tell(TURN_ABANDONED, <f64>load<u64>(state + ABANDONED))
    tell(TURN_LATE, <f64>load<u64>(state + LATE))
    tell(TURN_CORRUPT, <f64>load<u64>(state + CORRUPT))
    tell(TURN_PENDING, <f64>(load<u64>(state + HEAD) - load<u64>(state + NEXT)))
    tell(TURN_REWINDS, <f64>load<u64>(state + REWINDS))
    tell(TURN_GAVE_UP, <f64>load<u64>(state + GAVE_UP))
    tell(TURN_FAULTS, <f64>load<u64>(state + FAULTS))
    tell(TURN_START, <f64>load<u64>(state + START))
    tell(TURN_START_TOTAL, <f64>load<u64>(state + START_TOTAL))
    tell(TURN_FILTERED, <f64>load<u64>(state + FILTERED))
    tell(TURN_READ_AT, load<f64>(state + READ_AT))
  }
}
