// The shipped DLL on a Windows that is less kind than Wine: its imports are replaced, one case at a time, by functions that do what Windows
// is documented to do where Wine does something milder. docs/windows-assumptions.md lists the cases with their sources.
//   unkind DLL CASE [ARGUMENT…]      the cases are at the end of this file
// One line a check, "ok ..." or "not ok ..."; the line "context written" or "context not-written" says what the PRE left.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#define UNICODE
#include <windows.h>
#include <npapi.h>

#include <winternl.h>

typedef DWORD(WINAPI *add_notify)(NOTIFYINFO *, NOTIFYADD *);

// Bytes of a control file (format/layout.ts).
#define CONTROL_BYTES 64

static const wchar_t *dll_path, *argument, *second_argument;
static HMODULE dll;
static add_notify add_connect;
static unsigned failures;

static void check(BOOL ok, const char *sentence)
{
    if (!ok) failures++;
    printf("%s %s\n", ok ? "ok" : "not ok", sentence);
}

static void load(void)
{
    dll = LoadLibraryW(dll_path);
    if (!dll) {
        printf("not ok the DLL loads (error %lu)\n", GetLastError());
        exit(2);
    }
    add_connect = (add_notify)(void *)GetProcAddress(dll, "AddConnectNotify");
}

// Puts `ours` in the place of the function that the DLL imports under `name`, and returns that.
static void *interpose(const char *name, void *ours)
{
    BYTE *base = (BYTE *)dll;
    IMAGE_NT_HEADERS *headers = (IMAGE_NT_HEADERS *)(base + ((IMAGE_DOS_HEADER *)base)->e_lfanew);
    DWORD imports = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    for (IMAGE_IMPORT_DESCRIPTOR *library = (IMAGE_IMPORT_DESCRIPTOR *)(base + imports); library->Name; library++) {
        IMAGE_THUNK_DATA *names = (IMAGE_THUNK_DATA *)(base + library->OriginalFirstThunk);
        IMAGE_THUNK_DATA *functions = (IMAGE_THUNK_DATA *)(base + library->FirstThunk);
        for (; names->u1.AddressOfData; names++, functions++) {
            if (strcmp(((IMAGE_IMPORT_BY_NAME *)(base + names->u1.AddressOfData))->Name, name) != 0) continue;
            void *theirs = (void *)(ULONG_PTR)functions->u1.Function;
            DWORD protection;
            VirtualProtect(functions, sizeof *functions, PAGE_READWRITE, &protection);
            functions->u1.Function = (ULONG_PTR)ours;
            VirtualProtect(functions, sizeof *functions, protection, &protection);
            return theirs;
        }
    }
    printf("not ok the DLL imports %s\n", name);
    exit(2);
}

// ── Notifications ───────────────────────────────────────────────────────────────────────────────────────────────────

// Each call must succeed and leave the last error alone.
static BOOL add(NOTIFYINFO *info, NOTIFYADD *what)
{
    SetLastError(0xabcd);
    return add_connect(info, what) == NO_ERROR && GetLastError() == 0xabcd;
}

static BOOL add_pair(NOTIFYADD *what, void **context)
{
    NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
    BOOL ok = add(&info, what);
    *context = info.lpContext;
    info.dwNotifyStatus = NOTIFY_POST;
    return add(&info, what) && ok;
}

static void once(void)
{
    NOTIFYADD what = {.NetResource = {.lpRemoteName = L"\\\\a\\b"}};
    void *context;
    check(add_pair(&what, &context), "the calls succeed and leave the last error alone");
    printf("context %s\n", context == (void *)(INT_PTR)-1 ? "not-written" : context ? "written" : "untouched");
}

static BOOL is_untouched(void)
{
    NOTIFYADD what = {.NetResource = {.lpRemoteName = L"\\\\a\\b"}};
    void *context;
    return add_pair(&what, &context) && context == NULL;
}

// ── Exceptions ──────────────────────────────────────────────────────────────────────────────────────────────────────

