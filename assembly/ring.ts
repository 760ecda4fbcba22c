// A ring's cursor and account (RING.md section 6): which slots to copy, which records count, and an exact number for every loss.
//
// One state a ring:
//
//      0 ┌───────────────────────────────┬───────────────────────────────┐
//        │ file id 8                     │ signature 8                   │
//     16 ├───────────────────────────────┼───────────────────────────────┤
//        │ next 8                        │ start 8                       │
//     32 ├───────────────────────────────┼───────────────────────────────┤
//        │ head as seen last 8           │ start total 8                 │
//     48 ├───────────────────────────────┼───────────────────────────────┤
//        │ delivered 8                   │ overrun 8                     │
//     64 ├───────────────────────────────┼───────────────────────────────┤
//        │ abandoned 8                   │ corrupt 8                     │
//     80 ├───────────────────────────────┼───────────────────────────────┤
//        │ late 8                        │ rewinds 8                     │
//     96 ├───────────────────────────────┼───────────────────────────────┤
//        │ hole deadline, f64 ms         │ hole end 8                    │
//    112 ├───────────────────────────────┼───────────────────────────────┤
//        │ copied again 8 (sequence + 1) │ planned late look 8 (sequ. +1)│
//    128 ├───────────────┬───────────────┼───────────────┬───────────────┤
//        │ slot count 4  │ planned slots │ watched 4     │ watch turn 4  │
//    144 ├───────────────┴───────────────┴───────────────┴───────────────┤
//        │ sequences abandoned lately, watched for a late commit: 64 × 8 │
//    656 ├───────────────────────────────┬───────────────────────────────┤
//        │ gave up 8 (of the header)     │ faults 8 (of the header)      │
//    672 ├───────────────┬───────────────┬───────────────┬───────────────┤
//        │ user id 4     │ its epoch 4   │ SID length 4  │ 0             │
//    688 ├───────────────┴───────────────┴───────────────┴───────────────┤
//        │ owner's SID in string form, at most 192 bytes, zero padded    │
//    880 └───────────────────────────────────────────────────────────────┘
//
// delivered + overrun + abandoned + corrupt - startTotal = next - start, always.

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
  COUNT_ABANDONED,
  COUNT_CORRUPT,
  COUNT_DELIVERED,
  COUNT_FAULTS,
  COUNT_GAVE_UP,
  COUNT_HEAD,
  COUNT_LATE,
  COUNT_NEXT,
  COUNT_OVERRUN,
  COUNT_PENDING,
  COUNT_REWINDS,
  COUNT_START,
  COUNT_START_TOTAL,
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
  STRING_ID_EMPTY,
} from './abi.ts'
import { Intern } from './intern.ts'
import { COUNTS, HEADER, RING_STATE_SIZE, RINGS, SID_MAX, TEXT, WINDOW_SLOTS } from './memory.ts'

const FILE_ID: usize = 0
const SIGNATURE: usize = 8
const NEXT: usize = 16
const START: usize = 24
const HEAD: usize = 32
const START_TOTAL: usize = 40
const DELIVERED: usize = 48
const OVERRUN: usize = 56
const ABANDONED: usize = 64
const CORRUPT: usize = 72
const LATE: usize = 80
const REWINDS: usize = 88
const HOLE_DEADLINE: usize = 96
const HOLE_END: usize = 104
const COPIED_AGAIN: usize = 112
const LATE_LOOK: usize = 120
const SLOT_COUNT: usize = 128
const PLANNED: usize = 132
const WATCHED: usize = 136
const WATCH_TURN: usize = 140
const WATCH: usize = 144
const WATCH_MAX: u32 = 64
const GAVE_UP: usize = 656
const FAULTS: usize = 664
const USER_ID: usize = 672
const USER_EPOCH: usize = 676
const SID_LENGTH: usize = 680
const SID: usize = 688

const SEQUENCE_LIMIT: u64 = (<u64>1) << (<u64>SEQUENCE_LIMIT_LOG2)

/** What a slot turned out to be. */
export const SLOT_RECORD: i32 = 0
export const SLOT_SKIP: i32 = 1
export const SLOT_STOP: i32 = 2

export class Ring {
  @inline
  static state(ring: u32): usize {
    return RINGS + <usize>(ring * RING_STATE_SIZE)
  }

