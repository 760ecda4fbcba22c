// A bad notifyee: waits for somebody else, so that a program that maps a drive waits with it.
#include "../selftest/probe.h"

DWORD WINAPI AddConnectNotify(LPNOTIFYINFO info, LPNOTIFYADD add)
{
    (void)add;
    if (info->dwNotifyStatus == NOTIFY_PRE)
        Sleep(INFINITE);
    return WN_SUCCESS;
}

DWORD WINAPI CancelConnectNotify(LPNOTIFYINFO info, LPNOTIFYCANCEL cancel)
{
    (void)info, (void)cancel;
    return WN_SUCCESS;
}
