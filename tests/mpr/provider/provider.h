// The test network provider: what its files share.
#pragma once

#define UNICODE
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <winnetwk.h>
#include <npapi.h>

// Units of a name, with its end.
#define NAME_UNITS 512

// script.c: what the remote name asks for.
DWORD scripted_result(const wchar_t *remote_name);
BOOL keeps_files_open(const wchar_t *remote_name);

// mappings.c: the connections of this process.
DWORD add_mapping(const wchar_t *local_name, const wchar_t *remote_name);
DWORD cancel_mapping(const wchar_t *name, BOOL force);
BOOL mapping_at(DWORD index, wchar_t *local_name, wchar_t *remote_name);

// session.c: those of a logon session, where this process has one.
BOOL has_session(void);
DWORD add_to_session(const wchar_t *local_name, const wchar_t *remote_name);
DWORD cancel_in_session(const wchar_t *name);
BOOL session_connection(DWORD index, wchar_t *local_name, wchar_t *remote_name);
