// The core's memory, laid out by hand: nothing is ever allocated, so nothing can run out, leak or move under a view of JavaScript's.
//
//   0x010000 ┌──────────────────────────────┐ HEADER      the header page's used part, copied in by the host
//   0x010400 ├──────────────────────────────┤ KEYS        one checksum key a block
//   0x010800 ├──────────────────────────────┤ TURN        what a turn came to, and the account of its ring
//   0x010c00 ├──────────────────────────────┤ TOTALS      what countTotals() answers
//   0x010d00 ├──────────────────────────────┤ HASH_KEYS   random keys of the tap
//   0x011000 ├──────────────────────────────┤ TEXT        host -> core: the SID of a ring's owner
//   0x020000 ├──────────────────────────────┤ WINDOW      raw slots, copied in by the host; decoded in place into rows
//   0x040000 ├──────────────────────────────┤ COLUMNS     what a batch hands out
//   0x060000 ├──────────────────────────────┤ BUCKETS     the intern table
//   0x0a0000 ├──────────────────────────────┤ PENDING     PREs that wait for their POST, or did
//   0x190000 ├──────────────────────────────┤ PENDING_BUCKETS
//   0x1a0000 ├──────────────────────────────┤ OWNERS      how many entries each owner has there
//   0x1b0000 ├──────────────────────────────┤ LOSSES      runs of records that the last turn lost
//   0x1b2000 ├──────────────────────────────┤             (free)
//   0x400000 ├──────────────────────────────┤ RINGS       positions and accounts
//   0x600000 ├──────────────────────────────┤ ARENA       interned strings
//   0xa00000 ├──────────────────────────────┤ OLD_ARENA   the arena before the last epoch, while survivors move
//   0xe00000 ├──────────────────────────────┤ PREDICATES  the filter program, verdicts on strings
//  0x13e0000 ├──────────────────────────────┤ FOLD        upper case of every UTF-16 unit, for globs
//  0x1400000 ├──────────────────────────────┤ GROUPS      statistics: counts and histograms a group
//  0x1e00000 ├──────────────────────────────┤ GROUP_BUCKETS
//  0x1e10000 ├──────────────────────────────┤ GROUPS_OF   statistics: the groups that a string belongs to, by id
//  0x2010000 └──────────────────────────────┘ MEMORY_END

import { SLOT_SIZE } from '../format/layout.ts'
import { RINGS_MAX, ROWS_MAX } from './abi.ts'

export const HEADER: usize = 0x010000
export const KEYS: usize = 0x010400
export const TURN: usize = 0x010800
export const TOTALS: usize = 0x010c00
export const HASH_KEYS: usize = 0x010d00
export const TEXT: usize = 0x011000
export const TEXT_SIZE: u32 = 0xf000
export const WINDOW: usize = 0x020000
/** Slots in a window: 128 KiB, which stays in a second-level cache from the copy to the last look. */
export const WINDOW_SLOTS: u32 = 256
export const COLUMNS: usize = 0x040000
export const BUCKETS: usize = 0x060000
export const PENDING: usize = 0x0a0000
export const PENDING_BUCKETS: usize = 0x190000
export const OWNERS: usize = 0x1a0000
export const OWNERS_END: usize = 0x1b0000
export const LOSSES: usize = 0x1b0000
export const LOSSES_MAX: u32 = 320
export const RINGS: usize = 0x400000
export const RING_STATE_SIZE: u32 = 1024
/** The longest SID in string form, rounded up to blocks: 15 sub-authorities of ten digits. */
export const SID_MAX: u32 = 192
export const ARENA: usize = 0x600000
export const ARENA_SIZE: u32 = 0x400000
export const OLD_ARENA: usize = 0xa00000
export const PREDICATES: usize = 0xe00000
export const FOLD: usize = 0x13e0000
export const GROUPS: usize = 0x1400000
export const GROUP_BUCKETS: usize = 0x1e00000
export const GROUPS_OF: usize = 0x1e10000
export const MEMORY_END: usize = 0x2010000

// Compile-time checks of the layout above. What the compiler lays out itself (asconfig.json's memoryBase) comes after it.
if (<usize>ASC_MEMORY_BASE < MEMORY_END) ERROR('static data must lie after the layout')
if (WINDOW + <usize>(WINDOW_SLOTS * <u32>SLOT_SIZE) > COLUMNS) ERROR('the window runs into the columns')
if (WINDOW_SLOTS > <u32>ROWS_MAX) ERROR('a batch has room for fewer rows than a window can yield')
if (RINGS + <usize>(<u32>RINGS_MAX * RING_STATE_SIZE) > ARENA) ERROR('the rings run into the arena')
if (ARENA + <usize>ARENA_SIZE > OLD_ARENA || OLD_ARENA + <usize>ARENA_SIZE > PREDICATES) ERROR('the arenas are too long')
