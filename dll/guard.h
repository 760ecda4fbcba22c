// Calls a function so that no exception gets past the DLL.
#pragma once
#include "win32.h"

// False: the body raised an exception and was abandoned; `*address` is the memory it touched, 0 if it was not about memory.
bool guarded_call(void (*body)(void *), void *argument, uintptr_t *address);
