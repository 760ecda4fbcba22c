// The time of the next attempt after a failure: 1 s later, then 2 s, and so on to 60 s. Threads may race on it; at worst there is one attempt
// more.
#pragma once
#include "win32.h"

#define RETRY_FIRST_MS 1000u
#define RETRY_LAST_MS 60000u

struct retry {
    volatile uint32_t failed_at; // GetTickCount
    volatile uint32_t delay;     // 0: has not failed
};

static inline bool retry_is_due(const struct retry *retry)
{
    return retry->delay == 0 || GetTickCount() - retry->failed_at >= retry->delay; // GUARD(retry-delay) without: (void)retry; return true;
}

static inline void retry_failed(struct retry *retry)
{
    uint32_t next = retry->delay == 0 ? RETRY_FIRST_MS : retry->delay * 2;
    retry->failed_at = GetTickCount();
    retry->delay = next < RETRY_LAST_MS ? next : RETRY_LAST_MS;
}

static inline void retry_succeeded(struct retry *retry)
{
    retry->delay = 0;
}
