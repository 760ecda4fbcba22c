// A slot that has been verified is decoded in place, in the window, into a row. Nothing is copied:
//
//      0 ┌───────────────────────────────┬───────────────────────────────┐
//        │ sequence 8                    │ duration, f64 ms, NaN: none   │   over stamp and checksum
//     16 ├───────────────────────────────┴───────────────────────────────┤
//        │ the record's fixed part as it was; traits replace the record  │
//        │ flags at 96                                                   │
//    104 ├───────────────┬───────────────┬───────────────┬───────────────┤
//        │ remote name 4 │ local name 4  │ provider 4    │ image name 4  │   string ids, over the descriptors
//    120 ├───────┬───────┼───────┬───────┼───────────────┴───────────────┤
//        │phase 1│outc. 1│ 2     │ ring 4│ full lengths 4 × 2            │   over the first string
//    136 ├───────┴───────┴───────┴───────┼───────────────────────────────┘
//        │ completes 8 (sequence + 1)    │
//    144 └───────────────────────────────┘

import {
  RECORD_CONTEXT,
  RECORD_DESCRIPTORS,
  RECORD_FLAGS,
  RECORD_KIND,
  RECORD_LOGON_ID,
  RECORD_NOTIFY_STATUS,
  RECORD_OPERATION_STATUS,
  RECORD_PROCESS_ID,
  RECORD_PROCESS_START_TIME,
  RECORD_RECORD_FLAGS,
  RECORD_RESOURCE_TYPE,
  RECORD_SESSION_ID,
  RECORD_STRINGS,
  RECORD_THREAD_ID,
  RECORD_TICKS,
  RECORD_TICKS_PER_SECOND,
  RECORD_WALL_TIME,
  SLOT_CHECKSUM,
  SLOT_STAMP,
} from '../format/layout.ts'

export const ROW_SEQUENCE: usize = SLOT_STAMP
export const ROW_DURATION: usize = SLOT_CHECKSUM
export const ROW_KIND: usize = RECORD_KIND
export const ROW_NOTIFY_STATUS: usize = RECORD_NOTIFY_STATUS
export const ROW_STATUS: usize = RECORD_OPERATION_STATUS
export const ROW_FLAGS: usize = RECORD_FLAGS
export const ROW_WALL_TIME: usize = RECORD_WALL_TIME
export const ROW_TICKS: usize = RECORD_TICKS
export const ROW_TICKS_PER_SECOND: usize = RECORD_TICKS_PER_SECOND
export const ROW_CONTEXT: usize = RECORD_CONTEXT
export const ROW_PROCESS_START_TIME: usize = RECORD_PROCESS_START_TIME
export const ROW_LOGON_ID: usize = RECORD_LOGON_ID
export const ROW_PROCESS_ID: usize = RECORD_PROCESS_ID
export const ROW_THREAD_ID: usize = RECORD_THREAD_ID
export const ROW_SESSION_ID: usize = RECORD_SESSION_ID
export const ROW_RESOURCE_TYPE: usize = RECORD_RESOURCE_TYPE
export const ROW_TRAITS: usize = RECORD_RECORD_FLAGS
export const ROW_REMOTE_NAME: usize = RECORD_DESCRIPTORS
export const ROW_LOCAL_NAME: usize = RECORD_DESCRIPTORS + 4
export const ROW_PROVIDER: usize = RECORD_DESCRIPTORS + 8
export const ROW_IMAGE_NAME: usize = RECORD_DESCRIPTORS + 12
export const ROW_PHASE: usize = RECORD_DESCRIPTORS + 16
export const ROW_OUTCOME: usize = RECORD_DESCRIPTORS + 17
export const ROW_RING: usize = RECORD_DESCRIPTORS + 20
export const ROW_FULL_UNITS: usize = RECORD_STRINGS
/** 0: it completes nothing that was given up. */
export const ROW_COMPLETES: usize = RECORD_STRINGS + 8
export const ROW_SIZE: usize = RECORD_STRINGS + 16
