// A Windows program that calls the real DLL as MPR does, and as nobody should. One line a check, "ok ..." or "not ok ...".
//   drive DLL smoke                the documented calls, one of each
//   drive DLL pairs N K            N adds, PRE and POST, named \\server\share-K-n
//   drive DLL until FILE K         adds as pairs does, a millisecond apart, until FILE is there; says what the first PRE left
//   drive DLL once                 one add; says which context the PRE left
//   drive DLL hostile N            N rounds of bad pointers, bits and contexts
//   drive DLL threads T N          T threads of N adds each
//   drive DLL keeps N               as pairs N 0; nothing is left behind
//   drive DLL unload N             N times load, one add as pairs N 0 makes it, unload; nothing is left behind
//   drive DLL locked FILE          one add while FILE is open for nobody else
//   drive DLL directory PATH       one add with PATH as the directory in the registry
//   drive DLL setting TYPE         one add with a value of that type there; NUL: text with something after its end
//   drive DLL cramped              one add with 16 KiB of stack left, one after it
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#define UNICODE
#include <windows.h>
#include <npapi.h>

typedef DWORD(WINAPI *add_notify)(NOTIFYINFO *, NOTIFYADD *);
typedef DWORD(WINAPI *cancel_notify)(NOTIFYINFO *, NOTIFYCANCEL *);

static const wchar_t *dll_path;
static HMODULE dll;
static add_notify add_connect;
static cancel_notify cancel_connect;
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
    cancel_connect = (cancel_notify)(void *)GetProcAddress(dll, "CancelConnectNotify");
}

// Each call must succeed and leave the last error alone.
static BOOL add(NOTIFYINFO *info, NOTIFYADD *what)
{
    SetLastError(0xabcd);
    return add_connect(info, what) == NO_ERROR && GetLastError() == 0xabcd;
}

static BOOL cancel(NOTIFYINFO *info, NOTIFYCANCEL *what)
{
    SetLastError(0xabcd);
    return cancel_connect(info, what) == NO_ERROR && GetLastError() == 0xabcd;
}

// PRE with a NULL context, then POST with what PRE left.
static BOOL add_pair(WCHAR *remote, WCHAR *local, DWORD status, void **context)
{
    NOTIFYADD what = {.NetResource = {.dwType = RESOURCETYPE_DISK, .lpRemoteName = remote, .lpLocalName = local}, .dwAddFlags = 1};
    what.NetResource.lpProvider = what.NetResource.lpComment = (WCHAR *)0x10; // not defined: must not be read
    NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
    BOOL ok = add(&info, &what);
    if (context) *context = info.lpContext;
    info.dwNotifyStatus = NOTIFY_POST;
    info.dwOperationStatus = status;
    return add(&info, &what) && ok;
}

// A string without an end: it fills the last bytes of a page, the next page is not there.
static WCHAR *endless(unsigned units)
{
    BYTE *pages = VirtualAlloc(NULL, 0x3000, MEM_RESERVE, PAGE_NOACCESS);
    VirtualAlloc(pages, 0x2000, MEM_COMMIT, PAGE_READWRITE);
    WCHAR *text = (WCHAR *)(pages + 0x2000) - units;
    for (unsigned i = 0; i < units; i++) text[i] = 'e';
    return text;
}

