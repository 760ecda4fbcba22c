// A ring's position and account (RING.md section 6): which slots to copy, which records count, and an exact number for every loss.

import {
  FORMAT_MAJOR,
  HEADER_FAULTS,
  HEADER_FILE_ID,
  HEADER_GAVE_UP,
  HEADER_HEAD,
  HEADER_SIGNATURE,
  HEADER_SIZE,
  HOLE_WAIT_MS,
  SEQUENCE_LIMIT_LOG2,
  SIGNATURE_MAGIC,
  SLOT_COUNT_LOG2_MAX,
  SLOT_COUNT_LOG2_MIN,
  SLOT_SHIFT,
  STAMP_SHIFT,
  STAMP_TRUST_LOG2,
  STATE_COMMITTED,
} from '../format/layout.ts'
import {
  FROM_NOW,
  FROM_OLDEST,
  PLAN_BAD_HEAD,
  PLAN_REPLACED,
  RING_BAD_GEOMETRY,
  RING_BAD_HEAD,
  RING_EMPTY,
  RING_GOOD,
  RING_NO_FILE_ID,
  RING_NOT_A_RING,
  RING_OTHER_VERSION,
  RING_WRONG_SIZE,
  SKIP_ABANDONED,
  SKIP_CORRUPT,
  SKIP_FILTERED,
  SKIP_OVERRUN,
} from './abi.ts'
import { LateWatch } from './late-watch.ts'
import { Losses } from './losses.ts'
import { HEADER, WINDOW_SLOTS } from './memory.ts'
import {
  ABANDONED,
  COPIED_AGAIN,
  CORRUPT,
  DELIVERED,
  FAULTS,
  FILE_ID,
  FILTERED,
  GAVE_UP,
  HEAD,
  HOLE_DEADLINE,
  HOLE_END,
  LATE_LOOK,
  NEXT,
  OVERRUN,
  OWNER,
  PLANNED,
  PROMISED,
  PROMISED_AT,
  READ_AT,
  REWINDS,
  SIGNATURE,
  SLOT_COUNT,
  START,
  START_TOTAL,
  stateOf,
} from './ring-state.ts'

const SEQUENCE_LIMIT: u64 = (<u64>1) << (<u64>SEQUENCE_LIMIT_LOG2)

/** What a slot turned out to be. */
export const SLOT_SKIP: i32 = 1
export const SLOT_STOP: i32 = 2

export class Ring {
  /** Judges the header in HEADER and, if it is good, puts the position where `from` says. Returns RING_*. */
  static open(ring: u32, fileSize: f64, from: i32, sequence: f64): i32 {
    const signature = load<u64>(HEADER + <usize>HEADER_SIGNATURE)
    if (signature == 0) return RING_EMPTY
    // GUARD(magic)
    if (<u32>signature != <u32>SIGNATURE_MAGIC) return RING_NOT_A_RING
    // GUARD(version)
    if ((<u32>(signature >> 32) & 0xff) != <u32>FORMAT_MAJOR) return RING_OTHER_VERSION
    const log2 = <u32>(signature >> 48) & 0xff
    // GUARD(geometry)
    if (log2 < <u32>SLOT_COUNT_LOG2_MIN || log2 > <u32>SLOT_COUNT_LOG2_MAX) return RING_BAD_GEOMETRY
    // GUARD(exact-size)
    if (fileSize != <f64>(<u64>HEADER_SIZE + ((<u64>1) << (log2 + SLOT_SHIFT)))) return RING_WRONG_SIZE
    const fileId = load<u64>(HEADER + <usize>HEADER_FILE_ID)
    // GUARD(file-id)
    if (fileId == 0) return RING_NO_FILE_ID
    const head = load<u64>(HEADER + <usize>HEADER_HEAD)
    // GUARD(plausible-head)
    if (head >= SEQUENCE_LIMIT) return RING_BAD_HEAD
    const slotCount = (<u32>1) << log2
    const state = stateOf(ring)
    memory.fill(state, 0, OWNER)
    store<u64>(state + FILE_ID, fileId)
    store<u64>(state + SIGNATURE, signature)
    store<u32>(state + SLOT_COUNT, slotCount)
    store<u64>(state + HEAD, head)
    Ring.noteWriters(state)
    let next = head
    if (from == FROM_OLDEST) next = head > <u64>slotCount ? head - <u64>slotCount : 0
    // GUARD(possible-sequence) without: else if (from != FROM_NOW) next = <u64>sequence
    else if (from != FROM_NOW && sequence >= 0 && sequence < <f64>SEQUENCE_LIMIT) next = <u64>sequence
    store<u64>(state + NEXT, next)
    store<u64>(state + START, next)
    store<f64>(state + READ_AT, -Infinity)
    return RING_GOOD
  }

  /** Records lost so far, for whatever reason. */
  static lost(state: usize): u64 {
    return load<u64>(state + OVERRUN) + load<u64>(state + ABANDONED) + load<u64>(state + CORRUPT)
  }

