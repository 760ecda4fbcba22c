#include "control.h"
#include "file.h"
#include "retry.h"
#include "settings.h"
#include "token.h"

struct control {
    uint32_t magic, version, switched_off, slot_count_log2;
};
_Static_assert(offsetof(struct control, magic) == MPRTAP_CONTROL_MAGIC, "control.magic");
_Static_assert(offsetof(struct control, version) == MPRTAP_CONTROL_VERSION, "control.version");
_Static_assert(offsetof(struct control, switched_off) == MPRTAP_CONTROL_SWITCHED_OFF, "control.switched_off");
_Static_assert(offsetof(struct control, slot_count_log2) == MPRTAP_CONTROL_SLOT_COUNT_LOG2, "control.slot_count_log2");

static const volatile struct control *mapped; // NULL: not there, or not to be believed
static struct retry retry;

static const volatile struct control *map_control(void)
{
    struct path path;
    struct file_facts facts;
    struct identity scratch;
    uint64_t size;
    const struct identity *identity = effective_identity(&scratch);
    if (identity == NULL) return NULL;
    if (!settings_directory(&path)) return NULL;
    path_append(&path, "control");
    if (path.overflowed) return NULL;
    HANDLE file = file_open(path.units, GENERIC_READ, OPEN_EXISTING);
    if (file == INVALID_HANDLE_VALUE) return NULL;
    bool accepted = file_facts(file, &facts, &size) && size >= MPRTAP_CONTROL_SIZE;
    if (accepted) accepted = policy_accepts_control(identity->directory, &identity->user, &facts); // GUARD(control-policy)
    void *view = accepted ? file_map(file, MPRTAP_CONTROL_SIZE, false) : NULL;
    CloseHandle(file);
    return view;
}

static const volatile struct control *control(void)
{
    const volatile struct control *present = __atomic_load_n(&mapped, __ATOMIC_ACQUIRE);
    if (present != NULL) return present;
    if (!retry_is_due(&retry)) return NULL; // GUARD(control-retry)
    present = map_control();
    const volatile struct control *nobody = NULL;
    if (present == NULL) {
        retry_failed(&retry);
    } else if (!__atomic_compare_exchange_n(&mapped, &nobody, present, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        UnmapViewOfFile((const void *)present); // another thread was faster
        present = nobody;
    }
    return present;
}

static bool is_good(const volatile struct control *c)
{
    if (c == NULL) return false;
    if (c->magic != MPRTAP_CONTROL_MAGIC_VALUE) return false; // GUARD(control-magic)
    if (c->version != MPRTAP_FORMAT_MAJOR) return false; // GUARD(control-version)
    return true;
}

bool control_switched_off(void)
{
    const volatile struct control *c = control();
    return c != NULL && c->switched_off != 0 && is_good(c);
}

unsigned control_slot_count_log2(void)
{
    const volatile struct control *c = control();
    unsigned log2 = is_good(c) ? c->slot_count_log2 : 0;
    if (log2 < MPRTAP_SLOT_COUNT_LOG2_MIN) return MPRTAP_SLOT_COUNT_LOG2_DEFAULT; // GUARD(control-geometry-least)
    if (log2 > MPRTAP_SLOT_COUNT_LOG2_MAX) return MPRTAP_SLOT_COUNT_LOG2_DEFAULT; // GUARD(control-geometry-most)
    return log2;
}

// The view stays mapped, because another thread may be reading it: one page of address space for each time this happens.
void control_faulted(uintptr_t address)
{
    const volatile struct control *c = __atomic_load_n(&mapped, __ATOMIC_ACQUIRE);
    if (c == NULL || address - (uintptr_t)c >= MPRTAP_CONTROL_SIZE) return; // GUARD(fault-elsewhere)
    retry_failed(&retry);
    __atomic_store_n(&mapped, (const volatile struct control *)NULL, __ATOMIC_RELEASE); // GUARD(control-forgotten)
}

void control_close(void)
{
    if (mapped != NULL) UnmapViewOfFile((const void *)mapped);
}
