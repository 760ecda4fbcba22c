// What of pcapng is used here: block types and option codes. From the Internet-Draft "PCAP Now Generic (pcapng) Capture File Format",
// draft-ietf-opsawg-pcapng, sections 3 and 4.
//
//      0 ┌───────────────────────────────┬───────────────────────────────┐
//        │ block type 4                  │ block length 4                │   length: of all of it, a multiple of 4, 12 at least
//      8 ├───────────────────────────────┴───────────────────────────────┤
//        │ body, then options                                            │
//        ├───────────────────────────────┬───────────────────────────────┘
//        │ block length 4, once more     │
//        └───────────────────────────────┘

/** Reads the same in both byte orders. */
export const BLOCK_SECTION = 0x0a0d0d0a
export const BLOCK_INTERFACE = 1
/** Obsolete: a packet whose interface has a number of two bytes. */
export const BLOCK_PACKET_OLD = 2
/** A packet of the first interface. */
export const BLOCK_PACKET_SIMPLE = 3
export const BLOCK_STATISTICS = 5
export const BLOCK_PACKET = 6

export const BLOCK_LENGTH_MIN = 12

// Section Header Block: byte-order magic 4 │ major 2 │ minor 2 │ section length 8 │ options
export const SECTION_MAGIC = 8
export const SECTION_MAGIC_VALUE = 0x1a2b3c4d
export const SECTION_MAGIC_SWAPPED = 0x4d3c2b1a
export const SECTION_MAJOR = 12
export const SECTION_MINOR = 14
export const SECTION_LENGTH = 16
export const SECTION_OPTIONS = 24

// Interface Description Block: link type 2 │ reserved 2 │ snap length 4 │ options
export const INTERFACE_LINK_TYPE = 8
export const INTERFACE_OPTIONS = 16

// Enhanced Packet Block: interface 4 │ time high 4 │ time low 4 │ captured 4 │ original 4 │ data │ options
export const PACKET_INTERFACE = 8
export const PACKET_TIME_HIGH = 12
export const PACKET_TIME_LOW = 16
export const PACKET_CAPTURED = 20
export const PACKET_ORIGINAL = 24
export const PACKET_DATA = 28

// Interface Statistics Block: interface 4 │ time high 4 │ time low 4 │ options

export const OPTION_END = 0
export const OPTION_COMMENT = 1
export const SECTION_HARDWARE = 2
export const SECTION_OS = 3
export const SECTION_APPLICATION = 4
export const INTERFACE_NAME = 2
export const INTERFACE_DESCRIPTION = 3
/** One byte: 10^-n s, or 2^-n s with the top bit set; absent: 10^-6. */
export const INTERFACE_RESOLUTION = 9
export const INTERFACE_FILTER = 11
/** Seconds, 8 bytes, signed. */
export const INTERFACE_TIME_OFFSET = 14
export const INTERFACE_HARDWARE = 15
export const PACKET_DROP_COUNT = 4
export const STATISTICS_START = 2
export const STATISTICS_END = 3
export const STATISTICS_RECEIVED = 4
export const STATISTICS_DROPPED = 5
export const STATISTICS_ACCEPTED = 6
export const STATISTICS_OS_DROPPED = 7
export const STATISTICS_DELIVERED = 8
