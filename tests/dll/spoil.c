// What another Windows program may do to a ring's file while it is written. Prints the error code of it, 0 for success.
//   spoil delete FILE
//   spoil cut FILE BYTES          sets its end there
//   spoil read-only FILE, spoil writable FILE
//   spoil directory FILE          renames it to FILE.away and makes a directory in its place
//   spoil lock FILE STOP          locks all of it (LockFileEx), until the file STOP is there
//   spoil keep FILE STOP          opens it for itself alone, until then
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#define UNICODE
#include <windows.h>

static HANDLE open_file(const wchar_t *path, DWORD share)
{
    return CreateFileW(path, GENERIC_READ | GENERIC_WRITE, share, NULL, OPEN_EXISTING, 0, NULL);
}

static BOOL cut(const wchar_t *path, LONG bytes)
{
    HANDLE file = open_file(path, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
    return file != INVALID_HANDLE_VALUE && SetFilePointer(file, bytes, NULL, FILE_BEGIN) == (DWORD)bytes && SetEndOfFile(file);
}

static BOOL replace_by_directory(const wchar_t *path)
{
    wchar_t away[MAX_PATH];
    _snwprintf(away, MAX_PATH, L"%ls.away", path);
    return MoveFileW(path, away) && CreateDirectoryW(path, NULL);
}

static BOOL lock(const wchar_t *path)
{
    OVERLAPPED from_the_start = {0};
    HANDLE file = open_file(path, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
    const DWORD how = LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY;
    return file != INVALID_HANDLE_VALUE && LockFileEx(file, how, 0, 0xffffffff, 0xffffffff, &from_the_start);
}

int wmain(int count, wchar_t **arguments)
{
    if (count < 3) return 2;
    const wchar_t *what = arguments[1], *path = arguments[2], *more = count > 3 ? arguments[3] : NULL;
    BOOL done = FALSE;
    setvbuf(stdout, NULL, _IONBF, 0);
    if (wcscmp(what, L"delete") == 0) done = DeleteFileW(path);
    else if (wcscmp(what, L"cut") == 0) done = cut(path, _wtol(more));
    else if (wcscmp(what, L"read-only") == 0) done = SetFileAttributesW(path, FILE_ATTRIBUTE_READONLY);
    else if (wcscmp(what, L"writable") == 0) done = SetFileAttributesW(path, FILE_ATTRIBUTE_NORMAL);
    else if (wcscmp(what, L"directory") == 0) done = replace_by_directory(path);
    else if (wcscmp(what, L"lock") == 0) done = lock(path);
    else if (wcscmp(what, L"keep") == 0) done = open_file(path, 0) != INVALID_HANDLE_VALUE;
    else return 2;
    printf("error %lu\n", done ? 0 : GetLastError());
    BOOL holds = done && (wcscmp(what, L"lock") == 0 || wcscmp(what, L"keep") == 0);
    while (holds && GetFileAttributesW(more) == INVALID_FILE_ATTRIBUTES) Sleep(5);
    return 0;
}
