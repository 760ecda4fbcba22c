// The stand-in for MPR: what its files share. README.md beside this folder says what it imitates and what it does not.
#pragma once

#define UNICODE
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <winnetwk.h>
#include <npapi.h>

#define NOTIFYEES_MAX 16
#define PROVIDERS_MAX 8
#define NAME_UNITS_MAX 512

#define NETWORK_PROVIDER_KEY L"SYSTEM\\CurrentControlSet\\Control\\NetworkProvider\\"

// One add or cancel on its way through MPR: what the notifyees are told, and what each of them left in PRE.
typedef struct {
    BOOL cancels;
    NOTIFYADD add;
    NOTIFYCANCEL cancel;
    void *contexts[NOTIFYEES_MAX];
} Operation;

// notifyees.c
void notify_pre(Operation *operation);
void notify_post(Operation *operation, DWORD status, const wchar_t *provider);

// providers.c
DWORD check_provider(const wchar_t *wanted);
DWORD call_providers_to_add(HWND owner, NETRESOURCEW *resource, wchar_t *password, wchar_t *user, DWORD flags);
void call_providers_to_enumerate(void *enumeration);
DWORD call_providers_to_cancel(wchar_t *name, BOOL force, const wchar_t **provider);

// restore.c
void remember_connection(const wchar_t *local_name, const wchar_t *remote_name, const wchar_t *provider);
void forget_connection(const wchar_t *local_name);
void enumerate_remembered(void *enumeration);

// enumerate.c
void enumeration_add(void *enumeration, const NETRESOURCEW *resource, const wchar_t *provider);

// poison.c
void *poison_pointer(void);
#define POISON_NUMBER 0xBADBAD00u

// registry.c
BOOL read_registry_text(HKEY key, const wchar_t *value, wchar_t *text);
void expand_text(const wchar_t *text, wchar_t *expanded);
