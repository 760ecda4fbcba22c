// Generated from format/layout.ts by scripts/generate.mjs; edit that file, not this one.
#pragma once

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
#define MPRTAP_FORMAT_MAJOR                  1u
/** Minor version: additions that an older reader may ignore. */
#define MPRTAP_FORMAT_MINOR                  0u

#define MPRTAP_HEADER_SIZE                   4096u
#define MPRTAP_SLOT_SIZE                     512u
/** log2 of SLOT_SIZE, for shifts. */
#define MPRTAP_SLOT_SHIFT                    9u
#define MPRTAP_SLOT_COUNT_LOG2_MIN           2u
#define MPRTAP_SLOT_COUNT_LOG2_MAX           20u
/** For rings that a 32-bit process makes or writes into: 32 MiB. */
#define MPRTAP_SLOT_COUNT_LOG2_MAX_32        16u
#define MPRTAP_SLOT_COUNT_LOG2_DEFAULT       10u

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
#define MPRTAP_HEADER_SIGNATURE              0u
/** u64, random and never zero once the signature is set. */
#define MPRTAP_HEADER_FILE_ID                8u
/** u64, FILETIME (100-ns ticks since 1601, UTC). */
#define MPRTAP_HEADER_CREATED                16u
/** u32, bytes. */
#define MPRTAP_HEADER_OWNER_SID_LENGTH       60u
#define MPRTAP_HEADER_OWNER_SID              64u
#define MPRTAP_OWNER_SID_MAX                 68u
/** u64, the next sequence to claim. */
#define MPRTAP_HEADER_HEAD                   512u
/** u64, notifications not written because a bounded number of attempts was used up. */
#define MPRTAP_HEADER_GAVE_UP                640u
/** u64, notifications cut short by the exception guard. */
#define MPRTAP_HEADER_FAULTS                 648u
/** How many leading bytes of the header carry all the fields above. */
#define MPRTAP_HEADER_USED                   704u

/** "MPRT" as a little-endian u32: the low half of the signature. */
#define MPRTAP_SIGNATURE_MAGIC               0x5452504du
/** Sequences from 2^SEQUENCE_LIMIT_LOG2 on are never claimed: below it a double holds each of them exactly. */
#define MPRTAP_SEQUENCE_LIMIT_LOG2           53u

// ── The stamp ───────────────────────────────────────────────────────────────────────────────────────────────────────
//
//    63                                                    2 1     0
//   ┌───────────────────────────────────────────────────────┬───────┐
//   │ sequence                                              │ state │
//   └───────────────────────────────────────────────────────┴───────┘

