// Files that the torture's processes map.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "checksum.h"
#include "ring.h"

static inline void torture_fail(const char *what)
{
    fprintf(stderr, "torture: %s: %s\n", what, strerror(errno));
    exit(2);
}

// Maps a file for writing, made as long as that.
static inline void *torture_map(const char *path, uint64_t size)
{
    int file = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    struct stat facts;
    if (file < 0 || fstat(file, &facts) != 0) torture_fail(path ? path : "a path is missing");
    if ((uint64_t)facts.st_size != size && ftruncate(file, (off_t)size) != 0) torture_fail(path);
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (base == MAP_FAILED) torture_fail(path);
    close(file);
    return base;
}

// Opens the ring, making it if need be, as the DLL does.
static inline struct ring torture_ring(const char *path, unsigned slots_log2)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); // nobody is left behind when the torture itself is ended
    static const uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct ring_birth birth = {checksum_mix((uint64_t)now.tv_nsec << 32 ^ (uint64_t)getpid()) | 1, 1, sid, sizeof sid};
    void *base = torture_map(path, ring_size(slots_log2));
    struct ring ring;
    errno = EINVAL;
    if (!ring_attach(&ring, base, ring_size(slots_log2), &birth)) torture_fail("the ring's header is bad");
    return ring;
}
