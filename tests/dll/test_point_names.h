// Test points by the names that command lines have for them.
#pragma once
#include <string.h>
#include "test_points.h"

// -1 where no point has that name.
static inline int test_point_named(const char *name)
{
    static const char *const names[TEST_POINT_COUNT] = {
        [AFTER_CLAIM] = "after-claim", [AFTER_STAMP] = "after-stamp", [MID_COPY] = "mid-copy",
        [BEFORE_COMMIT] = "before-commit", [AFTER_COMMIT] = "after-commit",
    };
    for (int i = 0; i < TEST_POINT_COUNT; i++) {
        if (names[i] && strcmp(names[i], name) == 0) return i;
    }
    return -1;
}
