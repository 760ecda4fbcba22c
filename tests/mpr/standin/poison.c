// A pointer for every field that the documentation does not define: not NULL, and a crash for whoever reads it.
#include "standin.h"

void *poison_pointer(void)
{
    static void *volatile page;
    if (!page) {
        void *fresh = VirtualAlloc(NULL, 0x1000, MEM_RESERVE, PAGE_NOACCESS);
        if (InterlockedCompareExchangePointer(&page, fresh, NULL))
            VirtualFree(fresh, 0, MEM_RELEASE);
    }
    return (char *)page + 0x10;
}
