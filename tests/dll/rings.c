#include "rings.h"

void (*at_test_point)(enum test_point point);

void mprtap_test_point(enum test_point point)
{
    if (at_test_point) at_test_point(point);
}

struct ring ring_new(unsigned slot_count_log2)
{
    static const uint8_t sid[12] = {1, 1, 0, 0, 0, 0, 0, 5, 18};
    struct ring_birth birth = {TEST_FILE_ID, 42, sid, sizeof sid};
    struct ring ring;
    uint64_t size = ring_size(slot_count_log2);
    void *base = aligned_alloc(4096, (size + 4095) / 4096 * 4096);
    memset(base, 0, size);
    CHECK(ring_attach(&ring, base, size, &birth));
    return ring;
}

void ring_free(struct ring *ring)
{
    free(ring->base);
}

struct ring_header *ring_header(const struct ring *ring)
{
    return (struct ring_header *)ring->base;
}

struct slot *ring_slot(const struct ring *ring, uint64_t sequence)
{
    return (struct slot *)(ring->base + MPRTAP_HEADER_SIZE + sequence % ring->slot_count * MPRTAP_SLOT_SIZE);
}

uint64_t stamp(uint64_t sequence, unsigned state)
{
    return sequence * 4 + state;
}

struct record record_named(const char *name)
{
    struct text text = {0};
    if (name) {
        uint16_t units[512];
        size_t length = strlen(name);
        for (size_t i = 0; i <= length; i++) units[i] = (uint8_t)name[i];
        text_read(&text, units);
    }
    struct record record;
    record_build(&record, &(struct record_input){.kind = MPRTAP_KIND_ADD, .notify_status = MPRTAP_NOTIFY_PRE, .strings = {&text}});
    return record;
}

void write_expecting(const struct ring *ring, uint64_t wanted)
{
    struct record record = record_named("\\\\server\\share");
    uint64_t sequence = UINT64_MAX;
    CHECK(ring_write(ring, &record, &sequence));
    CHECK_EQUAL(sequence, wanted);
    CHECK(holds_record(ring, wanted));
}

bool holds_record(const struct ring *ring, uint64_t sequence)
{
    const struct slot *slot = ring_slot(ring, sequence);
    return slot->stamp == stamp(sequence, MPRTAP_STATE_COMMITTED) &&
           slot->checksum == checksum_seal(checksum_content(slot), ring->file_id, sequence);
}