#ifdef __i386__
// Native 32-bit Windows returns from RtlUnwind with EAX set to the return value that was asked for, and with every other register but ESP and
// EBP zeroed. Wine keeps them all.
void *real_unwind;
unsigned unwinds;
void unwind_without_registers(void);
__asm__(".globl _unwind_without_registers\n"
        "_unwind_without_registers:\n"
        "    incl _unwinds\n"
        "    pushl 16(%esp)\n"
        "    pushl 16(%esp)\n"
        "    pushl 16(%esp)\n"
        "    pushl 16(%esp)\n"
        "    calll *_real_unwind\n"
        "    movl 16(%esp), %eax\n"
        "    xorl %ebx, %ebx\n"
        "    xorl %esi, %esi\n"
        "    xorl %edi, %edi\n"
        "    xorl %ecx, %ecx\n"
        "    xorl %edx, %edx\n"
        "    retl $16\n");
#endif

// Calls the DLL with its callee-saved registers marked, as a compiler's code around the call would have them in use.
static BOOL keeps_its_callers_registers(NOTIFYINFO *info, NOTIFYADD *what)
{
#ifdef __i386__
    static UINT_PTR ebx, esi, edi;
    static NOTIFYINFO *in_info;
    static NOTIFYADD *in_what;
    static add_notify function;
    in_info = info, in_what = what, function = add_connect;
    __asm__ volatile("movl $0x11111111, %%ebx\n movl $0x22222222, %%esi\n movl $0x33333333, %%edi\n"
                     "pushl %1\n pushl %0\n calll *%2\n"
                     "movl %%ebx, %3\n movl %%esi, %4\n movl %%edi, %5"
                     : : "m"(in_info), "m"(in_what), "m"(function), "m"(ebx), "m"(esi), "m"(edi)
                     : "eax", "ecx", "edx", "ebx", "esi", "edi", "memory", "cc");
    return ebx == 0x11111111 && esi == 0x22222222 && edi == 0x33333333;
#else
    return add(info, what);
#endif
}

static void unwinding(void)
{
#ifdef __i386__
    real_unwind = interpose("RtlUnwind", (void *)unwind_without_registers);
#endif
    NOTIFYADD unreadable = {.NetResource = {.lpRemoteName = (WCHAR *)0x10}};
    void *context;
    check(add_pair(&unreadable, &context) && context == (void *)1, "a name that cannot be read costs the name, not the record");
    NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
    check(add(&info, (NOTIFYADD *)0x10) && info.lpContext == (void *)(INT_PTR)-1, "a notification that cannot be read costs the record");
    check(keeps_its_callers_registers(&info, (NOTIFYADD *)0x10), "the caller's registers are as they were");
#ifdef __i386__
    check(unwinds >= 4, "each of the exceptions was unwound by a RtlUnwind that keeps no register");
#endif
    once();
}

// ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────

typedef NTSTATUS(WINAPI *create_file)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *, LARGE_INTEGER *, ULONG, ULONG, ULONG,
                                      ULONG, void *, ULONG);
static create_file real_create;
static NTSTATUS answer;
static HANDLE handed_out[16]; // and not closed since
static unsigned handed_out_count, refused;
static BYTE owner_asked_for[68];
static BOOL asked_for_owner, asked_for_list;

static BOOL ends_in(const UNICODE_STRING *name, const wchar_t *end)
{
    size_t units = wcslen(end);
    return name->Length / 2u >= units && memcmp(name->Buffer + name->Length / 2u - units, end, units * 2) == 0;
}

static NTSTATUS WINAPI unkind_create(HANDLE *file, ACCESS_MASK access, OBJECT_ATTRIBUTES *object, IO_STATUS_BLOCK *io, LARGE_INTEGER *size,
                                     ULONG attributes, ULONG share, ULONG disposition, ULONG options, void *ea, ULONG ea_length)
{
    SECURITY_DESCRIPTOR *descriptor = object->SecurityDescriptor;
    if (descriptor && descriptor->Owner) CopySid(sizeof owner_asked_for, owner_asked_for, descriptor->Owner);
    asked_for_owner |= descriptor && descriptor->Owner;
    asked_for_list |= descriptor && (descriptor->Control & SE_DACL_PRESENT);
    BOOL in_the_way = argument && ends_in(object->ObjectName, argument);
    if (in_the_way) refused++;
    if (in_the_way && answer < 0) return answer;
    NTSTATUS status = real_create(file, access, object, io, size, attributes, share, disposition, options, ea, ea_length);
    if (!in_the_way || answer == 0 || status < 0) return status;
    if (!(options & FILE_COMPLETE_IF_OPLOCKED)) {
        printf("not ok the DLL never waits for the holder of an oplock\n");
        exit(3);
    }
    handed_out[handed_out_count++ % 16] = *file;
    return answer;
}

