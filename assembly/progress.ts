// What the last batch did, slot by slot, so that a named consumer can stand in the middle of it: after some of its rows, where is the
// ring's position, and which PREs were waiting? A turn accounts for what was lost before it delivers (index.ts), so both have one answer.
//
// A note, one for each slot that was delivered (or, in a batch of expire(), for each PRE that was given up):
//
//      0 ┌───────────────┬───────────────┬───────────────────────────────┐
//        │ rows so far 4 │ ring + 1   4  │ sequence 8                    │   of the PRE whose wait it ended; ring + 1 = 0: none
//     16 └───────────────┴───────────────┴───────────────────────────────┘
//
// At TEXT, for the host: a sequence (f64) for each waiting PRE; after room for WAITING_LISTED_MAX of these, the number (u16) of each one's ring.

import { ALL_ROWS, ROWS_MAX, WAITING_LISTED_MAX } from './abi.ts'
import { TEXT, TEXT_SIZE } from './memory.ts'
import { Pairing, PENDING_MAX } from './pairing.ts'
import { ROW_RING, ROW_SEQUENCE } from './row.ts'

const RINGS_AT: usize = TEXT + <usize>(WAITING_LISTED_MAX << 3)
/** No ring: the batch was made by expire(). */
const NO_RING: u32 = 0xffffffff

const notes = memory.data(ROWS_MAX << 4, 16)
let count: u32 = 0
let ring: u32 = NO_RING
let first: u64 = 0
let listed: u32 = 0

export class Progress {
  /** A batch begins, of this ring. */
  static beginTurn(turnRing: u32): void {
    ring = turnRing
    count = 0
  }

  /** A batch begins, of PREs of any ring. */
  static beginExpiry(): void {
    Progress.beginTurn(NO_RING)
  }

  /** A slot is about to be delivered. */
  @inline
  static beginSlot(sequence: u64): void {
    if (count == 0) first = sequence
    store<u64>(notes + ((<usize>count) << 4), 0)
  }

  /** The slot ended this PRE's wait. */
  @inline
  static released(pre: usize): void {
    const note = notes + ((<usize>count) << 4)
    store<u32>(note, load<u32>(pre + ROW_RING) + 1, 4)
    store<u64>(note, load<u64>(pre + ROW_SEQUENCE), 8)
  }

  @inline
  static endSlot(rows: u32): void {
    store<u32>(notes + ((<usize>count) << 4), rows)
    count++
  }

  /** Notes up to and with the one that brought the batch to `rows` rows. */
  private static upTo(rows: u32): u32 {
    if (rows == 0) return 0
    for (let i: u32 = 0; i < count; i++) if (load<u32>(notes + ((<usize>i) << 4)) >= rows) return i + 1
    return count
  }

  /** The ring's next sequence after `rows` rows of the batch. */
  static position(rows: u32): u64 {
    return first + <u64>Progress.upTo(rows)
  }

  /** Lists the PREs that were waiting after `rows` rows of the batch. Returns how many. */
  static listWaiting(rows: u32): u32 {
    listed = 0
    const done = Progress.upTo(rows)
    const end = rows == <u32>ALL_ROWS ? u64.MAX_VALUE : first + <u64>done
    for (let pre = Pairing.oldest(); pre; pre = Pairing.newer(pre))
      Progress.list(load<u32>(pre + ROW_RING), load<u64>(pre + ROW_SEQUENCE), end)
    for (let i = done; i < count; i++) {
      const note = notes + ((<usize>i) << 4)
      if (load<u32>(note, 4)) Progress.list(load<u32>(note, 4) - 1, load<u64>(note, 8), end)
    }
    return listed
  }

  /** Leaves out what is read again from the ring itself. */
  private static list(itsRing: u32, sequence: u64, end: u64): void {
    // GUARD(read-again)
    if (itsRing == ring && sequence >= end) return
    store<f64>(TEXT + ((<usize>listed) << 3), <f64>sequence)
    store<u16>(RINGS_AT + ((<usize>listed) << 1), <u16>itsRing)
    listed++
  }
}

if (PENDING_MAX + <u32>ROWS_MAX > <u32>WAITING_LISTED_MAX) ERROR('all that wait, and all that a batch released, may have to be listed')
if (<u32>WAITING_LISTED_MAX * 10 > TEXT_SIZE) ERROR('the list of waiting PREs is longer than its place')
