// The file is read, never mapped. Nobody can rewrite a mapped file by ordinary means, and a mapping does not show a file that replaced this
// one by renaming.
#include "control.h"
#include "file.h"
#include "look.h"
#include "retry.h"
#include "ring.h"

struct control {
    uint32_t magic, version, switched_off, slot_count_log2;
    uint8_t reserved[MPRTAP_CONTROL_SIZE - 16];
};
_Static_assert(offsetof(struct control, magic) == MPRTAP_CONTROL_MAGIC, "control.magic");
_Static_assert(offsetof(struct control, version) == MPRTAP_CONTROL_VERSION, "control.version");
_Static_assert(offsetof(struct control, switched_off) == MPRTAP_CONTROL_SWITCHED_OFF, "control.switched_off");
_Static_assert(offsetof(struct control, slot_count_log2) == MPRTAP_CONTROL_SLOT_COUNT_LOG2, "control.slot_count_log2");
_Static_assert(sizeof(struct control) == MPRTAP_CONTROL_SIZE, "control");

// The result of the last look, in one word: 0 (nothing is known yet), or KNOWN, SWITCHED_OFF and, in the low byte, a geometry.
#define KNOWN 0x200u
#define SWITCHED_OFF 0x100u
static uint32_t known;
static uint32_t looked_at;
static struct retry retry; // used as long as nothing is known

static uint32_t meaning(const struct control *control)
{
    if (control->magic != MPRTAP_CONTROL_MAGIC_VALUE) return KNOWN; // GUARD(control-magic)
    if (control->version != MPRTAP_FORMAT_MAJOR) return KNOWN; // GUARD(control-version)
    uint32_t log2 = control->slot_count_log2;
    if (log2 > MPRTAP_SLOT_COUNT_LOG2_MAX) log2 = 0; // GUARD(control-geometry-most) without: log2 &= 255;
    return KNOWN | (control->switched_off != 0 ? SWITCHED_OFF : 0) | log2;
}

// The file must belong to an administrator and be long enough. Any other file counts as missing.
static uint32_t read_control(HANDLE file, const struct identity *identity, uint32_t before)
{
    struct file_facts facts;
    struct control control;
    uint64_t size;
    DWORD length;
    if (!file_facts(file, &facts, &size)) return before;
    if (!policy_accepts_control(identity->directory, &identity->user, &facts)) return KNOWN; // GUARD(control-policy)
    if (size < sizeof control) return KNOWN; // GUARD(control-size)
    if (!ReadFile(file, &control, sizeof control, &length, NULL) || length != sizeof control) return before;
    return meaning(&control);
}

// Another program's lock or oplock may keep us from reading the file. Then things stay as they were: everybody may open this file, and so
// everybody could undo the administrators' word otherwise.
static uint32_t look(const struct identity *identity, struct settings *settings, uint32_t before)
{
    const struct path *directory = settings_directory(settings);
    HANDLE file;
    if (directory == NULL) return KNOWN;
    struct path path = *directory;
    path_append(&path, "control");
    switch (file_open(&file, &path, GENERIC_READ, FILE_OPEN, NULL)) {
    case OPENING_ABSENT: return KNOWN;
    case OPENING_DONE: break;
    default: return before; // GUARD(control-kept) without: default: return KNOWN;
    }
    uint32_t found = read_control(file, identity, before);
    CloseHandle(file);
    return found;
}

static uint32_t latest(const struct identity *identity, struct settings *settings)
{
    uint32_t before = __atomic_load_n(&known, __ATOMIC_ACQUIRE);
    if (before != 0 && !look_is_due(&looked_at)) return before;
    if (before == 0 && !retry_is_due(&retry)) return KNOWN; // GUARD(control-retry)
    uint32_t found = look(identity, settings, before);
    if (found == 0) {
        retry_failed(&retry);
        return KNOWN;
    }
    if (before == 0) __atomic_store_n(&looked_at, GetTickCount(), __ATOMIC_RELEASE);
    __atomic_store_n(&known, found, __ATOMIC_RELEASE);
    return found;
}

bool control_switched_off(const struct identity *identity, struct settings *settings)
{
    return (latest(identity, settings) & SWITCHED_OFF) != 0;
}

unsigned control_slot_count_log2(const struct identity *identity, struct settings *settings)
{
    unsigned log2 = latest(identity, settings) & 0xff;
    if (log2 < MPRTAP_SLOT_COUNT_LOG2_MIN) return MPRTAP_SLOT_COUNT_LOG2_DEFAULT; // GUARD(control-geometry-least)
    return log2 < RING_LOG2_MOST ? log2 : RING_LOG2_MOST; // GUARD(control-geometry-here) without: return log2;
}
