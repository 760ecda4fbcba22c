// A bad notifyee: uses a member of NETRESOURCE that is not valid in a notification (NOTIFYADD: only lpRemoteName, lpLocalName and dwType are).
#include "../selftest/probe.h"

volatile wchar_t seen;

DWORD WINAPI AddConnectNotify(LPNOTIFYINFO info, LPNOTIFYADD add)
{
    (void)info;
    seen = add->NetResource.lpProvider[0];
    return WN_SUCCESS;
}

DWORD WINAPI CancelConnectNotify(LPNOTIFYINFO info, LPNOTIFYCANCEL cancel)
{
    (void)info, (void)cancel;
    return WN_SUCCESS;
}
