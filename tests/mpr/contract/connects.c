// A bad notifyee: makes a connection of its own, inside the notification. The program finds a drive taken that it has not taken.
#include "../selftest/probe.h"

DWORD WINAPI AddConnectNotify(LPNOTIFYINFO info, LPNOTIFYADD add)
{
    static LONG inside;
    (void)add;
    if (info->dwNotifyStatus == NOTIFY_PRE && InterlockedExchange(&inside, 1) == 0) {
        NETRESOURCEW own = {.dwType = RESOURCETYPE_DISK, .lpLocalName = L"Q:", .lpRemoteName = L"\\\\fs01\\log"};
        WNetAddConnection2W(&own, NULL, NULL, 0);
        InterlockedExchange(&inside, 0);
    }
    return WN_SUCCESS;
}

DWORD WINAPI CancelConnectNotify(LPNOTIFYINFO info, LPNOTIFYCANCEL cancel)
{
    (void)info, (void)cancel;
    return WN_SUCCESS;
}
