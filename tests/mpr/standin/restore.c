// Persistent connections, in HKEY_CURRENT_USER\Network\<letter>, and their restoring at logon.
#include "standin.h"

static BOOL network_key(const wchar_t *local_name, wchar_t *key)
{
    if (!local_name || !*local_name || lstrlenW(local_name) > 8)
        return FALSE;
    lstrcpyW(key, L"Network\\");
    lstrcatW(key, local_name);
    if (key[lstrlenW(key) - 1] == ':')
        key[lstrlenW(key) - 1] = 0;
    return TRUE;
}

static void write_text(HKEY key, const wchar_t *value, const wchar_t *text)
{
    RegSetValueExW(key, value, 0, REG_SZ, (const BYTE *)text, (lstrlenW(text) + 1) * sizeof(wchar_t));
}

// WNetAddConnection2: only successful connections that redirect a device are remembered.
void remember_connection(const wchar_t *local_name, const wchar_t *remote_name, const wchar_t *provider)
{
    wchar_t path[32];
    HKEY key;
    if (!network_key(local_name, path) || RegCreateKeyW(HKEY_CURRENT_USER, path, &key) != ERROR_SUCCESS)
        return;
    write_text(key, L"RemotePath", remote_name);
    write_text(key, L"ProviderName", provider);
    RegCloseKey(key);
}

void forget_connection(const wchar_t *local_name)
{
    wchar_t path[32];
    if (network_key(local_name, path))
        RegDeleteKeyW(HKEY_CURRENT_USER, path);
}

// AddConnectNotify is not called while connections are being restored (AddConnectNotify, "Remarks"): the providers are, the notifyees
// are not. Only one named device is restored here; the NULL form, for all of them, is what Winlogon uses.
DWORD WINAPI WNetRestoreConnectionW(HWND owner, LPCWSTR device)
{
    wchar_t path[32], remote_name[NAME_UNITS_MAX];
    HKEY key;
    if (!network_key(device, path))
        return WN_NOT_SUPPORTED;
    if (RegOpenKeyExW(HKEY_CURRENT_USER, path, 0, KEY_READ, &key) != ERROR_SUCCESS)
        return ERROR_CONNECTION_UNAVAIL;
    BOOL found = read_registry_text(key, L"RemotePath", remote_name);
    RegCloseKey(key);
    NETRESOURCEW resource = {.dwType = RESOURCETYPE_ANY, .lpLocalName = (wchar_t *)device, .lpRemoteName = remote_name};
    DWORD status = check_provider(NULL);
    if (status != WN_SUCCESS || !found)
        return status ? status : ERROR_CONNECTION_UNAVAIL;
    return call_providers_to_add(owner, &resource, NULL, NULL, 0);
}

DWORD WINAPI WNetRestoreConnectionA(HWND owner, LPCSTR device)
{
    wchar_t wide[16];
    if (!device || !MultiByteToWideChar(CP_ACP, 0, device, -1, wide, 16))
        return WN_NOT_SUPPORTED;
    return WNetRestoreConnectionW(owner, wide);
}

void enumerate_remembered(void *enumeration)
{
    HKEY network, key;
    wchar_t letter[16];
    if (RegOpenKeyExW(HKEY_CURRENT_USER, L"Network", 0, KEY_READ, &network) != ERROR_SUCCESS)
        return;
    for (DWORD index = 0, units = 8; RegEnumKeyExW(network, index, letter, &units, NULL, NULL, NULL, NULL) == ERROR_SUCCESS; index++, units = 8) {
        wchar_t remote_name[NAME_UNITS_MAX], provider[NAME_UNITS_MAX];
        if (RegOpenKeyExW(network, letter, 0, KEY_READ, &key) != ERROR_SUCCESS)
            continue;
        BOOL complete = read_registry_text(key, L"RemotePath", remote_name) && read_registry_text(key, L"ProviderName", provider);
        RegCloseKey(key);
        lstrcatW(letter, L":");
        NETRESOURCEW resource = {.dwType = RESOURCETYPE_DISK, .lpLocalName = letter, .lpRemoteName = remote_name};
        if (complete)
            enumeration_add(enumeration, &resource, provider);
    }
    RegCloseKey(network);
}
