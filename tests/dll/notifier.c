// A process that records as one with the DLL in it does: identity, cached ring, record, ring, all under the exception guard (dll/notify.c).
//
//   notifier --ring STEM --id WRITER --journal FILE [--slots-log2 K] [--clock-rate N] [--sparse 1] [--pause MICROSECONDS]
//
// Each line on stdin is a number of notifications, each answered with a line {"written":W,"unwritten":U,"faults":F}: totals so far. SIGTERM
// cuts them short. When stdin ends it writes its journal, "FILE_ID SEQUENCE NUMBER" for each record that it committed, and ends with code 0.
// Records are self-checking: everything in one follows from WRITER and NUMBER (tests/torture/record.h).
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "guard.h"
#include "record.h"
#include "../torture/record.h"
#include "ring-file-posix.h"
#include "ring_cache.h"

#define ENTRIES_MAX (1u << 20)

static struct { uint64_t file_id, sequence; uint32_t number; } journal[ENTRIES_MAX];
static uint32_t entries, number, id, faults;
static useconds_t pause_time;
static volatile sig_atomic_t stopping;
static struct identity identity;
static struct text names[TORTURE_NAMES];

static void on_terminate(int signal)
{
    (void)signal;
    stopping = 1;
}

static void record_notification(void *argument)
{
    struct ring_lease *lease = argument;
    struct record record;
    uint64_t sequence;
    if (!ring_lease_begin(lease, &identity, NULL)) return;
    torture_record(&record, names, id, number);
    if (!ring_write(&lease->ring, &record, &sequence)) return;
    journal[entries].file_id = lease->ring.file_id;
    journal[entries].sequence = sequence;
    journal[entries++].number = number;
}

static void count_fault(void *argument)
{
    ring_count_fault(&((struct ring_lease *)argument)->ring);
}

static void notify(void)
{
    struct ring_lease lease = {.held = false};
    uintptr_t fault;
    if (!guarded_call(record_notification, &lease, &fault)) {
        faults++;
        if (!ring_lease_faulted(&lease, fault) && lease.held) guarded_call(count_fault, &lease, &fault);
    }
    ring_lease_end(&lease);
}

static void write_journal(const char *path)
{
    FILE *file = fopen(path, "w");
    for (uint32_t i = 0; file && i < entries; i++) {
        fprintf(file, "%" PRIx64 " %" PRIu64 " %" PRIu32 "\n", journal[i].file_id, journal[i].sequence, journal[i].number);
    }
    if (!file || fclose(file) != 0) exit(2);
}

int main(int count, char **arguments)
{
    const char *journal_path = "/dev/null";
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = arguments[i], *value = arguments[i + 1];
        if (strcmp(name, "--ring") == 0) ring_files.stem = value;
        else if (strcmp(name, "--journal") == 0) journal_path = value;
        else if (strcmp(name, "--id") == 0) id = (uint32_t)atoi(value);
        else if (strcmp(name, "--slots-log2") == 0) ring_files.slots_log2 = (unsigned)atoi(value);
        else if (strcmp(name, "--clock-rate") == 0) ring_files.clock_rate = (unsigned)atoi(value);
        else if (strcmp(name, "--sparse") == 0) ring_files.sparse = atoi(value) != 0;
        else if (strcmp(name, "--pause") == 0) pause_time = (useconds_t)atoi(value);
        else return fprintf(stderr, "notifier: what is %s?\n", name), 2;
    }
    struct sigaction action = {.sa_handler = on_terminate, .sa_flags = SA_RESTART};
    sigaction(SIGTERM, &action, NULL);
    identity.user = ring_files_user(getuid());
    identity.directory = DIRECTORY_USERS;
    torture_names(names);
    unsigned long wanted;
    while (scanf("%lu", &wanted) == 1) {
        for (stopping = 0; wanted > 0 && !stopping && entries < ENTRIES_MAX; wanted--, number++) {
            notify();
            if (pause_time) usleep(pause_time);
        }
        printf("{\"written\":%u,\"unwritten\":%u,\"faults\":%u}\n", entries, number - entries, faults);
        fflush(stdout);
    }
    write_journal(journal_path);
    ring_cache_close();
    return 0;
}
