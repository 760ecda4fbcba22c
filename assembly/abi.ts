// What the core and the host agree on beside the ring's layout: codes, columns, counts. Plain integers, as in format/layout.ts.

/** Rings that one core, and so one tap, reads at most. */
export const RINGS_MAX = 2048

// ── openRing() and plan() ───────────────────────────────────────────────────────────────────────────────────────────

export const RING_GOOD = 0
/** The signature is still zero: nobody has written yet. */
export const RING_EMPTY = 1
export const RING_NOT_A_RING = 2
export const RING_OTHER_VERSION = 3
export const RING_BAD_GEOMETRY = 4
export const RING_WRONG_SIZE = 5
export const RING_NO_FILE_ID = 6
/** Head at or above 2^SEQUENCE_LIMIT_LOG2: no writer of ours gets there. */
export const RING_BAD_HEAD = 7
/** plan(): signature or file id are no longer those of openRing(). */
export const PLAN_REPLACED = -1
export const PLAN_BAD_HEAD = -2

export const FROM_NOW = 0
export const FROM_OLDEST = 1
export const FROM_SEQUENCE = 2

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const LEVEL_OPERATION = 0
export const LEVEL_NOTIFICATION = 1
/** Records are verified and accounted for, and left as they are in the window; a row says where each one is. */
export const LEVEL_RECORD = 2

/** Inside the core only: a row that is refused before it is complete. */
export const PHASE_NONE = 0
export const PHASE_PRE = 1
export const PHASE_POST = 2

export const OUTCOME_NONE = 0
export const OUTCOME_SUCCEEDED = 1
export const OUTCOME_FAILED = 2
export const OUTCOME_CANCELLED = 3
export const OUTCOME_UNFINISHED = 4

/** The `traits` column: RECORD_FLAG_* in the low byte, then one bit a string, in the order of the descriptors. */
export const TRAIT_TRUNCATED_SHIFT = 8
export const TRAIT_UNREADABLE_SHIFT = 12
/** The row has a status (its POST was seen). */
export const TRAIT_HAS_STATUS = 0x10000

/** String ids with a fixed meaning. In columns the others count up from 2 in each epoch, in the order in which JavaScript gets the strings. */
export const STRING_ID_ABSENT = 0
export const STRING_ID_EMPTY = 1
/** Every string id in a column is below this. */
export const STRING_IDS = 0x8002
/** Inside the core an id is the string's block in the arena, and below this. */
export const STRING_PLACES = 0x40000

// ── Columns ─────────────────────────────────────────────────────────────────────────────────────────────────────────
//
// ROWS_MAX elements each, at columnsAddress:
//
//   f64 × 5   sequence │ time (whole epoch ms) │ duration (ms, NaN: none) │ process start time (epoch ms) │ completes (NaN: none)
//   u32 × 18  see below
//   u16 × 4   full lengths of the four strings, four a row (valid where `traits` says truncated)
//   u8  × 3   kind │ phase │ outcome

export const ROWS_MAX = 256
/** PREs that listWaiting() lists at most. */
export const WAITING_LISTED_MAX = 4352
/** Processes that listProcesses() lists at most. */
export const PROCESSES_LISTED_MAX = 32
/** To listWaiting(): all rows of the batch have been handed out. */
export const ALL_ROWS = 0xffffffff

// <generated columns>
export const COLUMN_SEQUENCE = 0
export const COLUMN_TIME = 1
export const COLUMN_DURATION = 2
export const COLUMN_PROCESS_START_TIME = 3
export const COLUMN_COMPLETES = 4
export const F64_COLUMNS = 5

