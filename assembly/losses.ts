// What the last turn of a ring lost, run by run. A run has one reason; runs come in the order of their sequences.
//
//      0 ┌───────────────────────────────┬───────────────────────────────┐
//        │ first sequence, f64           │ count, f64                    │
//     16 ├───────────────────────────────┼───────────────────────────────┘
//        │ reason (SKIP_*), f64          │
//     24 └───────────────────────────────┘

import { LOSS_NUMBERS } from './abi.ts'
import { LOSSES, LOSSES_MAX, WINDOW_SLOTS } from './memory.ts'

const LOSS_SIZE: usize = LOSS_NUMBERS << 3

let runs: u32 = 0
/** Where the last run ends, and its reason. */
let end: u64 = 0
let reason: u32 = 0

export class Losses {
  static clear(): void {
    runs = 0
  }

  static runs(): u32 {
    return runs
  }

  /** `count` records from `first` on are lost. */
  static add(first: u64, count: u64, why: u32): void {
    // GUARD(one-reason-a-run) without: if (runs > 0 && end == first) {
    if (runs > 0 && end == first && reason == why) {
      const last = LOSSES + <usize>(runs - 1) * LOSS_SIZE
      store<f64>(last, load<f64>(last, 8) + <f64>count, 8)
    } else {
      const next = LOSSES + <usize>runs * LOSS_SIZE
      store<f64>(next, <f64>first)
      store<f64>(next, <f64>count, 8)
      store<f64>(next, <f64>why, 16)
      runs++
    }
    end = first + count
    reason = why
  }
}

// Before the copy, after it, and one for each slot.
if (WINDOW_SLOTS + 2 > LOSSES_MAX) ERROR('a turn may lose more runs than there is room for')