static BOOL(WINAPI *real_close)(HANDLE);
static BOOL WINAPI noted_close(HANDLE handle)
{
    for (unsigned i = 0; i < handed_out_count && i < 16; i++) {
        if (handed_out[i] == handle) handed_out[i] = NULL;
    }
    return real_close(handle);
}

// The names of files that end in the argument get the status that is the second argument, in hexadecimal.
static void opening(void)
{
    answer = (NTSTATUS)wcstoul(second_argument, NULL, 16);
    real_create = interpose("NtCreateFile", unkind_create);
    real_close = interpose("CloseHandle", noted_close);
    once();
    check(refused > 0, "the DLL met it");
    BOOL all = TRUE;
    for (unsigned i = 0; i < handed_out_count && i < 16; i++) all &= handed_out[i] == NULL;
    check(all, "what was opened to no end is closed again");
}

static HANDLE WINAPI refuse_reopen(HANDLE file, DWORD access, DWORD share, DWORD flags)
{
    (void)file, (void)access, (void)share, (void)flags;
    SetLastError(ERROR_ACCESS_DENIED);
    return INVALID_HANDLE_VALUE;
}

// An access list that gives its owner no right to delete or rename a file.
static void no_right_to_rename(void)
{
    interpose("ReOpenFile", refuse_reopen);
    once();
}

static BOOL WINAPI refuse_information(HANDLE file, int information_class, void *information, DWORD size)
{
    (void)file, (void)information_class, (void)information, (void)size;
    SetLastError(ERROR_ACCESS_DENIED);
    return FALSE;
}

// A file that was put aside before is mapped by somebody, and cannot be replaced.
static void no_replacing(void)
{
    interpose("SetFileInformationByHandle", refuse_information);
    once();
}

static DWORD(WINAPI *real_ticks)(void);
static DWORD minutes;
static DWORD WINAPI later_ticks(void)
{
    return real_ticks() + minutes * 60000;
}

static BOOL WINAPI locked_read(HANDLE file, void *data, DWORD bytes, DWORD *read, void *overlapped)
{
    (void)file, (void)data, (void)bytes, (void)read, (void)overlapped;
    SetLastError(ERROR_LOCK_VIOLATION);
    return FALSE;
}

// The control file says that nothing is to be recorded. Then somebody locks it, and keeps it for himself.
static void kept_control(void)
{
    real_ticks = interpose("GetTickCount", later_ticks);
    once();
    interpose("ReadFile", locked_read);
    minutes = 2;
    once();
    argument = L"\\control";
    answer = (NTSTATUS)0xc0000043; // STATUS_SHARING_VIOLATION
    real_create = interpose("NtCreateFile", unkind_create);
    minutes = 4;
    once();
    check(refused == 1, "the DLL looked again");
}

static DWORD WINAPI still_ticks(void)
{
    return 1000 + minutes * 60000;
}

// Somebody keeps the control file for himself before anybody has read it.
static void unknown_control(void)
{
    interpose("GetTickCount", still_ticks);
    argument = L"\\control";
    answer = (NTSTATUS)0xc0000043; // STATUS_SHARING_VIOLATION
    real_create = interpose("NtCreateFile", unkind_create);
    once();
    check(refused == 1, "the DLL asked for it once, not for each notification");
    minutes = 1;
    once();
    check(refused == 2, "and once more a minute later");
}

