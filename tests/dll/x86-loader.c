// Loads the shipped 32-bit DLL into a small Linux program and gives it the few things of Windows that its exception guard needs, as unkind as
// native Windows: RtlUnwind loses every register, only handlers in the image's table are called (SafeSEH), and every indirect call is checked
// against the image's table (Control Flow Guard). Wine does none of the three. Needs no C runtime, so that no 32-bit libraries are wanted.
//   x86-loader DLL
// One line a check, "ok ..." or "not ok ...".
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STDCALL __attribute__((stdcall))
#define FROM_ASSEMBLY __attribute__((used))

static int32_t system_call(int32_t number, uint32_t b, uint32_t c, uint32_t d, uint32_t s, uint32_t di)
{
    int32_t result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(b), "c"(c), "d"(d), "S"(s), "D"(di) : "memory");
    return result;
}

enum { SYS_EXIT = 1, SYS_READ = 3, SYS_WRITE = 4, SYS_OPEN = 5, SYS_MMAP = 90, SYS_SIGACTION = 174, SYS_SET_THREAD_AREA = 243 };

static void say(const char *text)
{
    uint32_t length = 0;
    while (text[length]) length++;
    system_call(SYS_WRITE, 1, (uint32_t)text, length, 0, 0);
}

static __attribute__((noreturn)) void end(int code)
{
    system_call(SYS_EXIT, (uint32_t)code, 0, 0, 0, 0);
    __builtin_unreachable();
}

static bool failed;

static void check(bool ok, const char *sentence)
{
    failed |= !ok;
    say(ok ? "ok " : "not ok ");
    say(sentence);
    say("\n");
}

static __attribute__((noreturn)) void give_up(const char *sentence)
{
    check(false, sentence);
    end(1);
}

