// The settings that the DLL has from the registry and the control file.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "sid.h"

extern struct ring_files {
    const char *stem; // <directory>/<SID>.v1, to which ".ring", ".1.ring" … are added
    unsigned slots_log2;
    unsigned clock_rate; // how much faster than time the clock of the retries goes
    bool sparse;         // a new file gets disk space page by page, when it is written
} ring_files;

// Who a Unix user is.
struct sid ring_files_user(uint32_t user);
