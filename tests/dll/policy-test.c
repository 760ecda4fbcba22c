// The policy as a table: who records where, and into which files.
#include "check.h"
#include "policy.h"
#include "policy_cases.h"

#define USER {28, {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xe9, 3}}
#define OTHER_USER {28, {1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xea, 3}}
#define LOCAL_SYSTEM {12, {1, 1, 0, 0, 0, 0, 0, 5, 18}}
#define LOCAL_SERVICE {12, {1, 1, 0, 0, 0, 0, 0, 5, 19}}
#define ADMINISTRATORS {16, {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2}}
#define LOW 0x1000u
#define MEDIUM 0x2000u
#define HIGH 0x3000u
#define SYSTEM_LEVEL 0x4000u

TEST("the token decides the directory")
{
    static const struct { const char *who; struct token_facts token; enum directory directory; } rows[] = {
        {"an ordinary user", {USER, false, false, MEDIUM}, DIRECTORY_USERS},
        {"an administrator whose token is filtered", {USER, false, false, MEDIUM}, DIRECTORY_USERS},
        {"an elevated administrator", {USER, true, false, HIGH}, DIRECTORY_ADMINISTRATORS},
        {"LocalSystem", {LOCAL_SYSTEM, true, false, SYSTEM_LEVEL}, DIRECTORY_ADMINISTRATORS},
        {"LocalSystem without the group", {LOCAL_SYSTEM, false, false, SYSTEM_LEVEL}, DIRECTORY_ADMINISTRATORS},
        {"LocalService", {LOCAL_SERVICE, false, false, SYSTEM_LEVEL}, DIRECTORY_USERS},
        {"an AppContainer", {USER, false, true, LOW}, DIRECTORY_NONE},
        {"an AppContainer at medium level", {USER, false, true, MEDIUM}, DIRECTORY_NONE},
        {"a low-integrity process", {USER, false, false, LOW}, DIRECTORY_NONE},
        {"an administrator at low integrity", {USER, true, false, LOW}, DIRECTORY_NONE},
        {"an untrusted process", {USER, false, false, 0}, DIRECTORY_NONE},
        {"a process just below medium", {USER, false, false, MEDIUM - 1}, DIRECTORY_NONE},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (policy_directory(&rows[i].token) != rows[i].directory) check_failed(__FILE__, __LINE__, rows[i].who);
    }
}

// The table that the host's policy is held to as well (format/policy-cases.json).
TEST("the thread's token speaks, else the process's; a thread that hides whom it impersonates is recorded for nobody")
{
    enum { NO_TOKEN = 1008, ACCESS_DENIED = 5, CANNOT_OPEN_ANONYMOUS = 1347, BAD_IMPERSONATION_LEVEL = 1346 };
    CHECK_EQUAL(policy_token_source(true, 0), TOKEN_OF_THREAD);
    CHECK_EQUAL(policy_token_source(true, NO_TOKEN), TOKEN_OF_THREAD);
    CHECK_EQUAL(policy_token_source(false, NO_TOKEN), TOKEN_OF_PROCESS);
    CHECK_EQUAL(policy_token_source(false, ACCESS_DENIED), TOKEN_OF_NOBODY);
    CHECK_EQUAL(policy_token_source(false, CANNOT_OPEN_ANONYMOUS), TOKEN_OF_NOBODY);
    CHECK_EQUAL(policy_token_source(false, BAD_IMPERSONATION_LEVEL), TOKEN_OF_NOBODY);
    CHECK_EQUAL(policy_token_source(false, 0), TOKEN_OF_NOBODY);
}

TEST("a ring file is accepted by its owner, its attributes and its link count")
{
    CHECK(sizeof policy_cases / sizeof *policy_cases > 10);
    for (unsigned i = 0; i < sizeof policy_cases / sizeof *policy_cases; i++) {
        bool accepted = policy_accepts_ring(policy_cases[i].directory, &policy_cases_user, &policy_cases[i].file);
        if (accepted != policy_cases[i].accepted) check_failed(__FILE__, __LINE__, policy_cases[i].what);
    }
}

