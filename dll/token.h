// Whose notification this is.
#pragma once
#include "policy.h"

struct identity {
    struct sid user;
    enum directory directory;
    uint32_t session_id;
    uint64_t logon_id;
    bool impersonated; // the thread's token, not the process's
};

// The identity of the thread's token, or of the process's when the thread has none. The connection is made under the same token. Impersonation
// is never reverted. Without impersonation this costs one system call. NULL: nothing is to be recorded. The result may be `scratch`.
const struct identity *effective_identity(struct identity *scratch);
