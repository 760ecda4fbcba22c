// A self-checking record: everything in it follows from who wrote it and its number. content.mjs knows the same rules.
#pragma once
#include <stdint.h>
#include <stdio.h>
#include "ring.h"

#define TORTURE_NAMES 64

static inline uint32_t torture_mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

// Name i has 4 * i letters behind its first characters; every fourth one is wide and has half as many, so that all fit whole.
static inline void torture_names(struct text names[TORTURE_NAMES])
{
    static uint16_t units[TORTURE_NAMES][8 + 4 * TORTURE_NAMES]; // a text refers to its units
    for (unsigned i = 0; i < TORTURE_NAMES; i++) {
        unsigned length = 0;
        for (const char *c = "\\\\x\\"; *c; c++) units[i][length++] = (uint16_t)*c;
        for (unsigned k = 0; k < (i % 4 == 3 ? 2 * i : 4 * i); k++) units[i][length++] = (uint16_t)((i % 4 == 3 ? 0x430 : 'a') + (i + k) % 26);
        units[i][length] = 0;
        text_read(&names[i], units[i]);
    }
}

static inline void torture_record(struct record *record, const struct text names[TORTURE_NAMES], uint32_t writer, uint32_t number)
{
    uint32_t first = torture_mix(writer * 0x9e3779b1u ^ number), second = torture_mix(first ^ 0x5bd1e995u);
    uint16_t drive[3] = {(uint16_t)('E' + second % 20), ':', 0};
    struct text local;
    text_read(&local, drive);
    unsigned phase = first & 0x10000 ? MPRTAP_NOTIFY_POST : MPRTAP_NOTIFY_PRE;
    struct record_input input = {
        .kind = MPRTAP_KIND_ADD,
        .notify_status = phase,
        .operation_status = phase == MPRTAP_NOTIFY_POST ? second >> 8 : 0,
        .flags = second,
        .context = first,
        .logon_id = (uint64_t)first << 32 | second,
        .process_id = writer,
        .thread_id = number,
        .session_id = first,
        .resource_type = 1,
        .strings = {[MPRTAP_STRING_REMOTE_NAME] = &names[first % TORTURE_NAMES],
                    [MPRTAP_STRING_LOCAL_NAME] = &local,
                    [MPRTAP_STRING_IMAGE_NAME] = &names[second % 6]},
    };
    record_build(record, &input);
}
