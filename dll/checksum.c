#include "checksum.h"

#define PRIME_1 ((uint64_t)MPRTAP_CHECKSUM_PRIME_1_HIGH << 32 | MPRTAP_CHECKSUM_PRIME_1_LOW)
#define PRIME_2 ((uint64_t)MPRTAP_CHECKSUM_PRIME_2_HIGH << 32 | MPRTAP_CHECKSUM_PRIME_2_LOW)
#define FIXED_BLOCKS ((MPRTAP_RECORD_STRINGS - MPRTAP_RECORD_START) / MPRTAP_BLOCK_SIZE)

static uint64_t rotate_left(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

uint64_t checksum_mix(uint64_t x)
{
    x ^= x >> 29;
    x *= PRIME_1;
    x ^= x >> 32;
    x *= PRIME_2;
    return x ^ x >> 29;
}

// lanes() and fold() of RING.md in one, both lanes side by side: the halves of a block are w[1] << 32 | w[0] and w[3] << 32 | w[2].
static uint64_t hash_blocks(const block *blocks, unsigned count, uint64_t salt)
{
    const block step = {MPRTAP_CHECKSUM_STEP_0, MPRTAP_CHECKSUM_STEP_1, MPRTAP_CHECKSUM_STEP_2, MPRTAP_CHECKSUM_STEP_3};
    block key = {MPRTAP_CHECKSUM_KEY_0, MPRTAP_CHECKSUM_KEY_1, MPRTAP_CHECKSUM_KEY_2, MPRTAP_CHECKSUM_KEY_3};
    halves sum = {0, 0};
    for (unsigned i = 0; i < count; i++, key += step) {
        halves keyed = (halves)(blocks[i] ^ key);
        sum += (halves)blocks[i] + (keyed & 0xffffffff) * (keyed >> 32);
    }
    return checksum_mix(sum[0] + rotate_left(sum[1], 32) * PRIME_1 + salt);
}

uint64_t checksum_string(const block *blocks, unsigned stored_units, bool wide)
{
    if (stored_units == 0) return 0;
    return hash_blocks(blocks, blocks_for(stored_units, wide), (uint64_t)(stored_units << 1 | wide) * PRIME_2);
}

uint64_t checksum_record(const struct slot *slot, const uint64_t strings[MPRTAP_STRING_COUNT])
{
    uint64_t content = hash_blocks((const block *)((const uint8_t *)slot + MPRTAP_RECORD_START), FIXED_BLOCKS, 0);
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) content ^= rotate_left(strings[i], MPRTAP_CHECKSUM_ROTATION * (i + 1));
    return content;
}

uint64_t checksum_content(const struct slot *slot)
{
    uint64_t strings[MPRTAP_STRING_COUNT];
    const block *next = (const block *)slot->strings;
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) {
        unsigned units = slot->descriptors[i].stored_units;
        bool wide = (slot->descriptors[i].traits & MPRTAP_STRING_WIDE) != 0;
        strings[i] = checksum_string(next, units, wide);
        next += blocks_for(units, wide);
    }
    return checksum_record(slot, strings);
}

uint64_t checksum_seal(uint64_t content, uint64_t file_id, uint64_t sequence)
{
    return checksum_mix(content ^ file_id ^ sequence * PRIME_1);
}
