// A notifyee that hands every notification to a listener in the same process. Nobody listens: it does nothing at all.
#include "probe.h"

static Listener listener;
static int self;

void WINAPI ProbeListenTo(Listener to, int as)
{
    listener = to;
    self = as;
}

DWORD WINAPI AddConnectNotify(LPNOTIFYINFO info, LPNOTIFYADD add)
{
    if (listener)
        listener(self, info, add, NULL);
    return WN_SUCCESS;
}

DWORD WINAPI CancelConnectNotify(LPNOTIFYINFO info, LPNOTIFYCANCEL cancel)
{
    if (listener)
        listener(self, info, NULL, cancel);
    return WN_SUCCESS;
}
