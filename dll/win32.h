// The few Windows declarations that the DLL needs, so that it builds without an SDK. Names, values and layouts are Microsoft's.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WINAPI __stdcall
#define IMPORT __declspec(dllimport)

typedef uint32_t DWORD;
typedef int32_t BOOL;
typedef uint16_t WCHAR;
typedef void *HANDLE;
typedef struct { DWORD low, high; } FILETIME;
typedef struct { DWORD low; int32_t high; } LUID;

#define INVALID_HANDLE_VALUE ((HANDLE)(intptr_t)-1)

// ── The notifications (npapi.h), UTF-16 always ──────────────────────────────────────────────────────────────────────

#define WN_SUCCESS 0u

typedef struct {
    DWORD dwScope, dwType, dwDisplayType, dwUsage;
    WCHAR *lpLocalName, *lpRemoteName, *lpComment, *lpProvider;
} NETRESOURCEW;

typedef struct {
    DWORD dwNotifyStatus, dwOperationStatus;
    void *lpContext;
} NOTIFYINFO;

typedef struct {
    HANDLE hwndOwner;
    NETRESOURCEW NetResource;
    DWORD dwAddFlags;
} NOTIFYADD;

typedef struct {
    WCHAR *lpName, *lpProvider;
    DWORD dwFlags;
    BOOL fForce;
} NOTIFYCANCEL;

