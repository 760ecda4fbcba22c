#include "process.h"
#include "once.h"
#include "win32.h"

static uint32_t state;
static struct process shared;

// A longer path is possible. Then the record has no program name, rather than a wrong one.
#define IMAGE_PATH_UNITS 1024u

static void read_image_name(struct text *text)
{
    WCHAR path[IMAGE_PATH_UNITS];
    DWORD length = GetModuleFileNameW(NULL, path, IMAGE_PATH_UNITS);
    bool whole = length > 0 && length < IMAGE_PATH_UNITS;
    DWORD start = whole ? length : 0;
    while (start > 0 && path[start - 1] != '\\') start--;
    text_read(text, whole ? path + start : NULL);
}

static uint64_t filetime(FILETIME time)
{
    return (uint64_t)time.high << 32 | time.low;
}

static void find_out(struct process *process)
{
    FILETIME created = {0, 0}, ended, kernel, user;
    GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user);
    process->start_time = filetime(created);
    process->id = GetCurrentProcessId();
    QueryPerformanceFrequency(&process->ticks_per_second);
    read_image_name(&process->image_name);
}

const struct process *this_process(struct process *scratch)
{
    if (once_ready(&state)) return &shared;
    find_out(scratch);
    once_publish(&state, &shared, scratch, sizeof *scratch);
    return scratch;
}

uint64_t ticks_now(void)
{
    uint64_t ticks = 0;
    QueryPerformanceCounter(&ticks);
    return ticks;
}

uint64_t wall_time_now(void)
{
    FILETIME now;
    GetSystemTimePreciseAsFileTime(&now);
    return filetime(now);
}
