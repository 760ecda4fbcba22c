// What the core and the host agree on beside the ring's layout: codes, columns, counts. Plain integers, as in format/layout.ts.

// ── ringOpen() and plan() ───────────────────────────────────────────────────────────────────────────────────────────

export const RING_GOOD = 0
/** The signature is still zero: nobody has written yet. */
export const RING_EMPTY = 1
export const RING_NOT_A_RING = 2
export const RING_OTHER_VERSION = 3
export const RING_BAD_GEOMETRY = 4
export const RING_WRONG_SIZE = 5
export const RING_NO_FILE_ID = 6
/** Head at or above 2^61: written by no writer of ours. */
export const RING_BAD_HEAD = 7
/** plan(): signature or file id are no longer those of ringOpen(). */
export const PLAN_REPLACED = -1
export const PLAN_BAD_HEAD = -2

export const FROM_NOW = 0
export const FROM_OLDEST = 1
export const FROM_SEQUENCE = 2

// ── Rows ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const LEVEL_OPERATION = 0
export const LEVEL_NOTIFICATION = 1

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

/** String ids with a fixed meaning; every other id is the string's block in the arena. */
export const STRING_ID_ABSENT = 0
export const STRING_ID_EMPTY = 1
/** Every string id is below this. */
export const STRING_IDS = 0x40000

// ── Columns ─────────────────────────────────────────────────────────────────────────────────────────────────────────
//
// ROWS_MAX elements each, at columnsAddress:
//
//   f64 × 4   sequence │ time (epoch ms) │ duration (ms, NaN: none) │ process start time (epoch ms)
//   u32 × 18  see below
//   u16 × 4   full lengths of the four strings, four a row (valid where `traits` says truncated)
//   u8  × 3   kind │ phase │ outcome

export const ROWS_MAX = 256

export const COLUMN_SEQUENCE = 0
export const COLUMN_TIME = 1
export const COLUMN_DURATION = 2
export const COLUMN_PROCESS_START_TIME = 3
export const F64_COLUMNS = 4

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
export const U32_COLUMNS = 17

export const COLUMN_KIND = 0
export const COLUMN_PHASE = 1
export const COLUMN_OUTCOME = 2
export const U8_COLUMNS = 3

// ── Counts: f64s at countsAddress, filled by ringCounts() and coreCounts() ──────────────────────────────────────────

export const COUNT_NEXT = 0
export const COUNT_HEAD = 1
export const COUNT_DELIVERED = 2
export const COUNT_OVERRUN = 3
export const COUNT_ABANDONED = 4
export const COUNT_LATE = 5
export const COUNT_CORRUPT = 6
export const COUNT_PENDING = 7
export const COUNT_REWINDS = 8
export const COUNT_GAVE_UP = 9
export const COUNT_FAULTS = 10
export const COUNT_START = 11
export const COUNT_START_TOTAL = 12
export const RING_COUNTS = 13

export const COUNT_SUCCEEDED = 0
export const COUNT_FAILED = 1
export const COUNT_CANCELLED = 2
export const COUNT_UNFINISHED = 3
export const COUNT_NOTIFICATIONS = 4
export const COUNT_WAITING = 5
export const COUNT_STRINGS = 6
export const COUNT_STRING_BYTES = 7
export const COUNT_EPOCH = 8
export const CORE_COUNTS = 9

// ── Statuses (Win32 error codes; docs/coverage.md says which rule they follow) ──────────────────────────────────────

export const STATUS_SUCCESS = 0
export const STATUS_CANCELLED = 1223
export const STATUS_CONNECTED_OTHER_PASSWORD = 2108
export const STATUS_CONNECTED_OTHER_PASSWORD_DEFAULT = 2109
