// The ring's layout, written once. AssemblyScript and TypeScript import this file as it is; scripts/generate.mjs derives
// dll/ring_layout.h from it. Plain non-negative integers below 2^32 only: no imports, no enums, no casts. RING.md is the normative text.

// ── The ring file ───────────────────────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌──────────────────────────────┐
//        │ header page        4,096 B   │
//   4096 ├──────────────────────────────┤
//        │ slot 0               512 B   │   slot index = sequence mod slot count
//        │ slot 1                       │   slot count = 2^k
//        │ …                            │
//        └──────────────────────────────┘

/** Major version of the format. It is also in the file's name, `<SID>.v1.ring`. */
export const FORMAT_MAJOR = 1
/** Minor version: additions that an older reader may ignore. */
export const FORMAT_MINOR = 0

export const HEADER_SIZE = 4096
export const SLOT_SIZE = 512
/** log2 of SLOT_SIZE, for shifts. */
export const SLOT_SHIFT = 9
export const SLOT_COUNT_LOG2_MIN = 2
export const SLOT_COUNT_LOG2_MAX = 20
/** For rings that a 32-bit process makes or writes into: 32 MiB. */
export const SLOT_COUNT_LOG2_MAX_32 = 16
export const SLOT_COUNT_LOG2_DEFAULT = 10

// ── The header page ─────────────────────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌───────────────┬───────────────┬───────────────┬───────────────────────┐
//        │ signature 8   │ file id 8     │ created 8     │ …                     │
//     60 ├───────────────┴───────────────┴───────────────┴───────────────────────┤
//        │ owner SID length 4 │ owner SID, binary form, at most 68 bytes …       │
//    512 ├───────────────────────────────────────────────────────────────────────┤
//        │ head 8, alone on its cache lines                                      │
//    640 ├───────────────────────────────────────────────────────────────────────┤
//        │ gave up 8 │ faults 8                                                  │
//        └───────────────────────────────────────────────────────────────────────┘

/**
 * u64, written last, by compare-and-swap from zero: the four bytes "MPRT", then major, minor, log2 of the slot count, zero.
 * Zero means "not yet initialised".
 */
export const HEADER_SIGNATURE = 0
/** u64, random and never zero once the signature is set. */
export const HEADER_FILE_ID = 8
/** u64, FILETIME (100-ns ticks since 1601, UTC). */
export const HEADER_CREATED = 16
/** u32, bytes. */
export const HEADER_OWNER_SID_LENGTH = 60
export const HEADER_OWNER_SID = 64
export const OWNER_SID_MAX = 68
/** u64, the next sequence to claim. */
export const HEADER_HEAD = 512
/** u64, notifications not written because a bounded number of attempts was used up. */
export const HEADER_GAVE_UP = 640
/** u64, notifications cut short by the exception guard. */
export const HEADER_FAULTS = 648
/** How many leading bytes of the header carry all the fields above. */
export const HEADER_USED = 704

/** "MPRT" as a little-endian u32: the low half of the signature. */
export const SIGNATURE_MAGIC = 0x5452504d
/** Sequences from 2^SEQUENCE_LIMIT_LOG2 on are never claimed: below it a double holds each of them exactly. */
export const SEQUENCE_LIMIT_LOG2 = 53

// ── The stamp ───────────────────────────────────────────────────────────────────────────────────────────────────────
//
//    63                                                    2 1     0
//   ┌───────────────────────────────────────────────────────┬───────┐
//   │ sequence                                              │ state │
//   └───────────────────────────────────────────────────────┴───────┘

export const STATE_NEVER = 0
export const STATE_WRITING = 1
export const STATE_COMMITTED = 2
/** stamp = sequence << STAMP_SHIFT | state. */
export const STAMP_SHIFT = 2

