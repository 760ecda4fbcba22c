// What libFuzzer drives: a ring made of the input's bytes (header, head, stamps; some honest, some not) is attached, and written to, while at
// test points other writers or hostile bytes come in between. A page that may not be touched stands on either side of the ring.
//
//   input:   geometry, header, head, a stamp a slot, then actions until it ends; where it ends early, the rest is zeros
//
// Writes that nobody comes in between are compared with RING.md section 4, byte by byte. For all of them the work is bounded.
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "checksum.h"
#include "dump.h"
#include "ring.h"

#define SLOTS_LOG2_MAX 4u
#define RING_SIZE_MAX (MPRTAP_HEADER_SIZE + (MPRTAP_SLOT_SIZE << SLOTS_LOG2_MAX))
#define ACTIONS_MAX 48u
#define GUARD_SIZE (1u << 20)
#define RECORDS 4u

// A sentence that is to hold.
#define HOLDS(sentence, condition)                                          \
    do {                                                                    \
        if (!(condition)) fprintf(stderr, "NOT SO: " sentence "\n"), abort(); \
    } while (0)

static const uint8_t *input, *input_end;
static struct ring ring;
static uint64_t size;
static struct record records[RECORDS];

static uint8_t byte(void)
{
    return input < input_end ? *input++ : 0;
}

static uint64_t word(void)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++) value |= (uint64_t)byte() << 8 * i;
    return value;
}

// A number that has something to do with `usual`, or with a bound.
static uint64_t number(uint64_t usual)
{
    int8_t aside = (int8_t)byte();
    switch (byte() % 8) {
    case 0: return usual + aside;
    case 1: return usual + (1ull << MPRTAP_STAMP_TRUST_LOG2) + aside;
    case 2: return (1ull << MPRTAP_SEQUENCE_LIMIT_LOG2) + aside;
    case 3: return usual ^ 1ull << (aside & 63);
    case 4: return (uint64_t)aside;
    case 5: return usual + (uint64_t)aside * ring.slot_count;
    case 6: return word();
    default: return (uint8_t)aside;
    }
}

// ── The ring, and what the input makes of it ────────────────────────────────────────────────────────────────────────

static struct ring_header *header(void)
{
    return (struct ring_header *)ring.base;
}

static struct slot *slot_at(uint64_t sequence)
{
    return (struct slot *)(ring.base + MPRTAP_HEADER_SIZE) + sequence % ring.slot_count;
}

static uint64_t stamp(uint64_t sequence, unsigned state)
{
    return sequence << MPRTAP_STAMP_SHIFT | state;
}

static uint64_t strange_stamp(unsigned index)
{
    uint64_t last = header()->head - 1 - (header()->head - 1 - index) % ring.slot_count; // claimed for this slot
    switch (byte() % 8) {
    case 0: return 0;
    case 1: return stamp(last, MPRTAP_STATE_COMMITTED);
    case 2: return stamp(last, MPRTAP_STATE_WRITING);
    case 3: return stamp(last - ring.slot_count, MPRTAP_STATE_WRITING);
    case 4: return stamp(last + ring.slot_count, MPRTAP_STATE_COMMITTED);
    case 5: return stamp(number(last), byte() & 3);
    case 6: return stamp(last + byte() * ring.slot_count, MPRTAP_STATE_COMMITTED);
    default: return word();
    }
}

