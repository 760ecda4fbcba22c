// The two functions that the Multiple Provider Router calls. Whatever happens, the caller sees WN_SUCCESS and its last error unchanged.
#include "control.h"
#include "guard.h"
#include "process.h"
#include "ring_cache.h"

// With less stack than this, nothing is recorded: an exception handler and the opening of a file need room of their own.
#define STACK_NEEDED (24u * 1024)

struct call {
    NOTIFYINFO *info;
    const NOTIFYADD *add;       // of an add
    const NOTIFYCANCEL *cancel; // of a cancel
    uint8_t kind;
    struct ring_lease lease;
};

struct reading {
    struct text *text;
    const void *units;
};

static void scan_text(void *argument)
{
    struct reading *reading = argument;
    text_scan(reading->text, reading->units);
}

// A bad pointer costs the string, not the record.
static void read_guarded(struct text *text, const void *units)
{
    struct reading reading = {text, units};
    uintptr_t fault;
    guarded_call(scan_text, &reading, &fault); // GUARD(string) without: scan_text(&reading); (void)fault;
    text_settle(text);
}

// Only the remote name, the local name, the type and the flags of an add are defined, besides the window.
static void describe_add(struct record_input *input, const NOTIFYADD *add, struct text texts[2])
{
    read_guarded(&texts[0], add->NetResource.lpRemoteName);
    read_guarded(&texts[1], add->NetResource.lpLocalName);
    input->strings[MPRTAP_STRING_REMOTE_NAME] = &texts[0];
    input->strings[MPRTAP_STRING_LOCAL_NAME] = &texts[1];
    input->flags = add->dwAddFlags;
    input->resource_type = add->NetResource.dwType;
    if (add->hwndOwner != NULL) input->record_flags |= MPRTAP_RECORD_FLAG_OWNER_WINDOW;
}

// MPR defines the provider of a cancel only after it succeeded. Before that, and after a failure, the pointer may be anything.
static void describe_cancel(struct record_input *input, const NOTIFYCANCEL *cancel, bool succeeded, struct text texts[2])
{
    read_guarded(&texts[0], cancel->lpName);
    input->strings[MPRTAP_STRING_REMOTE_NAME] = &texts[0];
    const WCHAR *provider = cancel->lpProvider;
    if (!succeeded) provider = NULL; // GUARD(provider) without: (void)succeeded;
    read_guarded(&texts[1], provider);
    input->strings[MPRTAP_STRING_PROVIDER] = &texts[1];
    input->flags = cancel->dwFlags;
    if (cancel->fForce) input->record_flags |= MPRTAP_RECORD_FLAG_FORCE;
}

// `ended` is the time at which the operation of a POST ended. The time of a PRE is taken after all of our work but the writing, so that the
// operation's duration does not contain that work. Not inlined: no frame may step over the guard page of a stack.
__attribute__((noinline)) static void write_record(struct call *call, const struct process *process, const struct identity *identity, uint64_t ended, bool post)
{
    NOTIFYINFO *info = call->info;
    struct text texts[2];
    struct record record;
    uint64_t sequence;
    struct record_input input = {
        .kind = call->kind,
        .notify_status = info->dwNotifyStatus,
        .operation_status = info->dwOperationStatus,
        .context = post ? (uintptr_t)info->lpContext : 0,
        .ticks_per_second = process->ticks_per_second,
        .process_start_time = process->start_time,
        .process_id = process->id,
        .thread_id = GetCurrentThreadId(),
        .session_id = identity->session_id,
        .logon_id = identity->logon_id,
        .record_flags = (sizeof(void *) == 4 ? MPRTAP_RECORD_FLAG_POINTER32 : 0) | (identity->impersonated ? MPRTAP_RECORD_FLAG_IMPERSONATED : 0),
        .strings = {[MPRTAP_STRING_IMAGE_NAME] = &process->image_name},
    };
    if (call->kind == MPRTAP_KIND_ADD) describe_add(&input, call->add, texts);
    else describe_cancel(&input, call->cancel, post && info->dwOperationStatus == WN_SUCCESS, texts);
    input.wall_time = wall_time_now();
    input.ticks = post ? ended : ticks_now();
    record_build(&record, &input);
    if (ring_write(&call->lease.ring, &record, &sequence) && !post) info->lpContext = (void *)context_of(sequence);
}

// Runs under the guard: every pointer here is the caller's.
static void record_notification(void *argument)
{
    struct call *call = argument;
    uint32_t status = call->info->dwNotifyStatus;
    bool post = (status & MPRTAP_NOTIFY_POST) != 0;
    if (!(status & (MPRTAP_NOTIFY_PRE | MPRTAP_NOTIFY_POST))) return; // GUARD(notify-bits)

    // MPR sends no POST for a NULL context. So the context is set first: the POST comes even if something fails below.
    if (!post) call->info->lpContext = (void *)context_not_written(); // GUARD(context-first)

    struct identity identity_scratch;
    struct process process_scratch;
    struct settings settings;
    settings.state = SETTINGS_UNREAD;
    uint64_t ended = post ? ticks_now() : 0; // before the work below
    const struct identity *identity = effective_identity(&identity_scratch);
    if (identity == NULL) return;
    if (control_switched_off(identity, &settings)) return; // GUARD(kill-switch)
    if (!ring_lease_begin(&call->lease, identity, &settings)) return;
    write_record(call, this_process(&process_scratch), identity, ended, post);
}

static void count_fault(void *argument)
{
    ring_count_fault(&((struct call *)argument)->lease.ring);
}

static bool stack_is_short(void)
{
    uintptr_t low, high;
    DWORD guaranteed = 0; // bytes that the thread keeps for its handlers of a stack overflow; 0 asks for them and changes nothing
    GetCurrentThreadStackLimits(&low, &high);
    if (!SetThreadStackGuarantee(&guaranteed)) guaranteed = 0; // GUARD(stack-guarantee)
    return (uintptr_t)__builtin_frame_address(0) - low < STACK_NEEDED + guaranteed;
}

static DWORD notify(struct call *call)
{
    DWORD last_error = GetLastError();
    uintptr_t fault;
    if (stack_is_short()) return WN_SUCCESS; // GUARD(stack)
    if (!guarded_call(record_notification, call, &fault)) { // GUARD(exception) without: record_notification(call); if (false) {
        if (!ring_lease_faulted(&call->lease, fault) && call->lease.held) guarded_call(count_fault, call, &fault);
    }
    ring_lease_end(&call->lease);
    SetLastError(last_error); // GUARD(last-error)
    return WN_SUCCESS;
}

DWORD WINAPI AddConnectNotify(NOTIFYINFO *info, const NOTIFYADD *add)
{
    struct call call = {.info = info, .add = add, .kind = MPRTAP_KIND_ADD};
    return notify(&call);
}

DWORD WINAPI CancelConnectNotify(NOTIFYINFO *info, const NOTIFYCANCEL *cancel)
{
    struct call call = {.info = info, .cancel = cancel, .kind = MPRTAP_KIND_CANCEL};
    return notify(&call);
}
