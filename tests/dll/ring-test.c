// The writer's rules, each shown by the interference that it is there for.
#include "rings.h"

#define SLOTS 4u
#define LOG2 2u

// ── Making a ring ───────────────────────────────────────────────────────────────────────────────────────────────────

static const uint8_t owner[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
static const struct ring_birth birth = {TEST_FILE_ID, 42, owner, sizeof owner};

TEST("zeros become a ring with the geometry of their size, its file id, its creation time and its owner")
{
    struct ring ring = ring_new(LOG2);
    const uint8_t signature[8] = {'M', 'P', 'R', 'T', MPRTAP_FORMAT_MAJOR, MPRTAP_FORMAT_MINOR, LOG2, 0};
    CHECK(memcmp(ring.base, signature, 8) == 0);
    CHECK_EQUAL(ring_header(&ring)->file_id, TEST_FILE_ID);
    CHECK_EQUAL(ring_header(&ring)->created, 42);
    CHECK_EQUAL(ring_header(&ring)->owner_sid_length, sizeof owner);
    CHECK(memcmp(ring_header(&ring)->owner_sid, owner, sizeof owner) == 0);
    CHECK_EQUAL(ring.slot_count, SLOTS);
    ring_free(&ring);
}

TEST("whoever comes second takes over the first one's file id and geometry")
{
    struct ring first = ring_new(LOG2), second;
    struct ring_birth other = birth;
    other.file_id = 99;
    CHECK(ring_attach(&second, first.base, ring_size(LOG2), &other));
    CHECK_EQUAL(second.file_id, TEST_FILE_ID);
    CHECK_EQUAL(ring_header(&first)->file_id, TEST_FILE_ID);
    ring_free(&first);
}

TEST("a ring whose maker was killed after the file id is completed by the next one")
{
    struct ring ring = ring_new(LOG2), again;
    ring_header(&ring)->signature = 0;
    ring_header(&ring)->owner_sid_length = 0;
    struct ring_birth other = birth;
    other.file_id = 99;
    CHECK(ring_attach(&again, ring.base, ring_size(LOG2), &other));
    CHECK_EQUAL(again.file_id, TEST_FILE_ID);
    CHECK_EQUAL(ring_header(&ring)->owner_sid_length, sizeof owner);
    ring_free(&ring);
}

TEST("a bad header is refused: magic, major, geometry, file id or size")
{
    struct ring ring = ring_new(LOG2), again;
    struct ring_header good = *ring_header(&ring);
    struct { const char *what; uint64_t signature, file_id, size; } rows[] = {
        {"a good header", good.signature, good.file_id, ring_size(LOG2)},
        {"magic", good.signature ^ 1, good.file_id, ring_size(LOG2)},
        {"major", good.signature ^ 1ull << 32, good.file_id, ring_size(LOG2)},
        {"geometry", good.signature ^ 1ull << 48, good.file_id, ring_size(LOG2)},
        {"file id", good.signature, 0, ring_size(LOG2)},
        {"size", good.signature, good.file_id, ring_size(LOG2) - 1},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        ring_header(&ring)->signature = rows[i].signature;
        ring_header(&ring)->file_id = rows[i].file_id;
        if (ring_attach(&again, ring.base, rows[i].size, &birth) != (i == 0)) check_failed(__FILE__, __LINE__, rows[i].what);
    }
    memset(ring.base, 0, MPRTAP_HEADER_SIZE);
    CHECK(!ring_attach(&again, ring.base, ring_size(LOG2) - 1, &birth));
    CHECK_EQUAL(ring_header(&ring)->signature, 0);
    ring_free(&ring);
}

TEST("a size is a ring's only if it is the header and a power of two of slots within the bounds")
{
    CHECK_EQUAL(ring_slot_count_log2(4096 + 512 * 4), 2);
    CHECK_EQUAL(ring_slot_count_log2(4096 + 512ull * (1 << 20)), 20);
    const uint64_t wrong[] = {0, 4096, 4096 + 512 * 2, 4096 + 512 * 3, 4096 + 512 * 5, 4096 + 512ull * (1 << 21), UINT64_MAX};
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) CHECK_EQUAL(ring_slot_count_log2(wrong[i]), 0);
}

// ── Claiming and taking ─────────────────────────────────────────────────────────────────────────────────────────────

TEST("records get sequences from 0 on and overwrite the oldest")
{
    struct ring ring = ring_new(LOG2);
    for (uint64_t s = 0; s < 3 * SLOTS; s++) write_expecting(&ring, s);
    CHECK_EQUAL(ring_header(&ring)->head, 3 * SLOTS);
    CHECK_EQUAL(ring_header(&ring)->gave_up, 0);
    ring_free(&ring);
}

TEST("a slot whose writer of one lap ago is not done is left to it, the next sequence is claimed")
{
    struct ring ring = ring_new(LOG2);
    for (uint64_t s = 0; s < SLOTS; s++) write_expecting(&ring, s);
    ring_slot(&ring, 0)->stamp = stamp(0, MPRTAP_STATE_WRITING);
    write_expecting(&ring, SLOTS + 1);
    CHECK_EQUAL(ring_slot(&ring, 0)->stamp, stamp(0, MPRTAP_STATE_WRITING));
    ring_free(&ring);
}

