// The checksum of RING.md section 5, in two steps: over the record when it is built, and with the seed once per claim.
#pragma once
#include "slot.h"

// Everything that does not depend on where the record stands. Reads nothing after the slot, whatever its length says.
uint64_t checksum_content(const struct slot *slot);

// What makes the checksum hold for one sequence of one file only.
uint64_t checksum_seal(uint64_t content, uint64_t file_id, uint64_t sequence);

// A bijection on u64 whose every output bit depends on every input bit.
uint64_t checksum_mix(uint64_t x);
