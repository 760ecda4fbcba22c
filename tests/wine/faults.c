// Windows programs that map through a test build of the DLL, and what may happen to one of them in the middle of a write.
//   faults DLL produce ID OPERATIONS [POINT OPERATION]   adds \\server\share-ID-n, PRE and POST; halts at POINT of that operation's PRE
//   faults DLL kill POINT PRODUCERS       one of them halts there and is terminated, the others go on
//   faults DLL suspend POINT PRODUCERS    one of them is suspended there, goes on when the others have ended
//   faults DLL laps POINT PRODUCERS       the same, while PRODUCERS others write more than two laps of the default ring
//   faults DLL hold FILE                  one at each point is suspended, and goes on when FILE exists; another one is not disturbed
// One line a check, "ok ..." or "not ok ...".
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#define UNICODE
#include <windows.h>
#include <npapi.h>
#define MPRTAP_TEST_POINTS
#include "../../dll/test_points.h"

// tests/wine/faults.ts knows these.
#define OPERATIONS 100
#define HALT_IN 50
#define LAPS_OPERATIONS 1088 // 2,176 notifications: two laps of 1,024 slots and an eighth
#define PATIENCE_MS 30000

static const wchar_t *dll_path;
static unsigned failures;

static void check(BOOL ok, const char *sentence)
{
    if (!ok) failures++;
    printf("%s %s\n", ok ? "ok" : "not ok", sentence);
}

static const wchar_t *const point_names[TEST_POINT_COUNT] = {
    [AFTER_CLAIM] = L"after-claim", [AFTER_STAMP] = L"after-stamp", [MID_COPY] = L"mid-copy",
    [BEFORE_COMMIT] = L"before-commit", [AFTER_COMMIT] = L"after-commit",
};

static int point_named(const wchar_t *name)
{
    for (int i = 0; i < TEST_POINT_COUNT; i++) {
        if (point_names[i] && wcscmp(point_names[i], name) == 0) return i;
    }
    exit(2);
}

// Two events that a producer and its conductor share: "held" when it has halted, "go" when it may go on.
static HANDLE event_of(const wchar_t *what, unsigned id)
{
    wchar_t name[64];
    _snwprintf(name, 64, L"mprtap-fault-%ls-%u", what, id);
    return CreateEventW(NULL, TRUE, FALSE, name);
}

// ── A producer ──────────────────────────────────────────────────────────────────────────────────────────────────────

typedef DWORD(WINAPI *add_notify)(NOTIFYINFO *, NOTIFYADD *);

static struct {
    int point;
    unsigned operation, now;
    BOOL in_pre;
    HANDLE held, go;
} halt = {.point = -1};

// Called by the DLL at each of its test points, in the middle of AddConnectNotify.
static void reached(int point)
{
    if (point != halt.point || halt.now != halt.operation || !halt.in_pre) return;
    halt.point = -1; // once: a writer that claims again passes the same point again
    SetEvent(halt.held);
    WaitForSingleObject(halt.go, INFINITE);
}

static BOOL succeeds(add_notify add, NOTIFYINFO *info, NOTIFYADD *what)
{
    SetLastError(0xabcd);
    return add(info, what) == NO_ERROR && GetLastError() == 0xabcd;
}

static int produce(unsigned id, unsigned operations)
{
    HMODULE dll = LoadLibraryW(dll_path);
    add_notify add = (add_notify)(void *)GetProcAddress(dll, "AddConnectNotify");
    void (*set_test_point)(void (*)(int)) = (void (*)(void (*)(int)))(void *)GetProcAddress(dll, "set_test_point");
    BOOL ok = TRUE;
    set_test_point(reached);
    for (halt.now = 0; halt.now < operations; halt.now++) {
        WCHAR remote[64];
        _snwprintf(remote, 64, L"\\\\server\\share-%u-%u", id, halt.now);
        NOTIFYADD what = {.NetResource = {.dwType = RESOURCETYPE_DISK, .lpRemoteName = remote}};
        NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
        halt.in_pre = TRUE;
        ok &= succeeds(add, &info, &what) && info.lpContext != NULL;
        halt.in_pre = FALSE;
        info.dwNotifyStatus = NOTIFY_POST;
        ok &= succeeds(add, &info, &what);
    }
    return !ok;
}

// ── The conductor ───────────────────────────────────────────────────────────────────────────────────────────────────

struct producer { HANDLE process, thread, held, go; };

