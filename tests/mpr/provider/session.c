// The connections of a logon session. Wine has one session for all; here processes whose environment has the same MPRTAP_TEST_SESSION are of one,
// and see each other's connections, also after one of them ended. Others have their connections to themselves (mappings.c).
#include "provider.h"

#define ROOT L"Software\\mprtap-test-sessions\\"

// The key of this process's session; NULL: it has none. Volatile, so that it ends with the machine's run.
static HKEY session_key(void)
{
    wchar_t path[128] = ROOT;
    int used = lstrlenW(path);
    HKEY key;
    DWORD units = GetEnvironmentVariableW(L"MPRTAP_TEST_SESSION", path + used, 128 - used);
    if (units == 0 || units >= (DWORD)(128 - used))
        return NULL;
    LSTATUS error = RegCreateKeyExW(HKEY_CURRENT_USER, path, 0, NULL, REG_OPTION_VOLATILE, KEY_ALL_ACCESS, NULL, &key, NULL);
    return error == ERROR_SUCCESS ? key : NULL;
}

BOOL has_session(void)
{
    HKEY key = session_key();
    if (key)
        RegCloseKey(key);
    return key != NULL;
}

// A value a connection: the device and its remote name, or the remote name and nothing.
DWORD add_to_session(const wchar_t *local_name, const wchar_t *remote_name)
{
    HKEY key = session_key();
    const wchar_t *name = local_name ? local_name : remote_name, *data = local_name ? remote_name : L"";
    DWORD status = WN_SUCCESS;
    if (RegQueryValueExW(key, name, NULL, NULL, NULL, NULL) == ERROR_SUCCESS)
        status = local_name ? WN_ALREADY_CONNECTED : WN_SUCCESS;
    else
        RegSetValueExW(key, name, 0, REG_SZ, (const BYTE *)data, (lstrlenW(data) + 1) * sizeof(wchar_t));
    RegCloseKey(key);
    return status;
}

DWORD cancel_in_session(const wchar_t *name)
{
    HKEY key = session_key();
    DWORD status = RegDeleteValueW(key, name) == ERROR_SUCCESS ? WN_SUCCESS : WN_NOT_CONNECTED;
    RegCloseKey(key);
    return status;
}

BOOL session_connection(DWORD index, wchar_t *local_name, wchar_t *remote_name)
{
    HKEY key = session_key();
    wchar_t name[NAME_UNITS], data[NAME_UNITS] = L"";
    DWORD name_units = NAME_UNITS, data_bytes = sizeof data - sizeof *data;
    LSTATUS error = RegEnumValueW(key, index, name, &name_units, NULL, NULL, (BYTE *)data, &data_bytes);
    RegCloseKey(key);
    if (error != ERROR_SUCCESS)
        return FALSE;
    lstrcpyW(local_name, data[0] ? name : L"");
    lstrcpyW(remote_name, data[0] ? data : name);
    return TRUE;
}
