// Where mprtap keeps its files: an administrator's choice in the registry, never the environment.
#pragma once
#include "path.h"

// Sets `path` to the base folder, with a backslash at its end. False: no folder may be used, and nothing is recorded.
bool settings_directory(struct path *path);