  @inline
  private static count(state: usize, which: usize, amount: u64): void {
    store<u64>(state + which, load<u64>(state + which) + amount)
  }

  /** `amount` records from the position on are lost. */
  private static lose(state: usize, which: usize, amount: u64, reason: u32): void {
    Ring.count(state, which, amount)
    Losses.add(load<u64>(state + NEXT), amount, reason)
  }

  /** What its writers could not record, by their own count. */
  private static noteWriters(state: usize): void {
    store<u64>(state + GAVE_UP, load<u64>(HEADER + <usize>HEADER_GAVE_UP))
    store<u64>(state + FAULTS, load<u64>(HEADER + <usize>HEADER_FAULTS))
  }

  /** Whether this number has a ring: it was opened, and not closed since. */
  static isOpen(ring: u32): bool {
    return load<u64>(stateOf(ring) + SIGNATURE) != 0
  }

  /** The ring is left: nothing more will be read of it. What it counted stays until the number is used again. */
  static close(ring: u32): void {
    const state = stateOf(ring)
    store<u64>(state + SIGNATURE, 0)
    store<f64>(state + READ_AT, Infinity)
  }

  /** By the host's clock: everything that the ring had been promised until then was read. */
  @inline
  static readAt(ring: u32): f64 {
    return load<f64>(stateOf(ring) + READ_AT)
  }

  /** A look at `now` has seen head: once all below it is read, the ring is read as of now. One promise at a time, so that each is kept. */
  private static promise(state: usize, now: f64): void {
    const head = load<u64>(state + HEAD)
    if (head == load<u64>(state + NEXT)) {
      store<f64>(state + READ_AT, now)
      store<u64>(state + PROMISED, 0)
    } else if (load<u64>(state + PROMISED) == 0) {
      store<u64>(state + PROMISED, head)
      store<f64>(state + PROMISED_AT, now)
    }
  }

  /** Records were read, or lost. */
  static keepPromise(state: usize): void {
    const promised = load<u64>(state + PROMISED)
    if (promised == 0 || load<u64>(state + NEXT) < promised) return
    store<f64>(state + READ_AT, load<f64>(state + PROMISED_AT))
    store<u64>(state + PROMISED, 0)
  }

  /** A source has nothing below `to` any more, for that reason (SKIP_*). Returns whether it can be so. */
  static skip(state: usize, to: u64, reason: u32): bool {
    const next = load<u64>(state + NEXT)
    // GUARD(possible-skip)
    if (to <= next || to > SEQUENCE_LIMIT || reason > <u32>SKIP_FILTERED) return false
    const which = reason == <u32>SKIP_OVERRUN ? OVERRUN : reason == <u32>SKIP_ABANDONED ? ABANDONED : CORRUPT
    if (reason == <u32>SKIP_FILTERED) Ring.count(state, FILTERED, to - next)
    else Ring.lose(state, which, to - next, reason)
    store<u64>(state + NEXT, to)
    store<u64>(state + HEAD, max<u64>(load<u64>(state + HEAD), to))
    store<u64>(state + COPIED_AGAIN, 0)
    if (to >= load<u64>(state + HOLE_END)) store<f64>(state + HOLE_DEADLINE, 0)
    Ring.keepPromise(state)
    return true
  }

  /** A new account: what lies between the old position and `next` is billed to nobody, the break is flagged. */
  private static restart(state: usize, next: u64): void {
    Ring.count(state, REWINDS, 1)
    store<u64>(state + NEXT, next)
    store<u64>(state + START, next)
    store<u64>(state + START_TOTAL, load<u64>(state + DELIVERED) + Ring.lost(state) + load<u64>(state + FILTERED))
    store<u64>(state + PROMISED, 0)
    // GUARD(new-wait)
    store<f64>(state + HOLE_DEADLINE, 0)
    // GUARD(new-copy)
    store<u64>(state + COPIED_AGAIN, 0)
    // GUARD(new-watch)
    LateWatch.clear(state)
  }

  @inline
  private static overrunTo(state: usize, next: u64): void {
    Ring.lose(state, OVERRUN, next - load<u64>(state + NEXT), SKIP_OVERRUN)
    store<u64>(state + NEXT, next)
    if (next >= load<u64>(state + HOLE_END)) store<f64>(state + HOLE_DEADLINE, 0)
  }

