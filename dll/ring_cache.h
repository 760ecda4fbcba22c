// The rings that this process has mapped, by identity.
#pragma once
#include "ring.h"
#include "settings.h"
#include "token.h"

// A ring for one notification. Give it back with ring_lease_end.
struct ring_lease {
    struct ring ring;
    bool held;
    bool transient; // mapped for this notification alone
};

// False: there is no ring for this identity at present.
bool ring_lease_begin(struct ring_lease *lease, const struct identity *identity, struct settings *settings);

void ring_lease_end(struct ring_lease *lease);

// True: the address lies in the leased ring. Its mapping is not used again then, and the file is opened anew later.
bool ring_lease_faulted(const struct ring_lease *lease, uintptr_t address);

// At unload.
void ring_cache_close(void);