#define MPRTAP_STATE_NEVER                   0u
#define MPRTAP_STATE_WRITING                 1u
#define MPRTAP_STATE_COMMITTED               2u
/** stamp = sequence << STAMP_SHIFT | state. */
#define MPRTAP_STAMP_SHIFT                   2u

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
#define MPRTAP_SLOT_STAMP                    0u
/** u64, over [RECORD_START, used), seeded with file id and sequence. */
#define MPRTAP_SLOT_CHECKSUM                 8u
/** Where the record, and what the checksum covers, begins. */
#define MPRTAP_RECORD_START                  16u
/** u16, bytes of the slot in use, counted from the slot's start: RECORD_STRINGS + 16 times the blocks of all strings. */
#define MPRTAP_RECORD_USED                   16u
/** u8, KIND_ADD or KIND_CANCEL. */
#define MPRTAP_RECORD_KIND                   18u
/** u8, FORMAT_MINOR of the writer. */
#define MPRTAP_RECORD_VERSION                19u
/** u32, NOTIFYINFO.dwNotifyStatus as given. */
#define MPRTAP_RECORD_NOTIFY_STATUS          20u
/** u32, NOTIFYINFO.dwOperationStatus as given; it has a meaning in POST only. */
#define MPRTAP_RECORD_OPERATION_STATUS       24u
/** u32, NOTIFYADD.dwAddFlags or NOTIFYCANCEL.dwFlags as given. */
#define MPRTAP_RECORD_FLAGS                  28u
/** u64, FILETIME (100-ns ticks since 1601, UTC). */
#define MPRTAP_RECORD_WALL_TIME              32u
/** u64, QueryPerformanceCounter. */
#define MPRTAP_RECORD_TICKS                  40u
/** u64, QueryPerformanceFrequency. */
#define MPRTAP_RECORD_TICKS_PER_SECOND       48u
/** u64, NOTIFYINFO.lpContext as MPR passed it in, zero-extended. */
#define MPRTAP_RECORD_CONTEXT                56u
/** u64, FILETIME; with the process id it names a process for good. */
#define MPRTAP_RECORD_PROCESS_START_TIME     64u
/** u64, the authentication LUID of the token that chose the ring. */
#define MPRTAP_RECORD_LOGON_ID               72u
/** u32. */
#define MPRTAP_RECORD_PROCESS_ID             80u
/** u32. */
#define MPRTAP_RECORD_THREAD_ID              84u
/** u32. */
#define MPRTAP_RECORD_SESSION_ID             88u
/** u32, NETRESOURCE.dwType as given (add only, else 0). */
#define MPRTAP_RECORD_RESOURCE_TYPE          92u
/** u32, RECORD_FLAG_*. */
#define MPRTAP_RECORD_RECORD_FLAGS           96u
/** u32, zero. */
#define MPRTAP_RECORD_RESERVED               100u
/** The first of STRING_COUNT descriptors. */
#define MPRTAP_RECORD_DESCRIPTORS            104u
/** Where the strings begin. */
#define MPRTAP_RECORD_STRINGS                128u

#define MPRTAP_KIND_ADD                      1u
#define MPRTAP_KIND_CANCEL                   2u

/** NOTIFYINFO.dwNotifyStatus bits. A record with neither bit is never written; one with both is a POST. */
#define MPRTAP_NOTIFY_PRE                    1u
#define MPRTAP_NOTIFY_POST                   2u

/** NOTIFYCANCEL.fForce was not zero. */
#define MPRTAP_RECORD_FLAG_FORCE             1u
/** NOTIFYADD.hwndOwner was not NULL. */
#define MPRTAP_RECORD_FLAG_OWNER_WINDOW      2u
/** The writer is a 32-bit process: its contexts carry the low 31 bits of the PRE sequence + 1. */
#define MPRTAP_RECORD_FLAG_POINTER32         4u
/** The thread impersonated: user, session and logon are those of its own token, not of its process. */
#define MPRTAP_RECORD_FLAG_IMPERSONATED      8u

// ── A string descriptor ─────────────────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌───────────────┬───────────────┬───────────────┐
//        │ stored units 2│ full units 2  │ traits 2      │
//      6 └───────────────┴───────────────┴───────────────┘

#define MPRTAP_DESCRIPTOR_SIZE               6u
/** u16, UTF-16 code units stored in this record. */
#define MPRTAP_DESCRIPTOR_STORED_UNITS       0u
/** u16, UTF-16 code units that the caller passed, STRING_SCAN_LIMIT at most. */
#define MPRTAP_DESCRIPTOR_FULL_UNITS         2u
/** u16, STRING_*. */
#define MPRTAP_DESCRIPTOR_TRAITS             4u

/** The pointer was not NULL (an empty string is present). */
#define MPRTAP_STRING_PRESENT                1u
/** Stored as UTF-16LE; otherwise one byte a unit, which holds when every unit is 0xFF or less. */
#define MPRTAP_STRING_WIDE                   2u
/** Fewer units stored than passed. */
#define MPRTAP_STRING_TRUNCATED              4u
/** Reading it raised an exception; what came before the fault is stored. */
#define MPRTAP_STRING_UNREADABLE             8u

#define MPRTAP_STRING_COUNT                  4u
/** Descriptors, and strings, in order of priority. The one name of a cancel notification is its remote name. */
#define MPRTAP_STRING_REMOTE_NAME            0u
#define MPRTAP_STRING_LOCAL_NAME             1u
#define MPRTAP_STRING_PROVIDER               2u
#define MPRTAP_STRING_IMAGE_NAME             3u

