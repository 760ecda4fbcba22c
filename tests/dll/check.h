// A small test harness: a test is a sentence and a body, tests register themselves, a failed CHECK names its line and the test goes on.
#pragma once
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

void check_register(const char *sentence, void (*body)(void));
void check_failed(const char *file, int line, const char *what);

#define CHECK_JOIN_(a, b) a##b
#define CHECK_JOIN(a, b) CHECK_JOIN_(a, b)
#define TEST(sentence) TEST_(sentence, CHECK_JOIN(test_, __LINE__))
#define TEST_(sentence, name)                                                                         \
    static void name(void);                                                                           \
    __attribute__((constructor)) static void CHECK_JOIN(register_, name)(void) { check_register(sentence, name); } \
    static void name(void)

#define CHECK(condition)                                                     \
    do {                                                                     \
        if (!(condition)) check_failed(__FILE__, __LINE__, #condition);      \
    } while (0)

#define CHECK_EQUAL(actual, wanted)                                                                              \
    do {                                                                                                         \
        uint64_t actual_ = (uint64_t)(actual), wanted_ = (uint64_t)(wanted);                                     \
        char what_[256];                                                                                         \
        snprintf(what_, sizeof what_, "%s is %" PRIu64 ", not %" PRIu64, #actual, actual_, wanted_);             \
        if (actual_ != wanted_) check_failed(__FILE__, __LINE__, what_);                                         \
    } while (0)
