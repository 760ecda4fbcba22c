// Where mprtap keeps its files: an administrator's choice in the registry, never the environment.
#pragma once
#include "path.h"

// What one notification knows of the base folder. The first file that it opens needs it; the files after that have the answer.
struct settings {
    enum { SETTINGS_UNREAD, SETTINGS_USABLE, SETTINGS_UNUSABLE } state;
    struct path directory;
};

// The base folder, with a backslash at its end. NULL: no folder may be used, and nothing is recorded.
const struct path *settings_directory(struct settings *settings);
