// What the first notification of a process costs the program that makes it: it loads the DLL and notifies twice.
//   first DLL        prints what each step took, ns
//   first DLL mark   prints where the DLL lies instead, and opens an event between the steps, which a trace of all calls shows
#include <stdio.h>
#include <stdlib.h>
#define UNICODE
#include <windows.h>
#include <npapi.h>

typedef DWORD(WINAPI *add_notify)(NOTIFYINFO *, NOTIFYADD *);

enum step { LOAD, FIRST, SECOND, END };

static BOOL marked;
static LONGLONG times[END + 1];

static void begin(enum step step)
{
    LARGE_INTEGER now;
    QueryPerformanceCounter(&now);
    times[step] = now.QuadPart;
    if (marked) OpenEventW(SYNCHRONIZE, FALSE, L"mprtap-step");
}

static void notify(add_notify add)
{
    NOTIFYADD what = {.NetResource = {.dwType = RESOURCETYPE_DISK, .lpRemoteName = L"\\\\files01\\projects", .lpLocalName = L"P:"}};
    NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
    if (add(&info, &what) != NO_ERROR || info.lpContext == (void *)(INT_PTR)-1) exit(3);
}

int wmain(int count, wchar_t **arguments)
{
    LARGE_INTEGER frequency;
    QueryPerformanceFrequency(&frequency);
    marked = count == 3;
    begin(LOAD);
    HMODULE dll = LoadLibraryW(arguments[1]);
    add_notify add = dll ? (add_notify)(void *)GetProcAddress(dll, "AddConnectNotify") : NULL;
    if (!add) return 2;
    begin(FIRST);
    notify(add);
    begin(SECOND);
    notify(add);
    begin(END);
    if (marked) {
        printf("dll %p\n", (void *)dll);
        return 0;
    }
    for (int step = LOAD; step < END; step++) printf("%.0f\n", (double)(times[step + 1] - times[step]) * 1e9 / (double)frequency.QuadPart);
    return 0;
}
