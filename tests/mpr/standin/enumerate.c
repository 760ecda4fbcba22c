// What is connected, and what is remembered, by enumeration (WNetOpenEnum, WNetEnumResource, WNetCloseEnum). The list is made when it is opened.
#include "standin.h"

#define ITEMS_MAX 256

typedef struct {
    wchar_t local_name[NAME_UNITS_MAX], remote_name[NAME_UNITS_MAX];
    wchar_t provider_text[NAME_UNITS_MAX];
    DWORD type;
} Item;

typedef struct {
    DWORD scope;
    int count, next;
    Item items[ITEMS_MAX];
} Enumeration;

static void take_text(wchar_t *target, const wchar_t *text)
{
    target[0] = 0;
    if (text && lstrlenW(text) < NAME_UNITS_MAX)
        lstrcpyW(target, text);
}

void enumeration_add(void *context, const NETRESOURCEW *resource, const wchar_t *provider)
{
    Enumeration *enumeration = context;
    if (enumeration->count == ITEMS_MAX)
        return;
    Item *item = &enumeration->items[enumeration->count++];
    take_text(item->local_name, resource->lpLocalName);
    take_text(item->remote_name, resource->lpRemoteName);
    take_text(item->provider_text, provider);
    item->type = resource->dwType;
}

// RESOURCE_CONNECTED: "the connections of the caller's logon session", of all providers. RESOURCE_REMEMBERED: the persistent ones of the user.
DWORD WINAPI WNetOpenEnumW(DWORD scope, DWORD type, DWORD usage, LPNETRESOURCEW container, LPHANDLE handle)
{
    (void)type, (void)usage;
    if (!handle)
        return WN_BAD_POINTER;
    // WNetOpenEnum: "If dwScope is not RESOURCE_GLOBALNET, this parameter must be NULL."
    if ((scope != RESOURCE_CONNECTED && scope != RESOURCE_REMEMBERED) || container)
        return WN_BAD_VALUE;
    DWORD status = check_provider(NULL);
    if (status != WN_SUCCESS)
        return status;
    Enumeration *enumeration = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *enumeration);
    if (!enumeration)
        return WN_OUT_OF_MEMORY;
    enumeration->scope = scope;
    if (scope == RESOURCE_CONNECTED)
        call_providers_to_enumerate(enumeration);
    else
        enumerate_remembered(enumeration);
    *handle = enumeration;
    return WN_SUCCESS;
}

static DWORD bytes_of(const wchar_t *text)
{
    return (lstrlenW(text) + 1) * sizeof(wchar_t);
}

// The structures stand at the beginning of the buffer, their texts at its end.
static wchar_t *put_text(BYTE *buffer, DWORD *end, const wchar_t *text)
{
    *end -= bytes_of(text);
    lstrcpyW((wchar_t *)(buffer + *end), text);
    return (wchar_t *)(buffer + *end);
}

DWORD WINAPI WNetEnumResourceW(HANDLE handle, LPDWORD count, LPVOID buffer, LPDWORD size)
{
    Enumeration *enumeration = handle;
    DWORD end = *size & ~(DWORD)1, wanted = *count;
    NETRESOURCEW *resources = buffer;
    for (*count = 0; *count < wanted && enumeration->next < enumeration->count; ++*count) {
        Item *item = &enumeration->items[enumeration->next];
        DWORD texts = bytes_of(item->local_name) + bytes_of(item->remote_name) + bytes_of(item->provider_text);
        if ((*count + 1) * sizeof *resources + texts > end) {
            if (*count > 0)
                return WN_SUCCESS;
            *size = sizeof *resources + texts;
            return WN_MORE_DATA;
        }
        resources[*count] = (NETRESOURCEW){
            .dwScope = enumeration->scope,
            .dwType = item->type,
            // A connection without a device has no local name.
            .lpLocalName = item->local_name[0] ? put_text(buffer, &end, item->local_name) : NULL,
            .lpRemoteName = put_text(buffer, &end, item->remote_name),
            .lpProvider = put_text(buffer, &end, item->provider_text),
        };
        enumeration->next++;
    }
    return *count > 0 ? WN_SUCCESS : WN_NO_MORE_ENTRIES;
}

DWORD WINAPI WNetCloseEnum(HANDLE handle)
{
    return HeapFree(GetProcessHeap(), 0, handle) ? WN_SUCCESS : WN_BAD_HANDLE;
}
