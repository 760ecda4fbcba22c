// Abandoned records that are committed after all: the newest are watched, one a turn that has nothing else to do.

import { STAMP_SHIFT, STATE_COMMITTED } from '../format/layout.ts'
import { HEAD, LATE, LATE_LOOK, PLANNED, SLOT_COUNT, WATCH, WATCH_MAX, WATCH_TURN, WATCHED } from './ring-state.ts'

export class LateWatch {
  static clear(state: usize): void {
    store<u32>(state + WATCHED, 0)
  }

  /** This sequence has just been abandoned. */
  static watch(state: usize, sequence: u64): void {
    const watched = load<u32>(state + WATCHED)
    // The newest 64 are watched; an older one that is dropped can only make `late` too small, which is a part of `abandoned` anyway.
    // GUARD(watched) without: const place = watched
    const place = watched < WATCH_MAX ? watched : <u32>sequence & (WATCH_MAX - 1)
    store<u64>(state + WATCH + ((<usize>place) << 3), sequence)
    if (watched < WATCH_MAX) store<u32>(state + WATCHED, watched + 1)
  }

  /** Nothing new: plans a look at one abandoned slot. Returns the slots to copy. */
  static plan(state: usize): i32 {
    const watched = load<u32>(state + WATCHED)
    if (watched == 0) return 0
    const turn = load<u32>(state + WATCH_TURN) % watched
    store<u32>(state + WATCH_TURN, turn + 1)
    store<u64>(state + LATE_LOOK, load<u64>(state + WATCH + ((<usize>turn) << 3)) + 1)
    store<u32>(state + PLANNED, 1)
    return 1
  }

  /** Whether the planned slot is such a look. */
  @inline
  static isPlanned(state: usize): bool {
    return load<u64>(state + LATE_LOOK) != 0
  }

  /** The slot was copied: committed after all, overwritten, or still open. */
  static judge(state: usize, stamp: u64): void {
    const sequence = load<u64>(state + LATE_LOOK) - 1
    store<u32>(state + PLANNED, 0)
    const committed = stamp == ((sequence << STAMP_SHIFT) | <u64>STATE_COMMITTED)
    if (!committed && stamp >> STAMP_SHIFT <= sequence && load<u64>(state + HEAD) - sequence <= <u64>load<u32>(state + SLOT_COUNT)) return
    if (committed) store<u64>(state + LATE, load<u64>(state + LATE) + 1)
    const last = load<u32>(state + WATCHED) - 1
    for (let i: u32 = 0; i <= last; i++) {
      if (load<u64>(state + WATCH + ((<usize>i) << 3)) != sequence) continue
      store<u64>(state + WATCH + ((<usize>i) << 3), load<u64>(state + WATCH + ((<usize>last) << 3)))
      store<u32>(state + WATCHED, last)
      return
    }
  }
}
