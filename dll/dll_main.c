// Runs under the loader's lock, so nothing is set up here: everything else is done at the first notification.
#include "ring_cache.h"
#include "win32.h"

BOOL WINAPI DllMain(HANDLE module, DWORD reason, void *process_ends)
{
    if (reason == DLL_PROCESS_ATTACH) DisableThreadLibraryCalls(module);
    // When the process ends, other threads were stopped wherever they stood and Windows cleans up; only an unload leaves views behind.
    if (reason == DLL_PROCESS_DETACH && process_ends == NULL) {
        ring_cache_close(); // GUARD(unload-rings)
    }
    return true;
}
