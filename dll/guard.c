// The exception guard. On x64 and arm64 the compiler's __try needs only __C_specific_handler, which KERNEL32 exports. On x86 it would need
// _except_handler3 from a C runtime, so the guard is written by hand there (docs/adr/0002-x86-exception-guard.md).
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

// The body is called through a pointer, so it is never inlined. An access inside __try itself would not be caught reliably.
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

// The stack of guarded_call while the body runs. The last two fields are the EXCEPTION_REGISTRATION_RECORD. fs:0 points to it, and Windows
// hands it to the handler as `frame`.
//
//      ebp + 16   address      ebp + 12   argument      ebp + 8   body
//      ebp +  0   saved ebp, below it ebx, esi, edi
//      ebp - 16   handler
//      ebp - 20   the record before this one            <- frame
#define FRAME_TO_ADDRESS 36 // from ebp - 20 to ebp + 16

// Called by the handler below for every exception of the body.
__attribute__((used)) void guard_note(const EXCEPTION_RECORD *record, uint8_t *frame)
{
    **(uintptr_t **)(frame + FRAME_TO_ADDRESS) = touched_address(record);
}

// The handler. Windows calls it for every exception below guarded_call, as handler(record, frame, context, dispatcher). While Windows unwinds
// (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND) the handler has nothing to do; 1 is EXCEPTION_CONTINUE_SEARCH. Otherwise it lets RtlUnwind
// unwind the body's calls, and resumes in guarded_call. Native RtlUnwind returns with eax set and ebx, esi, edi, ecx and edx zeroed. So ebp is
// the only register that keeps its value across that call: `frame` is read again from the handler's own arguments, and the registers of
// guarded_call's caller from guarded_call's stack.
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
        "    movl 8(%ebp), %ecx\n"
        "    calll *___guard_check_icall_fptr\n" // keeps ecx
        "    calll *%ecx\n"
        "    addl $4, %esp\n"
        "    movl $1, %eax\n"
        "guard_leave:\n" // esp is at the record
        "    popl %fs:0\n"
        "    addl $4, %esp\n"
        "    popl %edi\n"
        "    popl %esi\n"
        "    popl %ebx\n"
        "    popl %ebp\n"
        "    retl\n"
        ".p2align 4\n"
        "_guard_handler:\n"
        "    pushl %ebp\n"
        "    movl %esp, %ebp\n"
        "    movl 8(%ebp), %eax\n"
        "    testl $6, 4(%eax)\n" // record->ExceptionFlags
        "    jne 2f\n"
        "    pushl 12(%ebp)\n"
        "    pushl 8(%ebp)\n"
        "    calll _guard_note\n"
        "    pushl $0\n"         // return value
        "    pushl 8(%ebp)\n"    // record
        "    pushl $1f\n"        // where it returns to
        "    pushl 12(%ebp)\n"   // frame
        "    calll *\"__imp__RtlUnwind@16\"\n"
        "1:  movl 12(%ebp), %esp\n"
        "    leal 20(%esp), %ebp\n"
        "    xorl %eax, %eax\n"
        "    jmp guard_leave\n"
        "2:  movl $1, %eax\n"
        "    popl %ebp\n"
        "    retl\n"
        // The image's only exception handler (SafeSEH), and a place that Windows may call (Control Flow Guard).
        ".safeseh _guard_handler\n"
        ".section .gfids$y,\"dr\"\n"
        ".symidx _guard_handler\n"
        ".text\n");

#endif
