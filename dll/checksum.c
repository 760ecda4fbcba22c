#include "checksum.h"

#define PRIME_1 ((uint64_t)MPRTAP_CHECKSUM_PRIME_1_HIGH << 32 | MPRTAP_CHECKSUM_PRIME_1_LOW)
#define PRIME_2 ((uint64_t)MPRTAP_CHECKSUM_PRIME_2_HIGH << 32 | MPRTAP_CHECKSUM_PRIME_2_LOW)

typedef uint32_t word __attribute__((may_alias));

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

// lanes() and fold() of RING.md in one: two accumulators over 16-byte blocks, then one mix.
static uint64_t hash_blocks(const void *start, unsigned blocks, uint64_t salt)
{
    const word *w = start;
    uint32_t k0 = MPRTAP_CHECKSUM_KEY_0, k1 = MPRTAP_CHECKSUM_KEY_1, k2 = MPRTAP_CHECKSUM_KEY_2, k3 = MPRTAP_CHECKSUM_KEY_3;
    uint64_t a0 = 0, a1 = 0;
    for (; blocks > 0; blocks--, w += 4) {
        a0 += ((uint64_t)w[1] << 32 | w[0]) + (uint64_t)(w[0] ^ k0) * (w[1] ^ k1);
        a1 += ((uint64_t)w[3] << 32 | w[2]) + (uint64_t)(w[2] ^ k2) * (w[3] ^ k3);
        k0 += MPRTAP_CHECKSUM_STEP_0;
        k1 += MPRTAP_CHECKSUM_STEP_1;
        k2 += MPRTAP_CHECKSUM_STEP_2;
        k3 += MPRTAP_CHECKSUM_STEP_3;
    }
    return checksum_mix(a0 + rotate_left(a1, 32) * PRIME_1 + salt);
}

uint64_t checksum_content(const struct slot *slot)
{
    uint64_t content = hash_blocks((const uint8_t *)slot + MPRTAP_RECORD_START,
                                   (MPRTAP_RECORD_STRINGS - MPRTAP_RECORD_START) / MPRTAP_BLOCK_SIZE, 0);
    const uint8_t *string = slot->strings;
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) {
        const struct string_descriptor *descriptor = &slot->descriptors[i];
        if (descriptor->stored_units == 0) continue;
        unsigned wide = (descriptor->traits & MPRTAP_STRING_WIDE) != 0;
        unsigned blocks = ((descriptor->stored_units << wide) + MPRTAP_BLOCK_SIZE - 1) / MPRTAP_BLOCK_SIZE;
        uint64_t salt = (uint64_t)(descriptor->stored_units << 1 | wide) * PRIME_2;
        content ^= rotate_left(hash_blocks(string, blocks, salt), MPRTAP_CHECKSUM_ROTATION * (i + 1));
        string += blocks * MPRTAP_BLOCK_SIZE;
    }
    return content;
}

uint64_t checksum_seal(uint64_t content, uint64_t file_id, uint64_t sequence)
{
    return checksum_mix(content ^ file_id ^ sequence * PRIME_1);
}