static bool equal(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static uint8_t *map(uint32_t address, uint32_t size)
{
    enum { READ_WRITE_EXECUTE = 7, PRIVATE_ANONYMOUS_FIXED = 0x32 };
    const uint32_t arguments[6] = {address, size, READ_WRITE_EXECUTE, PRIVATE_ANONYMOUS_FIXED, (uint32_t)-1, 0};
    return (uint8_t *)system_call(SYS_MMAP, (uint32_t)arguments, 0, 0, 0, 0);
}

// ── The image ───────────────────────────────────────────────────────────────────────────────────────────────────────

static uint8_t *base;
static const uint32_t *directories; // address and size, by number
static uint8_t file[64 * 1024];

static uint32_t u32(const void *at) { return *(const uint32_t *)at; }
static uint16_t u16(const void *at) { return *(const uint16_t *)at; }

static void load_image(const char *path)
{
    int32_t handle = system_call(SYS_OPEN, (uint32_t)path, 0, 0, 0, 0);
    int32_t length = handle < 0 ? handle : system_call(SYS_READ, (uint32_t)handle, (uint32_t)file, sizeof file, 0, 0);
    if (length <= 0 || length == sizeof file) give_up("the DLL can be read");
    const uint8_t *headers = file + u32(file + 0x3c), *optional = headers + 24;
    base = map(u32(optional + 28), u32(optional + 56));
    if (base != (uint8_t *)u32(optional + 28)) give_up("there is room at the address that the DLL prefers");
    const uint8_t *section = optional + u16(headers + 20);
    for (unsigned i = 0; i < u16(headers + 6); i++, section += 40) {
        for (uint32_t b = 0; b < u32(section + 16); b++) base[u32(section + 12) + b] = file[u32(section + 20) + b];
    }
    directories = (const uint32_t *)(optional + 96);
}

static void *exported(const char *name)
{
    const uint8_t *exports = base + directories[0];
    for (uint32_t i = 0; i < u32(exports + 24); i++) {
        if (!equal((const char *)base + u32(base + u32(exports + 32) + 4 * i), name)) continue;
        return base + u32(base + u32(exports + 28) + 4 * u16(base + u32(exports + 36) + 2 * i));
    }
    give_up("the DLL exports it");
}

static const uint8_t *load_config(void) { return base + directories[20]; }

static bool in_table(uint32_t address, unsigned table, unsigned count)
{
    const uint32_t *entries = (const uint32_t *)u32(load_config() + table);
    for (uint32_t i = 0; i < u32(load_config() + count); i++) {
        if ((uint32_t)base + entries[i] == address) return true;
    }
    return false;
}

static bool is_handler(uint32_t address) { return in_table(address, 64, 68); }
static bool is_call_target(uint32_t address) { return in_table(address, 80, 84); }

// ── Windows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

struct registration { struct registration *next; uint32_t handler; };
struct exception { uint32_t code, flags, next, address, parameters, information[15]; };

static struct { struct registration *chain; uint32_t rest[1023]; } thread_block; // fs:0
static uint32_t last_error, selector;
static uint32_t stack_low;
static unsigned checked_calls, exceptions;

STDCALL static uint32_t get_last_error(void) { return last_error; }
STDCALL static void set_last_error(uint32_t error) { last_error = error; }
STDCALL static void stack_limits(uint32_t *low, uint32_t *high) { *low = stack_low, *high = 0xffffffff; }
STDCALL static int32_t stack_guarantee(uint32_t *bytes) { return *bytes = 0, 1; }
STDCALL static void not_expected(void) { give_up("the DLL asks Windows for nothing else"); }

FROM_ASSEMBLY void leave_frames_below(struct registration *frame) { thread_block.chain = frame; }
FROM_ASSEMBLY void check_call(uint32_t target)
{
    checked_calls++;
    if (!is_call_target(target)) give_up("each indirect call goes to a function in the image's table");
}

// Native RtlUnwind(frame, target, record, value): eax is the value, all others but esp and ebp are lost. And a check of an indirect call,
// which has its target in ecx and keeps ecx and edx.
void rtl_unwind(void);
void check_indirect_call(void);
__asm__("rtl_unwind:\n"
        "    pushl 4(%esp)\n"
        "    calll leave_frames_below\n"
        "    addl $4, %esp\n"
        "    movl 16(%esp), %eax\n"
        "    xorl %ebx, %ebx\n"
        "    xorl %esi, %esi\n"
        "    xorl %edi, %edi\n"
        "    xorl %ecx, %ecx\n"
        "    xorl %edx, %edx\n"
        "    retl $16\n"
        "check_indirect_call:\n"
        "    pushl %ecx\n"
        "    pushl %edx\n"
        "    pushl %ecx\n"
        "    calll check_call\n"
        "    addl $4, %esp\n"
        "    popl %edx\n"
        "    popl %ecx\n"
        "    retl\n");

static const struct { const char *name; void *function; } provided[] = {
    {"GetLastError", (void *)get_last_error},
    {"SetLastError", (void *)set_last_error},
    {"GetCurrentThreadStackLimits", (void *)stack_limits},
    {"SetThreadStackGuarantee", (void *)stack_guarantee},
    {"RtlUnwind", (void *)rtl_unwind},
};

static void *function_named(const char *name)
{
    for (unsigned i = 0; i < sizeof provided / sizeof *provided; i++) {
        if (equal(provided[i].name, name)) return provided[i].function;
    }
    return (void *)not_expected;
}

static void resolve_imports(void)
{
    for (const uint8_t *library = base + directories[2]; u32(library + 12) != 0; library += 20) {
        const uint32_t *names = (const uint32_t *)(base + u32(library));
        uint32_t *functions = (uint32_t *)(base + u32(library + 16));
        for (unsigned i = 0; names[i] != 0; i++) functions[i] = (uint32_t)function_named((const char *)base + names[i] + 2);
    }
    if (directories[21] >= 76 && u32(load_config()) >= 88 && u32(load_config() + 72) != 0) {
        *(uint32_t *)u32(load_config() + 72) = (uint32_t)check_indirect_call;
    }
}

// Windows gives the exception to each registered handler, until one does not return.
static void on_fault(int number, uint32_t *facts, void *context)
{
    (void)number;
    struct exception exception = {.code = 0xc0000005, .parameters = 2, .information = {0, facts[3]}};
    __asm__ volatile("movw %w0, %%fs" : : "r"(selector));
    exceptions++;
    for (struct registration *frame = thread_block.chain; frame != (void *)-1; frame = frame->next) {
        if (!is_handler(frame->handler)) give_up("the handler is in the image's table of handlers");
        ((int32_t (*)(struct exception *, struct registration *, void *, void *))frame->handler)(&exception, frame, context, NULL);
    }
    give_up("the exception is handled");
}

static void make_thread(void)
{
    struct { uint32_t entry, base, limit, flags; } area = {(uint32_t)-1, (uint32_t)&thread_block, 0xfffff, 0x51}; // 32-bit, in pages, usable
    enum { SEGV = 11, BUS = 7, SIGINFO_NODEFER = 0x40000004 };
    struct { void *handler; uint32_t flags; void *restorer; uint32_t mask[2]; } action = {(void *)on_fault, SIGINFO_NODEFER, NULL, {0, 0}};
    thread_block.chain = (void *)-1;
    if (system_call(SYS_SET_THREAD_AREA, (uint32_t)&area, 0, 0, 0, 0) != 0) give_up("this system gives a thread a segment");
    selector = area.entry << 3 | 3;
    __asm__ volatile("movw %w0, %%fs" : : "r"(selector));
    system_call(SYS_SIGACTION, SEGV, (uint32_t)&action, 0, 8, 0);
    system_call(SYS_SIGACTION, BUS, (uint32_t)&action, 0, 8, 0);
}

// ── The test ────────────────────────────────────────────────────────────────────────────────────────────────────────

// Calls function(info, what) with marks in the registers that a function must keep. The result, or -1 if a mark is gone.
int32_t call_marked(void *function, void *info, void *what);
__asm__("call_marked:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    pushl %ebx\n"
        "    pushl %esi\n"
        "    pushl %edi\n"
        "    movl $0x11111111, %ebx\n"
        "    movl $0x22222222, %esi\n"
        "    movl $0x33333333, %edi\n"
        "    pushl 16(%ebp)\n"
        "    pushl 12(%ebp)\n"
        "    calll *8(%ebp)\n"
        "    cmpl $0x11111111, %ebx\n"
        "    jne 1f\n"
        "    cmpl $0x22222222, %esi\n"
        "    jne 1f\n"
        "    cmpl $0x33333333, %edi\n"
        "    je 2f\n"
        "1:  movl $-1, %eax\n"
        "2:  popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    retl\n");

FROM_ASSEMBLY void start(const uint32_t *stack)
{
    if (stack[0] != 2) give_up("usage: x86-loader DLL");
    load_image((const char *)stack[2]);
    resolve_imports();
    make_thread();
    stack_low = (uint32_t)stack - (1u << 20);
    void *const functions[] = {exported("AddConnectNotify"), exported("CancelConnectNotify")};
    bool ok = true;
    for (unsigned i = 0; i < 1000; i++) {
        last_error = 0xabcd;
        ok &= call_marked(functions[i % 2], (void *)0x10, NULL) == 0 && last_error == 0xabcd && thread_block.chain == (void *)-1;
    }
    check(ok, "1,000 notifications that cannot be read return WN_SUCCESS, with the caller's registers, last error and handlers as they were");
    check(exceptions == 1000, "each of them raised an exception, and was unwound by a RtlUnwind that keeps no register");
    check(checked_calls == 1000, "each went through the guard's one indirect call, which is checked");
    end(failed);
}

__asm__(".globl _start\n"
        "_start:\n"
        "    movl %esp, %eax\n"
        "    andl $-16, %esp\n"
        "    subl $12, %esp\n"
        "    pushl %eax\n"
        "    calll start\n");
