// The processes that PREs wait for. The host can find out which of them are gone: their POSTs will never come.
//
// At TEXT, for the host, one of PROCESSES_LISTED_MAX:
//
//      0 ┌───────────────────────────────┬───────────────┬───────────────┐
//        │ process start time, FILETIME 8│ process id 4  │ ring 4        │
//     16 └───────────────────────────────┴───────────────┴───────────────┘

import { PROCESSES_LISTED_MAX } from './abi.ts'
import { TEXT, TEXT_SIZE } from './memory.ts'
import { Pairing } from './pairing.ts'
import { ROW_PROCESS_ID, ROW_PROCESS_START_TIME, ROW_RING } from './row.ts'

const ENTRY_SHIFT: usize = 4
const ID: usize = 8
const RING: usize = 12
/** PREs that one call looks at, so that its work is bounded however many wait. */
const LOOKED_AT_MAX: u32 = 256

let looked: u32 = 0

export class Processes {
  /** PREs that the last list() looked at. */
  static looked(): u32 {
    return looked
  }

  /** Lists the processes of waiting PREs, the longest waiting first but for `skip` of them. Returns how many were listed. */
  static list(skip: u32): u32 {
    let pre = Pairing.oldest()
    for (; pre && skip; skip--) pre = Pairing.newer(pre)
    let listed: u32 = 0
    for (looked = 0; pre && looked < LOOKED_AT_MAX && listed < <u32>PROCESSES_LISTED_MAX; looked++) {
      if (!Processes.isListed(pre, listed)) {
        const entry = TEXT + ((<usize>listed) << ENTRY_SHIFT)
        store<u64>(entry, load<u64>(pre, ROW_PROCESS_START_TIME))
        store<u32>(entry, load<u32>(pre, ROW_PROCESS_ID), ID)
        store<u32>(entry, load<u32>(pre, ROW_RING), RING)
        listed++
      }
      pre = Pairing.newer(pre)
    }
    return listed
  }

  /** Whether a PRE is of one of the first `listed` processes at TEXT. */
  static isListed(pre: usize, listed: u32): bool {
    for (let i: u32 = 0; i < listed; i++) {
      const entry = TEXT + ((<usize>i) << ENTRY_SHIFT)
      if (Processes.isOf(pre, load<u32>(entry, ID), load<u64>(entry), load<u32>(entry, RING))) return true
    }
    return false
  }

  /** Whether that process wrote the PRE into that ring. */
  private static isOf(pre: usize, id: u32, startTime: u64, ring: u32): bool {
    return load<u32>(pre, ROW_PROCESS_ID) == id && load<u64>(pre, ROW_PROCESS_START_TIME) == startTime && load<u32>(pre, ROW_RING) == ring
  }
}

if ((<u32>PROCESSES_LISTED_MAX) << 4 > TEXT_SIZE) ERROR('the list of processes is longer than its place')