#define ASSERT_AT(type, field, at32, at64) \
    _Static_assert(offsetof(type, field) == (sizeof(void *) == 4 ? (at32) : (at64)), #type "." #field)
#define ASSERT_SIZE(type, size32, size64) _Static_assert(sizeof(type) == (sizeof(void *) == 4 ? (size32) : (size64)), #type)
ASSERT_SIZE(NOTIFYINFO, 12, 16);
ASSERT_AT(NOTIFYINFO, dwOperationStatus, 4, 4);
ASSERT_AT(NOTIFYINFO, lpContext, 8, 8);
ASSERT_SIZE(NETRESOURCEW, 32, 48);
ASSERT_AT(NETRESOURCEW, dwType, 4, 4);
ASSERT_AT(NETRESOURCEW, lpLocalName, 16, 16);
ASSERT_AT(NETRESOURCEW, lpRemoteName, 20, 24);
ASSERT_AT(NETRESOURCEW, lpComment, 24, 32);
ASSERT_AT(NETRESOURCEW, lpProvider, 28, 40);
ASSERT_SIZE(NOTIFYADD, 40, 64);
ASSERT_AT(NOTIFYADD, NetResource, 4, 8);
ASSERT_AT(NOTIFYADD, dwAddFlags, 36, 56);
ASSERT_SIZE(NOTIFYCANCEL, 16, 24);
ASSERT_AT(NOTIFYCANCEL, lpProvider, 4, 8);
ASSERT_AT(NOTIFYCANCEL, dwFlags, 8, 16);
ASSERT_AT(NOTIFYCANCEL, fForce, 12, 20);
#undef ASSERT_AT
#undef ASSERT_SIZE

// ── Errors and exceptions ───────────────────────────────────────────────────────────────────────────────────────────

#define ERROR_SUCCESS 0
#define ERROR_FILE_NOT_FOUND 2
#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_ACCESS_VIOLATION 0xc0000005u
#define EXCEPTION_IN_PAGE_ERROR 0xc0000006u

typedef struct {
    DWORD ExceptionCode, ExceptionFlags;
    void *ExceptionRecord, *ExceptionAddress;
    DWORD NumberParameters;
    uintptr_t ExceptionInformation[15]; // for the two codes above, [1] is the touched address
} EXCEPTION_RECORD;

typedef struct {
    EXCEPTION_RECORD *ExceptionRecord;
    void *ContextRecord;
} EXCEPTION_POINTERS;

IMPORT DWORD WINAPI GetLastError(void);
IMPORT void WINAPI SetLastError(DWORD error);

// ── Process, thread, time ───────────────────────────────────────────────────────────────────────────────────────────

#define DLL_PROCESS_DETACH 0u
#define DLL_PROCESS_ATTACH 1u

IMPORT DWORD WINAPI GetCurrentProcessId(void);
IMPORT DWORD WINAPI GetCurrentThreadId(void);
IMPORT HANDLE WINAPI GetCurrentProcess(void);
IMPORT HANDLE WINAPI GetCurrentThread(void);
IMPORT BOOL WINAPI GetProcessTimes(HANDLE process, FILETIME *created, FILETIME *ended, FILETIME *kernel, FILETIME *user);
IMPORT DWORD WINAPI GetModuleFileNameW(HANDLE module, WCHAR *path, DWORD units);
IMPORT BOOL WINAPI DisableThreadLibraryCalls(HANDLE module);
IMPORT BOOL WINAPI SetThreadStackGuarantee(DWORD *bytes);
IMPORT void WINAPI GetCurrentThreadStackLimits(uintptr_t *low, uintptr_t *high);
IMPORT void WINAPI GetSystemTimePreciseAsFileTime(FILETIME *now);
IMPORT BOOL WINAPI QueryPerformanceCounter(uint64_t *ticks);
IMPORT BOOL WINAPI QueryPerformanceFrequency(uint64_t *ticks_per_second);
IMPORT DWORD WINAPI GetTickCount(void);

// ── Files and mappings ──────────────────────────────────────────────────────────────────────────────────────────────

#define DELETE_ACCESS 0x00010000u
#define READ_CONTROL 0x00020000u
#define GENERIC_READ 0x80000000u
#define GENERIC_WRITE 0x40000000u
#define FILE_SHARE_ALL 7u
#define SYNCHRONIZE 0x00100000u
#define FILE_READ_ATTRIBUTES 0x80u
#define FILE_ATTRIBUTE_NORMAL 0x80u
#define FILE_OPEN 1u
#define FILE_OPEN_IF 3u
#define FILE_SYNCHRONOUS_IO_NONALERT 0x20u
#define FILE_NON_DIRECTORY_FILE 0x40u
#define FILE_COMPLETE_IF_OPLOCKED 0x100u
#define FILE_OPEN_REPARSE_POINT 0x00200000u
#define OBJ_CASE_INSENSITIVE 0x40u
#define SECURITY_DESCRIPTOR_REVISION 1
#define DRIVE_FIXED 3u
#define PAGE_READWRITE 4u
#define FILE_MAP_WRITE 2u
#define FILE_MAP_READ 4u
#define OWNER_SECURITY_INFORMATION 1u

typedef struct {
    DWORD dwFileAttributes;
    FILETIME created, accessed, written;
    DWORD volume, nFileSizeHigh, nFileSizeLow, nNumberOfLinks, index_high, index_low;
} BY_HANDLE_FILE_INFORMATION;

#define FILE_RENAME_INFO_CLASS 3

typedef struct { uint16_t Length, MaximumLength; const WCHAR *Buffer; } UNICODE_STRING; // lengths in bytes

typedef struct {
    uint8_t Revision, Sbz1;
    uint16_t Control;
    const void *Owner, *Group, *Sacl, *Dacl;
} SECURITY_DESCRIPTOR;

typedef struct {
    DWORD Length;
    HANDLE RootDirectory;
    const UNICODE_STRING *ObjectName;
    DWORD Attributes;
    const SECURITY_DESCRIPTOR *SecurityDescriptor;
    void *SecurityQualityOfService;
} OBJECT_ATTRIBUTES;

typedef struct { uintptr_t Status, Information; } IO_STATUS_BLOCK;

// "NtCreateFile function (winternl.h)"
IMPORT uint32_t WINAPI NtCreateFile(HANDLE *file, DWORD access, const OBJECT_ATTRIBUTES *object, IO_STATUS_BLOCK *io, int64_t *size,
                                    DWORD attributes, DWORD share, DWORD disposition, DWORD options, void *ea, DWORD ea_length);
IMPORT BOOL WINAPI ReadFile(HANDLE file, void *data, DWORD bytes, DWORD *read, void *overlapped);
IMPORT DWORD WINAPI GetDriveTypeW(const WCHAR *root);
IMPORT HANDLE WINAPI ReOpenFile(HANDLE file, DWORD access, DWORD share, DWORD flags);
IMPORT BOOL WINAPI CloseHandle(HANDLE handle);
IMPORT BOOL WINAPI GetFileInformationByHandle(HANDLE file, BY_HANDLE_FILE_INFORMATION *information);
IMPORT BOOL WINAPI GetFileSizeEx(HANDLE file, uint64_t *size);
IMPORT BOOL WINAPI SetFileInformationByHandle(HANDLE file, int information_class, void *information, DWORD size);
IMPORT HANDLE WINAPI CreateFileMappingW(HANDLE file, void *security, DWORD protect, DWORD size_high, DWORD size_low, const WCHAR *name);
IMPORT void *WINAPI MapViewOfFile(HANDLE mapping, DWORD access, DWORD offset_high, DWORD offset_low, size_t bytes);
IMPORT BOOL WINAPI UnmapViewOfFile(const void *view);
IMPORT DWORD WINAPI GetSystemWindowsDirectoryW(WCHAR *path, DWORD units);
IMPORT BOOL WINAPI GetKernelObjectSecurity(HANDLE object, DWORD information, void *descriptor, DWORD size, DWORD *needed);
IMPORT BOOL WINAPI GetSecurityDescriptorOwner(void *descriptor, void **owner, BOOL *defaulted);

// ── Tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────

#define TOKEN_QUERY 8u
#define TOKEN_USER_CLASS 1
#define TOKEN_STATISTICS_CLASS 10
#define TOKEN_SESSION_ID_CLASS 12
#define TOKEN_INTEGRITY_LEVEL_CLASS 25
#define TOKEN_IS_APP_CONTAINER_CLASS 29

typedef struct { void *Sid; DWORD Attributes; } SID_AND_ATTRIBUTES;

typedef struct {
    LUID TokenId, AuthenticationId;
    int64_t ExpirationTime;
    DWORD TokenType, ImpersonationLevel, DynamicCharged, DynamicAvailable, GroupCount, PrivilegeCount;
    LUID ModifiedId;
} TOKEN_STATISTICS;

IMPORT BOOL WINAPI OpenThreadToken(HANDLE thread, DWORD access, BOOL as_self, HANDLE *token);
IMPORT BOOL WINAPI OpenProcessToken(HANDLE process, DWORD access, HANDLE *token);
IMPORT BOOL WINAPI GetTokenInformation(HANDLE token, int information_class, void *information, DWORD size, DWORD *needed);
IMPORT BOOL WINAPI CheckTokenMembership(HANDLE token, const void *sid, BOOL *is_member);

// ── Registry ────────────────────────────────────────────────────────────────────────────────────────────────────────

#define HKEY_LOCAL_MACHINE ((HANDLE)(intptr_t)(int32_t)0x80000002)
#define KEY_QUERY_VALUE 1u
#define KEY_WOW64_64KEY 0x100u
#define RRF_RT_REG_SZ 2u
#define RRF_NOEXPAND 0x10000000u

IMPORT int32_t WINAPI RegOpenKeyExW(HANDLE key, const WCHAR *name, DWORD options, DWORD access, HANDLE *opened);
IMPORT int32_t WINAPI RegGetValueW(HANDLE key, const WCHAR *sub_key, const WCHAR *value, DWORD flags, DWORD *type, void *data, DWORD *size);
IMPORT int32_t WINAPI RegCloseKey(HANDLE key);
