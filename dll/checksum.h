// The checksum of RING.md section 5, in parts: a string is hashed once it has been read, the fixed fields when the record is built, and the
// seed is mixed in once per claim.
#pragma once
#include "slot.h"

// S(i) before its rotation: the blocks that a string of `stored_units` takes. 0 if it stores nothing.
uint64_t checksum_string(const block *blocks, unsigned stored_units, bool wide);

// The fixed fields, and each string's checksum_string().
uint64_t checksum_record(const struct slot *slot, const uint64_t strings[MPRTAP_STRING_COUNT]);

// The same for a record of which only the slot is there: everything that does not depend on where the record stands.
uint64_t checksum_content(const struct slot *slot);

// What makes the checksum hold for one sequence of one file only.
uint64_t checksum_seal(uint64_t content, uint64_t file_id, uint64_t sequence);

// A bijection on u64 whose every output bit depends on every input bit.
uint64_t checksum_mix(uint64_t x);
