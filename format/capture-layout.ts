// The layout of the packets in a capture, written once; CAPTURE.md is the normative text. Plain non-negative integers below 2^32 only, as in layout.ts.
// All integers of a packet are little-endian, whatever the byte order of the section is.

// ── A packet ────────────────────────────────────────────────────────────────────────────────────────────────────────
//
//      0 ┌───────────────────────────────┬───────┬───────┬───────────────┐
//        │ magic 4, "MPRP"               │major 1│kind 1 │ zero 2        │
//      8 ├───────────────────────────────┴───────┴───────┴───────────────┤
//        │ body, by kind                                                 │
//        └───────────────────────────────────────────────────────────────┘

/** The link type of every interface: LINKTYPE_USER0. docs/adr/0011 says why not a number of the new private range. */
export const LINK_TYPE = 147
/** "MPRP" as a little-endian u32. USER0 belongs to everybody: what does not begin with this is not ours. */
export const PACKET_MAGIC_VALUE = 0x5052504d
export const PACKET_MAGIC = 0
/** u8. A reader passes over packets of another major version, and says how many. */
export const PACKET_MAJOR = 4
export const PACKET_MAJOR_VALUE = 1
/** u8, PACKET_* below. A reader passes over kinds that it does not know. */
export const PACKET_KIND = 5
export const PACKET_BODY = 8

/** A record: the used bytes of a committed slot, as they stood in the ring. */
export const PACKET_RECORD = 1
/** A run of sequences that are not in the capture, and why. */
export const PACKET_RUN = 2
/** Where the recorder stood in a ring, and what it had counted. */
export const PACKET_ACCOUNT = 3
/** The account name of the ring's owner. */
export const PACKET_NAME = 4

// ── PACKET_RUN ──────────────────────────────────────────────────────────────────────────────────────────────────────
//
//      8 ┌───────────────────────────────┬───────────────────────────────┐
//        │ first 8                       │ count 8                       │
//     24 ├───────────────┬───────────────┼───────────────────────────────┘
//        │ reason 4      │ zero 4        │
//     32 └───────────────┴───────────────┘

/** u64, the first sequence of the run. */
export const RUN_FIRST = 8
/** u64, how many sequences; not zero. */
export const RUN_COUNT = 16
/** u32, REASON_*. */
export const RUN_REASON = 24
export const RUN_SIZE = 32

/** Overwritten in the ring before the recorder came. */
export const REASON_OVERRUN = 1
/** Claimed and never committed. */
export const REASON_ABANDONED = 2
/** Committed, yet not what a writer writes. */
export const REASON_CORRUPT = 3
/** Good, and left out because a filter said so: not lost. */
export const REASON_FILTERED = 4

// ── PACKET_ACCOUNT ──────────────────────────────────────────────────────────────────────────────────────────────────
//
//      8 ┌───────────────────────────────┬───────────────────────────────┐
//        │ time 8                        │ position 8                    │
//     24 ├───────────────────────────────┼───────────────────────────────┤
//        │ start 8                       │ written 8                     │
//     40 ├───────────────────────────────┼───────────────────────────────┤
//        │ overrun 8                     │ abandoned 8                   │
//     56 ├───────────────────────────────┼───────────────────────────────┤
//        │ corrupt 8                     │ filtered 8                    │
//     72 ├───────────────────────────────┼───────────────────────────────┤
//        │ late 8                        │ rewinds 8                     │
//     88 ├───────────────────────────────┼───────────────────────────────┤
//        │ gave up 8                     │ faults 8                      │
//    104 ├───────────────────────────────┼───────────────────────────────┤
//        │ last checksum 8               │ head 8                        │
//    120 └───────────────────────────────┴───────────────────────────────┘

/** u64, FILETIME: when the account was drawn up. */
export const ACCOUNT_TIME = 8
/** u64, the sequence that the next packet of this ring tells of. */
export const ACCOUNT_POSITION = 16
/** u64, the sequence at which this file began with this ring; what is before it is not missing here, it is elsewhere. */
export const ACCOUNT_START = 24
/** u64 each, counts of sequences in [start, position): their sum is position - start. */
export const ACCOUNT_WRITTEN = 32
export const ACCOUNT_OVERRUN = 40
export const ACCOUNT_ABANDONED = 48
export const ACCOUNT_CORRUPT = 56
export const ACCOUNT_FILTERED = 64
/** u64, of those abandoned: committed later. */
export const ACCOUNT_LATE = 72
/** u64, how often the ring was set back. */
export const ACCOUNT_REWINDS = 80
/** u64 each, HEADER_GAVE_UP and HEADER_FAULTS of the ring: the writers' own losses. */
export const ACCOUNT_GAVE_UP = 88
export const ACCOUNT_FAULTS = 96
/** u64, SLOT_CHECKSUM of the record before `position`; zero when there was none. */
export const ACCOUNT_LAST_CHECKSUM = 104
/** u64, head of the ring when the account was drawn up. */
export const ACCOUNT_HEAD = 112
export const ACCOUNT_SIZE = 120

// ── PACKET_NAME ─────────────────────────────────────────────────────────────────────────────────────────────────────
//
//      8 ┌───────────────────────────────┬───────────────┬───────────────┐
//        │ looked up 8                   │ SID length 2  │ name length 2 │
//     20 ├───────────────────────────────┴───────────────┴───────────────┤
//        │ SID in string form, then the account name, both UTF-8         │
//        └───────────────────────────────────────────────────────────────┘

/** u64, FILETIME: when the name was looked up. A SID may have another name before and after. */
export const NAME_LOOKED_UP = 8
/** u16, bytes. */
export const NAME_SID_LENGTH = 16
/** u16, bytes. */
export const NAME_LENGTH = 18
export const NAME_TEXT = 20
/** Bytes of SID and name together. */
export const NAME_TEXT_MAX = 1024
