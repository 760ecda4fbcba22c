// A native writer for the benchmarks, made of the DLL's own record and ring code: a program that writes at a given rate, and a library that
// writes on request.
//
//   writer RING RATE COUNT    RATE notifications a second (0: as fast as it can), COUNT in all
//
// Its last line on stdout is "written W unwritten U".
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "checksum.h"
#include "ring.h"

#define EXPORT __attribute__((visibility("default")))
#define NAMES 4096u
// Every so many operations map a share that nobody has mapped before.
#define NEW_NAME_EVERY 64u

static struct ring ring;
static struct text local_name, image_name, names[NAMES];
static uint64_t operations, unwritten;

static uint64_t nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void name(struct text *text, const char *format, unsigned a, unsigned long long b)
{
    char bytes[96];
    uint16_t units[96];
    int length = snprintf(bytes, sizeof bytes, format, a, b);
    for (int i = 0; i <= length; i++) units[i] = (uint8_t)bytes[i];
    text_read(text, units);
}

// Opens an existing ring. Nonzero: it cannot be used.
EXPORT int writer_open(const char *path)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0) return 1;
    void *base = mmap(NULL, (size_t)facts.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (base == MAP_FAILED) return 2;
    static const uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
    struct ring_birth birth = {nanoseconds(CLOCK_MONOTONIC) | 1, 0, sid, sizeof sid};
    for (unsigned i = 0; i < NAMES; i++) name(&names[i], "\\\\server%02u.corp.example\\share-%llu", i % 60, i);
    name(&local_name, "%c:", 'M', 0);
    name(&image_name, "writer.exe", 0, 0);
    return ring_attach(&ring, base, (uint64_t)facts.st_size, &birth) ? 0 : 3;
}

static void write_one(struct record_input *input, bool post, uintptr_t *context)
{
    struct record record;
    uint64_t sequence;
    input->notify_status = post ? MPRTAP_NOTIFY_POST : MPRTAP_NOTIFY_PRE;
    input->context = post ? (uint64_t)*context : 0;
    input->wall_time = nanoseconds(CLOCK_REALTIME) / 100 + 116444736000000000;
    input->ticks = nanoseconds(CLOCK_MONOTONIC);
    record_build(&record, input);
    bool done = ring_write(&ring, &record, &sequence);
    if (!done) unwritten++;
    *context = done ? context_of(sequence) : context_not_written();
}

// Writes `count` notifications, PRE and POST in turn.
EXPORT void writer_write(uint32_t count)
{
    struct record_input input = {
        .kind = MPRTAP_KIND_ADD,
        .ticks_per_second = 1000000000,
        .process_start_time = 133800000000000000,
        .logon_id = 0x1000,
        .process_id = (uint32_t)getpid(),
        .thread_id = (uint32_t)getpid(),
        .session_id = 1,
        .resource_type = 1,
    };
    static uintptr_t context;
    static bool post;
    static struct text fresh;
    static const struct text *remote;
    for (; count > 0; count--, post = !post) {
        if (!post) {
            uint64_t n = operations++;
            remote = &names[checksum_mix(n) % NAMES];
            if (n % NEW_NAME_EVERY == 0) name(&fresh, "\\\\server%02u.corp.example\\new-%llu", (unsigned)(n % 60), n);
            if (n % NEW_NAME_EVERY == 0) remote = &fresh;
        }
        input.strings[MPRTAP_STRING_REMOTE_NAME] = remote;
        input.strings[MPRTAP_STRING_LOCAL_NAME] = &local_name;
        input.strings[MPRTAP_STRING_IMAGE_NAME] = &image_name;
        write_one(&input, post, &context);
    }
}

// Shortly, where the next notification is due soon; else until shortly before it is, so that a slow writer keeps no processor warm.
static void rest(double due_in)
{
    uint64_t nanoseconds = due_in > 1e6 ? (uint64_t)due_in - 500000 : 20000;
    nanosleep(&(struct timespec){.tv_sec = (time_t)(nanoseconds / 1000000000), .tv_nsec = (long)(nanoseconds % 1000000000)}, NULL);
}

int main(int count, char **arguments)
{
    if (count != 4 || writer_open(arguments[1]) != 0) return 2;
    double rate = atof(arguments[2]);
    uint64_t total = strtoull(arguments[3], NULL, 10), start = nanoseconds(CLOCK_MONOTONIC);
    for (uint64_t written = 0; written < total;) {
        uint64_t due = total;
        double elapsed = (double)(nanoseconds(CLOCK_MONOTONIC) - start);
        if (rate > 0) due = (uint64_t)(elapsed * rate / 1e9);
        if (due > total) due = total;
        if (due > written) writer_write((uint32_t)(due - written));
        else rest((double)(written + 1) * 1e9 / rate - elapsed);
        if (due > written) written = due;
    }
    printf("written %llu unwritten %llu\n", (unsigned long long)total, (unsigned long long)unwritten);
    return 0;
}
