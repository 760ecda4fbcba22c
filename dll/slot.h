// The header page and the slot as C structures. The assertions hold every field to format/layout.ts, so neither can move alone.
// scripts/generate.mjs writes the fields of a record.
#pragma once
#include <stddef.h>
#include "atomic.h"

struct ring_header {
    shared_u64 signature;
    shared_u64 file_id;
    shared_u64 created;
    uint8_t reserved_a[36];
    uint32_t owner_sid_length;
    uint8_t owner_sid[MPRTAP_OWNER_SID_MAX];
    uint8_t reserved_b[380];
    shared_u64 head;
    uint8_t reserved_c[120];
    shared_u64 gave_up;
    shared_u64 faults;
};

// Strings, records and checksums are worked on by the block: one register, on processors with such registers.
typedef uint32_t block __attribute__((vector_size(MPRTAP_BLOCK_SIZE), may_alias));
typedef uint64_t halves __attribute__((vector_size(MPRTAP_BLOCK_SIZE)));

struct string_descriptor {
    uint16_t stored_units;
    uint16_t full_units;
    uint16_t traits;
};

struct slot {
    shared_u64 stamp;
    shared_u64 checksum;
    // <generated slot>
    uint16_t used;
    uint8_t kind;
    uint8_t version;
    uint32_t notify_status;
    uint32_t operation_status;
    uint32_t flags;
    shared_u64 wall_time;
    shared_u64 ticks;
    shared_u64 ticks_per_second;
    shared_u64 context;
    shared_u64 process_start_time;
    shared_u64 logon_id;
    uint32_t process_id;
    uint32_t thread_id;
    uint32_t session_id;
    uint32_t resource_type;
    uint32_t record_flags;
    uint32_t reserved;
    // </generated>
    struct string_descriptor descriptors[MPRTAP_STRING_COUNT];
    uint8_t strings[MPRTAP_STRING_BLOCKS * MPRTAP_BLOCK_SIZE];
} __attribute__((aligned(16)));

// Blocks of a string.
static inline unsigned blocks_for(unsigned units, bool wide)
{
    return ((units << wide) + MPRTAP_BLOCK_SIZE - 1) / MPRTAP_BLOCK_SIZE;
}

#define ASSERT_AT(type, field, offset) _Static_assert(offsetof(struct type, field) == (offset), #type "." #field " has moved")
ASSERT_AT(ring_header, signature, MPRTAP_HEADER_SIGNATURE);
ASSERT_AT(ring_header, file_id, MPRTAP_HEADER_FILE_ID);
ASSERT_AT(ring_header, created, MPRTAP_HEADER_CREATED);
ASSERT_AT(ring_header, owner_sid_length, MPRTAP_HEADER_OWNER_SID_LENGTH);
ASSERT_AT(ring_header, owner_sid, MPRTAP_HEADER_OWNER_SID);
ASSERT_AT(ring_header, head, MPRTAP_HEADER_HEAD);
ASSERT_AT(ring_header, gave_up, MPRTAP_HEADER_GAVE_UP);
ASSERT_AT(ring_header, faults, MPRTAP_HEADER_FAULTS);
_Static_assert(sizeof(struct ring_header) <= MPRTAP_HEADER_USED, "the header's fields end at HEADER_USED");
_Static_assert(MPRTAP_HEADER_USED <= MPRTAP_HEADER_SIZE, "the header fits its page");

ASSERT_AT(slot, stamp, MPRTAP_SLOT_STAMP);
ASSERT_AT(slot, checksum, MPRTAP_SLOT_CHECKSUM);
ASSERT_AT(slot, used, MPRTAP_RECORD_START);
// <generated places>
ASSERT_AT(slot, used, MPRTAP_RECORD_USED);
ASSERT_AT(slot, kind, MPRTAP_RECORD_KIND);
ASSERT_AT(slot, version, MPRTAP_RECORD_VERSION);
ASSERT_AT(slot, notify_status, MPRTAP_RECORD_NOTIFY_STATUS);
ASSERT_AT(slot, operation_status, MPRTAP_RECORD_OPERATION_STATUS);
ASSERT_AT(slot, flags, MPRTAP_RECORD_FLAGS);
ASSERT_AT(slot, wall_time, MPRTAP_RECORD_WALL_TIME);
ASSERT_AT(slot, ticks, MPRTAP_RECORD_TICKS);
ASSERT_AT(slot, ticks_per_second, MPRTAP_RECORD_TICKS_PER_SECOND);
ASSERT_AT(slot, context, MPRTAP_RECORD_CONTEXT);
ASSERT_AT(slot, process_start_time, MPRTAP_RECORD_PROCESS_START_TIME);
ASSERT_AT(slot, logon_id, MPRTAP_RECORD_LOGON_ID);
ASSERT_AT(slot, process_id, MPRTAP_RECORD_PROCESS_ID);
ASSERT_AT(slot, thread_id, MPRTAP_RECORD_THREAD_ID);
ASSERT_AT(slot, session_id, MPRTAP_RECORD_SESSION_ID);
ASSERT_AT(slot, resource_type, MPRTAP_RECORD_RESOURCE_TYPE);
ASSERT_AT(slot, record_flags, MPRTAP_RECORD_RECORD_FLAGS);
ASSERT_AT(slot, reserved, MPRTAP_RECORD_RESERVED);
// </generated>
ASSERT_AT(slot, descriptors, MPRTAP_RECORD_DESCRIPTORS);
ASSERT_AT(slot, strings, MPRTAP_RECORD_STRINGS);
ASSERT_AT(string_descriptor, stored_units, MPRTAP_DESCRIPTOR_STORED_UNITS);
ASSERT_AT(string_descriptor, full_units, MPRTAP_DESCRIPTOR_FULL_UNITS);
ASSERT_AT(string_descriptor, traits, MPRTAP_DESCRIPTOR_TRAITS);
_Static_assert(sizeof(struct string_descriptor) == MPRTAP_DESCRIPTOR_SIZE, "descriptors stand side by side");
_Static_assert(sizeof(struct slot) == MPRTAP_SLOT_SIZE && (1u << MPRTAP_SLOT_SHIFT) == MPRTAP_SLOT_SIZE, "a slot is one slot");
#undef ASSERT_AT
