// A path put together in a fixed buffer. A path that does not fit is marked and never used.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define PATH_UNITS 512u

struct path {
    uint16_t units[PATH_UNITS]; // ends in NUL
    unsigned length;
    bool overflowed;
};

static inline void path_append_units(struct path *path, const uint16_t *units, unsigned count)
{
    if (count >= PATH_UNITS - path->length) path->overflowed = true; // GUARD(path-length) without: ;
    if (path->overflowed) return;
    for (unsigned i = 0; i < count; i++) path->units[path->length + i] = units[i];
    path->length += count;
    path->units[path->length] = 0;
}

static inline void path_append(struct path *path, const char *ascii)
{
    for (; *ascii; ascii++) {
        uint16_t unit = (uint8_t)*ascii;
        path_append_units(path, &unit, 1);
    }
}
