// Opening a file of mprtap's and finding out what the policy wants to know about it.
#pragma once
#include "policy.h"
#include "win32.h"

// A file that is there, or with OPEN_ALWAYS is made; never what a reparse point leads to. INVALID_HANDLE_VALUE on failure.
HANDLE file_open(const WCHAR *path, DWORD access, DWORD disposition);

// False: the facts cannot be had.
bool file_facts(HANDLE file, struct file_facts *facts, uint64_t *size);

// Maps the file's first `size` bytes, growing the file to that if it is shorter. NULL on failure.
void *file_map(HANDLE file, uint64_t size, bool writable);
