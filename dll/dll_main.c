// This runs under the loader's lock, so nothing is set up here. The first notification does everything else.
#include "ring_cache.h"
#include "win32.h"

BOOL WINAPI DllMain(HANDLE module, DWORD reason, void *process_ends)
{
    if (reason == DLL_PROCESS_ATTACH) DisableThreadLibraryCalls(module);
    // At the end of a process Windows has stopped the other threads anywhere, and it cleans up itself. Only an unload leaves views mapped.
    if (reason == DLL_PROCESS_DETACH && process_ends == NULL) {
        ring_cache_close(); // GUARD(unload-rings)
    }
    return true;
}
