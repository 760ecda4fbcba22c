#include "token.h"
#include "once.h"
#include "win32.h"

static uint32_t process_identity_state;
static struct identity process_identity;

// Room for a token's fixed part and the one SID that follows it.
union token_buffer {
    SID_AND_ATTRIBUTES sid;
    TOKEN_STATISTICS statistics;
    DWORD number;
    uint8_t bytes[sizeof(SID_AND_ATTRIBUTES) + MPRTAP_OWNER_SID_MAX];
};

static bool query(HANDLE token, int information_class, union token_buffer *buffer)
{
    DWORD size;
    return GetTokenInformation(token, information_class, buffer, sizeof *buffer, &size) != 0;
}

// True: an enabled member, not one for denying only. `thread_token` is the token of a thread that impersonates; without impersonation it is
// NULL, which stands for the process. CheckTokenMembership refuses the process's own token.
static bool administrators_enabled(HANDLE thread_token)
{
    static const uint8_t administrators[16] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 0x02};
    BOOL is_member = 0;
    return CheckTokenMembership(thread_token, administrators, &is_member) && is_member;
}

// Everything must be known. Under a token that cannot be judged nothing is recorded.
static bool identify(HANDLE token, bool of_thread, struct identity *identity)
{
    union token_buffer buffer;
    struct token_facts facts;
    struct sid level;
    if (!query(token, TOKEN_USER_CLASS, &buffer) || !sid_copy(&facts.user, buffer.sid.Sid)) return false;
    if (!query(token, TOKEN_INTEGRITY_LEVEL_CLASS, &buffer) || !sid_copy(&level, buffer.sid.Sid)) return false;
    facts.integrity_level = sid_last_sub_authority(&level);
    if (!query(token, TOKEN_IS_APP_CONTAINER_CLASS, &buffer)) return false;
    facts.app_container = buffer.number != 0;
    facts.administrators_enabled = administrators_enabled(of_thread ? token : NULL); // GUARD(member-by-handle) without: facts.administrators_enabled = administrators_enabled(NULL), (void)of_thread;
    if (!query(token, TOKEN_SESSION_ID_CLASS, &buffer)) return false;
    identity->session_id = buffer.number;
    if (!query(token, TOKEN_STATISTICS_CLASS, &buffer)) return false;
    identity->logon_id = (uint64_t)(uint32_t)buffer.statistics.AuthenticationId.high << 32 | buffer.statistics.AuthenticationId.low;
    identity->user = facts.user;
    identity->impersonated = of_thread;
    identity->directory = policy_directory(&facts);
    return true;
}

static bool identify_and_close(HANDLE token, bool of_thread, struct identity *identity)
{
    bool known = identify(token, of_thread, identity);
    CloseHandle(token);
    return known && identity->directory != DIRECTORY_NONE;
}

const struct identity *effective_identity(struct identity *scratch)
{
    HANDLE token;
    // Opened with the rights of the process: the impersonated user may have no right to open the token.
    bool opened = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, true, &token);
    enum token_source source = policy_token_source(opened, GetLastError());
    if (source == TOKEN_OF_THREAD) return identify_and_close(token, true, scratch) ? scratch : NULL;
    if (source == TOKEN_OF_NOBODY) return NULL;

    if (!once_ready(&process_identity_state)) {
        if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return NULL;
        if (!identify_and_close(token, false, scratch)) scratch->directory = DIRECTORY_NONE;
        once_publish(&process_identity_state, &process_identity, scratch, sizeof *scratch);
        return scratch->directory == DIRECTORY_NONE ? NULL : scratch;
    }
    return process_identity.directory == DIRECTORY_NONE ? NULL : &process_identity;
}