TEST("a slot whose writer is two laps behind is stolen")
{
    struct ring ring = ring_new(LOG2);
    ring_header(&ring)->head = 2 * SLOTS;
    ring_slot(&ring, 0)->stamp = stamp(0, MPRTAP_STATE_WRITING);
    write_expecting(&ring, 2 * SLOTS);
    ring_free(&ring);
}

static struct ring interfered;

// A lap of other writers goes by while this one stands between its claim and its look.
static void lap_goes_by(enum test_point point)
{
    if (point != AFTER_CLAIM) return;
    at_test_point = NULL;
    ring_header(&interfered)->head = 1 + SLOTS;
    for (uint64_t s = 1; s <= SLOTS; s++) ring_slot(&interfered, s)->stamp = stamp(s, MPRTAP_STATE_COMMITTED);
}

TEST("a writer that a lap passed between claim and look does not heal, it claims behind the others")
{
    interfered = ring_new(LOG2);
    at_test_point = lap_goes_by;
    write_expecting(&interfered, 1 + SLOTS);
    CHECK_EQUAL(ring_header(&interfered)->head, 2 + SLOTS);
    ring_free(&interfered);
}

// Somebody takes the slot between this writer's look and its compare-and-swap.
static void slot_changes(enum test_point point)
{
    if (point != AFTER_LOOK) return;
    at_test_point = NULL;
    ring_slot(&interfered, 0)->stamp = stamp(SLOTS, MPRTAP_STATE_WRITING);
    ring_header(&interfered)->head = SLOTS + 1;
}

TEST("a slot that was taken between the look and the taking stays its new writer's")
{
    interfered = ring_new(LOG2);
    at_test_point = slot_changes;
    write_expecting(&interfered, SLOTS + 1);
    CHECK_EQUAL(ring_slot(&interfered, 0)->stamp, stamp(SLOTS, MPRTAP_STATE_WRITING));
    ring_free(&interfered);
}

TEST("a stamp more than 2^32 sequences ahead is garbage and is overwritten")
{
    struct ring ring = ring_new(LOG2);
    ring_slot(&ring, 0)->stamp = stamp((1ull << 32) + SLOTS, MPRTAP_STATE_COMMITTED);
    write_expecting(&ring, 0);
    ring_slot(&ring, 1)->stamp = UINT64_MAX;
    write_expecting(&ring, 1);
    ring_free(&ring);
}

// ── A stale head ────────────────────────────────────────────────────────────────────────────────────────────────────

static struct ring stale_ring(unsigned log2, uint64_t written, uint64_t lost)
{
    struct ring ring = ring_new(log2);
    struct record record = record_named("x");
    uint64_t sequence;
    ring_header(&ring)->head = written < ring.slot_count ? 0 : written - ring.slot_count;
    while (ring_header(&ring)->head < written) ring_write(&ring, &record, &sequence);
    ring_header(&ring)->head = written - lost;
    return ring;
}

TEST("a head that went back within the ring is raised behind the newest record, none is written over")
{
    struct ring ring = stale_ring(10, 5000, 1000);
    write_expecting(&ring, 5000);
    for (uint64_t s = 5000 - 1023; s < 5000; s++) CHECK(holds_record(&ring, s));
    CHECK_EQUAL(ring_header(&ring)->gave_up, 0);
    ring_free(&ring);
}

TEST("a head that went back by several laps is raised behind the newest record")
{
    struct ring ring = stale_ring(10, 50000, 33333);
    write_expecting(&ring, 50000);
    for (uint64_t s = 50000 - 1023; s < 50000; s++) CHECK(holds_record(&ring, s));
    ring_free(&ring);
}

TEST("a head lost altogether in a ring that never filled is raised behind the newest record")
{
    struct ring ring = stale_ring(10, 300, 300);
    write_expecting(&ring, 300);
    ring_free(&ring);
}

// While the bisection runs, another writer heals the head and goes on.
static void other_heals(enum test_point point)
{
    if (point != AFTER_LOOK) return;
    at_test_point = NULL;
    ring_header(&interfered)->head = 400;
}

TEST("healing never lowers a head")
{
    interfered = stale_ring(10, 300, 300);
    at_test_point = other_heals;
    write_expecting(&interfered, 400);
    ring_free(&interfered);
}

TEST("a garbage stamp inside the run does not lead the bisection astray")
{
    struct ring ring = stale_ring(4, 24, 8);
    ring_slot(&ring, 24)->stamp = UINT64_MAX;
    write_expecting(&ring, 24);
    ring_free(&ring);
}

// ── Committing ──────────────────────────────────────────────────────────────────────────────────────────────────────

// The writer stalls in the middle of its copy; two laps later its slot is stolen and filled.
static void stolen(enum test_point point)
{
    if (point != MID_COPY) return;
    at_test_point = NULL;
    ring_header(&interfered)->head = 2 * SLOTS;
    write_expecting(&interfered, 2 * SLOTS);
}

