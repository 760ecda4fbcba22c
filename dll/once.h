// A value that is computed once in a process. No thread ever waits: while one thread publishes the value, others use copies of their own.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum once { ONCE_NEW, ONCE_PUBLISHING, ONCE_READY };

static inline bool once_ready(const uint32_t *state)
{
    return __atomic_load_n(state, __ATOMIC_ACQUIRE) == ONCE_READY;
}

// The first thread here copies its value to `shared`; the others leave it alone.
static inline void once_publish(uint32_t *state, void *shared, const void *value, size_t size)
{
    uint32_t expected = ONCE_NEW;
    if (!__atomic_compare_exchange_n(state, &expected, ONCE_PUBLISHING, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return;
    for (size_t i = 0; i < size; i++) ((uint8_t *)shared)[i] = ((const uint8_t *)value)[i];
    __atomic_store_n(state, ONCE_READY, __ATOMIC_RELEASE);
}
