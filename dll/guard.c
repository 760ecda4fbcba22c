// The exception guard. On x64 and arm64 the compiler's __try needs only __C_specific_handler, which KERNEL32 exports. On x86 it would need
// _except_handler3 from a C runtime, so the registration record is written by hand there (docs/adr/0002-x86-exception-guard.md).
#include "guard.h"

static uintptr_t touched_address(const EXCEPTION_RECORD *record)
{
    bool about_memory = record->ExceptionCode == EXCEPTION_ACCESS_VIOLATION || record->ExceptionCode == EXCEPTION_IN_PAGE_ERROR;
    return about_memory ? record->ExceptionInformation[1] : 0;
}

#ifndef __i386__

static int note(const EXCEPTION_POINTERS *pointers, uintptr_t *address)
{
    *address = touched_address(pointers->ExceptionRecord);
    return EXCEPTION_EXECUTE_HANDLER;
}

// The body is reached through a pointer and therefore never inlined: an access inside __try itself would not be caught reliably.
bool guarded_call(void (*body)(void *), void *argument, uintptr_t *address)
{
    __try {
        body(argument);
        return true;
    } __except (note(_exception_info(), address)) {
        return false;
    }
}

#else

// The stack of guarded_call while the body runs; the two fields below are the EXCEPTION_REGISTRATION_RECORD that fs:0 points to.
//
//      ebp + 16   address      ebp + 12   argument      ebp + 8   body
//      ebp +  0   saved ebp, below it ebx, esi, edi
//      ebp - 16   handler
//      ebp - 20   the record before this one
#define RECORD_TO_ADDRESS 36 // from ebp - 20 to ebp + 16
#define EXCEPTION_UNWIND 6u  // EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND
#define EXCEPTION_CONTINUE_SEARCH 1

__asm__(".text\n"
        ".globl _guarded_call\n"
        "_guarded_call:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    pushl %ebx\n"
        "    pushl %esi\n"
        "    pushl %edi\n"
        "    pushl $_guard_handler\n"
        "    pushl %fs:0\n"
        "    movl %esp, %fs:0\n"
        "    pushl 12(%ebp)\n"
        "    calll *8(%ebp)\n"
        "    addl $4, %esp\n"
        "    movl $1, %eax\n"
        "    jmp 1f\n"
        "_guard_recover:\n" // arrived at from the handler with esp at the record
        "    leal 20(%esp), %ebp\n"
        "    xorl %eax, %eax\n"
        "1:  popl %fs:0\n"
        "    addl $4, %esp\n"
        "    popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    retl\n"
        ".safeseh _guard_handler\n");

IMPORT void WINAPI RtlUnwind(void *target_frame, void *target_address, EXCEPTION_RECORD *record, void *return_value);

// Windows calls this for every exception below guarded_call: it unwinds whatever the body called and resumes in guarded_call.
__attribute__((used)) int guard_handler(EXCEPTION_RECORD *record, uint8_t *frame, void *context, void *dispatcher)
{
    (void)context;
    (void)dispatcher;
    if (record->ExceptionFlags & EXCEPTION_UNWIND) return EXCEPTION_CONTINUE_SEARCH;
    **(uintptr_t **)(frame + RECORD_TO_ADDRESS) = touched_address(record);
    RtlUnwind(frame, NULL, record, NULL);
    __asm__ volatile("movl %0, %%esp\n    jmp _guard_recover" : : "r"(frame) : "memory");
    __builtin_unreachable();
}

// Lists the handler above as the image's only one (SafeSEH); the linker fills the table in from `.safeseh`.
extern const void *const __safe_se_handler_table[];
extern const uint8_t __safe_se_handler_count; // its address is the count
__attribute__((used)) const struct {
    uint32_t size, fields[15];
    const void *handler_table, *handler_count;
} _load_config_used = {.size = 72, .handler_table = __safe_se_handler_table, .handler_count = &__safe_se_handler_count};
_Static_assert(sizeof _load_config_used == 72, "IMAGE_LOAD_CONFIG_DIRECTORY32 up to SEHandlerCount");

#endif
