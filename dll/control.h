// The administrators' control file (RING.md section 7): the kill switch, and the geometry of new rings.
#pragma once
#include "token.h"

// Looks into the file at the first call, and at the first one after every minute. `identity` is whose notification it is.
bool control_switched_off(const struct identity *identity);

// Of the ring that is to be made: what the file says, if a ring may have it in this process.
unsigned control_slot_count_log2(const struct identity *identity);
