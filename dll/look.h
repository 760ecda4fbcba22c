// Once a minute a process checks that the file that it uses is still the file of that name.
#pragma once
#include "win32.h"

#define LOOK_MS 60000u

// True once a minute, for the first thread that asks; the others go on with what they have. `looked_at` is in GetTickCount's ms.
static inline bool look_is_due(uint32_t *looked_at)
{
    uint32_t now = GetTickCount();
    if (now - __atomic_load_n(looked_at, __ATOMIC_ACQUIRE) < LOOK_MS) return false; // GUARD(look-interval)
    __atomic_store_n(looked_at, now, __ATOMIC_RELEASE);
    return true;
}