TEST("a writer whose slot was stolen does not commit, and its remains do not pass the checksum")
{
    interfered = ring_new(LOG2);
    at_test_point = stolen;
    struct record record = record_named("a name that takes several blocks of sixteen bytes each");
    uint64_t sequence;
    CHECK(!ring_write(&interfered, &record, &sequence));
    CHECK_EQUAL(ring_slot(&interfered, 0)->stamp, stamp(2 * SLOTS, MPRTAP_STATE_COMMITTED));
    CHECK(!holds_record(&interfered, 2 * SLOTS));
    CHECK_EQUAL(ring_header(&interfered)->gave_up, 0);
    ring_free(&interfered);
}

// ── Giving up ───────────────────────────────────────────────────────────────────────────────────────────────────────

TEST("after four claims a notification is given up and counted, and the next one is written")
{
    struct ring ring = ring_new(3);
    ring_header(&ring)->head = 8;
    for (uint64_t s = 0; s < 4; s++) ring_slot(&ring, s)->stamp = stamp(s, MPRTAP_STATE_WRITING);
    struct record record = record_named("x");
    uint64_t sequence;
    CHECK(!ring_write(&ring, &record, &sequence));
    CHECK_EQUAL(ring_header(&ring)->gave_up, 1);
    CHECK_EQUAL(ring_header(&ring)->head, 12);
    write_expecting(&ring, 12);
    ring_free(&ring);
}

static unsigned changes;

// The slot's stamp goes on changing under the writer; nobody may make it try for ever.
static void stamp_keeps_changing(enum test_point point)
{
    if (point == AFTER_LOOK) ring_slot(&interfered, ring_header(&interfered)->head - 1)->stamp = stamp(++changes, MPRTAP_STATE_NEVER);
}

TEST("a slot is tried three times, a notification twelve times in all")
{
    interfered = ring_new(3);
    ring_header(&interfered)->head = 16;
    changes = 0;
    at_test_point = stamp_keeps_changing;
    struct record record = record_named("x");
    uint64_t sequence;
    CHECK(!ring_write(&interfered, &record, &sequence));
    at_test_point = NULL;
    CHECK_EQUAL(changes, MPRTAP_CLAIMS_MAX * MPRTAP_TAKE_ATTEMPTS_MAX);
    CHECK_EQUAL(ring_header(&interfered)->gave_up, 1);
    ring_free(&interfered);
}

TEST("sequences of 2^53 and above are never written")
{
    struct ring ring = ring_new(LOG2);
    ring_header(&ring)->head = (1ull << 53) - 1;
    write_expecting(&ring, (1ull << 53) - 1);
    struct record record = record_named("x");
    uint64_t sequence;
    CHECK(!ring_write(&ring, &record, &sequence));
    CHECK_EQUAL(ring_header(&ring)->gave_up, 1);
    ring_free(&ring);
}

#if defined(MPRTAP_INCREMENT_BY_CAS) || !defined(__x86_64__)
static unsigned increments;

// Another process is always faster at the head.
static void head_keeps_moving(enum test_point point)
{
    if (point != INCREMENTING || increments == MPRTAP_FETCH_ADD_ATTEMPTS_MAX) return;
    increments++;
    ring_header(&interfered)->head++;
}

TEST("a claim by compare-and-swap is given up after 64 attempts and counted")
{
    interfered = ring_new(LOG2);
    increments = 0;
    at_test_point = head_keeps_moving;
    struct record record = record_named("x");
    uint64_t sequence;
    CHECK(!ring_write(&interfered, &record, &sequence));
    at_test_point = NULL;
    CHECK_EQUAL(ring_header(&interfered)->head, MPRTAP_FETCH_ADD_ATTEMPTS_MAX);
    CHECK_EQUAL(ring_header(&interfered)->gave_up, 1);
    ring_free(&interfered);
}
#endif

// ── Contexts ────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST("a context is never NULL: sequence + 1, in 32-bit processes its low 31 bits, all ones where that is zero")
{
    CHECK_EQUAL(context_of(0), 1);
    CHECK_EQUAL(context_of(41), 42);
    CHECK_EQUAL(context_not_written(), UINTPTR_MAX);
    if (sizeof(uintptr_t) == 8) {
        CHECK_EQUAL(context_of(0xffffffffffull), 0x10000000000ull);
    } else {
        CHECK_EQUAL(context_of(0x1ffffffffull), UINTPTR_MAX);
        CHECK_EQUAL(context_of(0x17fffffffull), UINTPTR_MAX);
        CHECK_EQUAL(context_of(0x180000000ull), 1);
        CHECK_EQUAL(context_of(0x7ffffffeull - 1), 0x7ffffffe);
    }
}

TEST("a fault is counted in the header")
{
    struct ring ring = ring_new(LOG2);
    ring_count_fault(&ring);
    CHECK_EQUAL(ring_header(&ring)->faults, 1);
    ring_free(&ring);
}
