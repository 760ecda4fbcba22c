// Times operations against each other: one batch and a run of single calls of each in turn, round after round, so that whatever else the
// machine does hits all of them alike. What is done with the samples is not decided here: they are printed, ns each, one line a kind:
//   NAME batch  ns a call, of each batch
//   NAME single ns of each call that was timed by itself; the clock's own share is what NOTHING takes
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct operation {
    const char *name;
    void (*run)(unsigned count);
    unsigned calls; // a batch
};

// Never goes back.
uint64_t nanoseconds(void);

static inline void measure(const struct operation *operations, unsigned how_many, unsigned rounds)
{
    for (unsigned o = 0; o < how_many; o++) operations[o].run(operations[o].calls);
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned o = 0; o < how_many; o++) {
            unsigned calls = operations[o].calls;
            static uint32_t singles[1 << 16];
            uint64_t started = nanoseconds();
            operations[o].run(calls);
            uint64_t now = nanoseconds();
            printf("%s batch %.2f\n", operations[o].name, (double)(now - started) / calls);

            now = nanoseconds();
            for (unsigned i = 0; i < calls; i++) {
                uint64_t before = now;
                operations[o].run(1);
                now = nanoseconds();
                singles[i] = (uint32_t)(now - before);
            }
            printf("%s single", operations[o].name);
            for (unsigned i = 0; i < calls; i++) printf(" %u", singles[i]);
            printf("\n");
        }
    }
}

static inline void nothing(unsigned count)
{
    for (; count > 0; count--) __asm__ volatile("" ::: "memory");
}
