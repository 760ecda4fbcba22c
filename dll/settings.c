#include "settings.h"
#include "policy.h"
#include "win32.h"

enum setting { SETTING_SET, SETTING_ABSENT, SETTING_UNUSABLE };

// HKLM\SOFTWARE\mprtap, value Directory; 32-bit processes read the same key as 64-bit ones. Variables in the text are not expanded: they would
// be expanded with the caller's environment, and the caller must not choose the folder.
static enum setting read_registry(struct path *path)
{
    HANDLE key;
    DWORD bytes = sizeof path->units;
    int32_t error = RegOpenKeyExW(HKEY_LOCAL_MACHINE, u"SOFTWARE\\mprtap", 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key);
    if (error != ERROR_SUCCESS) return error == ERROR_FILE_NOT_FOUND ? SETTING_ABSENT : SETTING_UNUSABLE; // GUARD(key-unreadable) without: if (error != ERROR_SUCCESS) return SETTING_ABSENT;
    error = RegGetValueW(key, NULL, u"Directory", RRF_RT_REG_SZ | RRF_NOEXPAND, NULL, path->units, &bytes);
    RegCloseKey(key);
    if (error != ERROR_SUCCESS) return error == ERROR_FILE_NOT_FOUND ? SETTING_ABSENT : SETTING_UNUSABLE; // GUARD(value-unreadable) without: if (error != ERROR_SUCCESS) return SETTING_ABSENT;
    while (path->length < PATH_UNITS - 1 && path->units[path->length] != 0) path->length++;
    if (path->length > 0 && path->units[path->length - 1] == '\\') path->units[--path->length] = 0;
    return SETTING_SET;
}

// <system drive>:\ProgramData\mprtap
static bool use_default(struct path *path)
{
    unsigned length = GetSystemWindowsDirectoryW(path->units, PATH_UNITS);
    if (length < 3 || length >= PATH_UNITS) return false;
    path->length = 3;
    path_append(path, "ProgramData\\mprtap");
    return true;
}

// A disk of this machine. A mapped drive would lead back into the router, our caller.
static bool is_on_disk(const struct path *path)
{
    const WCHAR drive[] = {path->units[0], ':', '\\', 0};
    return GetDriveTypeW(drive) == DRIVE_FIXED;
}

static bool find_directory(struct path *path)
{
    path->length = 0;
    path->overflowed = false;
    enum setting setting = read_registry(path);
    if (setting == SETTING_UNUSABLE) return false;
    if (setting == SETTING_ABSENT && !use_default(path)) return false;
    if (!policy_accepts_base(path->units, path->length)) return false; // GUARD(base-policy)
    if (!is_on_disk(path)) return false; // GUARD(base-disk)
    path_append(path, "\\");
    return true;
}

const struct path *settings_directory(struct settings *settings)
{
    if (settings->state == SETTINGS_UNREAD) { // GUARD(settings-once) without: {
        settings->state = find_directory(&settings->directory) ? SETTINGS_USABLE : SETTINGS_UNUSABLE;
    }
    return settings->state == SETTINGS_USABLE ? &settings->directory : NULL;
}