export const COLUMN_STATUS = 0
export const COLUMN_FLAGS = 1
export const COLUMN_TRAITS = 2
export const COLUMN_RESOURCE_TYPE = 3
export const COLUMN_PROCESS_ID = 4
export const COLUMN_THREAD_ID = 5
export const COLUMN_SESSION_ID = 6
export const COLUMN_LOGON_ID_LOW = 7
export const COLUMN_LOGON_ID_HIGH = 8
export const COLUMN_REMOTE_NAME = 9
export const COLUMN_LOCAL_NAME = 10
export const COLUMN_PROVIDER = 11
export const COLUMN_IMAGE_NAME = 12
export const COLUMN_RING = 13
export const COLUMN_NOTIFY_STATUS = 14
export const COLUMN_CONTEXT_LOW = 15
export const COLUMN_CONTEXT_HIGH = 16
export const COLUMN_TIME_TICKS = 17
export const U32_COLUMNS = 18

export const COLUMN_KIND = 0
export const COLUMN_PHASE = 1
export const COLUMN_OUTCOME = 2
export const U8_COLUMNS = 3

// </generated>

// At LEVEL_RECORD a batch has sequence, time, its ticks and ring, and these in the place of status and flags:

/** Where the record's slot begins, bytes from the start of the window. */
export const COLUMN_RECORD_OFFSET = 0
/** RECORD_USED: bytes of the slot in use. */
export const COLUMN_RECORD_USED = 1

// ── The turn: f64s at turnAddress ───────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌──────────────────────────────────────────────────────────────┐
//        │ what the last plan(), take(), … came to                      │
//     64 ├──────────────────────────────────────────────────────────────┤
//        │ the account of the ring that it was about (RING.md section 6)│
//    184 └──────────────────────────────────────────────────────────────┘

/** Slots to copy, or PLAN_*. */
export const TURN_PLANNED = 0
/** The sequence of the first of them. */
export const TURN_SEQUENCE = 1
/** Where it begins, bytes from the start of the file. */
export const TURN_OFFSET = 2
/** Rows of the batch. */
export const TURN_ROWS = 3
/** The strings' epoch: when it changes, every string id from before is void. */
export const TURN_EPOCH = 4
/** Strings that this batch's rows are the first of the epoch to use. Their ids follow one another; their blocks in the arena are at newStringsAddress. */
export const TURN_NEW_STRINGS = 5
/** What was lost since plan() began: how many runs of sequences, and how many records. The runs are at lossesAddress. */
export const TURN_LOSSES = 6
export const TURN_LOST = 7

export const TURN_NEXT = 8
export const TURN_HEAD = 9
export const TURN_DELIVERED = 10
export const TURN_OVERRUN = 11
export const TURN_ABANDONED = 12
export const TURN_LATE = 13
export const TURN_CORRUPT = 14
export const TURN_PENDING = 15
export const TURN_REWINDS = 16
export const TURN_GAVE_UP = 17
export const TURN_FAULTS = 18
export const TURN_START = 19
export const TURN_START_TOTAL = 20
/** Passed over without a loss: a source has left them out on purpose. */
export const TURN_FILTERED = 21
/** By the host's clock, ms: everything that the ring had been promised until then was read. */
export const TURN_READ_AT = 22
/** When the first and the last record that the turn delivered were written, epoch ms; NaN: it delivered none. */
export const TURN_FIRST_TIME = 23
export const TURN_LAST_TIME = 24
/** After limit(): when the next record was written, ticks since ORDER_EPOCH; NaN: not known yet. */
export const TURN_NEXT_TIME = 25
export const TURN_NUMBERS = 26

/** 2020-01-01 as a FILETIME: times that are only compared count from here. */
export const ORDER_EPOCH = 132223104000000000

/** f64s of a run at lossesAddress: first sequence, count, reason (SKIP_*). */
export const LOSS_NUMBERS = 3

/** skip(): the fate of the sequences that are passed over. */
export const SKIP_OVERRUN = 0
export const SKIP_ABANDONED = 1
export const SKIP_CORRUPT = 2
export const SKIP_FILTERED = 3

// ── Totals: f64s at totalsAddress, filled by countTotals() ──────────────────────────────────────────────────────────