// `point` is NULL for one that is left alone.
static struct producer start(unsigned id, unsigned operations, const wchar_t *point)
{
    wchar_t program[MAX_PATH], command[1024];
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION started;
    struct producer producer = {.held = event_of(L"held", id), .go = event_of(L"go", id)};
    ResetEvent(producer.held);
    ResetEvent(producer.go);
    GetModuleFileNameW(NULL, program, MAX_PATH);
    int length = _snwprintf(command, 1024, L"\"%ls\" \"%ls\" produce %u %u", program, dll_path, id, operations);
    if (point) _snwprintf(command + length, 1024 - length, L" %ls %u", point, HALT_IN);
    if (!CreateProcessW(program, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &started)) exit(2);
    producer.process = started.hProcess;
    producer.thread = started.hThread;
    return producer;
}

static BOOL within_patience(HANDLE object)
{
    return WaitForSingleObject(object, PATIENCE_MS) == WAIT_OBJECT_0;
}

static BOOL ends_with(const struct producer *producer, DWORD wanted)
{
    DWORD code;
    return within_patience(producer->process) && GetExitCodeProcess(producer->process, &code) && code == wanted;
}

// From here on it would go on at once, if it were not suspended.
static BOOL suspend(const struct producer *producer)
{
    return within_patience(producer->held) && SuspendThread(producer->thread) == 0 && SetEvent(producer->go);
}

static BOOL has_ended(const struct producer *producer)
{
    return WaitForSingleObject(producer->process, 0) == WAIT_OBJECT_0;
}

static void kill(const wchar_t *point, unsigned producers)
{
    struct producer all[8];
    BOOL others = TRUE;
    for (unsigned i = 0; i < producers; i++) all[i] = start(i, OPERATIONS, i == 0 ? point : NULL);
    check(within_patience(all[0].held) && TerminateProcess(all[0].process, 99), "a producer is terminated in the middle of a write");
    for (unsigned i = 1; i < producers; i++) others &= ends_with(&all[i], 0);
    check(others, "each call of the others succeeds");
    check(ends_with(&all[0], 99), "it has ended there");
}

static void suspend_one(const wchar_t *point, unsigned others, unsigned operations)
{
    struct producer victim = start(0, OPERATIONS, point);
    BOOL go_on = TRUE;
    check(suspend(&victim), "a producer is suspended in the middle of a write");
    struct producer other[8];
    for (unsigned i = 0; i < others; i++) other[i] = start(1 + i, (operations + i) / others, NULL);
    for (unsigned i = 0; i < others; i++) go_on &= ends_with(&other[i], 0);
    check(go_on, "each call of the others succeeds meanwhile");
    check(!has_ended(&victim), "the one that is suspended stays so");
    check(ResumeThread(victim.thread) == 1 && ends_with(&victim, 0), "resumed, it goes on to its end");
}

static void hold(const wchar_t *until)
{
    struct producer held[TEST_POINT_COUNT], other = start(0, OPERATIONS, NULL);
    BOOL all = TRUE;
    for (int i = AFTER_CLAIM; i < TEST_POINT_COUNT; i++) held[i] = start(i, OPERATIONS, point_names[i]);
    for (int i = AFTER_CLAIM; i < TEST_POINT_COUNT; i++) all &= suspend(&held[i]);
    check(all, "a producer is suspended at each point");
    check(ends_with(&other, 0), "another one goes on to its end");
    for (DWORD waited = 0; GetFileAttributesW(until) == INVALID_FILE_ATTRIBUTES && waited < PATIENCE_MS; waited += 5) Sleep(5);
    all = TRUE;
    for (int i = AFTER_CLAIM; i < TEST_POINT_COUNT; i++) all &= !has_ended(&held[i]) && ResumeThread(held[i].thread) == 1;
    for (int i = AFTER_CLAIM; i < TEST_POINT_COUNT; i++) all &= ends_with(&held[i], 0);
    check(all, "resumed, each goes on to its end");
}

int wmain(int count, wchar_t **arguments)
{
    if (count < 4) return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    dll_path = arguments[1];
    const wchar_t *what = arguments[2];
    unsigned producers = count > 4 ? (unsigned)_wtoi(arguments[4]) : 0;
    if (wcscmp(what, L"produce") == 0) {
        unsigned id = (unsigned)_wtoi(arguments[3]);
        halt.held = event_of(L"held", id);
        halt.go = event_of(L"go", id);
        if (count > 6) halt.operation = (unsigned)_wtoi(arguments[6]), halt.point = point_named(arguments[5]);
        return produce(id, producers);
    }
    if (wcscmp(what, L"kill") == 0) kill(arguments[3], producers);
    else if (wcscmp(what, L"suspend") == 0) suspend_one(arguments[3], producers - 1, OPERATIONS * (producers - 1));
    else if (wcscmp(what, L"laps") == 0) suspend_one(arguments[3], producers, LAPS_OPERATIONS);
    else if (wcscmp(what, L"hold") == 0) hold(arguments[3]);
    else return 2;
    return failures != 0;
}
