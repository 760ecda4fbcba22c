// Checks that the stand-in for MPR keeps the documented rules, with two recording notifyees. One line a check; exit code 1 if one fails.
#include "record.h"
#include <stdio.h>

static int passed, failed;

static void check(BOOL holds, const char *sentence)
{
    printf("%s %s\n", holds ? "ok    " : "FAILED", sentence);
    holds ? passed++ : failed++;
}

static void start(void *first_context, void *second_context)
{
    contexts_to_leave[0] = first_context;
    contexts_to_leave[1] = second_context;
    notification_count = 0;
}

static DWORD add(const wchar_t *local_name, const wchar_t *remote_name, DWORD flags)
{
    NETRESOURCEW resource = {
        .dwType = RESOURCETYPE_DISK,
        .lpLocalName = (wchar_t *)local_name,
        .lpRemoteName = (wchar_t *)remote_name,
        .lpComment = L"a comment that no notifyee may read",
    };
    return WNetAddConnection2W(&resource, NULL, NULL, flags);
}

static BOOL all(BOOL (*holds)(const Notification *))
{
    for (int i = 0; i < notification_count; i++)
        if (!holds(&notifications[i]))
            return FALSE;
    return notification_count > 0;
}

static BOOL pre_comes_with_null_context_and_status_zero(const Notification *n)
{
    return n->phase != NOTIFY_PRE || (n->context_in == NULL && n->status == WN_SUCCESS);
}

static BOOL undefined_fields_crash(const Notification *n)
{
    return n->undefined_fields_crash;
}

static void check_add(void)
{
    void *first = (void *)(UINT_PTR)0x11, *second = (void *)(UINT_PTR)0x22;
    start(first, second);
    LONG calls = provider_calls();
    DWORD status = add(L"P:", L"\\\\fs01\\\x0434\x043E\x043C\xD83D\xDE80\xD800", CONNECT_TEMPORARY);
    const Notification *n = notifications;
    check(status == WN_SUCCESS && notification_count == 4, "an add is one PRE and one POST for each of two notifyees");
    check(n[0].phase == NOTIFY_PRE && n[1].phase == NOTIFY_PRE && n[2].phase == NOTIFY_POST && n[3].phase == NOTIFY_POST,
          "every PRE comes before every POST");
    check(n[0].provider_calls == calls && n[1].provider_calls == calls && n[2].provider_calls == calls + 1,
          "the provider is called once, between PRE and POST");
    check(all(pre_comes_with_null_context_and_status_zero), "PRE comes with a NULL context and status 0");
    check(n[2].context_in == (n[2].probe ? second : first) && n[3].context_in == (n[3].probe ? second : first),
          "POST returns to each notifyee the context that it left");
    check(lstrcmpW(n[0].remote_name, L"\\\\fs01\\\x0434\x043E\x043C\xD83D\xDE80\xD800") == 0 && lstrcmpW(n[0].local_name, L"P:") == 0 &&
              lstrcmpW(n[3].remote_name, n[0].remote_name) == 0,
          "the names arrive as given, in PRE and in POST, whatever another notifyee wrote over them");
    check(n[0].type == RESOURCETYPE_DISK && n[0].flags == CONNECT_TEMPORARY && n[0].owner == NULL, "type, flags and owner arrive as given");
    check(all(undefined_fields_crash), "the fields of an add that the documentation does not define are poisoned");
}

static void check_contexts_and_statuses(void)
{
    start(NULL, (void *)(UINT_PTR)0x33);
    DWORD status = add(NULL, L"\\\\gone\\data", 0);
    check(notification_count == 3 && notifications[2].probe == 1, "a notifyee that leaves its context NULL in PRE gets no POST, another one does");
    check(status == ERROR_BAD_NETPATH && notifications[2].status == ERROR_BAD_NETPATH, "POST carries the provider's status: 53");
    check(notifications[0].local_name_is_null, "a NULL local name stays NULL");
    start(NULL, NULL);
    check(add(NULL, L"\\\\fs01\\nobody", 0) == WN_SUCCESS && notification_count == 2, "with every context NULL there is no POST at all");

    static const struct {
        const wchar_t *remote_name;
        DWORD status;
    } endings[] = {{L"\\\\fs01\\nosuch", 67},      {L"\\\\fs01\\badpw", 86},   {L"\\\\fs01\\conflict", 1219}, {L"\\\\fs01\\cancelled", 1223},
                   {L"\\\\fs01\\denied", 1326},    {L"\\\\fs01\\error-64", 64}, {L"\\\\fs01\\busy-1", 170},   {L"\\\\fs01\\busy-1", 0},
                   {L"\\\\slow-20ms\\data", 0},    {L"\\\\gone-20ms\\data", 53}};
    BOOL as_scripted = TRUE;
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        start((void *)(UINT_PTR)1, NULL);
        as_scripted &= add(L"", endings[i].remote_name, 0) == endings[i].status && notifications[2].status == endings[i].status;
        as_scripted &= !notifications[0].local_name_is_null && !notifications[0].local_name[0];
    }
    check(as_scripted, "the scripted endings reach the caller and the POST: 67, 86, 1219, 1223, 1326, any error, busy once");
    check(add(L"P:", L"\\\\fs01\\twice", 0) == WN_ALREADY_CONNECTED, "a drive letter in use is refused: 85");
    check(add(L"Pizza", L"\\\\fs01\\data", 0) == WN_BAD_LOCALNAME, "a local name that is no device is refused: 1200");
}

