#include "policy.h"

// From winnt.h and winerror.h. They stand here so that the policy compiles on every system.
#define ATTRIBUTE_DIRECTORY 0x10u
#define ATTRIBUTE_REPARSE_POINT 0x400u
#define ERROR_NO_TOKEN_AT_ALL 1008u // ERROR_NO_TOKEN

// From "[MS-ERREF] NTSTATUS Values".
#define STATUS_SUCCESS 0u
#define STATUS_OPLOCK_BREAK_IN_PROGRESS 0x00000108u
#define STATUS_ACCESS_DENIED 0xc0000022u
#define STATUS_OBJECT_NAME_NOT_FOUND 0xc0000034u
#define STATUS_OBJECT_PATH_NOT_FOUND 0xc000003au
#define STATUS_SHARING_VIOLATION 0xc0000043u
#define STATUS_DELETE_PENDING 0xc0000056u
#define STATUS_FILE_IS_A_DIRECTORY 0xc00000bau

enum token_source policy_token_source(bool opened, uint32_t error)
{
    if (opened) return TOKEN_OF_THREAD;
    // The thread impersonates somebody, and we may not open the token. The notification is not the process's, so nobody's ring gets it.
    if (error != ERROR_NO_TOKEN_AT_ALL) return TOKEN_OF_NOBODY; // GUARD(unknown-impersonation)
    return TOKEN_OF_PROCESS;
}

enum directory policy_directory(const struct token_facts *token)
{
    if (token->app_container) return DIRECTORY_NONE; // GUARD(app-container)
    if (token->integrity_level < INTEGRITY_MEDIUM) return DIRECTORY_NONE; // GUARD(low-integrity)
    if (sid_is_local_system(&token->user)) return DIRECTORY_ADMINISTRATORS; // GUARD(local-system)
    if (token->administrators_enabled) return DIRECTORY_ADMINISTRATORS; // GUARD(administrators)
    return DIRECTORY_USERS;
}

enum opening policy_opening(uint32_t status)
{
    switch (status) {
    case STATUS_SUCCESS: return OPENING_DONE;
    case STATUS_OBJECT_NAME_NOT_FOUND:
    case STATUS_OBJECT_PATH_NOT_FOUND: return OPENING_ABSENT;
    case STATUS_OPLOCK_BREAK_IN_PROGRESS: // opened, but every use of the file waits for the holder of the oplock
    case STATUS_ACCESS_DENIED:
    case STATUS_SHARING_VIOLATION: // GUARD(sharing-violation)
    case STATUS_DELETE_PENDING: // GUARD(delete-pending)
    case STATUS_FILE_IS_A_DIRECTORY: return OPENING_FOREIGN;
    default: return OPENING_FAILED;
    }
}

// False for units that no file name has on Windows, and for a slash: Win32 and Windows' kernel do not understand a slash alike. The same is
// true of a dot or a blank at the end of a name (below).
static bool may_stand_in_name(uint16_t unit)
{
    static const char never[] = "\"*/:<>?|";
    if (unit < ' ') return false; // GUARD(base-controls)
    for (const char *c = never; *c; c++) {
        if (unit == (uint16_t)*c) return false; // GUARD(base-characters)
    }
    return true;
}

// "<letter>:\<name>", and more names, each with a backslash before it. A UNC path would lead back into the router, our caller.
bool policy_accepts_base(const uint16_t *units, unsigned length)
{
    if (length > BASE_UNITS_MAX) return false; // GUARD(base-length)
    uint16_t drive = length > 0 ? units[0] | 0x20 : 0;
    if (drive < 'a' || drive > 'z') return false; // GUARD(base-drive)
    if (length < 2 || units[1] != ':') return false; // GUARD(base-colon)
    unsigned names = 0;
    for (unsigned i = 2; i < length; names++) {
        if (units[i++] != '\\') return false; // GUARD(base-backslash)
        unsigned start = i;
        while (i < length && units[i] != '\\') {
            if (!may_stand_in_name(units[i++])) return false;
        }
        if (i == start) return false; // GUARD(base-empty-name)
        if (units[i - 1] == '.' || units[i - 1] == ' ') return false; // GUARD(base-name-end)
    }
    return names > 0; // GUARD(base-root) without: return true;
}

// True: a plain file with one name. A link could lead the writer into another user's file.
static bool is_plain_file(const struct file_facts *file)
{
    if (file->attributes & ATTRIBUTE_DIRECTORY) return false; // GUARD(directory)
    if (file->attributes & ATTRIBUTE_REPARSE_POINT) return false; // GUARD(reparse-point)
    if (file->link_count != 1) return false; // GUARD(link-count)
    return true;
}

static bool is_privileged_owner(const struct sid *owner)
{
    return sid_is_local_system(owner) || sid_is_administrators(owner);
}

bool policy_accepts_ring(enum directory directory, const struct sid *user, const struct file_facts *file)
{
    if (!is_plain_file(file)) return false;
    // Files of a member of Administrators belong to the group, or to the member if that default was changed.
    if (directory == DIRECTORY_ADMINISTRATORS && is_privileged_owner(&file->owner)) return true;
    if (!sid_equal(&file->owner, user)) return false; // GUARD(ring-owner)
    return directory != DIRECTORY_NONE;
}

bool policy_accepts_control(enum directory directory, const struct sid *user, const struct file_facts *file)
{
    if (!is_plain_file(file)) return false;
    if (is_privileged_owner(&file->owner)) return true;
    if (directory != DIRECTORY_ADMINISTRATORS) return false; // GUARD(control-owner)
    return sid_equal(&file->owner, user);
}
