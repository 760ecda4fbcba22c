// What libFuzzer drives: a ring made of the input's bytes (header, head, stamps; some honest, some not) is attached, and written to, while
// at test points other writers or hostile bytes come in between. A page that may not be touched stands on either side of the ring.
//
//   input:   geometry, header, head, a stamp a slot, then actions until it ends; where it ends early, the rest is zeros
#include <sys/mman.h>
#include "dump.h"
#include "target.h"

#define ACTIONS_MAX 48u
#define GUARD_SIZE (1u << 20)

const uint8_t *input, *input_end;
struct ring ring;
struct record records[RECORDS];
uint8_t before[RING_SIZE_MAX];

// Ends where the page that may not be touched begins, so that not one byte behind the ring can be. Returns how long the file is said to be.
static uint64_t make_ring(void)
{
    static uint8_t *end;
    if (end == NULL) {
        size_t room = (RING_SIZE_MAX + 4095) / 4096 * 4096;
        uint8_t *all = mmap(NULL, room + 2 * GUARD_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (all == MAP_FAILED || mprotect(all + GUARD_SIZE, room, PROT_READ | PROT_WRITE) != 0) abort();
        end = all + GUARD_SIZE + room;
    }
    unsigned log2 = MPRTAP_SLOT_COUNT_LOG2_MIN + input_byte() % (SLOTS_LOG2_MAX - MPRTAP_SLOT_COUNT_LOG2_MIN + 1);
    uint64_t size = ring_size(log2);
    ring = (struct ring){.base = end - size, .slot_count = 1u << log2};
    memset(end - RING_SIZE_MAX, 0, RING_SIZE_MAX);
    uint8_t kind = input_byte();
    if (kind % 4 != 0) {
        header()->signature = (uint64_t)log2 << 48 | (uint64_t)MPRTAP_FORMAT_MAJOR << 32 | MPRTAP_SIGNATURE_MAGIC;
        header()->file_id = input_word() | 1;
    }
    if (kind % 4 == 2) {
        unsigned at = input_byte() % 16;
        ring.base[at] = input_byte();
    }
    if (kind % 4 == 3) {
        header()->signature = input_word();
        header()->file_id = input_word();
    }
    if (kind & 0x40) size -= input_byte() * 8; // not what the header says, perhaps what another header would
    header()->head = input_number(64);
    for (unsigned i = 0; i < ring.slot_count; i++) {
        memset(slot_at(i), input_byte(), MPRTAP_SLOT_SIZE);
        slot_at(i)->stamp = input_stamp(i);
    }
    return size;
}

// RING.md section 1: is this header, as it was, one to write under?
static bool was_good(uint64_t size)
{
    const struct ring_header *old = header_before();
    if (size != ring_bytes()) return false;
    if (old->signature == 0) return true; // not yet initialised
    return (uint32_t)old->signature == MPRTAP_SIGNATURE_MAGIC && (old->signature >> 32 & 0xff) == MPRTAP_FORMAT_MAJOR &&
           (old->signature >> 48 & 0xff) == (unsigned)__builtin_ctz(ring.slot_count) && old->file_id != 0;
}

static bool attach(uint64_t size)
{
    static const uint8_t sid[MPRTAP_OWNER_SID_MAX] = {1, 15};
    const struct ring_birth birth = {7, 42, sid, sizeof sid};
    struct ring attached;
    bool taken = ring_attach(&attached, ring.base, size, &birth);
    HOLDS("no slot is touched by attaching", slots_are_as_before());
    bool is_new = header_before()->signature == 0;
    HOLDS("a header that is there already is left as it is", is_new || memcmp(ring.base, before, MPRTAP_HEADER_SIZE) == 0);
    HOLDS("behind its fields a header is left as it is",
          memcmp(ring.base + MPRTAP_HEADER_USED, before + MPRTAP_HEADER_USED, MPRTAP_HEADER_SIZE - MPRTAP_HEADER_USED) == 0);
    // A size that another geometry has: then that one counts.
    if (size != ring_bytes() && ring_slot_count_log2(size) != 0) return false;
    HOLDS("a header is taken if, and only if, it is good", taken == was_good(size));
    if (!taken) return false;
    uint64_t id_before = header_before()->file_id;
    HOLDS("a new ring's file id is kept if there was one", attached.file_id == (id_before ? id_before : birth.file_id));
    HOLDS("the ring has the slots of its header", attached.slot_count == ring.slot_count && attached.base == ring.base);
    ring = attached;
    return true;
}

static void make_records(void)
{
    static const unsigned lengths[RECORDS] = {0, 1, 100, 1000};
    for (unsigned i = 0; i < RECORDS; i++) {
        uint16_t units[1001] = {0};
        struct text text = {0};
        for (unsigned u = 0; u < lengths[i]; u++) units[u] = (uint16_t)(i == 2 ? 0x430 + u % 32 : 'a' + u % 26);
        text_read(&text, units);
        struct record_input fields = {.kind = MPRTAP_KIND_ADD, .notify_status = MPRTAP_NOTIFY_PRE, .strings = {&text}};
        record_build(&records[i], &fields);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    input = data;
    input_end = data + length;
    if (records[0].image.used == 0) make_records();
    uint64_t size = make_ring();
    memcpy(before, ring.base, ring_bytes());
    if (!attach(size)) return 0;
    for (unsigned actions = 0; input < input_end && actions < ACTIONS_MAX; actions++) act();
    dump_ring(&ring, size);
    return 0;
}