// ── A slot ──────────────────────────────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌───────────────────────────────┬───────────────────────────────┐
//        │ stamp 8                       │ checksum 8                    │
//     16 ├───────┬───┬───┬───────────────┼───────────────┬───────────────┤
//        │used 2 │k 1│v 1│ notify status │ op. status 4  │ flags 4       │
//     32 ├───────┴───┴───┴───────────────┼───────────────┴───────────────┤
//        │ wall time 8                   │ ticks 8                       │
//     48 ├───────────────────────────────┼───────────────────────────────┤
//        │ ticks per second 8            │ context 8                     │
//     64 ├───────────────────────────────┼───────────────────────────────┤
//        │ process start time 8          │ logon id 8                    │
//     80 ├───────────────┬───────────────┼───────────────┬───────────────┤
//        │ process id 4  │ thread id 4   │ session id 4  │ resource t. 4 │
//     96 ├───────────────┼───────────────┴───────────────┴───────────────┤
//        │ record fl. 4  │ reserved 4 │ 4 string descriptors of 6 bytes   │
//    128 ├───────────────┴───────────────────────────────────────────────┤
//        │ remote name, local name, provider, image name: each starts on │
//        │ a 16-byte block and is padded with zeros to the next one      │
//    512 └───────────────────────────────────────────────────────────────┘

/** u64. */
export const SLOT_STAMP = 0
/** u64, over [RECORD_START, used), seeded with file id and sequence. */
export const SLOT_CHECKSUM = 8
/** Where the record, and what the checksum covers, begins. */
export const RECORD_START = 16
/** u16, bytes of the slot in use, counted from the slot's start: RECORD_STRINGS + 16 times the blocks of all strings. */
export const RECORD_USED = 16
/** u8, KIND_ADD or KIND_CANCEL. */
export const RECORD_KIND = 18
/** u8, FORMAT_MINOR of the writer. */
export const RECORD_VERSION = 19
/** u32, NOTIFYINFO.dwNotifyStatus as given. */
export const RECORD_NOTIFY_STATUS = 20
/** u32, NOTIFYINFO.dwOperationStatus as given; it has a meaning in POST only. */
export const RECORD_OPERATION_STATUS = 24
/** u32, NOTIFYADD.dwAddFlags or NOTIFYCANCEL.dwFlags as given. */
export const RECORD_FLAGS = 28
/** u64, FILETIME (100-ns ticks since 1601, UTC). */
export const RECORD_WALL_TIME = 32
/** u64, QueryPerformanceCounter. */
export const RECORD_TICKS = 40
/** u64, QueryPerformanceFrequency. */
export const RECORD_TICKS_PER_SECOND = 48
/** u64, NOTIFYINFO.lpContext as MPR passed it in, zero-extended. */
export const RECORD_CONTEXT = 56
/** u64, FILETIME; with the process id it names a process for good. */
export const RECORD_PROCESS_START_TIME = 64
/** u64, the authentication LUID of the token that chose the ring. */
export const RECORD_LOGON_ID = 72
/** u32. */
export const RECORD_PROCESS_ID = 80
/** u32. */
export const RECORD_THREAD_ID = 84
/** u32. */
export const RECORD_SESSION_ID = 88
/** u32, NETRESOURCE.dwType as given (add only, else 0). */
export const RECORD_RESOURCE_TYPE = 92
/** u32, RECORD_FLAG_*. */
export const RECORD_RECORD_FLAGS = 96
/** u32, zero. */
export const RECORD_RESERVED = 100
/** The first of STRING_COUNT descriptors. */
export const RECORD_DESCRIPTORS = 104
/** Where the strings begin. */
export const RECORD_STRINGS = 128

export const KIND_ADD = 1
export const KIND_CANCEL = 2

/** NOTIFYINFO.dwNotifyStatus bits. A record with neither bit is never written; one with both is a POST. */
export const NOTIFY_PRE = 1
export const NOTIFY_POST = 2

/** NOTIFYCANCEL.fForce was not zero. */
export const RECORD_FLAG_FORCE = 1
/** NOTIFYADD.hwndOwner was not NULL. */
export const RECORD_FLAG_OWNER_WINDOW = 2
/** The writer is a 32-bit process: its contexts carry the low 31 bits of the PRE sequence + 1. */
export const RECORD_FLAG_POINTER32 = 4
/** The thread impersonated: user, session and logon are those of its own token, not of its process. */
export const RECORD_FLAG_IMPERSONATED = 8

// ── A string descriptor ─────────────────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌───────────────┬───────────────┬───────────────┐
//        │ stored units 2│ full units 2  │ traits 2      │
//      6 └───────────────┴───────────────┴───────────────┘

export const DESCRIPTOR_SIZE = 6
/** u16, UTF-16 code units stored in this record. */
export const DESCRIPTOR_STORED_UNITS = 0
/** u16, UTF-16 code units that the caller passed, STRING_SCAN_LIMIT at most. */
export const DESCRIPTOR_FULL_UNITS = 2
/** u16, STRING_*. */
export const DESCRIPTOR_TRAITS = 4

