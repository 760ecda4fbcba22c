// Builds a record on the caller's stack (RING.md section 3). Nothing here touches a ring.
#pragma once
#include "slot.h"

// More units than this of one string never fit a record.
#define TEXT_KEPT_UNITS (MPRTAP_STRING_BLOCKS * MPRTAP_BLOCK_SIZE)

// A private copy of a string: the caller's memory is read once, so it may change or vanish afterwards without harm.
// All zeros is the text of a NULL pointer.
struct text {
    uint16_t full_units;
    uint16_t traits; // MPRTAP_STRING_*, never MPRTAP_STRING_TRUNCATED: only a record knows what it had to cut
    uint16_t kept[TEXT_KEPT_UNITS + 4]; // written and read by four
};

// Reads a NUL-terminated UTF-16 string at any address. If the read faults half-way, `text` is left holding what came before the fault,
// already marked unreadable.
void text_read(struct text *text, const void *units);

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