export const TOTAL_SUCCEEDED = 0
export const TOTAL_FAILED = 1
export const TOTAL_CANCELLED = 2
export const TOTAL_UNFINISHED = 3
export const TOTAL_NOTIFICATIONS = 4
export const TOTAL_WAITING = 5
export const TOTAL_STRINGS = 6
export const TOTAL_STRING_BYTES = 7
export const TOTAL_NUMBERS = 8

// ── Statuses (Win32 error codes; docs/coverage.md says which rule they follow) ──────────────────────────────────────

/** What HRESULTs of FACILITY_WIN32 add to the Win32 error code that they hold. */
export const HRESULT_OF_WIN32 = 0x80070000

export const STATUS_SUCCESS = 0
export const STATUS_CANCELLED = 1223
export const STATUS_CONNECTED_OTHER_PASSWORD = 2108
export const STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT = 2109

// ── Filter programs (host/filter/compile.ts writes them to filterAddress, assembly/filter.ts runs them) ─────────────
//
// A filter is a list of rules joined by "or". A rule's conditions on one string field are one formula, and a formula's verdict is
// kept per string, one bit a rule; the bits of all fields are and-ed, and what is left of a rule (numbers) is tested last.
//
//      0 ┌───────────────┬───────────────┬───────────────┬───────────────┐
//        │ rules 4       │ blocks 4      │ inverted 4    │ gate 4        │   blocks: 128-bit blocks of a section
//     16 ├───────────────┼───────────────┼───────────────┼───────────────┤
//        │ residuals 4   │ numbers 4     │ strings 4     │ length 4      │   offsets of the tables below, bytes
//     32 ├───────────────┼───────────────┼───────────────┼───────────────┤
//        │ formulas 4    │ count 4       │ base mask 4   │ 0             │   × FILTER_FIELDS
//    112 ├───────────────┼───────────────┴───────────────┴───────────────┤
//        │ beginning 4   │ 0                                             │   offset of it; 0: there is none
//    128 ├───────────────┴───────────────────────────────────────────────┤
//        │ residuals: u16 a rule, first instruction or FILTER_ACCEPT     │
//        │ numbers, strings: instructions of 16 bytes                    │
//        │ formulas: u32 first instruction, u32 offset of their bits     │
//        │ bits: u16 count, u16 each; base masks; texts in UTF-16        │
//        │ beginning: 3 × 16 bytes                                       │
//        └───────────────────────────────────────────────────────────────┘

/** Bytes for a program, a quarter of what there is: 256 rules take a few tens of KiB, verdicts on strings take the rest. */
export const FILTER_CAPACITY = 0x180000

export const FILTER_RULES = 0
export const FILTER_BLOCKS = 4
/** Not zero: what the rules accept is refused, and the other way round. */
export const FILTER_INVERTED = 8
/** First instruction of what every rule demands, or FILTER_ACCEPT. */
export const FILTER_GATE = 12
export const FILTER_RESIDUALS = 16
export const FILTER_NUMBERS = 20
export const FILTER_STRINGS = 24
export const FILTER_LENGTH = 28
export const FILTER_FIELD_TABLE = 32
/**
 * What every rule demands of the first block of a remote name of one byte a unit: in each place one byte or the other (its other case), or, where
 * the third block has 0xFF, any.
 */
export const FILTER_BEGINNING = 112
export const FILTER_HEADER_SIZE = 128

/** String fields, in the order of the table. */
export const FIELD_REMOTE_NAME = 0
export const FIELD_LOCAL_NAME = 1
export const FIELD_PROVIDER = 2
export const FIELD_IMAGE = 3
export const FIELD_USER = 4
export const FILTER_FIELDS = 5

