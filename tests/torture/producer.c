// Writes self-checking records into a ring as fast as it can, until SIGTERM, and keeps a private journal of those that it committed:
//
//   producer --ring FILE --slots-log2 K --journal FILE --id WRITER [--records N] [--burst N --pause MICROSECONDS]
//            [--at POINT --do kill|stop --in N]
//
// With --burst it takes breath after every N records.
//
// The journal is a mapped file, so that what is in it survives a SIGKILL at any instruction:
//
//      0 ┌───────────────────────────────┬───────────────────────────────┐
//        │ entries 8                     │ number in flight 8            │
//     16 ├───────────────────────────────┼───────────────────────────────┤
//        │ its claimed sequence 8, or ~0 │ notifications not written 8   │
//     32 ├───────────────────────────────┴───────────────────────────────┤
//        │ an entry for each committed record: sequence 8 │ number 8     │
//
// ring_write() itself stores the claimed sequence there, before it commits: of a killed producer one record may be committed without an entry,
// and the journal says which one that can be.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "record.h"
#include "torture.h"
#include "../dll/test_point_names.h"

#define ENTRIES_MAX (1u << 23)

struct journal {
    _Atomic uint64_t entries;
    _Atomic uint64_t number;
    uint64_t claimed;
    uint64_t unwritten;
    struct { uint64_t sequence, number; } entry[];
};

static int point = -1, point_signal = SIGKILL;
static uint64_t point_number, number;
static volatile sig_atomic_t stopping;

void mprtap_test_point(enum test_point reached)
{
    if ((int)reached != point || number != point_number) return;
    point = -1; // once: a writer that claims again passes the same point again
    raise(point_signal);
}

static void on_terminate(int signal)
{
    (void)signal;
    stopping = 1;
}

static int point_named(const char *name)
{
    int point = test_point_named(name);
    if (point >= 0) return point;
    torture_fail(name);
    return -1;
}

int main(int count, char **arguments)
{
    const char *ring_path = NULL, *journal_path = NULL;
    unsigned slots_log2 = 10;
    uint32_t id = 0;
    uint64_t records = ENTRIES_MAX, burst = UINT64_MAX;
    useconds_t pause_time = 0;
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = arguments[i], *value = arguments[i + 1];
        if (strcmp(name, "--ring") == 0) ring_path = value;
        else if (strcmp(name, "--journal") == 0) journal_path = value;
        else if (strcmp(name, "--slots-log2") == 0) slots_log2 = (unsigned)atoi(value);
        else if (strcmp(name, "--id") == 0) id = (uint32_t)atoi(value);
        else if (strcmp(name, "--records") == 0) records = strtoull(value, NULL, 10);
        else if (strcmp(name, "--burst") == 0) burst = strtoull(value, NULL, 10);
        else if (strcmp(name, "--pause") == 0) pause_time = (useconds_t)atoi(value);
        else if (strcmp(name, "--at") == 0) point = point_named(value);
        else if (strcmp(name, "--do") == 0) point_signal = strcmp(value, "stop") == 0 ? SIGSTOP : SIGKILL;
        else if (strcmp(name, "--in") == 0) point_number = strtoull(value, NULL, 10);
        else torture_fail(name);
    }
    signal(SIGTERM, on_terminate);
    struct ring ring = torture_ring(ring_path, slots_log2);
    struct journal *journal = torture_map(journal_path, sizeof *journal + ENTRIES_MAX * sizeof journal->entry[0]);
    static struct text names[TORTURE_NAMES];
    torture_names(names);
    for (number = 0; number < records && number < ENTRIES_MAX && !stopping; number++) {
        struct record record;
        if (number % burst == burst - 1) usleep(pause_time);
        torture_record(&record, names, id, (uint32_t)number);
        journal->claimed = UINT64_MAX;
        journal->number = number;
        if (ring_write(&ring, &record, &journal->claimed)) {
            uint64_t entries = journal->entries;
            journal->entry[entries].sequence = journal->claimed;
            journal->entry[entries].number = number;
            journal->entries = entries + 1;
        } else {
            journal->unwritten++;
        }
    }
    journal->claimed = UINT64_MAX;
    return 0;
}
