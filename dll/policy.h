// Who records, where, and into which files. These are decisions only: the caller collects the facts, and a table tests the decisions on every
// system.
#pragma once
#include "sid.h"

enum directory {
    DIRECTORY_NONE, // record nothing
    DIRECTORY_USERS,
    DIRECTORY_ADMINISTRATORS,
};

struct token_facts {
    struct sid user;
    bool administrators_enabled; // a member of Administrators, not one for denying only
    bool app_container;
    uint32_t integrity_level;
};

// Integrity levels (winnt.h): below medium, a token must not be trusted with a file that others read.
#define INTEGRITY_MEDIUM 0x2000u

// Whose token decides for a notification.
enum token_source { TOKEN_OF_NOBODY, TOKEN_OF_THREAD, TOKEN_OF_PROCESS };

// `opened`: the thread's token could be opened. If not, `error` says why; otherwise it has no meaning.
enum token_source policy_token_source(bool opened, uint32_t error);

enum directory policy_directory(const struct token_facts *token);

// True: this text can name the folder of mprtap's files. The folder itself is not looked at.
#define BASE_UNITS_MAX 200u
bool policy_accepts_base(const uint16_t *units, unsigned length);

// The result of an attempt to open a file.
enum opening {
    OPENING_DONE,
    OPENING_ABSENT,  // there is no such file
    OPENING_FOREIGN, // another program keeps us out, or could make us wait
    OPENING_FAILED,  // not possible now
};

// `status`: the result of NtCreateFile with FILE_COMPLETE_IF_OPLOCKED.
enum opening policy_opening(uint32_t status);

struct file_facts {
    struct sid owner;
    uint32_t attributes; // FILE_ATTRIBUTE_*
    uint32_t link_count;
};

// True: `user` may write records into this file of `directory`. False: another user planted it, and the next name is to be tried.
bool policy_accepts_ring(enum directory directory, const struct sid *user, const struct file_facts *file);

// True: the control file is an administrator's. An elevated `user` also believes a file of its own.
bool policy_accepts_control(enum directory directory, const struct sid *user, const struct file_facts *file);
