#include "checksum.h"

#define PRIME_1 ((uint64_t)MPRTAP_CHECKSUM_PRIME_1_HIGH << 32 | MPRTAP_CHECKSUM_PRIME_1_LOW)
#define PRIME_2 ((uint64_t)MPRTAP_CHECKSUM_PRIME_2_HIGH << 32 | MPRTAP_CHECKSUM_PRIME_2_LOW)

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

// Both lanes of RING.md side by side: the halves of a block are w[1] << 32 | w[0] and w[3] << 32 | w[2].
uint64_t checksum_content(const struct slot *slot)
{
    const block step = {MPRTAP_CHECKSUM_STEP_0, MPRTAP_CHECKSUM_STEP_1, MPRTAP_CHECKSUM_STEP_2, MPRTAP_CHECKSUM_STEP_3};
    block key = {MPRTAP_CHECKSUM_KEY_0, MPRTAP_CHECKSUM_KEY_1, MPRTAP_CHECKSUM_KEY_2, MPRTAP_CHECKSUM_KEY_3};
    halves sum = {0, 0};
    const block *blocks = (const block *)slot;
    unsigned used = slot->used < MPRTAP_SLOT_SIZE ? slot->used : MPRTAP_SLOT_SIZE;
    for (unsigned i = MPRTAP_RECORD_START / MPRTAP_BLOCK_SIZE; i < used / MPRTAP_BLOCK_SIZE; i++, key += step) {
        halves keyed = (halves)(blocks[i] ^ key);
        sum += (halves)blocks[i] + (keyed & 0xffffffff) * (keyed >> 32);
    }
    return sum[0] + rotate_left(sum[1], 32) * PRIME_1;
}

uint64_t checksum_seal(uint64_t content, uint64_t file_id, uint64_t sequence)
{
    return checksum_mix(content ^ file_id ^ sequence * PRIME_1);
}
