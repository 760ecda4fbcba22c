#include "ring.h"
#include "checksum.h"

#define VERSION ((uint64_t)MPRTAP_FORMAT_MINOR << 40 | (uint64_t)MPRTAP_FORMAT_MAJOR << 32)
#define SIGNATURE(log2) ((uint64_t)(log2) << 48 | VERSION | MPRTAP_SIGNATURE_MAGIC)

static struct ring_header *header_of(const struct ring *ring)
{
    return (struct ring_header *)ring->base;
}

static struct slot *slot_of(const struct ring *ring, uint64_t sequence)
{
    return (struct slot *)(ring->base + MPRTAP_HEADER_SIZE) + (sequence & (ring->slot_count - 1));
}

static uint64_t stamp_of(uint64_t sequence, unsigned state)
{
    return sequence << MPRTAP_STAMP_SHIFT | state;
}

// ── Making and checking a ring ──────────────────────────────────────────────────────────────────────────────────────

uint64_t ring_size(unsigned slot_count_log2)
{
    return MPRTAP_HEADER_SIZE + ((uint64_t)MPRTAP_SLOT_SIZE << slot_count_log2);
}

unsigned ring_slot_count_log2(uint64_t size)
{
    for (unsigned log2 = MPRTAP_SLOT_COUNT_LOG2_MIN; log2 <= MPRTAP_SLOT_COUNT_LOG2_MAX; log2++) {
        if (size == ring_size(log2)) return log2;
    }
    return 0;
}

// Another process may repeat or race every step. The compare-and-swaps let the first process win; the plain stores agree.
static void initialise(struct ring_header *header, unsigned slot_count_log2, const struct ring_birth *birth)
{
    shared_compare_and_swap(&header->file_id, 0, birth->file_id);
    header->created = birth->created;
    header->owner_sid_length = birth->owner_sid_length;
    for (uint32_t i = 0; i < birth->owner_sid_length; i++) header->owner_sid[i] = birth->owner_sid[i];
    shared_compare_and_swap(&header->signature, 0, SIGNATURE(slot_count_log2));
}

bool ring_attach(struct ring *ring, void *base, uint64_t size, const struct ring_birth *birth)
{
    struct ring_header *header = base;
    unsigned slot_count_log2 = ring_slot_count_log2(size);
    if (slot_count_log2 == 0) return false; // GUARD(header-size)
    if (shared_load(&header->signature) == 0) initialise(header, slot_count_log2, birth);

    uint64_t signature = shared_load(&header->signature);
    ring->base = base;
    ring->file_id = shared_load(&header->file_id);
    ring->slot_count = 1u << slot_count_log2;
    if ((uint32_t)signature != MPRTAP_SIGNATURE_MAGIC) return false; // GUARD(header-magic)
    if ((signature >> 32 & 0xff) != MPRTAP_FORMAT_MAJOR) return false; // GUARD(header-major)
    if ((signature >> 48 & 0xff) != slot_count_log2) return false; // GUARD(header-geometry)
    if (ring->file_id == 0) return false; // GUARD(header-file-id)
    return true;
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

// True: the stamp, which stands in the slot of `sequence`, is of that sequence or of a later one, and can be believed.
static bool holds_newer(uint64_t stamp, uint64_t sequence)
{
    if (stamp <= stamp_of(sequence, MPRTAP_STATE_NEVER)) return false; // GUARD(newer-stamp)
    if ((stamp >> MPRTAP_STAMP_SHIFT) - sequence > 1ull << MPRTAP_STAMP_TRUST_LOG2) return false; // GUARD(garbage-stamp)
    return true;
}

// The file lost its last writes, head among them, but slots with later stamps survived. This finds the end of their run by bisection and
// raises head past it. `newest` is the sequence of one of those stamps.
static void heal_head(const struct ring *ring, uint64_t newest)
{
    uint64_t end = newest;                      // holds a stamp of its own sequence or later
    uint64_t beyond = newest + ring->slot_count; // has the slot of `newest`, so its stamp is not there
    while (beyond - end > 1) {
        uint64_t middle = end + (beyond - end) / 2;
        if (holds_newer(shared_load(&slot_of(ring, middle)->stamp), middle)) end = middle;
        else beyond = middle;
    }
    for (unsigned attempt = 0; attempt < MPRTAP_HEAL_ATTEMPTS_MAX; attempt++) {
        uint64_t head = shared_load(&header_of(ring)->head);
        if (head > end) return; // GUARD(heal-never-down)
        if (shared_compare_and_swap(&header_of(ring)->head, head, end + 1)) return;
    }
}

// Makes the slot of `sequence` this writer's. False: the slot belongs to another writer, and another sequence is to be claimed.
static bool take_slot(const struct ring *ring, uint64_t sequence)
{
    struct slot *slot = slot_of(ring, sequence);
    for (unsigned attempt = 0; attempt < MPRTAP_TAKE_ATTEMPTS_MAX; attempt++) {
        uint64_t stamp = shared_load(&slot->stamp);
        TEST_POINT(AFTER_LOOK);
        if (holds_newer(stamp, sequence)) {
            uint64_t newer = stamp >> MPRTAP_STAMP_SHIFT;
            // Head went back if it is not past the stamp. It also went back if our own sequence is taken: a sequence is claimed once.
            if (newer == sequence || shared_load(&header_of(ring)->head) <= newer) heal_head(ring, newer); // GUARD(stale-head)
            return false;
        }
        // One lap old and not committed: its writer may be at work right now. Two laps old: its writer is dead or stalled, and loses the slot.
        if (stamp == stamp_of(sequence - ring->slot_count, MPRTAP_STATE_WRITING)) return false; // GUARD(one-lap-writer)
        uint64_t writing = stamp_of(sequence, MPRTAP_STATE_WRITING);
        bool taken = shared_compare_and_swap(&slot->stamp, stamp, writing); // GUARD(take-by-cas) without: bool taken = (slot->stamp = writing);
        if (taken) return true;
    }
    return false;
}

// Copies 16-byte blocks [from, to) of the image.
static void copy_blocks(struct slot *slot, const struct slot *image, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) ((block *)slot)[i] = ((const block *)image)[i];
}