TEST("a control file counts only if an administrator owns it, or the elevated user who asks")
{
    static const struct { const char *what; enum directory directory; struct file_facts file; bool accepted; } rows[] = {
        {"the group's", DIRECTORY_USERS, {ADMINISTRATORS, 0x20, 1}, true},
        {"the system's", DIRECTORY_USERS, {LOCAL_SYSTEM, 0x20, 1}, true},
        {"the user's own", DIRECTORY_USERS, {USER, 0x20, 1}, false},
        {"the elevated user's own", DIRECTORY_ADMINISTRATORS, {USER, 0x20, 1}, true},
        {"another user's", DIRECTORY_ADMINISTRATORS, {OTHER_USER, 0x20, 1}, false},
        {"one with a second name", DIRECTORY_USERS, {ADMINISTRATORS, 0x20, 2}, false},
        {"a reparse point", DIRECTORY_USERS, {ADMINISTRATORS, 0x400, 1}, false},
    };
    const struct sid user = USER;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool accepted = policy_accepts_control(rows[i].directory, &user, &rows[i].file);
        if (accepted != rows[i].accepted) check_failed(__FILE__, __LINE__, rows[i].what);
    }
}

static bool has_text(const void *bytes, const char *wanted)
{
    struct sid sid;
    uint16_t text[SID_TEXT_MAX];
    char narrow[SID_TEXT_MAX];
    if (!sid_copy(&sid, bytes)) return false;
    unsigned length = sid_to_text(&sid, text);
    for (unsigned i = 0; i <= length; i++) narrow[i] = (char)text[i];
    return strcmp(narrow, wanted) == 0;
}

TEST("a SID is written as Windows writes it")
{
    for (unsigned i = 0; i < sizeof sid_cases / sizeof *sid_cases; i++) {
        if (!has_text(sid_cases[i].bytes, sid_cases[i].text)) check_failed(__FILE__, __LINE__, sid_cases[i].what);
    }
}

TEST("only a plain path to a folder on a drive is taken for mprtap's files")
{
    for (unsigned i = 0; i < sizeof base_cases / sizeof *base_cases; i++) {
        bool accepted = policy_accepts_base(base_cases[i].units, base_cases[i].length);
        if (accepted != base_cases[i].accepted) check_failed(__FILE__, __LINE__, base_cases[i].what);
    }
}

TEST("what keeps a process out of a file, or could make it wait, is told from what is not there and from what failed")
{
    for (unsigned i = 0; i < sizeof opening_cases / sizeof *opening_cases; i++) {
        if (policy_opening(opening_cases[i].status) != opening_cases[i].opening) check_failed(__FILE__, __LINE__, opening_cases[i].what);
    }
}

TEST("the longest SID fits, a longer or foreign one is refused")
{
    uint8_t longest[MPRTAP_OWNER_SID_MAX] = {1, 15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    for (unsigned i = 8; i < sizeof longest; i++) longest[i] = 0xff;
    struct sid sid;
    uint16_t text[SID_TEXT_MAX];
    CHECK(sid_copy(&sid, longest));
    CHECK_EQUAL(sid.length, MPRTAP_OWNER_SID_MAX);
    CHECK(sid_to_text(&sid, text) < SID_TEXT_MAX);
    uint8_t too_long[8 + 4 * 16] = {1, 16};
    CHECK(!sid_copy(&sid, too_long));
    CHECK(!sid_copy(&sid, (uint8_t[8]){2, 0}));
}

TEST("SIDs that differ in length or in one byte are not equal")
{
    CHECK(!sid_equal(&(struct sid)USER, &(struct sid)OTHER_USER));
    CHECK(!sid_equal(&(struct sid)LOCAL_SYSTEM, &(struct sid)ADMINISTRATORS));
    CHECK(sid_equal(&(struct sid)USER, &(struct sid)USER));
    CHECK_EQUAL(sid_last_sub_authority(&(struct sid)USER), 0x3e9);
}
