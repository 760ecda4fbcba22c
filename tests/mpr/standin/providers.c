// Network providers: finding them, and asking one after the other.
#include "standin.h"

typedef struct {
    wchar_t name[NAME_UNITS_MAX];
    DWORD capabilities;
    PF_NPAddConnection add;
    PF_NPAddConnection3 add3;
    PF_NPCancelConnection cancel;
    PF_NPOpenEnum open_enum;
    PF_NPEnumResource enum_resource;
    PF_NPCloseEnum close_enum;
} Provider;

static Provider providers[PROVIDERS_MAX];
static int provider_count;
static INIT_ONCE loaded = INIT_ONCE_STATIC_INIT;

// Authentication Registry Keys: a provider's Name and ProviderPath stand under its service's NetworkProvider key.
static void load_provider(const wchar_t *service)
{
    wchar_t subkey[NAME_UNITS_MAX], path[NAME_UNITS_MAX];
    Provider *provider = &providers[provider_count];
    HKEY key;
    lstrcpyW(subkey, L"SYSTEM\\CurrentControlSet\\Services\\");
    lstrcatW(subkey, service);
    lstrcatW(subkey, L"\\NetworkProvider");
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, subkey, 0, KEY_READ, &key) != ERROR_SUCCESS)
        return;
    BOOL complete = read_registry_text(key, L"Name", provider->name) && read_registry_text(key, L"ProviderPath", path);
    RegCloseKey(key);
    HMODULE library = complete ? LoadLibraryW(path) : NULL;
    PF_NPGetCaps capabilities = library ? (PF_NPGetCaps)(void *)GetProcAddress(library, "NPGetCaps") : NULL;
    if (!capabilities)
        return;
    provider->capabilities = capabilities(WNNC_CONNECTION);
    provider->add = (PF_NPAddConnection)(void *)GetProcAddress(library, "NPAddConnection");
    provider->add3 = (PF_NPAddConnection3)(void *)GetProcAddress(library, "NPAddConnection3");
    provider->cancel = (PF_NPCancelConnection)(void *)GetProcAddress(library, "NPCancelConnection");
    provider->open_enum = (PF_NPOpenEnum)(void *)GetProcAddress(library, "NPOpenEnum");
    provider->enum_resource = (PF_NPEnumResource)(void *)GetProcAddress(library, "NPEnumResource");
    provider->close_enum = (PF_NPCloseEnum)(void *)GetProcAddress(library, "NPCloseEnum");
    provider_count++;
}

// Authentication Registry Keys: ProviderOrder is a list with commas, and its order is the order of the attempts.
static BOOL CALLBACK load_providers(INIT_ONCE *once, void *parameter, void **context)
{
    (void)once, (void)parameter, (void)context;
    wchar_t order[NAME_UNITS_MAX] = L"";
    HKEY key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, NETWORK_PROVIDER_KEY L"Order", 0, KEY_READ, &key) != ERROR_SUCCESS)
        return TRUE;
    read_registry_text(key, L"ProviderOrder", order);
    RegCloseKey(key);
    for (wchar_t *service = order; *service && provider_count < PROVIDERS_MAX;) {
        wchar_t *end = service;
        while (*end && *end != ',')
            end++;
        BOOL last = !*end;
        *end = 0;
        if (*service && lstrlenW(service) < 256)
            load_provider(service);
        service = last ? end : end + 1;
    }
    return TRUE;
}

// WNetAddConnection2: a resource that names a provider is tried with that one only; none at all is ERROR_NO_NETWORK.
DWORD check_provider(const wchar_t *wanted)
{
    InitOnceExecuteOnce(&loaded, load_providers, NULL, NULL);
    if (provider_count == 0)
        return WN_NO_NETWORK;
    if (!wanted || !*wanted)
        return WN_SUCCESS;
    for (int i = 0; i < provider_count; i++)
        if (lstrcmpiW(wanted, providers[i].name) == 0)
            return WN_SUCCESS;
    return WN_BAD_PROVIDER;
}

// Implementing a Network Provider, "Routing": these mean "not mine"; the next provider is asked.
static BOOL is_insignificant(DWORD status)
{
    return status == ERROR_BAD_NETPATH || status == WN_BAD_NETNAME || status == WN_BAD_VALUE || status == WN_BAD_LEVEL;
}

// NPAddConnection3 is preferred to NPAddConnection where NPGetCaps says that the provider has it.
static DWORD ask_to_add(Provider *provider, HWND owner, NETRESOURCEW *resource, wchar_t *password, wchar_t *user, DWORD flags)
{
    if ((provider->capabilities & WNNC_CON_ADDCONNECTION3) && provider->add3)
        return provider->add3(owner, resource, password, user, flags);
    if ((provider->capabilities & WNNC_CON_ADDCONNECTION) && provider->add)
        return provider->add(resource, password, user);
    return WN_NOT_SUPPORTED;
}

// "Routing": the first that accepts ends the search; otherwise the first significant error is the result.
DWORD call_providers_to_add(HWND owner, NETRESOURCEW *resource, wchar_t *password, wchar_t *user, DWORD flags)
{
    DWORD result = WN_NO_NETWORK;
    BOOL significant = FALSE;
    for (int i = 0; i < provider_count && !significant; i++) {
        if (resource->lpProvider && *resource->lpProvider && lstrcmpiW(resource->lpProvider, providers[i].name) != 0)
            continue;
        DWORD status = ask_to_add(&providers[i], owner, resource, password, user, flags);
        if (status == WN_SUCCESS) {
            if (flags & CONNECT_UPDATE_PROFILE)
                remember_connection(resource->lpLocalName, resource->lpRemoteName, providers[i].name);
            return WN_SUCCESS;
        }
        significant = !is_insignificant(status);
        if (significant || result == WN_NO_NETWORK)
            result = status;
    }
    return result;
}

// WN_NOT_CONNECTED from a provider means that the connection is not one of its own.
DWORD call_providers_to_cancel(wchar_t *name, BOOL force, const wchar_t **provider)
{
    DWORD result = WN_NOT_CONNECTED;
    for (int i = 0; i < provider_count && result == WN_NOT_CONNECTED; i++) {
        if (!(providers[i].capabilities & WNNC_CON_CANCELCONNECTION) || !providers[i].cancel)
            continue;
        result = providers[i].cancel(name, force);
        *provider = providers[i].name;
    }
    return result;
}

void call_providers_to_enumerate(void *enumeration)
{
    for (int i = 0; i < provider_count; i++) {
        Provider *provider = &providers[i];
        union { NETRESOURCEW resource; BYTE bytes[8192]; } buffer;
        DWORD count = (DWORD)-1, size = sizeof buffer;
        HANDLE handle;
        if (!provider->open_enum || !provider->enum_resource || !provider->close_enum)
            continue;
        if (provider->open_enum(RESOURCE_CONNECTED, RESOURCETYPE_ANY, 0, NULL, &handle) != WN_SUCCESS)
            continue;
        while (provider->enum_resource(handle, &count, &buffer, &size) == WN_SUCCESS) {
            for (DWORD item = 0; item < count; item++)
                enumeration_add(enumeration, &(&buffer.resource)[item], provider->name);
            count = (DWORD)-1, size = sizeof buffer;
        }
        provider->close_enum(handle);
    }
}
