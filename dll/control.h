// The administrators' control file (RING.md section 7): the kill switch, and the geometry of new rings.
#pragma once
#include "settings.h"
#include "token.h"

// Looks into the file at the first call, and at the first call after every minute. `identity` and `settings` are the notification's.
bool control_switched_off(const struct identity *identity, struct settings *settings);

// The geometry of a new ring: the file's, if this process may map such a ring.
unsigned control_slot_count_log2(const struct identity *identity, struct settings *settings);