static void smoke(void)
{
    WCHAR remote[] = {'\\', '\\', 's', 0x0434, '\\', 0xd800, 0}, local[] = L"Q:", provider[] = L"Test Network";
    void *context;
    check(add_pair(remote, local, 53, &context), "add PRE and POST succeed and leave the last error alone");
    check(context == (void *)1, "the first PRE leaves 1, its sequence + 1, as context");

    NOTIFYCANCEL what = {.lpName = local, .lpProvider = (WCHAR *)0x10, .dwFlags = 1, .fForce = TRUE};
    NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
    check(cancel(&info, &what), "cancel PRE succeeds and does not read the provider");
    check(info.lpContext == (void *)3, "the cancel's PRE leaves its own context");
    info.dwNotifyStatus = NOTIFY_POST;
    info.dwOperationStatus = 2401;
    check(cancel(&info, &what), "a failed cancel POST does not read the provider");
    info.dwOperationStatus = 0;
    what.lpProvider = provider;
    what.fForce = FALSE;
    check(cancel(&info, &what), "a successful cancel POST reads it");

    NOTIFYINFO broken = {NOTIFY_PRE, 0, NULL};
    NOTIFYADD unreadable = {.NetResource = {.lpRemoteName = endless(5), .lpLocalName = (WCHAR *)0x10}};
    check(add(&broken, &unreadable) && broken.lpContext == (void *)6, "a PRE with unreadable names is recorded all the same");

    NOTIFYINFO neither = {0x10, 0, NULL};
    NOTIFYADD nothing = {0};
    check(add(&neither, &nothing) && neither.lpContext == NULL, "a call that is neither PRE nor POST leaves the context alone");
    NOTIFYINFO both = {NOTIFY_PRE | NOTIFY_POST | 0x40, 0, (void *)77};
    check(add(&both, &nothing) && both.lpContext == (void *)77, "a call that is both is a POST");
}

static BOOL numbered_pair(unsigned id, unsigned number, void **context)
{
    WCHAR remote[64], local[] = L"Q:";
    _snwprintf(remote, 64, L"\\\\server\\share-%u-%u", id, number);
    return add_pair(remote, local, number % 10 == 9 ? 53 : 0, context);
}

static BOOL pairs(unsigned count, unsigned id)
{
    BOOL ok = TRUE;
    for (unsigned i = 0; i < count; i++) ok &= numbered_pair(id, i, NULL);
    return ok;
}

static void say(void *context)
{
    printf("context %s\n", context == (void *)(INT_PTR)-1 ? "not-written" : "written");
}

static void until(const wchar_t *path, unsigned id)
{
    BOOL ok = TRUE;
    for (unsigned i = 0; GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES; i++) {
        void *context;
        ok &= numbered_pair(id, i, &context);
        if (i == 0) say(context);
        Sleep(1);
    }
    check(ok, "every call succeeds and leaves the last error alone");
}

static void hostile(unsigned rounds)
{
    void *unmapped = VirtualAlloc(NULL, 0x1000, MEM_RESERVE, PAGE_NOACCESS);
    void *read_only = VirtualAlloc(NULL, 0x1000, MEM_COMMIT | MEM_RESERVE, PAGE_READONLY);
    static WCHAR huge[100000];
    for (unsigned i = 0; i < 99999; i++) huge[i] = 'h';
    WCHAR *names[] = {NULL, unmapped, endless(5), endless(400), (WCHAR *)((BYTE *)endless(9) + 1), huge, (WCHAR *)(INT_PTR)-1, L"\\\\a\\b"};
    void *blocks[] = {NULL, unmapped, read_only, (void *)(INT_PTR)-8, (void *)3};
    const DWORD bits[] = {0, 1, 2, 3, 4, 0x80000001, 0xffffffff, 0x10};
    BYTE odd[sizeof(NOTIFYADD) + sizeof(NOTIFYINFO) + 8];
    BOOL ok = TRUE;
    for (unsigned i = 0; i < rounds; i++) {
        NOTIFYINFO info = {bits[i % 8], i, (void *)(INT_PTR)(i * 2654435761u)};
        NOTIFYADD what = {(HWND)(INT_PTR)i, {.dwType = i, .lpRemoteName = names[i % 8], .lpLocalName = names[i / 8 % 8]}, i};
        NOTIFYCANCEL gone = {names[i % 8], names[i / 8 % 8], i, (BOOL)i};
        switch (i % 6) {
        case 0: ok &= add(&info, &what); break;
        case 1: ok &= cancel(&info, &gone); break;
        case 2: ok &= add(blocks[i / 6 % 5], &what); break;
        case 3: ok &= add(&info, blocks[i / 6 % 5]); break;
        case 4: ok &= cancel(blocks[i / 6 % 5], blocks[i / 30 % 5]); break;
        case 5:
            memcpy(odd + 1, &info, sizeof info);
            memcpy(odd + 1 + sizeof info, &what, sizeof what);
            ok &= add((NOTIFYINFO *)(odd + 1), (NOTIFYADD *)(odd + 1 + sizeof info));
        }
    }
    check(ok, "hostile calls all return WN_SUCCESS and leave the last error alone");
    NOTIFYINFO info = {NOTIFY_PRE, 0, NULL};
    check(add(&info, unmapped) && info.lpContext == (void *)(INT_PTR)-1, "a PRE that faults still asks for its POST");
}