/** Strings are placed in blocks of this many bytes. */
#define MPRTAP_BLOCK_SIZE                    16u
/** Blocks for all strings of a record. */
#define MPRTAP_STRING_BLOCKS                 24u
/** Blocks that a longer string of higher priority leaves to these when they need them. */
#define MPRTAP_RESERVED_BLOCKS_LOCAL_NAME    1u
#define MPRTAP_RESERVED_BLOCKS_PROVIDER      2u
#define MPRTAP_RESERVED_BLOCKS_IMAGE_NAME    4u
/** A writer looks at this many units of a string at most. */
#define MPRTAP_STRING_SCAN_LIMIT             32767u

// ── The checksum ────────────────────────────────────────────────────────────────────────────────────────────────────
// Defined in RING.md section 5. 64-bit constants are given as two halves.

#define MPRTAP_CHECKSUM_KEY_0                0x6a09e667u
#define MPRTAP_CHECKSUM_KEY_1                0xbb67ae85u
#define MPRTAP_CHECKSUM_KEY_2                0x3c6ef372u
#define MPRTAP_CHECKSUM_KEY_3                0xa54ff53au
#define MPRTAP_CHECKSUM_STEP_0               0x9e3779b1u
#define MPRTAP_CHECKSUM_STEP_1               0x85ebca77u
#define MPRTAP_CHECKSUM_STEP_2               0xc2b2ae3du
#define MPRTAP_CHECKSUM_STEP_3               0x27d4eb2fu
#define MPRTAP_CHECKSUM_PRIME_1_HIGH         0x9e3779b1u
#define MPRTAP_CHECKSUM_PRIME_1_LOW          0x85ebca87u
#define MPRTAP_CHECKSUM_PRIME_2_HIGH         0xc2b2ae3du
#define MPRTAP_CHECKSUM_PRIME_2_LOW          0x27d4eb4fu

// ── The context that a PRE leaves for its POST ──────────────────────────────────────────────────────────────────────

/** log2 of the modulus of contexts in 32-bit processes. */
#define MPRTAP_CONTEXT32_BITS                31u
/** Low half of the context (all ones in either width) when the PRE was not written. */
#define MPRTAP_CONTEXT_NOT_WRITTEN           0xffffffffu

// ── The control file ────────────────────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌───────────────┬───────────────┬───────────────┬───────────────┐
//        │ magic 4       │ version 4     │ switched off 4│ slot count 4  │
//     16 └───────────────┴───────────────┴───────────────┴───────────────┘

#define MPRTAP_CONTROL_SIZE                  64u
/** "MPRC" as a little-endian u32. */
#define MPRTAP_CONTROL_MAGIC_VALUE           0x4352504du
#define MPRTAP_CONTROL_MAGIC                 0u
/** u32, FORMAT_MAJOR. */
#define MPRTAP_CONTROL_VERSION               4u
/** u32, not zero: record nothing. */
#define MPRTAP_CONTROL_SWITCHED_OFF          8u
/** u32, log2 of the slot count of rings made from now on; 0 means the default. */
#define MPRTAP_CONTROL_SLOT_COUNT_LOG2       12u

// ── Bounds on a writer's work (RING.md section 4) ───────────────────────────────────────────────────────────────────

/** Sequences that one notification may claim. */
#define MPRTAP_CLAIMS_MAX                    4u
/** Attempts of a fetch-add that is a compare-and-swap loop. */
#define MPRTAP_FETCH_ADD_ATTEMPTS_MAX        64u
/** Compare-and-swap attempts on one slot's stamp. */
#define MPRTAP_TAKE_ATTEMPTS_MAX             3u
/** Attempts to raise a stale head. */
#define MPRTAP_HEAL_ATTEMPTS_MAX             3u
/** log2 of how far ahead a stamp may be and still be believed. */
#define MPRTAP_STAMP_TRUST_LOG2              32u

// ── Bounds on a reader's work (RING.md section 6) ───────────────────────────────────────────────────────────────────

/** How long a hole is waited for, ms. */
#define MPRTAP_HOLE_WAIT_MS                  1000u
