// Included ahead of everything in a build of the DLL for tests: on its clock a minute passes in a second.
#pragma once
#include "../../dll/win32.h"

static inline DWORD fast_ticks(void)
{
    return GetTickCount() * 60;
}

#define GetTickCount() fast_ticks()
