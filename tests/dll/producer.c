// A process that writes operations, each a PRE and a POST record, into a ring file: the writer's side of every multi-process test.
//
//   producer --ring FILE --operations N [--id K] [--slots-log2 K] [--names realistic|ascii]
//            [--at POINT --do kill|stop --in OPERATION]
//
// Operation n of producer k adds "\\server<..>\share-k-n", so a reader can tell whether each arrived exactly once. --at makes the process
// kill or stop itself at a test point of that operation's PRE (after-claim, after-stamp, mid-copy, before-commit, after-commit).
// The last line on stdout is "written W unwritten U".
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "checksum.h"
#include "ring.h"
#include "test_point_names.h"

static struct {
    const char *ring, *names;
    uint64_t operations, in;
    unsigned id, slots_log2;
    int point, signal;
} options = {.names = "realistic", .slots_log2 = MPRTAP_SLOT_COUNT_LOG2_DEFAULT, .point = -1, .signal = SIGKILL};

static uint64_t current_operation;
static bool in_pre;

void mprtap_test_point(enum test_point point)
{
    if (!in_pre || (int)point != options.point || current_operation != options.in) return;
    options.point = -1; // once: a writer that claims again passes the same point again
    raise(options.signal);
}

static void fail(const char *what)
{
    fprintf(stderr, "producer: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int point_named(const char *name)
{
    int point = test_point_named(name);
    if (point >= 0) return point;
    errno = EINVAL;
    fail(name);
    return -1;
}

static void read_options(char **arguments)
{
    for (; *arguments; arguments += 2) {
        const char *name = arguments[0], *value = arguments[1];
        errno = EINVAL;
        if (!value) fail(name);
        if (strcmp(name, "--ring") == 0) options.ring = value;
        else if (strcmp(name, "--operations") == 0) options.operations = strtoull(value, NULL, 10);
        else if (strcmp(name, "--id") == 0) options.id = (unsigned)atoi(value);
        else if (strcmp(name, "--slots-log2") == 0) options.slots_log2 = (unsigned)atoi(value);
        else if (strcmp(name, "--names") == 0) options.names = value;
        else if (strcmp(name, "--at") == 0) options.point = point_named(value);
        else if (strcmp(name, "--do") == 0) options.signal = strcmp(value, "stop") == 0 ? SIGSTOP : SIGKILL;
        else if (strcmp(name, "--in") == 0) options.in = strtoull(value, NULL, 10);
        else fail(name);
    }
    if (!options.ring) fail("--ring is missing");
}

static uint64_t filetime_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 10000000 + (uint64_t)now.tv_nsec / 100 + 116444736000000000;
}

static uint64_t nanoseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

// Opens or makes the ring as the DLL does, with a stand-in SID made of the Unix user id.
static struct ring open_ring(void)
{
    uint32_t user = getuid();
    uint8_t sid[16] = {1, 2, 0, 0, 0, 0, 0, 22, 1};
    memcpy(sid + 12, &user, 4);
    int file = open(options.ring, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0) fail(options.ring);
    uint64_t size = facts.st_size == 0 ? ring_size(options.slots_log2) : (uint64_t)facts.st_size;
    if (facts.st_size == 0 && ftruncate(file, (off_t)size) != 0) fail(options.ring);
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (base == MAP_FAILED) fail(options.ring);
    close(file);
    struct ring ring;
    struct ring_birth birth = {checksum_mix(nanoseconds_now() ^ (uint64_t)getpid() << 48) | 1, filetime_now(), sid, sizeof sid};
    errno = EINVAL;
    if (!ring_attach(&ring, base, size, &birth)) fail("the ring's header is bad");
    return ring;
}

// Widens ASCII; Cyrillic takes the place of small letters where asked for, so the numbers at the end stay readable.
static void name_text(struct text *text, const char *name, bool cyrillic)
{
    uint16_t units[128];
    size_t length = strlen(name);
    for (size_t i = 0; i <= length; i++) {
        bool replaced = cyrillic && name[i] >= 'a' && name[i] <= 'z';
        units[i] = (uint16_t)(replaced ? 0x430 + name[i] - 'a' : name[i]);
    }
    text_read(text, units);
}

// A made-up mapping's facts: mostly successes, some failures, a drive letter in turn.
static void describe(struct record_input *input, struct text texts[3], uint64_t operation)
{
    static const uint32_t failures[] = {53, 67, 85, 1219, 1326};
    char name[96], local[4] = {(char)('E' + operation % 20), ':'};
    bool realistic = strcmp(options.names, "realistic") == 0;
    unsigned server = (unsigned)(operation * 7 % 23);
    snprintf(name, sizeof name, "\\\\server%02u.example\\share-%u-%llu", server, options.id, (unsigned long long)operation);
    name_text(&texts[0], name, realistic && operation % 8 == 7);
    name_text(&texts[1], local, false);
    input->operation_status = operation % 10 == 9 ? failures[operation / 10 % 5] : 0;
    input->strings[MPRTAP_STRING_REMOTE_NAME] = &texts[0];
    input->strings[MPRTAP_STRING_LOCAL_NAME] = &texts[1];
    input->strings[MPRTAP_STRING_IMAGE_NAME] = &texts[2];
}

int main(int count, char **arguments)
{
    (void)count;
    read_options(arguments + 1);
    struct ring ring = open_ring();
    struct text texts[3];
    name_text(&texts[2], "producer", false);
    struct record_input input = {
        .kind = MPRTAP_KIND_ADD,
        .flags = 1,
        .ticks_per_second = 1000000000,
        .process_start_time = filetime_now(),
        .logon_id = 0x1000 + options.id,
        .process_id = (uint32_t)getpid(),
        .thread_id = (uint32_t)getpid(),
        .session_id = 1,
        .resource_type = 1,
        .record_flags = sizeof(void *) == 4 ? MPRTAP_RECORD_FLAG_POINTER32 : 0,
    };
    uint64_t written = 0, unwritten = 0;
    for (current_operation = 0; current_operation < options.operations; current_operation++) {
        describe(&input, texts, current_operation);
        uint32_t status = input.operation_status;
        uintptr_t context = context_not_written();
        for (unsigned phase = MPRTAP_NOTIFY_PRE; phase <= MPRTAP_NOTIFY_POST; phase++) {
            bool post = phase == MPRTAP_NOTIFY_POST;
            struct record record;
            uint64_t sequence;
            input.notify_status = phase;
            input.operation_status = post ? status : 0;
            input.context = post ? (uint64_t)context : 0;
            input.wall_time = filetime_now();
            input.ticks = nanoseconds_now();
            in_pre = !post;
            record_build(&record, &input);
            bool done = ring_write(&ring, &record, &sequence);
            if (done) written++;
            else unwritten++;
            if (done && !post) context = context_of(sequence);
        }
    }
    printf("written %llu unwritten %llu\n", (unsigned long long)written, (unsigned long long)unwritten);
    return 0;
}
