// The administrators' control file (RING.md section 7): the kill switch, and the geometry of new rings.
#pragma once
#include "token.h"

// Looks into the file at the first call, and at the first call after every minute. `identity` is the identity of the notification.
bool control_switched_off(const struct identity *identity);

// The geometry of a new ring: the file's, if this process may map such a ring.
unsigned control_slot_count_log2(const struct identity *identity);