static BOOL(WINAPI *real_information)(HANDLE, BY_HANDLE_FILE_INFORMATION *);
static BOOL WINAPI short_control_file(HANDLE file, BY_HANDLE_FILE_INFORMATION *information)
{
    BOOL known = real_information(file, information);
    if (known && information->nFileSizeHigh == 0 && information->nFileSizeLow == CONTROL_BYTES) information->nFileSizeLow = CONTROL_BYTES - 1;
    return known;
}

// The control file says that nothing is to be recorded. Then it is cut short by one byte, and counts as missing.
static void short_control(void)
{
    real_ticks = interpose("GetTickCount", later_ticks);
    once();
    real_information = interpose("GetFileInformationByHandle", short_control_file);
    interpose("ReadFile", locked_read);
    minutes = 2;
    once();
}

static UINT WINAPI remote_drive(const WCHAR *root)
{
    (void)root;
    return DRIVE_REMOTE;
}

static void mapped_drive(void)
{
    interpose("GetDriveTypeW", remote_drive);
    once();
}

static LONG registry_answer;
static LONG WINAPI refuse_key(HKEY key, const WCHAR *name, DWORD options, REGSAM access, HKEY *opened)
{
    (void)key, (void)name, (void)options, (void)access, (void)opened;
    return registry_answer;
}

static LONG WINAPI refuse_value(HKEY key, const WCHAR *name, const WCHAR *value, DWORD flags, DWORD *type, void *data, DWORD *size)
{
    (void)key, (void)name, (void)value, (void)flags, (void)type, (void)data, (void)size;
    return registry_answer;
}

static LONG WINAPI grant_key(HKEY key, const WCHAR *name, DWORD options, REGSAM access, HKEY *opened)
{
    (void)name, (void)options, (void)access;
    *opened = key;
    return ERROR_SUCCESS;
}

// The key, or the value in it, answers with the error that is the second argument.
static void registry(void)
{
    registry_answer = (LONG)wcstoul(second_argument, NULL, 10);
    if (wcscmp(argument, L"key") == 0) interpose("RegOpenKeyExW", refuse_key);
    else interpose("RegOpenKeyExW", grant_key), interpose("RegGetValueW", refuse_value);
    once();
}

static LONG WINAPI give_directory(HKEY key, const WCHAR *name, const WCHAR *value, DWORD flags, DWORD *type, void *data, DWORD *size)
{
    (void)key, (void)name, (void)value, (void)flags, (void)type;
    *size = (DWORD)((wcslen(argument) + 1) * sizeof(WCHAR));
    memcpy(data, argument, *size);
    return ERROR_SUCCESS;
}

static LONG(WINAPI *real_open_key)(HKEY, const WCHAR *, DWORD, REGSAM, HKEY *);
static unsigned keys_opened;
static LONG WINAPI count_key(HKEY key, const WCHAR *name, DWORD options, REGSAM access, HKEY *opened)
{
    keys_opened++;
    return real_open_key(key, name, options, access, opened);
}

static UINT(WINAPI *real_drive_type)(const WCHAR *);
static unsigned drives_asked_for;
static UINT WINAPI count_drive(const WCHAR *root)
{
    drives_asked_for++;
    return real_drive_type(root);
}

// The first notification opens the control file and the ring, or several names of it. The folder of all of them is looked for once.
static void first_notification(void)
{
    real_open_key = interpose("RegOpenKeyExW", count_key);
    real_drive_type = interpose("GetDriveTypeW", count_drive);
    answer = (NTSTATUS)0xc0000022; // STATUS_ACCESS_DENIED
    argument = L".v1.ring";
    real_create = interpose("NtCreateFile", unkind_create);
    once();
    check(refused == 1, "the first name of the ring was taken");
    check(keys_opened == 1 && drives_asked_for == 1, "the registry and the drive were asked once");
}

static unsigned openings;
static NTSTATUS WINAPI counting_create(HANDLE *file, ACCESS_MASK access, OBJECT_ATTRIBUTES *object, IO_STATUS_BLOCK *io, LARGE_INTEGER *size,
                                       ULONG attributes, ULONG share, ULONG disposition, ULONG options, void *ea, ULONG ea_length)
{
    (void)file, (void)access, (void)object, (void)io, (void)size, (void)attributes, (void)share, (void)disposition, (void)options, (void)ea;
    (void)ea_length;
    openings++;
    return (NTSTATUS)0xc0000033; // STATUS_OBJECT_NAME_INVALID
}

