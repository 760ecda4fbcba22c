#include "sid.h"

#define SUB_AUTHORITIES_MAX 15u
#define FIXED_PART 8u

static uint32_t sub_authority(const struct sid *sid, unsigned index)
{
    const uint8_t *b = sid->bytes + FIXED_PART + 4 * index;
    return (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static unsigned sub_authority_count(const struct sid *sid)
{
    return sid->bytes[1];
}

bool sid_copy(struct sid *to, const void *bytes)
{
    const uint8_t *from = bytes;
    if (from[0] != 1) return false; // GUARD(sid-revision)
    if (from[1] > SUB_AUTHORITIES_MAX) return false; // GUARD(sid-length)
    to->length = FIXED_PART + 4u * from[1];
    for (uint32_t i = 0; i < to->length; i++) to->bytes[i] = from[i];
    return true;
}

bool sid_equal(const struct sid *a, const struct sid *b)
{
    if (a->length != b->length) return false;
    for (uint32_t i = 0; i < a->length; i++) {
        if (a->bytes[i] != b->bytes[i]) return false;
    }
    return true;
}

bool sid_is_local_system(const struct sid *sid)
{
    static const struct sid local_system = {12, {1, 1, 0, 0, 0, 0, 0, 5, 18}};
    return sid_equal(sid, &local_system);
}

bool sid_is_administrators(const struct sid *sid)
{
    static const struct sid administrators = {16, {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 0x02}};
    return sid_equal(sid, &administrators);
}

uint32_t sid_last_sub_authority(const struct sid *sid)
{
    unsigned count = sub_authority_count(sid);
    return count == 0 ? 0 : sub_authority(sid, count - 1);
}

static uint16_t *write_decimal(uint16_t *to, uint32_t value)
{
    uint16_t digits[10];
    unsigned count = 0;
    do digits[count++] = (uint16_t)('0' + value % 10);
    while ((value /= 10) != 0);
    while (count > 0) *to++ = digits[--count];
    return to;
}

// An authority of 2^32 or more is written as 0x and twelve digits.
static uint16_t *write_authority(uint16_t *to, const uint8_t authority[6])
{
    if (authority[0] == 0 && authority[1] == 0) {
        return write_decimal(to, (uint32_t)authority[2] << 24 | (uint32_t)authority[3] << 16 | (uint32_t)authority[4] << 8 | authority[5]);
    }
    *to++ = '0';
    *to++ = 'x';
    for (unsigned i = 0; i < 12; i++) *to++ = (uint16_t)"0123456789abcdef"[authority[i / 2] >> (i % 2 ? 0 : 4) & 15];
    return to;
}

unsigned sid_to_text(const struct sid *sid, uint16_t text[SID_TEXT_MAX])
{
    uint16_t *to = text;
    *to++ = 'S';
    *to++ = '-';
    *to++ = '1';
    *to++ = '-';
    to = write_authority(to, sid->bytes + 2);
    for (unsigned i = 0; i < sub_authority_count(sid); i++) {
        *to++ = '-';
        to = write_decimal(to, sub_authority(sid, i));
    }
    *to = 0;
    return (unsigned)(to - text);
}