static DWORD WINAPI thread_of_pairs(void *argument)
{
    unsigned *job = argument;
    return !pairs(job[0], job[1]);
}

static void threads(unsigned count, unsigned each)
{
    static HANDLE handles[64];
    static unsigned jobs[64][2];
    BOOL ok = TRUE;
    for (unsigned i = 0; i < count && i < 64; i++) {
        jobs[i][0] = each;
        jobs[i][1] = i;
        handles[i] = CreateThread(NULL, 0, thread_of_pairs, jobs[i], 0, NULL);
    }
    for (unsigned i = 0; i < count && i < 64; i++) {
        DWORD code = 1;
        WaitForSingleObject(handles[i], INFINITE);
        GetExitCodeThread(handles[i], &code);
        ok &= code == 0;
    }
    check(ok, "every call of every thread succeeds");
}

static void once(void)
{
    void *context = NULL;
    check(add_pair((WCHAR[]){'\\', '\\', 'a', '\\', 'b', 0}, NULL, 0, &context), "the calls succeed");
    say(context);
}

static void locked(const wchar_t *path)
{
    HANDLE file = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS, 0, NULL);
    check(file != INVALID_HANDLE_VALUE, "the file can be locked");
    once();
    CloseHandle(file);
}

// Takes the stack down to 16 KiB, page by page, and calls from there.
static __attribute__((noinline)) BOOL call_from_depth(BYTE *low)
{
    volatile BYTE page[4096];
    page[0] = page[4095] = 1;
    if ((BYTE *)page - low > 16 * 1024 + 4096) return call_from_depth(low) && page[0] == 1;
    void *context;
    return add_pair(L"\\\\a\\b", NULL, 0, &context) && context == NULL;
}

static void cramped(void)
{
    MEMORY_BASIC_INFORMATION stack;
    VirtualQuery(&stack, &stack, sizeof stack);
    check(call_from_depth(stack.AllocationBase), "a call with 16 KiB of stack left succeeds and tries nothing");
    once();
}

static void once_with(DWORD type, const void *data, DWORD bytes)
{
    HKEY key;
    const REGSAM access = KEY_ALL_ACCESS | KEY_WOW64_64KEY;
    BOOL set = RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\mprtap", 0, NULL, 0, access, NULL, &key, NULL) == 0 &&
               RegSetValueExW(key, L"Directory", 0, type, data, bytes) == 0;
    check(set, "the directory can be set");
    once();
    RegDeleteValueW(key, L"Directory");
    RegCloseKey(key);
}

static void directory(const wchar_t *path)
{
    once_with(REG_SZ, path, (DWORD)(wcslen(path) + 1) * 2);
}

static void setting(const wchar_t *type)
{
    static const WCHAR plain[] = L"C:\\ProgramData\\mprtap", ended[] = L"C:\\ProgramData\\mprtap\0\\elsewhere";
    static const WCHAR from_environment[] = L"%SystemDrive%\\ProgramData\\mprtap";
    if (wcscmp(type, L"REG_EXPAND_SZ") == 0) once_with(REG_EXPAND_SZ, from_environment, sizeof from_environment);
    else if (wcscmp(type, L"REG_MULTI_SZ") == 0) once_with(REG_MULTI_SZ, plain, sizeof plain);
    else if (wcscmp(type, L"REG_BINARY") == 0) once_with(REG_BINARY, plain, sizeof plain);
    else once_with(REG_SZ, ended, sizeof ended);
}

// What this process holds of the system: handles, and address space by who asked for it. Wine does not count handles, but gives out the
// lowest one that is free: that one shows a leak there.
struct holdings { DWORD handles; HANDLE free_handle; SIZE_T of_files, of_images, of_itself; };

