// The checksum of RING.md section 5, in two steps: over the record when it is built, and with the seed once per claim.
#pragma once
#include "slot.h"

// The part that does not depend on the record's place. It reads nothing after the slot, whatever the slot's length says.
uint64_t checksum_content(const struct slot *slot);

// The part that binds the checksum to one sequence of one file.
uint64_t checksum_seal(uint64_t content, uint64_t file_id, uint64_t sequence);

// A bijection on u64 whose every output bit depends on every input bit.
uint64_t checksum_mix(uint64_t x);
