// Who records, where, and into which files: decisions only, from facts that the caller collected, so that a table can test them anywhere.
#pragma once
#include "sid.h"

enum directory {
    DIRECTORY_NONE, // record nothing
    DIRECTORY_USERS,
    DIRECTORY_ADMINISTRATORS,
};

struct token_facts {
    struct sid user;
    bool administrators_enabled; // member of Administrators, and not for denying only
    bool app_container;
    uint32_t integrity_level;
};

// Integrity levels (winnt.h): below medium, a token must not be trusted with a file that others read.
#define INTEGRITY_MEDIUM 0x2000u

// Whose token decides for a notification.
enum token_source { TOKEN_OF_NOBODY, TOKEN_OF_THREAD, TOKEN_OF_PROCESS };

// `opened`: did the thread's token open; `error` says why not, and has no meaning if it did.
enum token_source policy_token_source(bool opened, uint32_t error);

enum directory policy_directory(const struct token_facts *token);

// May this be the folder that an administrator set for mprtap's files? Only its text is judged.
#define BASE_UNITS_MAX 200u
bool policy_accepts_base(const uint16_t *units, unsigned length);

// What became of an attempt to open a file.
enum opening {
    OPENING_DONE,
    OPENING_ABSENT,  // there is no such file
    OPENING_FOREIGN, // somebody keeps us out, or could make us wait
    OPENING_FAILED,  // not possible now
};

// `status` is what NtCreateFile returned, which was told not to wait for oplocks.
enum opening policy_opening(uint32_t status);

struct file_facts {
    struct sid owner;
    uint32_t attributes; // FILE_ATTRIBUTE_*
    uint32_t link_count;
};

// May `user`, whose folder this is, write its records into this file? No: somebody planted it, and the next name is to be tried.
bool policy_accepts_ring(enum directory directory, const struct sid *user, const struct file_facts *file);

// Is this control file the work of an administrator? An elevated `user` also believes what is its own.
bool policy_accepts_control(enum directory directory, const struct sid *user, const struct file_facts *file);