static struct holdings holdings(void)
{
    struct holdings held = {.free_handle = CreateEventW(NULL, FALSE, FALSE, NULL)};
    MEMORY_BASIC_INFORMATION region;
    CloseHandle(held.free_handle);
    GetProcessHandleCount(GetCurrentProcess(), &held.handles);
    for (BYTE *at = NULL; VirtualQuery(at, &region, sizeof region) == sizeof region; at = (BYTE *)region.BaseAddress + region.RegionSize) {
        if (region.State == MEM_FREE) continue;
        if (region.Type == MEM_MAPPED) held.of_files += region.RegionSize;
        else if (region.Type == MEM_IMAGE) held.of_images += region.RegionSize;
        else held.of_itself += region.RegionSize;
    }
    return held;
}

static void check_nothing_left_since(struct holdings before)
{
    struct holdings after = holdings();
    check(after.handles == before.handles && after.free_handle == before.free_handle, "no handle is left behind");
    check(after.of_files == before.of_files && after.of_images == before.of_images, "nor a mapping");
    check(after.of_itself == before.of_itself, "nor memory");
    printf("next handle 0x%x, %llu KiB of files, %llu of images, %llu of its own; 0x%x, %llu, %llu, %llu after the first times\n",
           (unsigned)(UINT_PTR)after.free_handle, after.of_files / 1024ull, after.of_images / 1024ull, after.of_itself / 1024ull,
           (unsigned)(UINT_PTR)before.free_handle, before.of_files / 1024ull, before.of_images / 1024ull, before.of_itself / 1024ull);
}

// What is set up once, in this program and in Windows, is there after so many times.
#define FIRST_TIMES 10

static void keeps(unsigned count)
{
    struct holdings before = {0};
    BOOL ok = TRUE;
    for (unsigned i = 0; i < count; i++) {
        ok &= numbered_pair(0, i, NULL);
        if (i == FIRST_TIMES) before = holdings();
    }
    check(ok, "every call succeeds");
    check_nothing_left_since(before);
}

static void unload(unsigned cycles)
{
    struct holdings before = {0};
    BOOL ok = TRUE;
    for (unsigned i = 0; i < cycles; i++) {
        ok &= numbered_pair(0, i, NULL);
        ok &= FreeLibrary(dll) && GetModuleHandleW(dll_path) == NULL;
        if (i == FIRST_TIMES) before = holdings();
        if (i + 1 < cycles) load();
    }
    check(ok, "the DLL loads, records and unloads again and again");
    check_nothing_left_since(before);
}

int wmain(int count, wchar_t **arguments)
{
    if (count < 3) return 2;
    setvbuf(stdout, NULL, _IONBF, 0);
    dll_path = arguments[1];
    unsigned a = count > 3 ? (unsigned)_wtoi(arguments[3]) : 1, b = count > 4 ? (unsigned)_wtoi(arguments[4]) : 0;
    load();
    if (wcscmp(arguments[2], L"smoke") == 0) smoke();
    else if (wcscmp(arguments[2], L"pairs") == 0) check(pairs(a, b), "every call succeeds");
    else if (wcscmp(arguments[2], L"until") == 0) until(arguments[3], b);
    else if (wcscmp(arguments[2], L"once") == 0) once();
    else if (wcscmp(arguments[2], L"locked") == 0) locked(arguments[3]);
    else if (wcscmp(arguments[2], L"directory") == 0) directory(arguments[3]);
    else if (wcscmp(arguments[2], L"setting") == 0) setting(arguments[3]);
    else if (wcscmp(arguments[2], L"cramped") == 0) cramped();
    else if (wcscmp(arguments[2], L"hostile") == 0) hostile(a);
    else if (wcscmp(arguments[2], L"threads") == 0) threads(a, b);
    else if (wcscmp(arguments[2], L"keeps") == 0) keeps(a);
    else if (wcscmp(arguments[2], L"unload") == 0) unload(a);
    else return 2;
    return failures != 0;
}
