// The writer's side of a ring in mapped memory (RING.md sections 1, 2 and 4). It knows nothing of files or of Windows.
#pragma once
#include "record.h"

// A private copy of the header as it was when it was checked. Other processes may write over the header at any time.
struct ring {
    uint8_t *base;
    uint64_t file_id;
    uint32_t slot_count;
};

// The contents of a new header, if this process is the one that makes it.
struct ring_birth {
    uint64_t file_id; // random, not zero
    uint64_t created; // FILETIME
    const uint8_t *owner_sid;
    uint32_t owner_sid_length; // MPRTAP_OWNER_SID_MAX at most
};

// The largest ring that this process maps. In a 32-bit process a ring must not take a quarter of the address space.
#define RING_LOG2_MOST (sizeof(void *) == 4 ? MPRTAP_SLOT_COUNT_LOG2_MAX_32 : MPRTAP_SLOT_COUNT_LOG2_MAX)

// Bytes of a ring file with 2^slot_count_log2 slots.
uint64_t ring_size(unsigned slot_count_log2);

// The inverse; 0 when no ring has this size.
unsigned ring_slot_count_log2(uint64_t size);

// Initialises `size` mapped bytes unless that is done, and completes the work of a killed process. Then it checks the header. False: the header
// is bad and the file is to be put aside.
bool ring_attach(struct ring *ring, void *base, uint64_t size, const struct ring_birth *birth);

// Writes the record under a sequence of its own. False: not written. Never waits, takes no lock, allocates nothing.
bool ring_write(const struct ring *ring, const struct record *record, uint64_t *sequence);

// Notes a notification that the exception guard cut short.
void ring_count_fault(const struct ring *ring);

// The value that a PRE leaves in lpContext for its POST; all ones when no record was written.
uintptr_t context_not_written(void);
uintptr_t context_of(uint64_t sequence);
