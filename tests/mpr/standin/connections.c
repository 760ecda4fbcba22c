// The functions that the documentation says are notified, in their UTF-16 form: AddConnectNotify names WNetAddConnection, 2 and 3;
// CancelConnectNotify names WNetCancelConnection and 2. Each is one PRE, the provider, one POST.
#include "standin.h"

#define KNOWN_CONNECT_FLAGS 0x0007FFFFu

// What MPR refuses on its own is not an attempted operation, so nobody is notified of it.
static DWORD check_resource(const NETRESOURCEW *resource, DWORD flags)
{
    if (!resource)
        return WN_BAD_VALUE;
    // WNetAddConnection2: an empty name is acceptable to no provider; an unknown flag is an invalid parameter.
    if (!resource->lpRemoteName || !*resource->lpRemoteName)
        return WN_BAD_NETNAME;
    if (flags & ~KNOWN_CONNECT_FLAGS)
        return WN_BAD_VALUE;
    if (resource->dwType > RESOURCETYPE_PRINT)
        return WN_BAD_DEV_TYPE;
    return check_provider(resource->lpProvider);
}

static DWORD finish(DWORD status)
{
    SetLastError(status);
    return status;
}

DWORD WINAPI WNetAddConnection3W(HWND owner, LPNETRESOURCEW resource, LPCWSTR password, LPCWSTR user, DWORD flags)
{
    DWORD status = check_resource(resource, flags);
    if (status != WN_SUCCESS)
        return finish(status);
    // NOTIFYADD: the valid fields are those of NPAddConnection, which are dwType, lpLocalName and lpRemoteName.
    Operation operation = {
        .add = {
            .hwndOwner = owner,
            .NetResource = {
                .dwScope = POISON_NUMBER,
                .dwType = resource->dwType,
                .dwDisplayType = POISON_NUMBER,
                .dwUsage = POISON_NUMBER,
                .lpLocalName = resource->lpLocalName,
                .lpRemoteName = resource->lpRemoteName,
                .lpComment = poison_pointer(),
                .lpProvider = poison_pointer(),
            },
            .dwAddFlags = flags,
        },
    };
    notify_pre(&operation);
    status = call_providers_to_add(owner, resource, (wchar_t *)password, (wchar_t *)user, flags);
    notify_post(&operation, status, NULL);
    return finish(status);
}

// WNetAddConnection3 differs from this one by the owner window only.
DWORD WINAPI WNetAddConnection2W(LPNETRESOURCEW resource, LPCWSTR password, LPCWSTR user, DWORD flags)
{
    return WNetAddConnection3W(NULL, resource, password, user, flags);
}

DWORD WINAPI WNetAddConnectionW(LPCWSTR remote_name, LPCWSTR password, LPCWSTR local_name)
{
    NETRESOURCEW resource = {
        .dwType = RESOURCETYPE_ANY,
        .lpLocalName = (wchar_t *)local_name,
        .lpRemoteName = (wchar_t *)remote_name,
    };
    return WNetAddConnection3W(NULL, &resource, password, NULL, 0);
}

DWORD WINAPI WNetCancelConnection2W(LPCWSTR name, DWORD flags, BOOL force)
{
    if (!name || !*name || (flags & ~(DWORD)CONNECT_UPDATE_PROFILE))
        return finish(WN_BAD_VALUE);
    DWORD status = check_provider(NULL);
    if (status != WN_SUCCESS)
        return finish(status);
    Operation operation = {
        .cancels = TRUE,
        .cancel = {.lpName = (wchar_t *)name, .dwFlags = flags, .fForce = force},
    };
    const wchar_t *provider = NULL;
    notify_pre(&operation);
    status = call_providers_to_cancel((wchar_t *)name, force, &provider);
    if (flags & CONNECT_UPDATE_PROFILE)
        forget_connection(name);
    notify_post(&operation, status, provider);
    return finish(status);
}

DWORD WINAPI WNetCancelConnectionW(LPCWSTR name, BOOL force)
{
    return WNetCancelConnection2W(name, 0, force);
}
