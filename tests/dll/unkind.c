// The shipped DLL on a Windows that is less kind than Wine: its imports are replaced, one case at a time, by functions that do what Windows
// is documented to do where Wine does something milder. docs/windows-assumptions.md lists the cases with their sources.
//   unkind DLL CASE [ARGUMENT…]
// One line a check, "ok ..." or "not ok ..."; the line "context written" or "context not-written" says what the PRE left.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#define UNICODE
#include <windows.h>
#include <npapi.h>

typedef DWORD(WINAPI *add_notify)(NOTIFYINFO *, NOTIFYADD *);

static const wchar_t *dll_path;
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
__attribute__((unused)) static void *interpose(const char *name, void *ours)
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

static const struct { const wchar_t *name; void (*run)(void); } cases[] = {
    {L"unwinding", unwinding},
};

int wmain(int count, wchar_t **arguments)
{
    if (count < 3) return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    dll_path = arguments[1];
    load();
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (wcscmp(arguments[2], cases[i].name) != 0) continue;
        cases[i].run();
        return failures != 0;
    }
    return 2;
}
