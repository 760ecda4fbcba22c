// The ANSI forms of the notified functions: convert, then call the UTF-16 form. A notifyee sees UTF-16 always (NOTIFYCANCEL, NPAddConnection).
#include "standin.h"

// NULL stays NULL. The caller frees with free_wide().
static wchar_t *to_wide(const char *text)
{
    if (!text)
        return NULL;
    int units = MultiByteToWideChar(CP_ACP, 0, text, -1, NULL, 0);
    wchar_t *wide = HeapAlloc(GetProcessHeap(), 0, (units + 1) * sizeof(wchar_t));
    if (wide)
        MultiByteToWideChar(CP_ACP, 0, text, -1, wide, units);
    return wide;
}

static void free_wide(wchar_t *wide)
{
    HeapFree(GetProcessHeap(), 0, wide);
}

DWORD WINAPI WNetAddConnection3A(HWND owner, LPNETRESOURCEA resource, LPCSTR password, LPCSTR user, DWORD flags)
{
    if (!resource)
        return WNetAddConnection3W(owner, NULL, NULL, NULL, flags);
    NETRESOURCEW wide = {
        .dwType = resource->dwType,
        .lpLocalName = to_wide(resource->lpLocalName),
        .lpRemoteName = to_wide(resource->lpRemoteName),
        .lpProvider = to_wide(resource->lpProvider),
    };
    wchar_t *wide_password = to_wide(password), *wide_user = to_wide(user);
    DWORD status = WNetAddConnection3W(owner, &wide, wide_password, wide_user, flags);
    free_wide(wide.lpLocalName);
    free_wide(wide.lpRemoteName);
    free_wide(wide.lpProvider);
    free_wide(wide_password);
    free_wide(wide_user);
    return status;
}

DWORD WINAPI WNetAddConnection2A(LPNETRESOURCEA resource, LPCSTR password, LPCSTR user, DWORD flags)
{
    return WNetAddConnection3A(NULL, resource, password, user, flags);
}

DWORD WINAPI WNetAddConnectionA(LPCSTR remote_name, LPCSTR password, LPCSTR local_name)
{
    NETRESOURCEA resource = {
        .dwType = RESOURCETYPE_ANY,
        .lpLocalName = (char *)local_name,
        .lpRemoteName = (char *)remote_name,
    };
    return WNetAddConnection3A(NULL, &resource, password, NULL, 0);
}

DWORD WINAPI WNetCancelConnection2A(LPCSTR name, DWORD flags, BOOL force)
{
    wchar_t *wide = to_wide(name);
    DWORD status = WNetCancelConnection2W(wide, flags, force);
    free_wide(wide);
    return status;
}

DWORD WINAPI WNetCancelConnectionA(LPCSTR name, BOOL force)
{
    return WNetCancelConnection2A(name, 0, force);
}