// The registry names the directory that is the argument, which Win32 and Windows' kernel understand differently, or which is no directory.
static void bad_directory(void)
{
    interpose("RegOpenKeyExW", grant_key);
    interpose("RegGetValueW", give_directory);
    interpose("NtCreateFile", counting_create);
    once();
    check(openings == 0, "no file is looked for there");
}

// ── Memory ──────────────────────────────────────────────────────────────────────────────────────────────────────────

static void *(WINAPI *real_map)(HANDLE, DWORD, DWORD, DWORD, SIZE_T);
static BYTE *view;
static SIZE_T view_bytes;
static BOOL disk_is_full = TRUE;
static unsigned page_errors;

static void *WINAPI map_without_disk(HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T bytes)
{
    DWORD before;
    BYTE *mapped = real_map(mapping, access, high, low, bytes);
    if (mapped && disk_is_full && bytes > 4096) {
        view = mapped, view_bytes = bytes;
        VirtualProtect(mapped + 4096, bytes - 4096, PAGE_NOACCESS, &before);
    }
    return mapped;
}

// Windows reports a page that it can get no disk space for as an error of the page, not as a violation.
static LONG WINAPI as_page_error(EXCEPTION_POINTERS *pointers)
{
    EXCEPTION_RECORD *record = pointers->ExceptionRecord;
    if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION || record->ExceptionInformation[1] - (ULONG_PTR)view >= view_bytes) return 0;
    page_errors++;
    record->ExceptionCode = EXCEPTION_IN_PAGE_ERROR;
    record->NumberParameters = 3;
    record->ExceptionInformation[2] = 0xc000007f; // STATUS_DISK_FULL
    return EXCEPTION_CONTINUE_SEARCH;
}

static void full_disk(void)
{
    real_ticks = interpose("GetTickCount", later_ticks);
    real_map = interpose("MapViewOfFile", map_without_disk);
    AddVectoredExceptionHandler(1, as_page_error);
    once();
    check(page_errors == 1, "the first slot that was touched had no room on the disk, and the ring was then left alone");
    disk_is_full = FALSE;
    minutes = 1;
    once();
}

static void *WINAPI map_nothing(HANDLE mapping, DWORD access, DWORD high, DWORD low, SIZE_T bytes)
{
    (void)mapping, (void)access, (void)high, (void)low, (void)bytes;
    SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    return NULL;
}

static void no_address_space(void)
{
    interpose("MapViewOfFile", map_nothing);
    once();
}

static BOOL WINAPI guarantee_64k(ULONG *bytes)
{
    *bytes = 64 * 1024;
    return TRUE;
}

static __attribute__((noinline)) BOOL untouched_from_depth(BYTE *low)
{
    volatile BYTE page[4096];
    page[0] = page[4095] = 1;
    if ((BYTE *)page - low > 70 * 1024) return untouched_from_depth(low) && page[0] == 1;
    return is_untouched();
}

// The thread keeps 64 KiB for its handlers of a stack overflow: of 70 that are left only 6 are ours.
static void stack_guarantee(void)
{
    MEMORY_BASIC_INFORMATION stack;
    interpose("SetThreadStackGuarantee", guarantee_64k);
    VirtualQuery(&stack, &stack, sizeof stack);
    check(untouched_from_depth(stack.AllocationBase), "a call with 6 KiB of stack left above the guarantee succeeds and tries nothing");
    once();
}

// ── Tokens ──────────────────────────────────────────────────────────────────────────────────────────────────────────

static BOOL WINAPI refuse_thread_token(HANDLE thread, DWORD access, BOOL as_self, HANDLE *token)
{
    (void)thread, (void)access, (void)as_self, (void)token;
    SetLastError(ERROR_ACCESS_DENIED);
    return FALSE;
}

static BOOL WINAPI refuse_process_token(HANDLE process, DWORD access, HANDLE *token)
{
    (void)process, (void)access, (void)token;
    SetLastError(ERROR_ACCESS_DENIED);
    return FALSE;
}

