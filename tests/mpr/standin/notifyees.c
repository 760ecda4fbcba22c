// Notifyees: finding them, and telling them about an operation before and after it.
#include "standin.h"

typedef struct {
    PF_AddConnectNotify add;
    PF_CancelConnectNotify cancel;
} Notifyee;

static Notifyee notifyees[NOTIFYEES_MAX];
static int notifyee_count;
static INIT_ONCE loaded = INIT_ONCE_STATIC_INIT;

static void load_notifyee(const wchar_t *path)
{
    HMODULE library = LoadLibraryW(path);
    if (!library)
        return;
    // Connection Notification API: a notifyee "exports two functions", by these names.
    notifyees[notifyee_count].add = (PF_AddConnectNotify)(void *)GetProcAddress(library, "AddConnectNotify");
    notifyees[notifyee_count].cancel = (PF_CancelConnectNotify)(void *)GetProcAddress(library, "CancelConnectNotify");
    notifyee_count++;
}

// Registering to Receive Connection Notifications: all values under the key are treated as paths to DLLs, whatever their names.
// When MPR reads the key is not documented; here it is once in a process, at its first operation.
static BOOL CALLBACK load_notifyees(INIT_ONCE *once, void *parameter, void **context)
{
    (void)once, (void)parameter, (void)context;
    HKEY key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, NETWORK_PROVIDER_KEY L"Notifyees", 0, KEY_READ, &key) != ERROR_SUCCESS)
        return TRUE;
    for (DWORD index = 0; notifyee_count < NOTIFYEES_MAX; index++) {
        wchar_t name[NAME_UNITS_MAX], path[NAME_UNITS_MAX];
        DWORD units = NAME_UNITS_MAX;
        LSTATUS status = RegEnumValueW(key, index, name, &units, NULL, NULL, NULL, NULL);
        if (status == ERROR_NO_MORE_ITEMS)
            break;
        if (status == ERROR_SUCCESS && read_registry_text(key, name, path))
            load_notifyee(path);
    }
    RegCloseKey(key);
    return TRUE;
}

// Every notifyee gets a copy of its own, so that none sees what another one wrote into it, and nothing outlives the call.
// What a notifyee returns is ignored: what MPR does with it is not documented.
static void notify(Notifyee *notifyee, const Operation *operation, NOTIFYINFO *info)
{
    if (operation->cancels) {
        NOTIFYCANCEL cancel = operation->cancel;
        if (notifyee->cancel)
            notifyee->cancel(info, &cancel);
    } else {
        NOTIFYADD add = operation->add;
        if (notifyee->add)
            notifyee->add(info, &add);
    }
}

// NOTIFYINFO: in PRE the status is WN_SUCCESS and lpContext is NULL.
void notify_pre(Operation *operation)
{
    InitOnceExecuteOnce(&loaded, load_notifyees, NULL, NULL);
    // NOTIFYCANCEL: in PRE lpProvider is not defined.
    operation->cancel.lpProvider = poison_pointer();
    for (int i = 0; i < notifyee_count; i++) {
        NOTIFYINFO info = {NOTIFY_PRE, WN_SUCCESS, NULL};
        notify(&notifyees[i], operation, &info);
        operation->contexts[i] = info.lpContext;
    }
}

// NOTIFYINFO: the status is the provider's; a notifyee that left lpContext NULL in PRE is not called again for this operation.
// NOTIFYCANCEL: in POST lpProvider names the provider that cancelled, if one did.
void notify_post(Operation *operation, DWORD status, const wchar_t *provider)
{
    if (status == WN_SUCCESS && provider)
        operation->cancel.lpProvider = (wchar_t *)provider;
    for (int i = 0; i < notifyee_count; i++) {
        NOTIFYINFO info = {NOTIFY_POST, status, operation->contexts[i]};
        if (info.lpContext)
            notify(&notifyees[i], operation, &info);
    }
}