// An instruction of either kind: test 1 │ field 1 │ on true 2 │ on false 2 │ bit 2 │ value 8 (an f64, or text offset 4 and units 4).
// Jumps go forward only.
export const INSTRUCTION_SIZE = 16
export const INSTRUCTION_TEST = 0
export const INSTRUCTION_FIELD = 1
export const INSTRUCTION_ON_TRUE = 2
export const INSTRUCTION_ON_FALSE = 4
export const INSTRUCTION_BIT = 6
export const INSTRUCTION_VALUE = 8
export const FILTER_ACCEPT = 0xffff
export const FILTER_REFUSE = 0xfffe

export const TEST_EQUAL = 0
export const TEST_LESS = 1
export const TEST_LESS_OR_EQUAL = 2
/** (number & value) != 0, on u32s. */
export const TEST_HAS = 3
/** Bit `bit` of the section of string field `field`. */
export const TEST_BIT = 4
export const TEST_STRING_EQUAL = 5
export const TEST_STRING_GLOB = 6
export const TEST_STRING_PRESENT = 7

// <generated numbers>
export const NUMBER_SEQUENCE = 0
export const NUMBER_TIME = 1
export const NUMBER_DURATION = 2
export const NUMBER_PROCESS_START_TIME = 3
export const NUMBER_STATUS = 4
export const NUMBER_FLAGS = 5
export const NUMBER_TRAITS = 6
export const NUMBER_RESOURCE_TYPE = 7
export const NUMBER_PROCESS_ID = 8
export const NUMBER_THREAD_ID = 9
export const NUMBER_SESSION_ID = 10
export const NUMBER_LOGON_ID_LOW = 11
export const NUMBER_LOGON_ID_HIGH = 12
export const NUMBER_NOTIFY_STATUS = 13
export const NUMBER_CONTEXT_LOW = 14
export const NUMBER_CONTEXT_HIGH = 15
export const NUMBER_KIND = 16
export const NUMBER_PHASE = 17
export const NUMBER_OUTCOME = 18
// </generated>

// ── Statistics ──────────────────────────────────────────────────────────────────────────────────────────────────────
//
// Operations are counted by group: a server, a share, a status, an image, a user. Group 0 of each kind takes what no longer fits.
//
//      0 ┌───────────────┬───────────────┬───────────────┬───────────────┐
//        │ succeeded 4   │ failed 4      │ cancelled 4   │ unfinished 4  │
//     16 ├───────────────┼───────────────┼───────────────┴───────────────┤
//        │ durations 4   │ key 4         │ sum of durations, f64 ms      │   key: the status, or units·2 + wide of the name
//     32 ├───────────────┴───────────────┼───────────────────────────────┤
//        │ shortest, f64 ms              │ longest, f64 ms               │
//     48 ├───────────────────────────────┼───────────────────────────────┤
//        │ hash of the folded name 8     │ 0                             │
//     64 ├───────────────────────────────┴───────────────────────────────┤
//        │ histogram of durations in µs: GROUP_CELLS × u32               │
//   1152 ├───────────────────────────────────────────────────────────────┤
//        │ the name as first seen                                        │
//   1536 └───────────────────────────────────────────────────────────────┘
//
// A cell of the histogram is an eighth of an octave: cell = µs below 8, else 8 (⌊log2 µs⌋ - 2) + the next three bits.

export const GROUP_SIZE = 1536
export const GROUP_OUTCOMES = 0
export const GROUP_DURATIONS = 16
export const GROUP_KEY = 20
export const GROUP_SUM = 24
export const GROUP_SHORTEST = 32
export const GROUP_LONGEST = 40
export const GROUP_HASH = 48
export const GROUP_HISTOGRAM = 64
export const GROUP_CELLS = 272
export const GROUP_NAME = 1152

export const BY_SERVER = 0
export const BY_SHARE = 1
export const BY_ERROR = 2
export const BY_IMAGE = 3
export const BY_USER = 4
export const GROUP_KINDS = 5
/** Groups of each kind, the first included: 1,024 × 5. */
export const GROUPS_MAX = 1024