// Ends where the page that may not be touched begins, so that not one byte behind the ring can be.
static void make_ring(void)
{
    static uint8_t *end;
    if (end == NULL) {
        size_t room = (RING_SIZE_MAX + 4095) / 4096 * 4096;
        uint8_t *all = mmap(NULL, room + 2 * GUARD_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (all == MAP_FAILED || mprotect(all + GUARD_SIZE, room, PROT_READ | PROT_WRITE) != 0) abort();
        end = all + GUARD_SIZE + room;
    }
    unsigned log2 = MPRTAP_SLOT_COUNT_LOG2_MIN + byte() % (SLOTS_LOG2_MAX - MPRTAP_SLOT_COUNT_LOG2_MIN + 1);
    size = ring_size(log2);
    ring = (struct ring){.base = end - size, .slot_count = 1u << log2};
    memset(end - RING_SIZE_MAX, 0, RING_SIZE_MAX);
    uint8_t kind = byte();
    if (kind % 4 != 0) {
        header()->signature = (uint64_t)log2 << 48 | (uint64_t)MPRTAP_FORMAT_MAJOR << 32 | MPRTAP_SIGNATURE_MAGIC;
        header()->file_id = word() | 1;
    }
    if (kind % 4 == 2) ring.base[byte() % 16] = byte();
    if (kind % 4 == 3) header()->signature = word(), header()->file_id = word();
    if (kind & 0x40) size -= byte() * 8; // not what the header says, perhaps what another header would
    header()->head = number(64);
    for (unsigned i = 0; i < ring.slot_count; i++) {
        memset(slot_at(i), byte(), MPRTAP_SLOT_SIZE);
        slot_at(i)->stamp = strange_stamp(i);
    }
}

// ── Attaching ───────────────────────────────────────────────────────────────────────────────────────────────────────

static uint8_t before[RING_SIZE_MAX];

static const struct slot *slot_before(uint64_t sequence)
{
    return (const struct slot *)(before + MPRTAP_HEADER_SIZE) + sequence % ring.slot_count;
}

static bool attach(void)
{
    static const uint8_t sid[MPRTAP_OWNER_SID_MAX] = {1, 15};
    const struct ring_header *old = (const struct ring_header *)before;
    uint64_t right_size = MPRTAP_HEADER_SIZE + (uint64_t)MPRTAP_SLOT_SIZE * ring.slot_count;
    unsigned log2 = (unsigned)__builtin_ctz(ring.slot_count);
    bool is_new = old->signature == 0;
    bool good = size == right_size && (is_new || ((uint32_t)old->signature == MPRTAP_SIGNATURE_MAGIC && (old->signature >> 32 & 0xff) == MPRTAP_FORMAT_MAJOR &&
                                                  (old->signature >> 48 & 0xff) == log2 && old->file_id != 0));
    struct ring attached;
    bool was = ring_attach(&attached, ring.base, size, &(struct ring_birth){7, 42, sid, sizeof sid});
    HOLDS("no slot is touched by attaching", memcmp(ring.base + MPRTAP_HEADER_SIZE, before + MPRTAP_HEADER_SIZE, right_size - MPRTAP_HEADER_SIZE) == 0);
    HOLDS("a header that is there already is left as it is", is_new || memcmp(ring.base, before, MPRTAP_HEADER_SIZE) == 0);
    HOLDS("behind its fields a header is left as it is", memcmp(ring.base + MPRTAP_HEADER_USED, before + MPRTAP_HEADER_USED, MPRTAP_HEADER_SIZE - MPRTAP_HEADER_USED) == 0);
    // A size that another geometry has: then that one counts.
    if (size != right_size && ring_slot_count_log2(size) != 0) return false;
    HOLDS("a header is taken if, and only if, it is good", was == good);
    if (!was) return false;
    HOLDS("a new ring's file id is kept if there was one", attached.file_id == (old->file_id ? old->file_id : 7));
    HOLDS("the ring has the slots of its header", attached.slot_count == ring.slot_count && attached.base == ring.base);
    ring = attached;
    return true;
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

// The write that is under way, and what it has done so far.
static struct work { unsigned claims, looks, increments; uint64_t claimed[MPRTAP_CLAIMS_MAX]; } work;
static int intruder_at = -1;

// What other writers did meanwhile: 1 + the last sequence that they wrote in each slot, and the head that they left.
static struct { uint64_t last[1u << SLOTS_LOG2_MAX], head; } others;

static void write_as_others(unsigned writes)
{
    uint64_t sequence;
    for (; writes > 0; writes--) {
        work = (struct work){0};
        if (ring_write(&ring, &records[writes % RECORDS], &sequence)) others.last[sequence % ring.slot_count] = sequence + 1;
    }
    others.head = header()->head;
}

static void intrude(void)
{
    struct work outer = work;
    uint64_t head = header()->head;
    switch (byte() % 4) {
    case 0: write_as_others(byte() % (2 * ring.slot_count + 2)); break;
    case 1: slot_at(head - 1)->stamp = strange_stamp((unsigned)((head - 1) % ring.slot_count)); break;
    case 2: header()->head = number(head); break;
    default: ring.base[(byte() | byte() << 8) % size] = byte(); break;
    }
    work = outer;
}

void mprtap_test_point(enum test_point point)
{
    if (point == INCREMENTING) work.increments++;
    if (point == AFTER_LOOK) work.looks++;
    if (point == AFTER_CLAIM && work.claims++ < MPRTAP_CLAIMS_MAX) work.claimed[work.claims - 1] = header()->head - 1;
    HOLDS("a notification takes four claims at most", work.claims <= MPRTAP_CLAIMS_MAX);
    HOLDS("a claim takes three looks at most", work.looks <= work.claims * MPRTAP_TAKE_ATTEMPTS_MAX);
    HOLDS("attempts to increment are bounded", work.increments <= (MPRTAP_CLAIMS_MAX + 1) * MPRTAP_FETCH_ADD_ATTEMPTS_MAX);
    if ((int)point != intruder_at) return;
    intruder_at = -1;
    intrude();
}

static bool is_newer(uint64_t stamp_there, uint64_t sequence)
{
    return stamp_there > stamp(sequence, 0) && (stamp_there >> MPRTAP_STAMP_SHIFT) - sequence <= 1ull << MPRTAP_STAMP_TRUST_LOG2;
}

// What was in the way of every claim that led to nothing; and that head has left it behind, by less than a lap.
static void check_blocked(unsigned blocked, uint64_t head_before)
{
    uint64_t highest = head_before;
    for (unsigned i = 0; i < blocked; i++) {
        uint64_t s = work.claimed[i], there = slot_before(s)->stamp;
        HOLDS("a claim is given up for a newer stamp, or for a writer one lap behind", is_newer(there, s) || there == stamp(s - ring.slot_count, MPRTAP_STATE_WRITING));
        HOLDS("head is raised above a newer stamp", !is_newer(there, s) || header()->head > there >> MPRTAP_STAMP_SHIFT);
        uint64_t lap_later = (there >> MPRTAP_STAMP_SHIFT) + ring.slot_count;
        if (is_newer(there, s) && lap_later > highest) highest = lap_later;
    }
    HOLDS("head is raised to the end of the newer stamps at most", header()->head - MPRTAP_CLAIMS_MAX <= highest || highest >> 63 != 0 || header()->head < MPRTAP_CLAIMS_MAX);
}

static void check_written(uint64_t s, const struct record *record)
{
    struct slot *slot = slot_at(s);
    uint64_t there = slot_before(s)->stamp;
    unsigned used = record->image.used;
    HOLDS("a record is written under the sequence claimed last", work.claims > 0 && s == work.claimed[work.claims - 1] && header()->head > s);
    HOLDS("sequences from 2^61 on are not written", s >> MPRTAP_SEQUENCE_LIMIT_LOG2 == 0);
    HOLDS("no newer record is overwritten", !is_newer(there, s));
    HOLDS("no writer that may be at work is robbed", there != stamp(s - ring.slot_count, MPRTAP_STATE_WRITING));
    HOLDS("a record is committed", slot->stamp == stamp(s, MPRTAP_STATE_COMMITTED));
    HOLDS("what is committed verifies", slot->checksum == checksum_seal(checksum_content(slot), ring.file_id, s));
    HOLDS("what is committed is what was to be written", memcmp((uint8_t *)slot + MPRTAP_RECORD_START, (const uint8_t *)&record->image + MPRTAP_RECORD_START, used - MPRTAP_RECORD_START) == 0);
    HOLDS("nothing is written behind a record", memcmp((uint8_t *)slot + used, (const uint8_t *)slot_before(s) + used, MPRTAP_SLOT_SIZE - used) == 0);
    memcpy(before + ((uint8_t *)slot - ring.base), slot, MPRTAP_SLOT_SIZE);
}

// A write that nobody comes in between.
static void write_alone(const struct record *record)
{
    uint64_t sequence = 0;
    memcpy(before, ring.base, size);
    const struct ring_header *old = (const struct ring_header *)before;
    bool written = ring_write(&ring, record, &sequence);
    check_blocked(work.claims - written, old->head);
    if (written) check_written(sequence, record);
    else HOLDS("a notification is given up after four claims, or at the last sequence", work.claims == MPRTAP_CLAIMS_MAX || sequence >> MPRTAP_SEQUENCE_LIMIT_LOG2 != 0);
    HOLDS("what is given up is counted", header()->gave_up == old->gave_up + !written);
    HOLDS("head does not go down", header()->head > old->head || old->head + MPRTAP_CLAIMS_MAX < old->head);
    HOLDS("no slot but its own is touched by a writer", memcmp(ring.base + MPRTAP_HEADER_SIZE, before + MPRTAP_HEADER_SIZE, size - MPRTAP_HEADER_SIZE) == 0);
    ((struct ring_header *)before)->head = header()->head;
    ((struct ring_header *)before)->gave_up = header()->gave_up;
    HOLDS("a writer changes head and a count in the header, and nothing else", memcmp(ring.base, before, MPRTAP_HEADER_SIZE) == 0);
}

// A write that others, or hostile bytes, come in between. `sequence` was claimed last.
static void write_among_others(const struct record *record)
{
    uint64_t sequence = 0;
    intruder_at = byte() % TEST_POINT_COUNT;
    memset(&others, 0, sizeof others);
    ring_write(&ring, record, &sequence);
    intruder_at = -1;
    HOLDS("a head that others raised is not put down", header()->head >= others.head || others.head >> 63 != 0);
    for (unsigned i = 0; i < ring.slot_count; i++) {
        if (others.last[i] == 0) continue;
        uint64_t s = others.last[i] - 1;
        bool is_garbage_to_us = s > sequence && s - sequence > 1ull << MPRTAP_STAMP_TRUST_LOG2;
        HOLDS("what others committed stays, or makes way for something newer", slot_at(s)->stamp >= stamp(s, MPRTAP_STATE_COMMITTED) || is_garbage_to_us);
    }
}

static void act(void)
{
    uint8_t what = byte();
    const struct record *record = &records[what >> 4 & (RECORDS - 1)];
    work = (struct work){0};
    switch (what % 8) {
    case 5: write_among_others(record); break;
    case 6: header()->head = number(header()->head); break;
    case 7: {
        unsigned index = byte() % ring.slot_count;
        slot_at(index)->stamp = strange_stamp(index);
        break;
    }
    default: write_alone(record); break;
    }
}

static void make_records(void)
{
    static const unsigned lengths[RECORDS] = {0, 1, 100, 1000};
    for (unsigned i = 0; i < RECORDS; i++) {
        uint16_t units[1001] = {0};
        struct text text = {0};
        for (unsigned u = 0; u < lengths[i]; u++) units[u] = (uint16_t)(i == 2 ? 0x430 + u % 32 : 'a' + u % 26);
        text_read(&text, units);
        record_build(&records[i], &(struct record_input){.kind = MPRTAP_KIND_ADD, .notify_status = MPRTAP_NOTIFY_PRE, .strings = {&text}});
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    input = data;
    input_end = data + length;
    if (records[0].image.used == 0) make_records();
    make_ring();
    memcpy(before, ring.base, MPRTAP_HEADER_SIZE + MPRTAP_SLOT_SIZE * ring.slot_count);
    if (!attach()) return 0;
    for (unsigned actions = 0; input < input_end && actions < ACTIONS_MAX; actions++) act();
    dump_ring(&ring, size);
    return 0;
}
