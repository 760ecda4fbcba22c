// Installing the probes as notifyees for the time it takes MPR to load them, and recording what they are told.
#include "record.h"

#define NOTIFYEES L"SYSTEM\\CurrentControlSet\\Control\\NetworkProvider\\Notifyees"

Notification notifications[NOTIFICATIONS_MAX];
int notification_count;
void *contexts_to_leave[PROBES];

LONG provider_calls(void)
{
    static LONG(WINAPI * calls)(void);
    if (!calls)
        calls = (LONG(WINAPI *)(void))(void *)GetProcAddress(LoadLibraryW(L"testnp.dll"), "TestProviderCalls");
    return calls ? calls() : -1;
}

// Whether reading one byte there faults.
static BOOL faults(const void *address)
{
    return address && IsBadReadPtr(address, 1);
}

static void record_add(Notification *notification, const NOTIFYADD *add)
{
    const NETRESOURCEW *resource = &add->NetResource;
    lstrcpynW(notification->remote_name, resource->lpRemoteName, 64);
    notification->local_name_is_null = !resource->lpLocalName;
    if (resource->lpLocalName)
        lstrcpynW(notification->local_name, resource->lpLocalName, 64);
    notification->type = resource->dwType;
    notification->flags = add->dwAddFlags;
    notification->owner = add->hwndOwner;
    notification->undefined_fields_crash = faults(resource->lpComment) && faults(resource->lpProvider) && resource->dwScope > 0xFFFF &&
                                           resource->dwDisplayType > 0xFFFF && resource->dwUsage > 0xFFFF;
}

static void record_cancel(Notification *notification, const NOTIFYCANCEL *cancel)
{
    lstrcpynW(notification->remote_name, cancel->lpName, 64);
    notification->flags = cancel->dwFlags;
    notification->force = cancel->fForce;
    notification->undefined_fields_crash = faults(cancel->lpProvider);
    if (!notification->undefined_fields_crash && cancel->lpProvider)
        lstrcpynW(notification->provider, cancel->lpProvider, 64);
}

static void record(int probe, NOTIFYINFO *info, NOTIFYADD *add, NOTIFYCANCEL *cancel)
{
    if (notification_count == NOTIFICATIONS_MAX)
        return;
    Notification *notification = &notifications[notification_count++];
    *notification = (Notification){
        .probe = probe,
        .cancels = cancel != NULL,
        .phase = info->dwNotifyStatus,
        .status = info->dwOperationStatus,
        .context_in = info->lpContext,
        .provider_calls = provider_calls(),
    };
    if (add)
        record_add(notification, add);
    else
        record_cancel(notification, cancel);
    if (info->dwNotifyStatus == NOTIFY_PRE)
        info->lpContext = contexts_to_leave[probe];
    // Nobody may see what a notifyee scribbles into what it was given.
    if (add)
        add->NetResource.lpRemoteName = NULL;
    else
        cancel->lpName = NULL;
}

static void set_value(HKEY key, const wchar_t *name, DWORD type, const wchar_t *path)
{
    RegSetValueExW(key, name, 0, type, (const BYTE *)path, (lstrlenW(path) + 1) * sizeof(wchar_t));
}

// One path needs expanding, one does not, one names no file; the names of the values mean nothing.
static BOOL load_through_mpr(const wchar_t *second_probe)
{
    HKEY key;
    NETRESOURCEW resource = {.lpRemoteName = L"\\\\fs01\\loading"};
    if (RegCreateKeyW(HKEY_LOCAL_MACHINE, NOTIFYEES, &key) != ERROR_SUCCESS)
        return FALSE;
    set_value(key, L"self-test 1", REG_EXPAND_SZ, L"%PROBE_DIRECTORY%\\probe1.dll");
    set_value(key, L"self-test 2", REG_EXPAND_SZ, second_probe);
    set_value(key, L"self-test 3", REG_EXPAND_SZ, L"%PROBE_DIRECTORY%\\missing.dll");
    WNetAddConnection2W(&resource, NULL, NULL, 0);
    RegDeleteValueW(key, L"self-test 1");
    RegDeleteValueW(key, L"self-test 2");
    RegDeleteValueW(key, L"self-test 3");
    RegCloseKey(key);
    return TRUE;
}

// Nothing but MPR loads the probes: they are only looked up here.
BOOL start_probes(void)
{
    static const wchar_t *const names[PROBES] = {L"probe1.dll", L"probe2.dll"};
    wchar_t directory[512], second_probe[600];
    DWORD units = GetModuleFileNameW(NULL, directory, 512);
    while (units && directory[units] != '\\')
        directory[units--] = 0;
    directory[units] = 0;
    SetEnvironmentVariableW(L"PROBE_DIRECTORY", directory);
    lstrcpyW(second_probe, directory);
    lstrcatW(second_probe, L"\\probe2.dll");
    if (!load_through_mpr(second_probe))
        return FALSE;
    for (int i = 0; i < PROBES; i++) {
        ProbeListen listen = (ProbeListen)(void *)GetProcAddress(GetModuleHandleW(names[i]), "ProbeListenTo");
        if (!listen)
            return FALSE;
        listen(record, i);
    }
    return TRUE;
}
