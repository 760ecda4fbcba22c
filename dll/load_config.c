// The load configuration (IMAGE_LOAD_CONFIG_DIRECTORY): Control Flow Guard on every architecture, and on x86 the table of exception handlers
// (SafeSEH). Elsewhere a C runtime brings it. The linker fills in every name that begins with two underscores
// (docs/adr/0014-control-flow-guard.md).
//
//      offset on x64, arm64   on x86
//          0                   0       size, 20 bytes that are not used
//         24                  24       56 bytes that are not used; 40 on x86
//         80                  64       the last two are SEHandlerTable and SEHandlerCount, on x86 only
//        112                  72       GuardCFCheckFunctionPointer, GuardCFDispatchFunctionPointer
//        128                  80       GuardCFFunctionTable, GuardCFFunctionCount
//        144                  88       GuardFlags, 12 bytes that are not used
//        160                 104       GuardAddressTakenIatEntryTable and count, GuardLongJumpTargetTable and count
//        192                 120       end
#ifdef __i386__
#define SYMBOL(name) "_" name
#define POINTER ".long "
#define SIZE "120"
#define UNUSED_UP_TO_HANDLERS "60"
#define HANDLERS POINTER "___safe_se_handler_table, ___safe_se_handler_count\n"
#define DISPATCH "    jmpl *%ecx\n" // not called on x86
#else
#define SYMBOL(name) name
#define POINTER ".quad "
#define SIZE "192"
#define UNUSED_UP_TO_HANDLERS "92"
#define HANDLERS POINTER "0, 0\n"
#ifdef __x86_64__
#define DISPATCH "    jmpq *%rax\n"
#else
#define DISPATCH "    br x9\n"
#endif
#endif

// In a process with Control Flow Guard, Windows writes the addresses of its own functions over the two pointers. In any other process nothing
// is checked.
__asm__(".text\n"
        "check_nothing:\n"
        "    ret\n"
        "dispatch_unchecked:\n" DISPATCH
        ".section .00cfg,\"dr\"\n"
        ".balign 8\n"
        ".globl " SYMBOL("__guard_check_icall_fptr") "\n"
        SYMBOL("__guard_check_icall_fptr") ": " POINTER "check_nothing\n"
        ".globl " SYMBOL("__guard_dispatch_icall_fptr") "\n"
        SYMBOL("__guard_dispatch_icall_fptr") ": " POINTER "dispatch_unchecked\n"
        ".section .rdata,\"dr\"\n"
        ".balign 8\n"
        ".globl " SYMBOL("_load_config_used") "\n"
        SYMBOL("_load_config_used") ":\n"
        ".long " SIZE "\n"
        ".zero " UNUSED_UP_TO_HANDLERS "\n"
        HANDLERS
        POINTER SYMBOL("__guard_check_icall_fptr") ", " SYMBOL("__guard_dispatch_icall_fptr") "\n"
        POINTER SYMBOL("__guard_fids_table") ", " SYMBOL("__guard_fids_count") "\n"
        ".long " SYMBOL("__guard_flags") "\n"
        ".zero 12\n"
        POINTER SYMBOL("__guard_iat_table") ", " SYMBOL("__guard_iat_count") "\n"
        POINTER SYMBOL("__guard_longjmp_table") ", " SYMBOL("__guard_longjmp_count") "\n"
        ".text\n");
