// The golden records of format/vectors.json: the C writer must produce exactly their bytes.
#include "rings.h"

struct vector {
    const char *name;
    uint64_t file_id, sequence;
    struct record_input input;
    const uint16_t *strings[MPRTAP_STRING_COUNT];
    size_t slot_length;
    const uint8_t *slot;
};
#include "vectors.h"

TEST("every golden record is written with exactly its bytes")
{
    CHECK(sizeof vectors / sizeof *vectors >= 12);
    for (unsigned v = 0; v < sizeof vectors / sizeof *vectors; v++) {
        struct ring ring = ring_new(MPRTAP_SLOT_COUNT_LOG2_MIN);
        ring.file_id = vectors[v].file_id;
        ring_header(&ring)->head = vectors[v].sequence;

        static struct text texts[MPRTAP_STRING_COUNT];
        struct record_input input = vectors[v].input;
        for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) {
            text_read(&texts[i], vectors[v].strings[i]);
            input.strings[i] = &texts[i];
        }
        struct record record;
        uint64_t sequence;
        record_build(&record, &input);
        CHECK(ring_write(&ring, &record, &sequence));
        CHECK_EQUAL(sequence, vectors[v].sequence);
        const uint8_t *slot = (const uint8_t *)ring_slot(&ring, sequence);
        bool same = record.image.used == vectors[v].slot_length && memcmp(slot, vectors[v].slot, vectors[v].slot_length) == 0;
        if (!same) check_failed(__FILE__, __LINE__, vectors[v].name);
        ring_free(&ring);
    }
}
