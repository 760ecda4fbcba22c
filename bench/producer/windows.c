// What one call of AddConnectNotify costs, from a Windows program that loads the real DLL, beside what it is compared with.
//   windows DLL NO_TOKEN_DLL ROUNDS LOG PIPE
//   windows DLL ROUNDS START        notifications only, from the given time on (epoch, ms): for several processes at once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#define UNICODE
#include <windows.h>
#include <npapi.h>
#define snprintf _snprintf // msvcrt.dll's name for it
#include "event.h"
#include "samples.h"

#define RECORD_BYTES 208 // of the record of event.h
#define COPIES 1024      // as many as the ring has slots
#define SLOT_BYTES 512

typedef DWORD(WINAPI *add_notify)(NOTIFYINFO *, NOTIFYADD *);

static add_notify with_token, without_token;
static HANDLE log_file, pipe_end;
static BYTE *copies, record[RECORD_BYTES];
static unsigned unwritten;
static double ns_per_cycle;
static volatile uint64_t sink;

static uint64_t cycles(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static uint64_t ticks(void)
{
    LARGE_INTEGER now;
    QueryPerformanceCounter(&now);
    return (uint64_t)now.QuadPart;
}

// Wine's performance counter counts 100 ns at a time, which is too coarse for one call.
uint64_t nanoseconds(void)
{
    return (uint64_t)((double)cycles() * ns_per_cycle);
}

static void calibrate(void)
{
    LARGE_INTEGER frequency;
    QueryPerformanceFrequency(&frequency);
    uint64_t from_ticks = ticks(), from_cycles = cycles();
    Sleep(200);
    ns_per_cycle = (double)(ticks() - from_ticks) * 1e9 / (double)frequency.QuadPart / (double)(cycles() - from_cycles);
}

static uint64_t wall_time(void)
{
    FILETIME now;
    GetSystemTimePreciseAsFileTime(&now);
    return (uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime;
}

static void notify(add_notify add, unsigned count)
{
    WCHAR *remote = (WCHAR *)REMOTE_NAME, *local = (WCHAR *)LOCAL_NAME;
    NOTIFYADD what = {.NetResource = {.dwType = RESOURCETYPE_DISK, .lpRemoteName = remote, .lpLocalName = local}};
    for (; count > 0; count--) {
        NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
        if (add(&info, &what) != NO_ERROR) exit(3);
        if (info.lpContext == (void *)(INT_PTR)-1) unwritten++;
    }
}

static void notification(unsigned count)
{
    notify(with_token, count);
}

static void notification_without_token(unsigned count)
{
    notify(without_token, count);
}

static void token_query(unsigned count)
{
    for (; count > 0; count--) {
        HANDLE token;
        if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) exit(4);
    }
}

static void copy(void)
{
    static unsigned next;
    __builtin_memcpy(copies + next++ % COPIES * SLOT_BYTES, record, sizeof record);
    __asm__ volatile("" ::: "memory");
}

static void record_copy(unsigned count)
{
    for (; count > 0; count--) copy();
}

static void ticks_clock(unsigned count)
{
    for (; count > 0; count--) sink = ticks();
}

static void both_clocks(unsigned count)
{
    for (; count > 0; count--) sink = wall_time(), sink = ticks();
}

static void clocks_and_copy(unsigned count)
{
    for (; count > 0; count--) sink = wall_time(), sink = ticks(), copy();
}

static void write_all(HANDLE file, const void *bytes, DWORD size)
{
    DWORD written;
    if (!WriteFile(file, bytes, size, &written, NULL) || written != size) exit(5);
}

static void log_append(unsigned count)
{
    for (; count > 0; count--) write_all(log_file, record, sizeof record);
}

static void pipe_json(unsigned count)
{
    for (; count > 0; count--) {
        char line[LINE_SIZE];
        int length = event_as_json(line, wall_time(), ticks());
        write_all(pipe_end, line, (DWORD)length);
    }
}

static add_notify load(const wchar_t *path)
{
    HMODULE dll = LoadLibraryW(path);
    if (!dll) exit(6);
    return (add_notify)(void *)GetProcAddress(dll, "AddConnectNotify");
}

enum { NOTHING = 0, NOTIFICATION = 6 };

static const struct operation operations[] = {
    {"nothing", nothing, 2048},
    {"record copy", record_copy, 2048},
    {"ticks clock", ticks_clock, 2048},
    {"both clocks", both_clocks, 2048},
    {"clocks and copy", clocks_and_copy, 2048},
    {"notification without token", notification_without_token, 2048},
    {"notification", notification, 512},
    {"token query", token_query, 512},
    {"log append", log_append, 256},
    {"pipe json", pipe_json, 256},
};

int wmain(int count, wchar_t **arguments)
{
    calibrate();
    if (count == 4) {
        with_token = load(arguments[1]);
        uint64_t start = (_wcstoui64(arguments[3], NULL, 10) + 11644473600000) * 10000;
        notify(with_token, 1);
        while (wall_time() < start) Sleep(1);
        const struct operation together[] = {operations[NOTHING], operations[NOTIFICATION]};
        measure(together, 2, (unsigned)_wtoi(arguments[2]));
        printf("unwritten %u\n", unwritten);
        return 0;
    }
    if (count != 6) return 2;
    with_token = load(arguments[1]);
    without_token = load(arguments[2]);
    log_file = CreateFileW(arguments[4], FILE_APPEND_DATA, FILE_SHARE_READ, NULL, OPEN_ALWAYS, 0, NULL);
    pipe_end = CreateFileW(arguments[5], GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (log_file == INVALID_HANDLE_VALUE || pipe_end == INVALID_HANDLE_VALUE) return 7;
    copies = VirtualAlloc(NULL, COPIES * SLOT_BYTES, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    measure(operations, sizeof operations / sizeof *operations, (unsigned)_wtoi(arguments[3]));
    return unwritten == 0 ? 0 : 8;
}
