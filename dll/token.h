// Whose notification this is.
#pragma once
#include "policy.h"

struct identity {
    struct sid user;
    enum directory directory;
    uint32_t session_id;
    uint64_t logon_id;
};

// The identity of the thread's token, else of the process's: the one under which the connection is made. Impersonation is never reverted.
// Without impersonation this costs one system call. NULL: nothing is to be recorded. The result may be `scratch`.
const struct identity *effective_identity(struct identity *scratch);