/** The pointer was not NULL (an empty string is present). */
export const STRING_PRESENT = 1
/** Stored as UTF-16LE; otherwise one byte a unit, which holds when every unit is 0xFF or less. */
export const STRING_WIDE = 2
/** Fewer units stored than passed. */
export const STRING_TRUNCATED = 4
/** Reading it raised an exception; what came before the fault is stored. */
export const STRING_UNREADABLE = 8

export const STRING_COUNT = 4
/** Descriptors, and strings, in order of priority. The one name of a cancel notification is its remote name. */
export const STRING_REMOTE_NAME = 0
export const STRING_LOCAL_NAME = 1
export const STRING_PROVIDER = 2
export const STRING_IMAGE_NAME = 3

/** Strings are placed in blocks of this many bytes. */
export const BLOCK_SIZE = 16
/** Blocks for all strings of a record. */
export const STRING_BLOCKS = 24
/** Blocks that a longer string of higher priority leaves to these when they need them. */
export const RESERVED_BLOCKS_LOCAL_NAME = 1
export const RESERVED_BLOCKS_PROVIDER = 2
export const RESERVED_BLOCKS_IMAGE_NAME = 4
/** A writer looks at this many units of a string at most. */
export const STRING_SCAN_LIMIT = 32767

// ── The checksum ────────────────────────────────────────────────────────────────────────────────────────────────────
// Defined in RING.md section 5. 64-bit constants are given as two halves.

export const CHECKSUM_KEY_0 = 0x6a09e667
export const CHECKSUM_KEY_1 = 0xbb67ae85
export const CHECKSUM_KEY_2 = 0x3c6ef372
export const CHECKSUM_KEY_3 = 0xa54ff53a
export const CHECKSUM_STEP_0 = 0x9e3779b1
export const CHECKSUM_STEP_1 = 0x85ebca77
export const CHECKSUM_STEP_2 = 0xc2b2ae3d
export const CHECKSUM_STEP_3 = 0x27d4eb2f
export const CHECKSUM_PRIME_1_HIGH = 0x9e3779b1
export const CHECKSUM_PRIME_1_LOW = 0x85ebca87
export const CHECKSUM_PRIME_2_HIGH = 0xc2b2ae3d
export const CHECKSUM_PRIME_2_LOW = 0x27d4eb4f

// ── The context that a PRE leaves for its POST ──────────────────────────────────────────────────────────────────────

/** log2 of the modulus of contexts in 32-bit processes. */
export const CONTEXT32_BITS = 31
/** Low half of the context (all ones in either width) when the PRE was not written. */
export const CONTEXT_NOT_WRITTEN = 0xffffffff

// ── The control file ────────────────────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌───────────────┬───────────────┬───────────────┬───────────────┐
//        │ magic 4       │ version 4     │ switched off 4│ slot count 4  │
//     16 └───────────────┴───────────────┴───────────────┴───────────────┘

export const CONTROL_SIZE = 64
/** "MPRC" as a little-endian u32. */
export const CONTROL_MAGIC_VALUE = 0x4352504d
export const CONTROL_MAGIC = 0
/** u32, FORMAT_MAJOR. */
export const CONTROL_VERSION = 4
/** u32, not zero: record nothing. */
export const CONTROL_SWITCHED_OFF = 8
/** u32, log2 of the slot count of rings made from now on; 0 means the default. */
export const CONTROL_SLOT_COUNT_LOG2 = 12

// ── Bounds on a writer's work (RING.md section 4) ───────────────────────────────────────────────────────────────────

/** Sequences that one notification may claim. */
export const CLAIMS_MAX = 4
/** Attempts of a fetch-add that is a compare-and-swap loop. */
export const FETCH_ADD_ATTEMPTS_MAX = 64
/** Compare-and-swap attempts on one slot's stamp. */
export const TAKE_ATTEMPTS_MAX = 3
/** Attempts to raise a stale head. */
export const HEAL_ATTEMPTS_MAX = 3
/** log2 of how far ahead a stamp may be and still be believed. */
export const STAMP_TRUST_LOG2 = 32

// ── Bounds on a reader's work (RING.md section 6) ───────────────────────────────────────────────────────────────────

/** How long a hole is waited for, ms. */
export const HOLE_WAIT_MS = 1000