static void thread_token(void)
{
    interpose("OpenThreadToken", refuse_thread_token);
    once();
}

static void process_token(void)
{
    interpose("OpenProcessToken", refuse_process_token);
    once();
}

static unsigned asked_by_handle, asked_by_default;
static BOOL WINAPI no_member(HANDLE token, void *sid, BOOL *is_member)
{
    (void)sid;
    if (token) asked_by_handle++;
    else asked_by_default++;
    *is_member = FALSE;
    return TRUE;
}

static DWORD WINAPI impersonate_and_add(void *unused)
{
    (void)unused;
    check(ImpersonateSelf(SecurityImpersonation), "a thread impersonates");
    once();
    RevertToSelf();
    return 0;
}

// CheckTokenMembership takes no primary token; and which token it finds by itself while a thread impersonates is not documented.
static void membership(void)
{
    interpose("CheckTokenMembership", no_member);
    once();
    check(asked_by_default == 1 && asked_by_handle == 0, "the process's membership is asked for without a handle");
    WaitForSingleObject(CreateThread(NULL, 0, impersonate_and_add, NULL, 0, NULL), INFINITE);
    check(asked_by_default == 1 && asked_by_handle == 2, "that of a thread that impersonates by its token, for PRE and POST");
}

// What is recorded under a token of the thread says so.
static void impersonation(void)
{
    once();
    WaitForSingleObject(CreateThread(NULL, 0, impersonate_and_add, NULL, 0, NULL), INFINITE);
    once();
}

static BOOL WINAPI default_owner(void *descriptor, void **owner, BOOL *defaulted)
{
    static BYTE administrators[16] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2};
    (void)descriptor;
    *owner = asked_for_owner ? owner_asked_for : administrators;
    *defaulted = FALSE;
    return TRUE;
}

// A new file belongs to a group, unless its maker says whom it belongs to.
static void group_owner(void)
{
    interpose("CheckTokenMembership", no_member);
    interpose("GetSecurityDescriptorOwner", default_owner);
    real_create = interpose("NtCreateFile", unkind_create);
    once();
    check(asked_for_owner, "a file in users is made for the user");
    check(!asked_for_list, "with the access list that its folder gives it");
}

// ── Loading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

static void unloaded_between(void)
{
    NOTIFYADD what = {.NetResource = {.lpRemoteName = L"\\\\a\\b"}};
    NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
    check(add(&info, &what) && info.lpContext == (void *)1, "the PRE leaves its context");
    check(FreeLibrary(dll) && GetModuleHandleW(dll_path) == NULL, "the DLL is unloaded");
    load();
    info.dwNotifyStatus = NOTIFY_POST;
    check(add(&info, &what), "the POST comes after it was loaded again");
}

static const struct { const wchar_t *name; void (*run)(void); } cases[] = {
    {L"unwinding", unwinding},
    {L"opening", opening}, // NAME-END STATUS
    {L"no-right-to-rename", no_right_to_rename},
    {L"no-replacing", no_replacing},
    {L"kept-control", kept_control},
    {L"unknown-control", unknown_control},
    {L"short-control", short_control},
    {L"mapped-drive", mapped_drive},
    {L"registry", registry}, // key|value ERROR
    {L"bad-directory", bad_directory}, // PATH
    {L"first-notification", first_notification},
    {L"full-disk", full_disk},
    {L"no-address-space", no_address_space},
    {L"stack-guarantee", stack_guarantee},
    {L"thread-token", thread_token},
    {L"process-token", process_token},
    {L"membership", membership},
    {L"impersonation", impersonation},
    {L"group-owner", group_owner},
    {L"unloaded-between", unloaded_between},
};

int wmain(int count, wchar_t **arguments)
{
    if (count < 3) return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    dll_path = arguments[1];
    if (count > 3) argument = arguments[3];
    if (count > 4) second_argument = arguments[4];
    load();
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (wcscmp(arguments[2], cases[i].name) != 0) continue;
        cases[i].run();
        return failures != 0;
    }
    return 2;
}
