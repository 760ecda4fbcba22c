// A ring in ordinary memory, and the hand that interferes with it at a test point.
#pragma once
#include <stdlib.h>
#include "check.h"
#include "checksum.h"
#include "ring.h"

#define TEST_FILE_ID 0x1122334455667788u

// A fresh ring of 2^slot_count_log2 slots.
struct ring ring_new(unsigned slot_count_log2);
void ring_free(struct ring *ring);

struct ring_header *ring_header(const struct ring *ring);
struct slot *ring_slot(const struct ring *ring, uint64_t sequence);
uint64_t stamp(uint64_t sequence, unsigned state);

// A small record whose remote name is `name`, which may be NULL.
struct record record_named(const char *name);

// Writes it and checks the sequence it got.
void write_expecting(const struct ring *ring, uint64_t sequence);

// Is there a committed record of this sequence, with the right checksum?
bool holds_record(const struct ring *ring, uint64_t sequence);

// Runs at each test point until it is set to NULL again.
extern void (*at_test_point)(enum test_point point);
