// Writes, and what has to be true of them. Those that nobody comes in between are compared with RING.md section 4, byte by byte; for all of
// them the work is bounded, and what others wrote meanwhile stays.
#include "target.h"

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
    switch (input_byte() % 4) {
    case 0: write_as_others(input_byte() % (2 * ring.slot_count + 2)); break;
    case 1: slot_at(head - 1)->stamp = input_stamp((unsigned)((head - 1) % ring.slot_count)); break;
    case 2: header()->head = input_number(head); break;
    default: {
        size_t at = input_word() % ring_bytes();
        ring.base[at] = input_byte();
        break;
    }
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
        HOLDS("a claim is given up for a newer stamp, or for a writer one lap behind",
              is_newer(there, s) || there == stamp(s - ring.slot_count, MPRTAP_STATE_WRITING));
        HOLDS("head is raised above a newer stamp", !is_newer(there, s) || header()->head > there >> MPRTAP_STAMP_SHIFT);
        uint64_t lap_later = (there >> MPRTAP_STAMP_SHIFT) + ring.slot_count;
        if (is_newer(there, s) && lap_later > highest) highest = lap_later;
    }
    HOLDS("head is raised to the end of the newer stamps at most",
          header()->head - MPRTAP_CLAIMS_MAX <= highest || highest >> 63 != 0 || header()->head < MPRTAP_CLAIMS_MAX);
}

static void check_written(uint64_t s, const struct record *record)
{
    struct slot *slot = slot_at(s);
    uint64_t there = slot_before(s)->stamp;
    unsigned used = record->image.used;
    HOLDS("a record is written under the sequence claimed last", work.claims > 0 && s == work.claimed[work.claims - 1]);
    HOLDS("head is above what was written", header()->head > s);
    HOLDS("sequences from 2^53 on are not written", s >> MPRTAP_SEQUENCE_LIMIT_LOG2 == 0);
    HOLDS("no newer record is overwritten", !is_newer(there, s));
    HOLDS("no writer that may be at work is robbed", there != stamp(s - ring.slot_count, MPRTAP_STATE_WRITING));
    HOLDS("a record is committed", slot->stamp == stamp(s, MPRTAP_STATE_COMMITTED));
    HOLDS("what is committed verifies", slot->checksum == checksum_seal(checksum_content(slot), ring.file_id, s));
    const uint8_t *now = (const uint8_t *)slot, *image = (const uint8_t *)&record->image, *old = (const uint8_t *)slot_before(s);
    HOLDS("what is committed is what was to be written",
          memcmp(now + MPRTAP_RECORD_START, image + MPRTAP_RECORD_START, used - MPRTAP_RECORD_START) == 0);
    HOLDS("nothing is written behind a record", memcmp(now + used, old + used, MPRTAP_SLOT_SIZE - used) == 0);
    memcpy(before + (now - ring.base), now, MPRTAP_SLOT_SIZE); // what is left to differ is what should not
}

// A write that nobody comes in between.
static void write_alone(const struct record *record)
{
    uint64_t sequence = 0;
    memcpy(before, ring.base, ring_bytes());
    const struct ring_header *old = (const struct ring_header *)before;
    bool written = ring_write(&ring, record, &sequence);
    check_blocked(work.claims - written, old->head);
    if (written) check_written(sequence, record);
    bool is_over = work.claims == MPRTAP_CLAIMS_MAX || sequence >> MPRTAP_SEQUENCE_LIMIT_LOG2 != 0;
    HOLDS("a notification is given up after four claims, or at the last sequence", written || is_over);
    HOLDS("what is given up is counted", header()->gave_up == old->gave_up + !written);
    HOLDS("head does not go down", header()->head > old->head || old->head + MPRTAP_CLAIMS_MAX < old->head);
    HOLDS("no slot but its own is touched by a writer", slots_are_as_before());
    ((struct ring_header *)before)->head = header()->head;
    ((struct ring_header *)before)->gave_up = header()->gave_up;
    HOLDS("a writer changes head and a count in the header, and nothing else", memcmp(ring.base, before, MPRTAP_HEADER_SIZE) == 0);
}

// A write that others, or hostile bytes, come in between. `sequence` was claimed last.
static void write_among_others(const struct record *record)
{
    uint64_t sequence = 0;
    intruder_at = input_byte() % TEST_POINT_COUNT;
    memset(&others, 0, sizeof others);
    ring_write(&ring, record, &sequence);
    intruder_at = -1;
    HOLDS("a head that others raised is not put down", header()->head >= others.head || others.head >> 63 != 0);
    for (unsigned i = 0; i < ring.slot_count; i++) {
        if (others.last[i] == 0) continue;
        uint64_t s = others.last[i] - 1;
        bool is_garbage_to_us = s > sequence && s - sequence > 1ull << MPRTAP_STAMP_TRUST_LOG2;
        HOLDS("what others committed stays, or makes way for something newer",
              slot_at(s)->stamp >= stamp(s, MPRTAP_STATE_COMMITTED) || is_garbage_to_us);
    }
}

void act(void)
{
    uint8_t what = input_byte();
    const struct record *record = &records[what >> 4 & (RECORDS - 1)];
    work = (struct work){0};
    switch (what % 8) {
    case 5: write_among_others(record); break;
    case 6: header()->head = input_number(header()->head); break;
    case 7: {
        unsigned index = input_byte() % ring.slot_count;
        slot_at(index)->stamp = input_stamp(index);
        break;
    }
    default: write_alone(record); break;
    }
}
