// Security identifiers as bytes (MS-DTYP 2.4.2): revision, count, six bytes of authority, then `count` u32 sub-authorities.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "ring_layout.h"

struct sid {
    uint32_t length;
    uint8_t bytes[MPRTAP_OWNER_SID_MAX];
};

// "S-1-", 14 characters of authority at most, 15 times a dash and ten digits, the end.
#define SID_TEXT_MAX 192

// Copies a SID; its own count gives the length. False: not revision 1, or too long.
bool sid_copy(struct sid *to, const void *bytes);

bool sid_equal(const struct sid *a, const struct sid *b);

bool sid_is_local_system(const struct sid *sid);   // S-1-5-18
bool sid_is_administrators(const struct sid *sid); // S-1-5-32-544

// The last sub-authority: in an integrity SID, the level.
uint32_t sid_last_sub_authority(const struct sid *sid);

// Writes the string form as UTF-16 with its NUL and returns its length without it.
unsigned sid_to_text(const struct sid *sid, uint16_t text[SID_TEXT_MAX]);
