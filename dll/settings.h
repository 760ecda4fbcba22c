// Where mprtap keeps its files: an administrator's choice in the registry, never the environment.
#pragma once
#include "path.h"

// Sets `path` to the base directory, with a backslash at its end. False: there is none that may be used, and nothing is to be recorded.
bool settings_directory(struct path *path);