static void check_cancel(void)
{
    start((void *)(UINT_PTR)1, NULL);
    DWORD status = WNetCancelConnection2W(L"P:", CONNECT_UPDATE_PROFILE, TRUE);
    const Notification *n = notifications;
    check(status == WN_SUCCESS && notification_count == 3 && n[0].cancels && n[2].phase == NOTIFY_POST, "a cancel is notified before and after");
    check(lstrcmpW(n[0].remote_name, L"P:") == 0 && n[0].force && n[0].flags == CONNECT_UPDATE_PROFILE, "name, force and flags arrive as given");
    check(n[0].undefined_fields_crash && n[1].undefined_fields_crash, "the provider of a cancel is poison in PRE");
    check(!n[2].undefined_fields_crash && lstrcmpW(n[2].provider, L"mprtap test network") == 0, "and is named in the POST of a success");
    start((void *)(UINT_PTR)1, NULL);
    check(WNetCancelConnectionW(L"P:", FALSE) == WN_NOT_CONNECTED && n[2].status == WN_NOT_CONNECTED && n[2].undefined_fields_crash,
          "a cancel of nothing is 2250, and its POST has poison for a provider");
    add(NULL, L"\\\\fs01\\openfiles", 0);
    check(WNetCancelConnection2W(L"\\\\fs01\\openfiles", 0, FALSE) == WN_OPEN_FILES &&
              WNetCancelConnection2W(L"\\\\fs01\\openfiles", 0, TRUE) == WN_SUCCESS,
          "open files keep a connection unless forced: 2401");
}

static void check_every_entry_point(void)
{
    HWND owner = (HWND)(UINT_PTR)0x1234;
    NETRESOURCEA narrow = {.dwType = RESOURCETYPE_PRINT, .lpLocalName = "lpt2", .lpRemoteName = "\\\\fs01\\gr\xFC\xDF" "e"};
    NETRESOURCEW wide = {.lpRemoteName = L"\\\\fs01\\wide"};
    start((void *)(UINT_PTR)1, NULL);
    WNetAddConnection3W(owner, &wide, NULL, NULL, 0);
    check(notification_count == 3 && notifications[0].owner == (void *)owner, "WNetAddConnection3W is notified, with its owner window");
    start((void *)(UINT_PTR)1, NULL);
    WNetAddConnection3A(owner, &narrow, NULL, NULL, 0);
    check(notification_count == 3 && lstrcmpW(notifications[0].remote_name, L"\\\\fs01\\gr\xFC\xDF" L"e") == 0, "WNetAddConnection3A is, in UTF-16");
    start((void *)(UINT_PTR)1, NULL);
    WNetCancelConnection2A("LPT2", 0, TRUE);
    WNetAddConnection2A(&narrow, NULL, NULL, 0);
    WNetCancelConnectionA("lpt2", TRUE);
    WNetAddConnectionA("\\\\fs01\\a", NULL, NULL);
    WNetAddConnectionW(L"\\\\fs01\\w", NULL, NULL);
    check(notification_count == 15, "so are WNetAddConnectionA and W, 2A, WNetCancelConnectionA and 2A");
    start(NULL, NULL);
    add(NULL, L"", 0);
    add(NULL, NULL, 0);
    add(NULL, L"\\\\fs01\\flags", 0x80000000u);
    WNetAddConnection2W(NULL, NULL, NULL, 0);
    WNetCancelConnection2W(NULL, 0, FALSE);
    wide.lpProvider = L"no such provider";
    check(WNetAddConnection2W(&wide, NULL, NULL, 0) == WN_BAD_PROVIDER && notification_count == 0, "what MPR refuses on its own is not notified");
}

// Looked up, because mingw-w64 neither declares nor imports it everywhere.
static DWORD restore(const wchar_t *device)
{
    DWORD(WINAPI * function)(HWND, const wchar_t *) = (void *)GetProcAddress(GetModuleHandleW(L"mpr.dll"), "WNetRestoreConnectionW");
    return function ? function(NULL, device) : ERROR_PROC_NOT_FOUND;
}

