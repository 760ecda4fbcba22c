// The cache of mapped rings. So many identities in one process cannot be had under Wine, and a clock cannot be turned there, so the
// files below the cache and the clock are this test's own.
#define KEPT_BYTES_MAX (64ull << 20)
#include "ring_cache.c"
#include "check.h"

static DWORD now;
static unsigned opens, closes, attempts;
static bool can_open;
static uint64_t file_id; // of the file that is found
static void (*during_open)(void);
static uint32_t slot_count;
static uint8_t memory[128][16];

DWORD WINAPI GetTickCount(void)
{
    return now;
}

bool ring_file_open(const struct identity *identity, struct settings *settings, struct ring *ring)
{
    (void)settings;
    (void)identity;
    attempts++;
    if (during_open) during_open();
    if (!can_open) return false;
    *ring = (struct ring){.base = memory[opens++], .file_id = file_id, .slot_count = slot_count};
    return true;
}

void ring_file_close(const struct ring *ring)
{
    (void)ring;
    closes++;
}

static struct identity identity(uint8_t number)
{
    return (struct identity){.user = {12, {1, 1, 0, 0, 0, 0, 0, 5, number}}, .directory = DIRECTORY_USERS};
}

static void start(void)
{
    memset(places, 0, sizeof places);
    place_count = changing = 0;
    kept_bytes = 0;
    crowded = (struct retry){0, 0};
    slot_count = 4;
    opens = closes = attempts = 0;
    now = 5000;
    file_id = 1;
    can_open = true;
    during_open = NULL;
}

// One notification; true if it had a ring.
static bool notification(uint8_t number)
{
    struct identity who = identity(number);
    struct ring_lease lease;
    bool held = ring_lease_begin(&lease, &who, NULL);
    ring_lease_end(&lease);
    return held;
}

TEST("a ring is opened once and stays mapped until the DLL is unloaded")
{
    start();
    for (unsigned i = 0; i < 5; i++) CHECK(notification(1));
    CHECK_EQUAL(opens, 1);
    CHECK_EQUAL(closes, 0);
    ring_cache_close();
    CHECK_EQUAL(closes, 1);
}

TEST("the same user elevated has another ring")
{
    start();
    struct identity user = identity(1), elevated = user;
    struct ring_lease a, b;
    elevated.directory = DIRECTORY_ADMINISTRATORS;
    CHECK(ring_lease_begin(&a, &user, NULL) && ring_lease_begin(&b, &elevated, NULL));
    CHECK(a.ring.base != b.ring.base);
}

TEST("an identity for which there is no place is recorded all the same, through a mapping for that notification alone")
{
    start();
    for (uint8_t i = 0; i < PLACES; i++) CHECK(notification(i));
    for (unsigned i = 0; i < 3; i++) CHECK(notification(PLACES));
    CHECK_EQUAL(opens, PLACES + 3);
    CHECK_EQUAL(closes, 3);
    CHECK_EQUAL(place_count, PLACES);
}

TEST("identities without a place wait together after a failed open, and go on together after one that succeeds")
{
    start();
    for (uint8_t i = 0; i < PLACES; i++) CHECK(notification(i));
    can_open = false;
    attempts = 0;
    for (unsigned i = 0; i < 3; i++) CHECK(!notification(PLACES) && !notification(PLACES + 1));
    CHECK_EQUAL(attempts, 1);
    CHECK(notification(1));
    now += 1000;
    can_open = true;
    CHECK(notification(PLACES) && notification(PLACES + 1));
    can_open = false;
    CHECK(!notification(PLACES));
    now += 1000;
    CHECK(!notification(PLACES));
    CHECK_EQUAL(attempts, 5);
}

TEST("rings that would take too much address space together are mapped for each notification alone")
{
    start();
    slot_count = 1u << 16; // 32 MiB
    for (unsigned i = 0; i < 3; i++) CHECK(notification(1));
    CHECK_EQUAL(opens, 1);
    for (unsigned i = 0; i < 3; i++) CHECK(notification(2));
    CHECK_EQUAL(opens, 4);
    CHECK_EQUAL(closes, 3);
    slot_count = 4;
    CHECK(notification(3) && notification(3));
    CHECK_EQUAL(opens, 5);
}