  /** Judges the header in HEADER and, if it is good, puts the ring's cursor where `from` says. Returns RING_*. */
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
    const state = Ring.state(ring)
    memory.fill(state, 0, USER_ID)
    store<u64>(state + FILE_ID, fileId)
    store<u64>(state + SIGNATURE, signature)
    store<u32>(state + SLOT_COUNT, slotCount)
    store<u64>(state + HEAD, head)
    let next = head
    if (from == FROM_OLDEST) next = head > <u64>slotCount ? head - <u64>slotCount : 0
    // GUARD(possible-sequence) without: else if (from != FROM_NOW) next = <u64>sequence
    else if (from != FROM_NOW && sequence >= 0 && sequence < <f64>SEQUENCE_LIMIT) next = <u64>sequence
    store<u64>(state + NEXT, next)
    store<u64>(state + START, next)
    return RING_GOOD
  }

  /** The owner's SID, `length` ASCII bytes at TEXT. */
  static setUser(ring: u32, length: u32): void {
    const state = Ring.state(ring)
    // GUARD(sid-length)
    length = min<u32>(length, SID_MAX)
    memory.fill(state + USER_ID, 0, SID - USER_ID + <usize>SID_MAX)
    memory.copy(state + SID, TEXT, <usize>length)
    store<u32>(state + SID_LENGTH, length)
  }

  /** String id of the owner's SID, in the current epoch. */
  static userId(ring: u32): u32 {
    const state = Ring.state(ring)
    const length = load<u32>(state + SID_LENGTH)
    if (length == 0) return STRING_ID_EMPTY
    if (load<u32>(state + USER_EPOCH) != Intern.epoch()) {
      const blocks = (length + 15) >> 4
      store<u32>(state + USER_ID, Intern.id(state + SID, blocks, length << 1))
      store<u32>(state + USER_EPOCH, Intern.epoch())
    }
    return load<u32>(state + USER_ID)
  }

  private static total(state: usize): u64 {
    return load<u64>(state + DELIVERED) + load<u64>(state + OVERRUN) + load<u64>(state + ABANDONED) + load<u64>(state + CORRUPT)
  }

  @inline
  private static count(state: usize, which: usize, amount: u64): void {
    store<u64>(state + which, load<u64>(state + which) + amount)
  }

  /** A new account: what lies between the old cursor and `next` is billed to nobody, the break is flagged. */
  private static restart(state: usize, next: u64): void {
    Ring.count(state, REWINDS, 1)
    store<u64>(state + NEXT, next)
    store<u64>(state + START, next)
    store<u64>(state + START_TOTAL, Ring.total(state))
    // GUARD(new-wait)
    store<f64>(state + HOLE_DEADLINE, 0)
    // GUARD(new-copy)
    store<u64>(state + COPIED_AGAIN, 0)
    // GUARD(new-watch)
    store<u32>(state + WATCHED, 0)
  }

  @inline
  private static overrunTo(state: usize, next: u64): void {
    Ring.count(state, OVERRUN, next - load<u64>(state + NEXT))
    store<u64>(state + NEXT, next)
    if (next >= load<u64>(state + HOLE_END)) store<f64>(state + HOLE_DEADLINE, 0)
  }

  /** First head (in HEADER): how many slots to copy, or 0, or PLAN_*. `offset()` then says from where in the file. */
  static plan(state: usize): i32 {
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
    store<u64>(state + GAVE_UP, load<u64>(HEADER + <usize>HEADER_GAVE_UP))
    store<u64>(state + FAULTS, load<u64>(HEADER + <usize>HEADER_FAULTS))
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
    // GUARD(window) without: let planned = <u32>(head - next)
    let planned = <u32>min<u64>(head - next, <u64>WINDOW_SLOTS)
    if (planned == 0) return Ring.planLateLook(state)
    const index = <u32>next & (slotCount - 1)
    // GUARD(end-of-file)
    planned = min<u32>(planned, slotCount - index)
    store<u32>(state + PLANNED, planned)
    return planned
  }

  /** Nothing new: look at one abandoned slot, whether it was committed after all. */
  private static planLateLook(state: usize): i32 {
    const watched = load<u32>(state + WATCHED)
    if (watched == 0) return 0
    const turn = load<u32>(state + WATCH_TURN) % watched
    store<u32>(state + WATCH_TURN, turn + 1)
    store<u64>(state + LATE_LOOK, load<u64>(state + WATCH + ((<usize>turn) << 3)) + 1)
    store<u32>(state + PLANNED, 1)
    return 1
  }

  /** Where the planned slots begin, bytes from the start of the file. */
  static offset(state: usize): f64 {
    const lateLook = load<u64>(state + LATE_LOOK)
    return Ring.slotOffset(state, lateLook ? lateLook - 1 : load<u64>(state + NEXT))
  }

  @inline
  static slotOffset(state: usize, sequence: u64): f64 {
    return <f64>(<u64>HEADER_SIZE + ((sequence & <u64>(load<u32>(state + SLOT_COUNT) - 1)) << SLOT_SHIFT))
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
  static planned(state: usize): u32 {
    return load<u32>(state + PLANNED)
  }

  @inline
  static lateLook(state: usize): bool {
    return load<u64>(state + LATE_LOOK) != 0
  }

  @inline
  static next(state: usize): u64 {
    return load<u64>(state + NEXT)
  }

  @inline
  static fileId(state: usize): u64 {
    return load<u64>(state + FILE_ID)
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
      Ring.count(state, CORRUPT, 1)
      // GUARD(newer-stamp) without: } else if (false) {
    } else if (stamp >> STAMP_SHIFT > next) {
      // GUARD(losses-first)
      if (delivered) return SLOT_STOP
      Ring.count(state, OVERRUN, 1)
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
      Ring.count(state, ABANDONED, 1)
      Ring.watch(state, next)
    }
    store<u64>(state + NEXT, next + 1)
    if (next + 1 >= load<u64>(state + HOLE_END)) store<f64>(state + HOLE_DEADLINE, 0)
    return SLOT_SKIP
  }

  private static watch(state: usize, sequence: u64): void {
    const watched = load<u32>(state + WATCHED)
    // The newest 64 are watched; an older one that is dropped can only make `late` too small, which is a part of `abandoned` anyway.
    // GUARD(watched) without: const place = watched
    const place = watched < WATCH_MAX ? watched : <u32>sequence & (WATCH_MAX - 1)
    store<u64>(state + WATCH + ((<usize>place) << 3), sequence)
    if (watched < WATCH_MAX) store<u32>(state + WATCHED, watched + 1)
  }

  /** The slot of an abandoned sequence was copied: committed after all, overwritten, or still open. */
  static judgeLateLook(state: usize, stamp: u64): void {
    const sequence = load<u64>(state + LATE_LOOK) - 1
    store<u32>(state + PLANNED, 0)
    const committed = stamp == ((sequence << STAMP_SHIFT) | <u64>STATE_COMMITTED)
    if (!committed && stamp >> STAMP_SHIFT <= sequence && load<u64>(state + HEAD) - sequence <= <u64>load<u32>(state + SLOT_COUNT)) return
    if (committed) Ring.count(state, LATE, 1)
    const last = load<u32>(state + WATCHED) - 1
    for (let i: u32 = 0; i <= last; i++) {
      if (load<u64>(state + WATCH + ((<usize>i) << 3)) != sequence) continue
      store<u64>(state + WATCH + ((<usize>i) << 3), load<u64>(state + WATCH + ((<usize>last) << 3)))
      store<u32>(state + WATCHED, last)
      return
    }
  }

  @inline
  private static tell(which: i32, value: u64): void {
    store<f64>(COUNTS + ((<usize>which) << 3), <f64>value)
  }

  /** Writes the account to COUNTS. */
  static counts(state: usize): void {
    Ring.tell(COUNT_NEXT, load<u64>(state + NEXT))
    Ring.tell(COUNT_HEAD, load<u64>(state + HEAD))
    Ring.tell(COUNT_DELIVERED, load<u64>(state + DELIVERED))
    Ring.tell(COUNT_OVERRUN, load<u64>(state + OVERRUN))
    Ring.tell(COUNT_ABANDONED, load<u64>(state + ABANDONED))
    Ring.tell(COUNT_LATE, load<u64>(state + LATE))
    Ring.tell(COUNT_CORRUPT, load<u64>(state + CORRUPT))
    Ring.tell(COUNT_PENDING, load<u64>(state + HEAD) - load<u64>(state + NEXT))
    Ring.tell(COUNT_REWINDS, load<u64>(state + REWINDS))
    Ring.tell(COUNT_GAVE_UP, load<u64>(state + GAVE_UP))
    Ring.tell(COUNT_FAULTS, load<u64>(state + FAULTS))
    Ring.tell(COUNT_START, load<u64>(state + START))
    Ring.tell(COUNT_START_TOTAL, load<u64>(state + START_TOTAL))
  }
}
