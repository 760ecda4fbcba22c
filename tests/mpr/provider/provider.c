// A network provider without a network: the remote name says how a connection ends (script.c), the mappings of the process are kept in
// a table (mappings.c). Exports as documented for network providers (NPGetCaps, NPAddConnection, NPAddConnection3, NPCancelConnection).
#include "provider.h"

// NPGetCaps: one question an index; what is not answered is 0, "not supported".
DWORD WINAPI NPGetCaps(DWORD index)
{
    switch (index) {
    case WNNC_SPEC_VERSION: return WNNC_SPEC_VERSION51;
    case WNNC_NET_TYPE: return WNNC_NET_RDR2SAMPLE;
    case WNNC_START: return WNNC_WAIT_FOR_START;
    case WNNC_CONNECTION: return WNNC_CON_ADDCONNECTION | WNNC_CON_ADDCONNECTION3 | WNNC_CON_CANCELCONNECTION;
    case WNNC_ENUMERATION: return WNNC_ENUM_GLOBAL;
    default: return 0;
    }
}

// How often this process asked, for the self-test of the stand-in MPR.
static volatile LONG calls;

LONG WINAPI TestProviderCalls(void)
{
    return calls;
}

static BOOL is_device_name(const wchar_t *name)
{
    wchar_t letter = name[0] & ~0x20;
    if (letter >= 'A' && letter <= 'Z' && name[1] == ':' && !name[2])
        return TRUE;
    return CompareStringOrdinal(name, 3, L"LPT", 3, TRUE) == CSTR_EQUAL && name[3] >= '1' && name[3] <= '9' && (!name[4] || name[4] == ':');
}

DWORD WINAPI NPAddConnection3(HWND owner, LPNETRESOURCEW resource, LPWSTR password, LPWSTR user, DWORD flags)
{
    (void)owner, (void)password, (void)user, (void)flags;
    InterlockedIncrement(&calls);
    // NPAddConnection: lpLocalName NULL or empty is a connection without a device.
    BOOL has_device = resource->lpLocalName && *resource->lpLocalName;
    if (has_device && (lstrlenW(resource->lpLocalName) < 2 || !is_device_name(resource->lpLocalName)))
        return WN_BAD_LOCALNAME;
    DWORD status = scripted_result(resource->lpRemoteName);
    return status ? status : add_mapping(has_device ? resource->lpLocalName : NULL, resource->lpRemoteName);
}

DWORD WINAPI NPAddConnection(LPNETRESOURCEW resource, LPWSTR password, LPWSTR user)
{
    return NPAddConnection3(NULL, resource, password, user, 0);
}

DWORD WINAPI NPCancelConnection(LPWSTR name, BOOL force)
{
    InterlockedIncrement(&calls);
    return cancel_mapping(name, force);
}

// NPOpenEnum: only what is connected. The handle counts what was told.
DWORD WINAPI NPOpenEnum(DWORD scope, DWORD type, DWORD usage, LPNETRESOURCEW resource, LPHANDLE handle)
{
    (void)type, (void)usage, (void)resource;
    if (scope != RESOURCE_CONNECTED)
        return WN_NOT_SUPPORTED;
    // A provider that waits for its network keeps everybody waiting who enumerates.
    wchar_t delay[16];
    if (GetEnvironmentVariableW(L"MPRTAP_TEST_SLOW_PROVIDER", delay, 16))
        Sleep(INFINITE);
    *handle = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof(DWORD));
    return *handle ? WN_SUCCESS : WN_OUT_OF_MEMORY;
}

// One a call, which is fewer than a caller may ask for, as documented.
DWORD WINAPI NPEnumResource(HANDLE handle, LPDWORD count, LPVOID buffer, LPDWORD size)
{
    struct { NETRESOURCEW resource; wchar_t local_name[NAME_UNITS], remote_name[NAME_UNITS]; } *out = buffer;
    DWORD *told = handle;
    if (*size < sizeof *out) {
        *size = sizeof *out;
        return WN_MORE_DATA;
    }
    BOOL (*at)(DWORD, wchar_t *, wchar_t *) = has_session() ? session_connection : mapping_at;
    if (!at(*told, out->local_name, out->remote_name))
        return WN_NO_MORE_ENTRIES;
    ++*told;
    out->resource = (NETRESOURCEW){
        .dwScope = RESOURCE_CONNECTED,
        .dwType = RESOURCETYPE_DISK,
        .lpLocalName = out->local_name[0] ? out->local_name : NULL,
        .lpRemoteName = out->remote_name,
    };
    *count = 1;
    return WN_SUCCESS;
}

DWORD WINAPI NPCloseEnum(HANDLE handle)
{
    HeapFree(GetProcessHeap(), 0, handle);
    return WN_SUCCESS;
}
