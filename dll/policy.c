#include "policy.h"

// From winnt.h and winerror.h, repeated here so that the policy compiles anywhere.
#define ATTRIBUTE_DIRECTORY 0x10u
#define ATTRIBUTE_REPARSE_POINT 0x400u
#define ERROR_NO_TOKEN_AT_ALL 1008u // ERROR_NO_TOKEN

enum speaker policy_speaker(bool opened, uint32_t error)
{
    if (opened) return SPEAKER_THREAD;
    // A thread that impersonates somebody whom we may not look at: its notification is not the process's, and recorded for nobody.
    if (error != ERROR_NO_TOKEN_AT_ALL) return SPEAKER_NOBODY; // GUARD(unknown-impersonation)
    return SPEAKER_PROCESS;
}

enum directory policy_directory(const struct token_facts *token)
{
    if (token->app_container) return DIRECTORY_NONE; // GUARD(app-container)
    if (token->integrity_level < INTEGRITY_MEDIUM) return DIRECTORY_NONE; // GUARD(low-integrity)
    if (sid_is_local_system(&token->user)) return DIRECTORY_ADMINISTRATORS; // GUARD(local-system)
    if (token->administrators_enabled) return DIRECTORY_ADMINISTRATORS; // GUARD(administrators)
    return DIRECTORY_USERS;
}

// A plain file under one name only: a link could lead the writer into somebody else's file.
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
    // What a member of Administrators creates belongs to the group, or to the member where that default was changed.
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
