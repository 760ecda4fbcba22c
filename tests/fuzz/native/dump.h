// Leaves rings behind for the TypeScript reader: with MPRTAP_DUMP set, each one is written to <MPRTAP_DUMP>/<n>.ring, and a line on
// stdout says which of its sequences the C code takes for committed records: {"ring":N,"head":"H","committed":["S",…]}.
#pragma once
#include "ring.h"

void dump_ring(const struct ring *ring, uint64_t size);
