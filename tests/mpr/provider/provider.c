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
