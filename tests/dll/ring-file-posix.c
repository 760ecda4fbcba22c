// Where a ring's file comes from, on POSIX: dll/ring_file_win.c and dll/guard.c step by step, so that the rest of the DLL's path to a ring
// (ring_cache.c, policy.c, ring.c) can be run natively against real files and their faults.
#include "ring-file-posix.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "checksum.h"
#include "guard.h"
#include "ring_file.h"

#define NAMES 4u
#define PATH_MAX_BYTES 4096u

struct ring_files ring_files = {.slots_log2 = MPRTAP_SLOT_COUNT_LOG2_DEFAULT, .clock_rate = 1};

enum opened { OPENED, FAILED, FOREIGN, BAD_HEADER };

static uint64_t nanoseconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

// The clock of retry.h. A faster one shortens the waits, not the order of things.
DWORD WINAPI GetTickCount(void)
{
    return (DWORD)(nanoseconds_now() / 1000000 * ring_files.clock_rate);
}

// ── The exception guard: an access to a mapped page that the file no longer has, or that the disk has no room for, is SIGBUS ──────────

static sigjmp_buf *guard;
static volatile uintptr_t touched;

static void on_fault(int signal, siginfo_t *facts, void *context)
{
    (void)context;
    if (!guard) _exit(128 + signal);
    touched = (uintptr_t)facts->si_addr;
    siglongjmp(*guard, 1);
}

bool guarded_call(void (*body)(void *), void *argument, uintptr_t *address)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigjmp_buf here, *outer = guard;
    bool done = sigsetjmp(here, 1) == 0;
    if (done) {
        guard = &here;
        body(argument);
    } else {
        *address = touched;
    }
    guard = outer;
    return done;
}

// ── Opening ─────────────────────────────────────────────────────────────────────────────────────────────────────────

// S-1-22-1-<user id>, as Samba names Unix users.
struct sid ring_files_user(uint32_t user)
{
    struct sid sid = {16, {1, 2, 0, 0, 0, 0, 0, 22, 1}};
    memcpy(sid.bytes + 12, &user, sizeof user);
    return sid;
}

struct attachment {
    struct ring *ring;
    void *view;
    uint64_t size;
    const struct identity *identity;
    bool good;
};

static void attach(void *argument)
{
    struct attachment *a = argument;
    uint64_t file_id = checksum_mix(nanoseconds_now() ^ (uint64_t)getpid() << 48) | 1;
    struct ring_birth birth = {file_id, 1, a->identity->user.bytes, a->identity->user.length};
    a->good = ring_attach(a->ring, a->view, a->size, &birth);
}

// Windows gives a mapped file its disk space when it grows; Wine, and a sparse file, when a page is touched.
static bool grow(int file, uint64_t size)
{
    return ring_files.sparse ? ftruncate(file, (off_t)size) == 0 : posix_fallocate(file, 0, (off_t)size) == 0;
}

static enum opened map_ring(int file, const struct identity *identity, struct ring *ring)
{
    struct stat status;
    uintptr_t fault;
    if (fstat(file, &status) != 0) return FAILED;
    struct file_facts facts = {ring_files_user(status.st_uid), S_ISREG(status.st_mode) ? 0 : 0x10, (uint32_t)status.st_nlink};
    if (!policy_accepts_ring(identity->directory, &identity->user, &facts)) return FOREIGN;
    uint64_t size = (uint64_t)status.st_size;
    if (size == 0) size = ring_size(ring_files.slots_log2);
    if (ring_slot_count_log2(size) == 0) return BAD_HEADER;
    if (status.st_size == 0 && !grow(file, size)) return FAILED;
    struct attachment attachment = {.ring = ring, .size = size, .identity = identity};
    attachment.view = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (attachment.view == MAP_FAILED) return FAILED;
    enum opened result = FAILED;
    if (fstat(file, &status) == 0 && (uint64_t)status.st_size == size && guarded_call(attach, &attachment, &fault)) {
        result = attachment.good ? OPENED : BAD_HEADER;
    }
    if (result != OPENED) munmap(attachment.view, size);
    return result;
}

// Windows renames the very file that is open. Here it may have another one's name for a moment; whoever looks again finds out.
static bool put_aside(int file, const char *path)
{
    char aside[PATH_MAX_BYTES];
    struct stat opened, named;
    if (fstat(file, &opened) != 0 || lstat(path, &named) != 0 || opened.st_ino != named.st_ino) return true;
    snprintf(aside, sizeof aside, "%s.bad", path);
    return rename(path, aside) == 0;
}

static enum opened open_named(const char *path, const struct identity *identity, struct ring *ring)
{
    // What policy_opening calls foreign, and a reparse point, as they are here. A lease is Linux's oplock, and O_NONBLOCK its
    // FILE_COMPLETE_IF_OPLOCKED: without it the open would wait until the holder gives the lease up.
    static const int foreign[] = {EACCES, EPERM, EISDIR, ELOOP, EWOULDBLOCK};
    int file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    for (unsigned i = 0; file < 0 && i < sizeof foreign / sizeof *foreign; i++) {
        if (errno == foreign[i]) return FOREIGN;
    }
    if (file < 0) return FAILED;
    enum opened result = map_ring(file, identity, ring);
    if (result == BAD_HEADER && !put_aside(file, path)) result = FOREIGN;
    close(file);
    return result;
}

bool ring_file_open(const struct identity *identity, struct settings *settings, struct ring *ring)
{
    (void)settings;
    for (unsigned name = 0; name < NAMES; name++) {
        char path[PATH_MAX_BYTES], variant[4] = {'.', (char)('0' + name)};
        snprintf(path, sizeof path, "%s%s.ring", ring_files.stem, name ? variant : "");
        enum opened result = open_named(path, identity, ring);
        if (result == BAD_HEADER) result = open_named(path, identity, ring);
        if (result != FOREIGN) return result == OPENED;
    }
    return false;
}

void ring_file_close(const struct ring *ring)
{
    munmap(ring->base, ring_size(0) - MPRTAP_SLOT_SIZE + (uint64_t)ring->slot_count * MPRTAP_SLOT_SIZE);
}
