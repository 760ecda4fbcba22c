// Builds a record on the caller's stack (RING.md section 3). Nothing here touches a ring.
#pragma once
#include "slot.h"

// A private copy of a string, in the form of a record. The caller's memory is read once, so it may change or vanish afterwards without harm.
// All zeros is the text of a NULL pointer.
struct text {
    struct string_descriptor whole; // of the text as far as it has been kept, as if no other string needed space
    uint16_t blocks_needed;         // by all of it
    union {
        uint16_t units[MPRTAP_STRING_BLOCKS * MPRTAP_BLOCK_SIZE + 8]; // while it is read
        block blocks[MPRTAP_STRING_BLOCKS];                           // from then on
    };
};

// Reads a NUL-terminated UTF-16 string at any address.
void text_read(struct text *text, const void *units);

// The same in two steps, for an address that cannot be trusted. If the first step faults half-way, the second makes a text of the units before
// the fault, and marks it unreadable.
void text_scan(struct text *text, const void *units);
void text_settle(struct text *text);

struct record_input {
    uint8_t kind;
    uint32_t notify_status;
    uint32_t operation_status;
    uint32_t flags;
    uint64_t wall_time;
    uint64_t ticks;
    uint64_t ticks_per_second;
    uint64_t context;
    uint64_t process_start_time;
    uint64_t logon_id;
    uint32_t process_id;
    uint32_t thread_id;
    uint32_t session_id;
    uint32_t resource_type;
    uint32_t record_flags;
    const struct text *strings[MPRTAP_STRING_COUNT]; // by MPRTAP_STRING_REMOTE_NAME and so on; NULL as a NULL pointer's text
};

struct record {
    struct slot image;        // stamp and checksum are not set
    uint64_t content_checksum; // checksum_content(&image)
};

void record_build(struct record *record, const struct record_input *input);
