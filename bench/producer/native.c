// What one notification costs without Windows: the DLL's own record and ring code beside what it is compared with.
//   native RING ROUNDS              everything that needs nobody else
//   native RING ROUNDS LOG SOCKET   with a log file, and a socket whose other end reads lines of JSON
//   native RING ROUNDS START        notifications only, from the given time on (epoch, ms): for several processes at once
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "atomic.h"
#include "event.h"
#include "ring.h"
#include "samples.h"

static struct ring ring;
static struct text image_name;
static struct record copied;
static uint8_t *elsewhere; // as much mapped memory as the ring has slots
static int log_file, socket_end;
static unsigned unwritten;
static volatile uint64_t sink;

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t nanoseconds(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static uint64_t wall_time(void)
{
    return clock_ns(CLOCK_REALTIME) / 100 + 116444736000000000;
}

// As dll/notify.c does it, without what only Windows has: the guard, the token, the thread's id.
static void describe(struct record *record)
{
    struct text texts[2];
    text_read(&texts[0], REMOTE_NAME);
    text_read(&texts[1], LOCAL_NAME);
    struct record_input input = {
        .kind = MPRTAP_KIND_ADD,
        .notify_status = MPRTAP_NOTIFY_PRE,
        .flags = 1,
        .wall_time = wall_time(),
        .ticks = nanoseconds(),
        .ticks_per_second = 1000000000,
        .process_start_time = 133800000000000000,
        .logon_id = 0x1000,
        .process_id = 4711,
        .thread_id = 4712,
        .session_id = 1,
        .resource_type = 1,
        .strings = {&texts[0], &texts[1], NULL, &image_name},
    };
    record_build(record, &input);
}

static void notification(unsigned count)
{
    for (; count > 0; count--) {
        struct record record;
        uint64_t sequence;
        describe(&record);
        if (!ring_write(&ring, &record, &sequence)) unwritten++;
    }
}

static void copy(void)
{
    static uint32_t next;
    memcpy(elsewhere + (next++ & (ring.slot_count - 1)) * MPRTAP_SLOT_SIZE, &copied.image, copied.image.used);
    __asm__ volatile("" ::: "memory");
}

static void record_copy(unsigned count)
{
    for (; count > 0; count--) copy();
}

static void ticks_clock(unsigned count)
{
    for (; count > 0; count--) sink = nanoseconds();
}

static void both_clocks(unsigned count)
{
    for (; count > 0; count--) sink = nanoseconds(), sink = wall_time();
}

static void one_clock_and_copy(unsigned count)
{
    for (; count > 0; count--) sink = nanoseconds(), copy();
}

static void clocks_and_copy(unsigned count)
{
    for (; count > 0; count--) sink = nanoseconds(), sink = wall_time(), copy();
}

// What no record can do without that several processes write and any of them may end at any point: a sequence is claimed, its slot is taken,
// the slot is committed. Each step is one interlocked operation.
static void locked_steps(void)
{
    shared_u64 *words = (shared_u64 *)elsewhere;
    uint64_t sequence;
    shared_increment(&words[0], &sequence);
    shared_u64 *stamp = &words[8 + (sequence & 63) * 8];
    uint64_t before = shared_load(stamp);
    if (!shared_compare_and_swap(stamp, before, before + 1) || !shared_compare_and_swap(stamp, before + 1, before + 2)) abort();
}

static void floor_of_a_record(unsigned count)
{
    for (; count > 0; count--) sink = nanoseconds(), sink = wall_time(), copy(), locked_steps();
}

static void names_read(unsigned count)
{
    for (; count > 0; count--) {
        struct text texts[2];
        text_read(&texts[0], REMOTE_NAME);
        text_read(&texts[1], LOCAL_NAME);
        __asm__ volatile("" : : "r"(texts) : "memory");
    }
}

static void log_append(unsigned count)
{
    for (; count > 0; count--) {
        struct record record;
        describe(&record);
        if (write(log_file, &record.image, record.image.used) < 0) abort();
    }
}

static void socket_json(unsigned count)
{
    for (; count > 0; count--) {
        char line[LINE_SIZE];
        int length = event_as_json(line, wall_time(), nanoseconds());
        if (send(socket_end, line, (size_t)length, MSG_NOSIGNAL) != length) abort();
    }
}

static void *map(const char *path, size_t *size)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0) abort();
    *size = (size_t)facts.st_size;
    void *base = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (base == MAP_FAILED) abort();
    return base;
}

static void open_ring(const char *path)
{
    static const uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
    size_t size;
    void *base = map(path, &size);
    if (!ring_attach(&ring, base, size, &(struct ring_birth){nanoseconds() | 1, wall_time(), sid, sizeof sid})) abort();
    elsewhere = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    text_read(&image_name, IMAGE_NAME);
    describe(&copied);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(end, (struct sockaddr *)&address, sizeof address) != 0) abort();
    return end;
}

enum { NOTHING = 0, NOTIFICATION = 8, NEEDS_NOBODY = 9 };

static const struct operation operations[] = {
    {"nothing", nothing, 4096},
    {"record copy", record_copy, 4096},
    {"ticks clock", ticks_clock, 4096},
    {"both clocks", both_clocks, 4096},
    {"one clock and copy", one_clock_and_copy, 4096},
    {"clocks and copy", clocks_and_copy, 4096},
    {"floor", floor_of_a_record, 4096},
    {"names read", names_read, 4096},
    {"notification", notification, 4096},
    {"log append", log_append, 512},
    {"socket json", socket_json, 512},
};

int main(int count, char **arguments)
{
    if (count < 3) return 2;
    open_ring(arguments[1]);
    unsigned rounds = (unsigned)atoi(arguments[2]);
    if (count == 4) {
        uint64_t start = strtoull(arguments[3], NULL, 10) * 1000000;
        while (clock_ns(CLOCK_REALTIME) < start) usleep(100);
        const struct operation together[] = {operations[NOTHING], operations[NOTIFICATION]};
        measure(together, 2, rounds);
        printf("unwritten %u\n", unwritten);
        return 0;
    }
    if (count == 5) {
        log_file = open(arguments[3], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        socket_end = connect_to(arguments[4]);
    }
    measure(operations, count == 5 ? NEEDS_NOBODY + 2 : NEEDS_NOBODY, rounds);
    return unwritten == 0 ? 0 : 3;
}
