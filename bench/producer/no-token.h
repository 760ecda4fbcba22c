// Included ahead of everything in a build of the DLL for this benchmark: the answer to a thread that impersonates nobody, unasked.
#pragma once
#include "../../dll/win32.h"

static inline BOOL no_token(HANDLE *token)
{
    *token = NULL;
    SetLastError(1008); // ERROR_NO_TOKEN
    return 0;
}

#define OpenThreadToken(thread, access, as_self, token) no_token(token)
