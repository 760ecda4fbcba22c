// The commands, each one call of a WNet function:
//
//   add LOCAL REMOTE [disk|print|any] [FLAGS]     WNetAddConnection2
//   add1 LOCAL REMOTE                             WNetAddConnection
//   add3 LOCAL REMOTE [disk|print|any] [FLAGS]    WNetAddConnection3, with an owner window
//   cancel NAME [force] [FLAGS]                   WNetCancelConnection2
//   cancel1 NAME [force]                          WNetCancelConnection
//   restore LOCAL                                 WNetRestoreConnection, of which no notifyee hears
//   sleep MILLISECONDS
#include "traffic.h"
#include <stdlib.h>
#include <wchar.h>

// Not a window that exists: nothing may use it, and a notifyee only notes that there is one.
#define OWNER_WINDOW ((HWND)(UINT_PTR)0x10010)

typedef struct {
    wchar_t *local_name, *remote_name;
    DWORD type, flags;
    BOOL force;
} Arguments;

// The words after the names come in any order: a type, `force`, or a number.
static Arguments arguments_from(wchar_t **words, int count, int names)
{
    Arguments arguments = {.type = RESOURCETYPE_DISK};
    if (names == 2) {
        arguments.local_name = words[1];
        arguments.remote_name = words[2];
    } else {
        arguments.remote_name = words[1];
    }
    for (int i = names + 1; i < count; i++) {
        const wchar_t *word = words[i] ? words[i] : L"";
        if (!wcscmp(word, L"print"))
            arguments.type = RESOURCETYPE_PRINT;
        else if (!wcscmp(word, L"any"))
            arguments.type = RESOURCETYPE_ANY;
        else if (!wcscmp(word, L"force"))
            arguments.force = TRUE;
        else if (wcscmp(word, L"disk"))
            arguments.flags = wcstoul(word, NULL, 0);
    }
    return arguments;
}

static DWORD call_wide(const wchar_t *verb, Arguments *a)
{
    NETRESOURCEW resource = {.dwType = a->type, .lpLocalName = a->local_name, .lpRemoteName = a->remote_name};
    if (!wcscmp(verb, L"add"))
        return WNetAddConnection2W(&resource, NULL, NULL, a->flags);
    if (!wcscmp(verb, L"add1"))
        return WNetAddConnectionW(a->remote_name, NULL, a->local_name);
    if (!wcscmp(verb, L"add3"))
        return WNetAddConnection3W(OWNER_WINDOW, &resource, NULL, NULL, a->flags);
    if (!wcscmp(verb, L"cancel"))
        return WNetCancelConnection2W(a->remote_name, a->flags, a->force);
    return WNetCancelConnectionW(a->remote_name, a->force);
}

static char *to_ansi(const wchar_t *text, char *buffer, int bytes)
{
    if (!text)
        return NULL;
    WideCharToMultiByte(CP_ACP, 0, text, -1, buffer, bytes, NULL, NULL);
    return buffer;
}

static DWORD call_ansi(const wchar_t *verb, Arguments *a)
{
    char local_buffer[1024], remote_buffer[1024];
    char *local_name = to_ansi(a->local_name, local_buffer, sizeof local_buffer);
    char *remote_name = to_ansi(a->remote_name, remote_buffer, sizeof remote_buffer);
    NETRESOURCEA resource = {.dwType = a->type, .lpLocalName = local_name, .lpRemoteName = remote_name};
    if (!wcscmp(verb, L"add"))
        return WNetAddConnection2A(&resource, NULL, NULL, a->flags);
    if (!wcscmp(verb, L"add1"))
        return WNetAddConnectionA(remote_name, NULL, local_name);
    if (!wcscmp(verb, L"add3"))
        return WNetAddConnection3A(OWNER_WINDOW, &resource, NULL, NULL, a->flags);
    if (!wcscmp(verb, L"cancel"))
        return WNetCancelConnection2A(remote_name, a->flags, a->force);
    return WNetCancelConnectionA(remote_name, a->force);
}

// WNetRestoreConnection is in no import library.
static DWORD restore(const wchar_t *local_name)
{
    DWORD(WINAPI * function)(HWND, const wchar_t *) = (void *)GetProcAddress(GetModuleHandleW(L"mpr.dll"), "WNetRestoreConnectionW");
    return function ? function(NULL, local_name) : ERROR_PROC_NOT_FOUND;
}

// The status of the call; NOT_AN_OPERATION for a blank line or a sleep; NOT_UNDERSTOOD.
DWORD perform(wchar_t **words, int count, BOOL ansi)
{
    if (count == 0)
        return NOT_AN_OPERATION;
    const wchar_t *verb = words[0] ? words[0] : L"";
    if (!wcscmp(verb, L"sleep") && count == 2 && words[1]) {
        Sleep(wcstoul(words[1], NULL, 10));
        return NOT_AN_OPERATION;
    }
    if (!wcscmp(verb, L"restore") && count == 2)
        return restore(words[1]);
    BOOL adds = !wcscmp(verb, L"add") || !wcscmp(verb, L"add1") || !wcscmp(verb, L"add3");
    BOOL cancels = !wcscmp(verb, L"cancel") || !wcscmp(verb, L"cancel1");
    int names = adds ? 2 : 1;
    if ((!adds && !cancels) || count < names + 1)
        return NOT_UNDERSTOOD;
    Arguments arguments = arguments_from(words, count, names);
    return ansi ? call_ansi(verb, &arguments) : call_wide(verb, &arguments);
}