  /** First head (in HEADER): how many slots to copy, or 0, or PLAN_*. turn.ts says from where in the file. */
  static plan(state: usize, now: f64): i32 {
    // GUARD(same-signature)
    if (load<u64>(HEADER + <usize>HEADER_SIGNATURE) != load<u64>(state + SIGNATURE)) return PLAN_REPLACED
    // GUARD(same-file-id)
    if (load<u64>(HEADER + <usize>HEADER_FILE_ID) != load<u64>(state + FILE_ID)) return PLAN_REPLACED
    const head = load<u64>(HEADER + <usize>HEADER_HEAD)
    // GUARD(still-plausible-head)
    if (head >= SEQUENCE_LIMIT) return PLAN_BAD_HEAD
    const slotCount = load<u32>(state + SLOT_COUNT)
    let next = load<u64>(state + NEXT)
    store<u64>(state + HEAD, head)
    Ring.noteWriters(state)
    store<u64>(state + LATE_LOOK, 0)
    // GUARD(rewound-file) without: if (false) {
    if (next > head) {
      Ring.restart(state, head)
      next = head
      // GUARD(head-jump): no writer claims that many between two looks. without: } else if (false) {
    } else if (head - next > (<u64>1) << (<u64>STAMP_TRUST_LOG2)) {
      next = head - <u64>slotCount
      Ring.restart(state, next)
      // GUARD(overrun) without: } else if (false) {
    } else if (head - next > <u64>slotCount) {
      next = head - <u64>slotCount
      Ring.overrunTo(state, next)
    }
    Ring.promise(state, now)
    // GUARD(window) without: let planned = <u32>(head - next)
    let planned = <u32>min<u64>(head - next, <u64>WINDOW_SLOTS)
    if (planned == 0) return LateWatch.plan(state)
    const index = <u32>next & (slotCount - 1)
    // GUARD(end-of-file)
    planned = min<u32>(planned, slotCount - index)
    store<u32>(state + PLANNED, planned)
    return planned
  }

  /**
   * Second head (in HEADER), after the copy: drops what may have been overwritten meanwhile.
   * Returns how many leading slots of the window to pass over; all of them if nothing is left.
   */
  static lapped(state: usize): u32 {
    const planned = load<u32>(state + PLANNED)
    store<u32>(state + PLANNED, 0)
    const head = load<u64>(HEADER + <usize>HEADER_HEAD)
    const slotCount = <u64>load<u32>(state + SLOT_COUNT)
    const next = load<u64>(state + NEXT)
    // GUARD(settled-head): one that went back or jumped is judged by the next plan(); this copy is not used.
    if (head < load<u64>(state + HEAD) || head - next > (<u64>1) << (<u64>STAMP_TRUST_LOG2)) return planned
    store<u64>(state + HEAD, head)
    // GUARD(lapped-prefix) without: return 0
    if (head - next <= slotCount) return 0
    const oldest = head - slotCount
    const dropped = <u32>min<u64>(oldest - next, <u64>planned)
    Ring.overrunTo(state, oldest)
    return dropped
  }

  @inline
  static deliveredUpTo(state: usize, next: u64): void {
    if (next == load<u64>(state + NEXT)) return
    Ring.count(state, DELIVERED, next - load<u64>(state + NEXT))
    store<u64>(state + NEXT, next)
    store<u64>(state + COPIED_AGAIN, 0)
    if (next >= load<u64>(state + HOLE_END)) store<f64>(state + HOLE_DEADLINE, 0)
  }

  /**
   * The slot for `next` is not a good record. SLOT_SKIP: it is accounted for and passed over; SLOT_STOP: look again next turn. In every turn
   * losses come first, so that they are one run of sequences and what is delivered is another: once the turn has `delivered`, none is counted.
   */
  static refuse(state: usize, stamp: u64, now: f64, delivered: bool): i32 {
    const next = load<u64>(state + NEXT)
    if (stamp == ((next << STAMP_SHIFT) | <u64>STATE_COMMITTED)) {
      // GUARD(copy-again): only a copy that began after COMMITTED was seen can convict
      if (load<u64>(state + COPIED_AGAIN) != next + 1) {
        store<u64>(state + COPIED_AGAIN, next + 1)
        return SLOT_STOP
      }
      Ring.lose(state, CORRUPT, 1, SKIP_CORRUPT)
      // GUARD(newer-stamp) without: } else if (false) {
    } else if (stamp >> STAMP_SHIFT > next) {
      // GUARD(losses-first)
      if (delivered) return SLOT_STOP
      Ring.lose(state, OVERRUN, 1, SKIP_OVERRUN)
    } else {
      const deadline = load<f64>(state + HOLE_DEADLINE)
      if (deadline == 0) {
        store<f64>(state + HOLE_DEADLINE, now + HOLE_WAIT_MS)
        store<u64>(state + HOLE_END, load<u64>(state + HEAD))
        return SLOT_STOP
      }
      // GUARD(hole-wait) without: if (delivered) return SLOT_STOP
      // GUARD(holes-first) without: if (now < deadline) return SLOT_STOP
      if (now < deadline || delivered) return SLOT_STOP
      Ring.lose(state, ABANDONED, 1, SKIP_ABANDONED)
      LateWatch.watch(state, next)
    }
    store<u64>(state + NEXT, next + 1)
    if (next + 1 >= load<u64>(state + HOLE_END)) store<f64>(state + HOLE_DEADLINE, 0)
    return SLOT_SKIP
  }
}