static void check_what_is_silent(void)
{
    wchar_t name[64] = L"";
    DWORD units = 64;
    add(L"R:", L"\\\\fs01\\restored", CONNECT_UPDATE_PROFILE);
    WNetCancelConnection2W(L"R:", 0, TRUE);
    start((void *)(UINT_PTR)1, (void *)(UINT_PTR)1);
    LONG calls = provider_calls();
    check(restore(L"R:") == WN_SUCCESS && provider_calls() == calls + 1 && notification_count == 0,
          "restoring a persistent connection asks the provider and notifies nobody");
    WNetCancelConnection2W(L"R:", CONNECT_UPDATE_PROFILE, TRUE);
    check(restore(L"R:") == ERROR_CONNECTION_UNAVAIL, "a connection cancelled for good is not restored");
    check(WNetGetProviderNameW(WNNC_NET_RDR2SAMPLE, name, &units) == WN_SUCCESS && lstrcmpW(name, L"mprtap test network") == 0,
          "every other function reaches the builtin");
}

// How many are listed under this scope; `found` says whether the last one asked for is among them.
static int listed(DWORD scope, const wchar_t *local_name, const wchar_t *remote_name, BOOL *found)
{
    union { NETRESOURCEW resources[1]; BYTE bytes[600]; } buffer;
    HANDLE handle;
    int count = 0;
    *found = FALSE;
    if (WNetOpenEnumW(scope, RESOURCETYPE_ANY, 0, NULL, &handle) != WN_SUCCESS)
        return -1;
    for (;;) {
        DWORD wanted = (DWORD)-1, size = sizeof buffer;
        if (WNetEnumResourceW(handle, &wanted, &buffer, &size) != WN_SUCCESS)
            break;
        for (DWORD i = 0; i < wanted; i++, count++) {
            const wchar_t *local = buffer.resources[i].lpLocalName;
            BOOL same = local && local_name ? lstrcmpW(local, local_name) == 0 : !local && !local_name;
            if (same && lstrcmpW(buffer.resources[i].lpRemoteName, remote_name) == 0)
                *found = TRUE;
        }
    }
    WNetCloseEnum(handle);
    return count;
}

static void check_enumeration(void)
{
    BOOL device, deviceless, remembered, gone;
    NETRESOURCEW container = {.lpRemoteName = L"\\\\fs01"};
    HANDLE handle;
    int before = listed(RESOURCE_CONNECTED, NULL, L"", &gone);
    add(L"S:", L"\\\\fs01\\listed", CONNECT_UPDATE_PROFILE);
    add(NULL, L"\\\\fs01\\without-device", 0);
    int count = listed(RESOURCE_CONNECTED, L"S:", L"\\\\fs01\\listed", &device);
    listed(RESOURCE_CONNECTED, NULL, L"\\\\fs01\\without-device", &deviceless);
    check(count == before + 2 && device && deviceless, "what is connected is listed, with and without a device, in more than one call");
    listed(RESOURCE_REMEMBERED, L"S:", L"\\\\fs01\\listed", &remembered);
    WNetCancelConnection2W(L"S:", 0, TRUE);
    WNetCancelConnection2W(L"\\\\fs01\\without-device", 0, TRUE);
    count = listed(RESOURCE_CONNECTED, L"S:", L"\\\\fs01\\listed", &gone);
    check(count == before && !gone && remembered, "what is cancelled is not, and what is persistent is remembered all the same");
    WNetCancelConnection2W(L"S:", CONNECT_UPDATE_PROFILE, TRUE);
    check(WNetOpenEnumW(RESOURCE_CONNECTED, RESOURCETYPE_ANY, 0, &container, &handle) == WN_BAD_VALUE, "connections have no container: 87");
    SetEnvironmentVariableW(L"MPRTAP_TEST_SESSION", L"self-test");
    add(L"T:", L"\\\\fs01\\shared", 0);
    count = listed(RESOURCE_CONNECTED, L"T:", L"\\\\fs01\\shared", &device);
    SetEnvironmentVariableW(L"MPRTAP_TEST_SESSION", L"another");
    check(count == 1 && device && listed(RESOURCE_CONNECTED, L"T:", L"\\\\fs01\\shared", &gone) == 0 && !gone,
          "connections belong to a logon session; another one does not see them");
    SetEnvironmentVariableW(L"MPRTAP_TEST_SESSION", L"self-test");
    WNetCancelConnection2W(L"T:", 0, TRUE);
    SetEnvironmentVariableW(L"MPRTAP_TEST_SESSION", NULL);
}

int wmain(void)
{
    check(start_probes(), "every value under Notifyees is loaded by MPR, environment variables expanded, a missing DLL ignored");
    check_add();
    check_contexts_and_statuses();
    check_cancel();
    check_every_entry_point();
    check_what_is_silent();
    check_enumeration();
    printf("stand-in MPR: %d passed, %d failed\n", passed, failed);
    return failed != 0;
}
