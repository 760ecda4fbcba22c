#include "settings.h"
#include "win32.h"

// A directory on a drive of this machine: a UNC path would lead back into the router that is calling us.
static bool is_local(const struct path *path)
{
    uint16_t drive = path->units[0] | 0x20;
    return path->length >= 3 && drive >= 'a' && drive <= 'z' && path->units[1] == ':' && path->units[2] == '\\';
}

// HKLM\SOFTWARE\mprtap, value Directory; 32-bit processes read the same key as 64-bit ones.
static bool read_registry(struct path *path)
{
    HANDLE key;
    DWORD bytes = sizeof path->units - sizeof(WCHAR);
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, u"SOFTWARE\\mprtap", 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key) != ERROR_SUCCESS) return false;
    bool read = RegGetValueW(key, NULL, u"Directory", RRF_RT_REG_SZ, NULL, path->units, &bytes) == ERROR_SUCCESS;
    RegCloseKey(key);
    path->length = read ? bytes / sizeof(WCHAR) - 1 : 0;
    path->overflowed = false;
    return read;
}

// <system drive>:\ProgramData\mprtap
static bool use_default(struct path *path)
{
    unsigned length = GetSystemWindowsDirectoryW(path->units, PATH_UNITS);
    if (length < 3 || length >= PATH_UNITS) return false;
    path->length = 3;
    path->overflowed = false;
    path_append(path, "ProgramData\\mprtap");
    return true;
}

bool settings_directory(struct path *path)
{
    if (!read_registry(path) && !use_default(path)) return false;
    if (!is_local(path)) return false; // GUARD(local-directory)
    if (path->units[path->length - 1] != '\\') path_append(path, "\\");
    return !path->overflowed;
}