// Fills the slot and commits it. False: another writer took this one for dead and has the slot now. Nothing is to be undone.
static bool fill_slot(const struct ring *ring, const struct record *record, uint64_t sequence)
{
    struct slot *slot = slot_of(ring, sequence);
    unsigned blocks = record->image.used / MPRTAP_BLOCK_SIZE;
    __atomic_thread_fence(__ATOMIC_RELEASE); // a reader that sees a byte of this record must not see the stamp of the one before
    slot->checksum = checksum_seal(record->content_checksum, ring->file_id, sequence);
    copy_blocks(slot, &record->image, MPRTAP_RECORD_START / MPRTAP_BLOCK_SIZE, blocks / 2);
    TEST_POINT(MID_COPY);
    copy_blocks(slot, &record->image, blocks / 2, blocks);
    TEST_POINT(BEFORE_COMMIT);
    uint64_t writing = stamp_of(sequence, MPRTAP_STATE_WRITING), committed = stamp_of(sequence, MPRTAP_STATE_COMMITTED);
    if (!shared_compare_and_swap(&slot->stamp, writing, committed)) return false; // GUARD(commit-by-cas) without: slot->stamp = committed;
    TEST_POINT(AFTER_COMMIT);
    return true;
}

bool ring_write(const struct ring *ring, const struct record *record, uint64_t *sequence)
{
    struct ring_header *header = header_of(ring);
    for (unsigned claim = 0;; claim++) {
        if (claim == MPRTAP_CLAIMS_MAX) break; // GUARD(claims)
        if (!shared_increment(&header->head, sequence)) break;
        if (*sequence >> MPRTAP_SEQUENCE_LIMIT_LOG2) break; // GUARD(sequence-limit)
        TEST_POINT(AFTER_CLAIM);
        if (!take_slot(ring, *sequence)) continue;
        TEST_POINT(AFTER_STAMP);
        return fill_slot(ring, record, *sequence);
    }
    uint64_t before;
    shared_increment(&header->gave_up, &before);
    return false;
}

void ring_count_fault(const struct ring *ring)
{
    uint64_t before;
    shared_increment(&header_of(ring)->faults, &before);
}

// ── Contexts ────────────────────────────────────────────────────────────────────────────────────────────────────────

uintptr_t context_not_written(void)
{
    return (uintptr_t)-1;
}

uintptr_t context_of(uint64_t sequence)
{
    uint64_t context = sequence + 1;
    if (sizeof(uintptr_t) == 4) context &= (1u << MPRTAP_CONTEXT32_BITS) - 1;
    return context == 0 ? context_not_written() : (uintptr_t)context;
}
