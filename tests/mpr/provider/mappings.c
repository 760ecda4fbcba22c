// The connections of this process, unless it is of a logon session (session.c).
#include "provider.h"

#define MAPPINGS_MAX 64

typedef struct {
    wchar_t *local_name; // NULL: a connection without a device
    wchar_t *remote_name; // NULL: a free row
} Mapping;

static Mapping mappings[MAPPINGS_MAX];
static int next_victim;
static SRWLOCK lock = SRWLOCK_INIT;

static wchar_t *copy_text(const wchar_t *text)
{
    if (!text)
        return NULL;
    int bytes = (lstrlenW(text) + 1) * sizeof(wchar_t);
    wchar_t *copy = HeapAlloc(GetProcessHeap(), 0, bytes);
    if (copy)
        CopyMemory(copy, text, bytes);
    return copy;
}

static BOOL same_text(const wchar_t *a, const wchar_t *b)
{
    return a && b && CompareStringOrdinal(a, -1, b, -1, TRUE) == CSTR_EQUAL;
}

static void forget(Mapping *mapping)
{
    HeapFree(GetProcessHeap(), 0, mapping->local_name);
    HeapFree(GetProcessHeap(), 0, mapping->remote_name);
    *mapping = (Mapping){0};
}

// A free row, or that of a connection without a device: a process may make any number of these and never cancel one.
static Mapping *row_for_new_mapping(void)
{
    for (int i = 0; i < MAPPINGS_MAX; i++)
        if (!mappings[i].remote_name)
            return &mappings[i];
    do
        next_victim = (next_victim + 1) % MAPPINGS_MAX;
    while (mappings[next_victim].local_name); // devices: 26 letters and 9 printers
    forget(&mappings[next_victim]);
    return &mappings[next_victim];
}

// NPAddConnection: a local device that is in use is WN_ALREADY_CONNECTED; a second connection without a device changes nothing.
static DWORD add_locked(const wchar_t *local_name, const wchar_t *remote_name)
{
    for (int i = 0; i < MAPPINGS_MAX; i++) {
        if (same_text(mappings[i].local_name, local_name))
            return WN_ALREADY_CONNECTED;
        if (!local_name && !mappings[i].local_name && same_text(mappings[i].remote_name, remote_name))
            return WN_SUCCESS;
    }
    *row_for_new_mapping() = (Mapping){copy_text(local_name), copy_text(remote_name)};
    return WN_SUCCESS;
}

// WNetCancelConnection2: a device name cancels that redirection only; a remote name cancels all its connections without a device.
static DWORD cancel_locked(const wchar_t *name, BOOL force)
{
    DWORD status = WN_NOT_CONNECTED;
    for (int i = 0; i < MAPPINGS_MAX; i++) {
        Mapping *mapping = &mappings[i];
        if (!same_text(mapping->local_name ? mapping->local_name : mapping->remote_name, name))
            continue;
        // NPCancelConnection: without force, open files keep the connection.
        if (!force && keeps_files_open(mapping->remote_name))
            return WN_OPEN_FILES;
        forget(mapping);
        status = WN_SUCCESS;
    }
    return status;
}

DWORD add_mapping(const wchar_t *local_name, const wchar_t *remote_name)
{
    if (has_session())
        return add_to_session(local_name, remote_name);
    AcquireSRWLockExclusive(&lock);
    DWORD status = add_locked(local_name, remote_name);
    ReleaseSRWLockExclusive(&lock);
    return status;
}

DWORD cancel_mapping(const wchar_t *name, BOOL force)
{
    if (has_session())
        return cancel_in_session(name);
    AcquireSRWLockExclusive(&lock);
    DWORD status = cancel_locked(name, force);
    ReleaseSRWLockExclusive(&lock);
    return status;
}

// FALSE when there are not so many. Names that do not fit are left out of an enumeration.
BOOL mapping_at(DWORD index, wchar_t *local_name, wchar_t *remote_name)
{
    BOOL found = FALSE;
    AcquireSRWLockExclusive(&lock);
    for (int i = 0; i < MAPPINGS_MAX && !found; i++) {
        if (!mappings[i].remote_name || lstrlenW(mappings[i].remote_name) >= NAME_UNITS || index-- > 0)
            continue;
        lstrcpyW(local_name, mappings[i].local_name ? mappings[i].local_name : L"");
        lstrcpyW(remote_name, mappings[i].remote_name);
        found = TRUE;
    }
    ReleaseSRWLockExclusive(&lock);
    return found;
}