TEST("a failed open is tried again after 1 s, doubling to 60 s")
{
    start();
    can_open = false;
    CHECK(!notification(1));
    const unsigned waits[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (unsigned i = 0; i < sizeof waits / sizeof *waits; i++) {
        now += waits[i] - 1;
        CHECK(!notification(1));
        CHECK_EQUAL(attempts, i + 1);
        now += 1;
        CHECK(!notification(1));
        CHECK_EQUAL(attempts, i + 2);
    }
    can_open = true;
    now += 60000;
    CHECK(notification(1));
}

TEST("the wait for a retry survives the clock's wrap")
{
    start();
    now = UINT32_MAX - 10;
    can_open = false;
    CHECK(!notification(1));
    now += 20;
    CHECK(!notification(1));
    CHECK_EQUAL(attempts, 1);
    now += 1000;
    CHECK(!notification(1));
    CHECK_EQUAL(attempts, 2);
}

TEST("one identity's failure does not hold another one up")
{
    start();
    can_open = false;
    CHECK(!notification(1));
    can_open = true;
    CHECK(notification(2));
}

static void other_thread_is_faster(void)
{
    during_open = NULL;
    CHECK(notification(1));
}

TEST("of two threads that open the same ring at once both record, and one mapping stays")
{
    start();
    during_open = other_thread_is_faster;
    CHECK(notification(1));
    CHECK_EQUAL(opens, 2);
    CHECK_EQUAL(closes, 1);
    CHECK(notification(1));
    CHECK_EQUAL(opens, 2);
}

TEST("while another thread adds to the cache a notification is recorded without it")
{
    start();
    changing = 1;
    CHECK(notification(1));
    CHECK_EQUAL(place_count, 0);
    CHECK_EQUAL(closes, 1);
}

static bool fault_in(uint8_t number, uintptr_t offset)
{
    struct identity who = identity(number);
    struct ring_lease lease;
    CHECK(ring_lease_begin(&lease, &who, NULL));
    bool dropped = ring_lease_faulted(&lease, (uintptr_t)lease.ring.base + offset);
    ring_lease_end(&lease);
    return dropped;
}

TEST("a ring whose memory faulted is not used again, and is opened anew after a second")
{
    start();
    CHECK(fault_in(1, 4096));
    CHECK(!notification(1));
    CHECK_EQUAL(opens, 1);
    CHECK_EQUAL(closes, 0);
    now += 1000;
    CHECK(notification(1));
    CHECK_EQUAL(opens, 2);
}

TEST("a fault elsewhere leaves the ring in use")
{
    start();
    CHECK(!fault_in(1, ring_size(2)));
    CHECK(!fault_in(1, (uintptr_t)-1));
    CHECK(notification(1));
    CHECK_EQUAL(opens, 1);
}

TEST("a ring that goes on faulting is mapped for each notification alone in the end")
{
    start();
    for (unsigned i = 0; i < RINGS_PER_PLACE; i++) {
        CHECK(fault_in(1, 0));
        now += 60000;
    }
    for (unsigned i = 0; i < 3; i++) {
        CHECK(notification(1));
        now += 60000;
    }
    CHECK_EQUAL(closes, 3);
    CHECK_EQUAL(places[0].published, RINGS_PER_PLACE);
}

// The mapping that a notification got, as its number among all that were opened.
static unsigned ring_of(uint8_t number)
{
    struct identity who = identity(number);
    struct ring_lease lease;
    CHECK(ring_lease_begin(&lease, &who, NULL));
    unsigned opened = (unsigned)((uint8_t (*)[16])lease.ring.base - memory);
    ring_lease_end(&lease);
    return opened;
}

TEST("once a minute a process looks whether its ring's file is still the one that others find, and keeps its mapping if so")
{
    start();
    CHECK_EQUAL(ring_of(1), 0);
    now += 59999;
    CHECK_EQUAL(ring_of(1), 0);
    CHECK_EQUAL(opens, 1);
    for (unsigned minute = 1; minute < 10; minute++) {
        now += 60000;
        for (unsigned i = 0; i < 3; i++) ring_of(1);
        CHECK_EQUAL(opens, 1 + minute);
        CHECK_EQUAL(closes, minute);
    }
    CHECK_EQUAL(ring_of(1), 0);
}

TEST("if it is another file, that one is written from then on; the old one stays mapped")
{
    start();
    ring_of(1);
    file_id = 2;
    now += 60000;
    CHECK_EQUAL(ring_of(1), 1);
    CHECK_EQUAL(ring_of(1), 1);
    CHECK_EQUAL(closes, 0);
    CHECK_EQUAL(opens, 2);
    ring_cache_close();
    CHECK_EQUAL(closes, 2);
}

TEST("if there is no file that can be opened, the old one is written on, and is looked for a minute later")
{
    start();
    ring_of(1);
    can_open = false;
    now += 60000;
    for (unsigned i = 0; i < 3; i++) CHECK_EQUAL(ring_of(1), 0);
    CHECK_EQUAL(attempts, 2);
    can_open = true;
    file_id = 2;
    now += 60000;
    CHECK_EQUAL(ring_of(1), 1);
}

TEST("a file that is replaced again and again is mapped for each notification alone in the end")
{
    start();
    for (file_id = 1; file_id <= RINGS_PER_PLACE; file_id++, now += 60000) CHECK_EQUAL(ring_of(1), file_id - 1);
    CHECK_EQUAL(closes, 0);
    for (unsigned i = 0; i < 3; i++) CHECK_EQUAL(ring_of(1), RINGS_PER_PLACE + i);
    CHECK_EQUAL(closes, 3);
    CHECK_EQUAL(places[0].published, RINGS_PER_PLACE);
}
