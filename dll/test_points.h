// Places inside a write where a test may kill, stop or overtake the writer. They exist in test builds only.
#pragma once

#ifdef MPRTAP_TEST_POINTS
enum test_point { INCREMENTING, AFTER_LOOK, AFTER_CLAIM, AFTER_STAMP, MID_COPY, BEFORE_COMMIT, AFTER_COMMIT, TEST_POINT_COUNT };

// Provided by the test.
void mprtap_test_point(enum test_point point);
#define TEST_POINT(point) mprtap_test_point(point)
#else
#define TEST_POINT(point) ((void)0)
#endif
