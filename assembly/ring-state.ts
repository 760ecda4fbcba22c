// What the core keeps of a ring. Each part has one file that owns it: the position and the account ring.ts, the watch late-watch.ts, the
// owner ring-owner.ts.
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
//    672 ├───────────────────────────────┼───────────────────────────────┤
//        │ filtered 8                    │ read at, f64 ms               │
//    688 ├───────────────────────────────┼───────────────────────────────┤
//        │ promise: head 8 (0: none)     │ when it was seen, f64 ms      │
//    704 ├───────────────┬───────────────┼───────────────┬───────────────┤
//        │ user id 4     │ its epoch 4   │ SID length 4  │ owner ^ ring 4│
//    720 ├───────────────┴───────────────┴───────────────┴───────────────┤
//        │ owner's SID in string form, at most 192 bytes, zero padded    │
//    912 └───────────────────────────────────────────────────────────────┘
//
// delivered + overrun + abandoned + corrupt + filtered - startTotal = next - start, always.

import { HEADER_SIZE, SLOT_SHIFT } from '../format/layout.ts'
import { RING_STATE_SIZE, RINGS, SID_MAX } from './memory.ts'

export const FILE_ID: usize = 0
export const SIGNATURE: usize = 8
export const NEXT: usize = 16
export const START: usize = 24
export const HEAD: usize = 32
export const START_TOTAL: usize = 40
export const DELIVERED: usize = 48
export const OVERRUN: usize = 56
export const ABANDONED: usize = 64
export const CORRUPT: usize = 72
export const LATE: usize = 80
export const REWINDS: usize = 88
export const HOLE_DEADLINE: usize = 96
export const HOLE_END: usize = 104
export const COPIED_AGAIN: usize = 112
export const LATE_LOOK: usize = 120
export const SLOT_COUNT: usize = 128
export const PLANNED: usize = 132
export const WATCHED: usize = 136
export const WATCH_TURN: usize = 140
export const WATCH: usize = 144
export const WATCH_MAX: u32 = 64
export const GAVE_UP: usize = 656
export const FAULTS: usize = 664
export const FILTERED: usize = 672
export const READ_AT: usize = 680
export const PROMISED: usize = 688
export const PROMISED_AT: usize = 696
/** What is before this belongs to the file, what follows to the owner. */
export const OWNER: usize = 704
export const USER_ID: usize = 704
export const USER_EPOCH: usize = 708
export const SID_LENGTH: usize = 712
export const OWNER_NUMBER: usize = 716
export const SID: usize = 720
const STATE_END: usize = SID + <usize>SID_MAX

export function stateOf(ring: u32): usize {
  return RINGS + <usize>(ring * RING_STATE_SIZE)
}

/** Where the slot for `sequence` begins, bytes from the start of the file. */
export function slotOffset(state: usize, sequence: u64): f64 {
  return <f64>(<u64>HEADER_SIZE + ((sequence & <u64>(load<u32>(state + SLOT_COUNT) - 1)) << SLOT_SHIFT))
}

if (WATCH + <usize>(WATCH_MAX << 3) != GAVE_UP || STATE_END > <usize>RING_STATE_SIZE) ERROR('the state of a ring runs over its end')
