// What the parts of the fuzz target share: the input, the ring that is made of it, and how the ring was before.
#pragma once
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "checksum.h"
#include "ring.h"

#define SLOTS_LOG2_MAX 4u
#define RING_SIZE_MAX (MPRTAP_HEADER_SIZE + (MPRTAP_SLOT_SIZE << SLOTS_LOG2_MAX))
#define RECORDS 4u

// A sentence that is to hold.
#define HOLDS(sentence, condition)                                            \
    do {                                                                      \
        if (!(condition)) fprintf(stderr, "NOT SO: " sentence "\n"), abort(); \
    } while (0)

extern struct ring ring;
extern struct record records[RECORDS]; // of different lengths
extern uint8_t before[RING_SIZE_MAX];

// The next byte, or eight, of the input; where it has ended, zeros.
uint8_t input_byte(void);
uint64_t input_word(void);

// A number of the input's choice that has something to do with `usual`, or with a bound.
uint64_t input_number(uint64_t usual);

// A stamp for slot `index`: what an honest writer may have left there, what a stale head leaves behind, or what nobody would write.
uint64_t input_stamp(unsigned index);

// An action on the ring: a write, alone or with others in between, or hostile bytes.
void act(void);

static inline struct ring_header *header(void)
{
    return (struct ring_header *)ring.base;
}

static inline struct slot *slot_at(uint64_t sequence)
{
    return (struct slot *)(ring.base + MPRTAP_HEADER_SIZE) + sequence % ring.slot_count;
}

static inline const struct ring_header *header_before(void)
{
    return (const struct ring_header *)before;
}

static inline const struct slot *slot_before(uint64_t sequence)
{
    return (const struct slot *)(before + MPRTAP_HEADER_SIZE) + sequence % ring.slot_count;
}

// All bytes of the ring.
static inline size_t ring_bytes(void)
{
    return MPRTAP_HEADER_SIZE + (size_t)MPRTAP_SLOT_SIZE * ring.slot_count;
}

static inline bool slots_are_as_before(void)
{
    return memcmp(ring.base + MPRTAP_HEADER_SIZE, before + MPRTAP_HEADER_SIZE, ring_bytes() - MPRTAP_HEADER_SIZE) == 0;
}

static inline uint64_t stamp(uint64_t sequence, unsigned state)
{
    return sequence << MPRTAP_STAMP_SHIFT | state;
}
