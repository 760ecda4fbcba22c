// The 64-bit words that processes share, and the few interlocked operations on them. Inline on every target: `lock xadd` and `lock cmpxchg`
// on x64, cmpxchg8b on x86 (the alignment below keeps it within one cache line), load-/store-exclusive on arm64.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "ring_layout.h"
#include "test_points.h"

typedef uint64_t shared_u64 __attribute__((aligned(8), may_alias));
typedef uint32_t shared_u32 __attribute__((may_alias));

static inline uint64_t shared_load(const shared_u64 *word)
{
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline bool shared_compare_and_swap(shared_u64 *word, uint64_t expected, uint64_t desired)
{
    return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

// A fetch-add that cannot spin. Only x64 has one in hardware; elsewhere it is a compare-and-swap loop with a bound.
static inline bool shared_increment(shared_u64 *word, uint64_t *before)
{
#if defined(__x86_64__) && !defined(MPRTAP_INCREMENT_BY_CAS)
    *before = __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);
    return true;
#else
    for (unsigned attempt = 0;; attempt++) {
        if (attempt == MPRTAP_FETCH_ADD_ATTEMPTS_MAX) return false; // GUARD(increment-attempts)
        *before = shared_load(word);
        TEST_POINT(INCREMENTING);
        if (shared_compare_and_swap(word, *before, *before + 1)) return true;
    }
#endif
}
