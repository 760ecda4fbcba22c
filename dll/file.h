// Files as the DLL opens and judges them.
#pragma once
#include "path.h"
#include "policy.h"
#include "win32.h"

// Opens the file at a path on a drive, and waits for nobody. `owner` becomes the owner of a file that this makes; NULL: Windows chooses one.
// Only after OPENING_DONE there is a handle in `*file`.
enum opening file_open(HANDLE *file, const struct path *path, DWORD access, DWORD disposition, const struct sid *owner);

// False: Windows does not tell.
bool file_facts(HANDLE file, struct file_facts *facts, uint64_t *size);

// False: Windows does not tell.
bool file_size(HANDLE file, uint64_t *size);

// Maps the first `size` bytes to be read and written, growing the file to that size. NULL: not possible now.
void *file_map(HANDLE file, uint64_t size);
