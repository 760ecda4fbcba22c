// Writes honest records into a ring of its own and, between them, hostile bytes all over it: stamps, lengths, checksums, strings, and now and
// then the header, the file's length, or the whole file. For a reader that has to survive it.
//
//   mutator --ring FILE --slots-log2 K --seed N
#include "record.h"
#include "torture.h"

static uint64_t state;

static uint64_t chance(uint64_t below)
{
    state = checksum_mix(state + 0x9e3779b97f4a7c15u);
    return state % below;
}

static uint64_t strange_number(uint64_t usual)
{
    switch (chance(6)) {
    case 0: return usual + chance(5) - 2;
    case 1: return usual ^ 1ull << chance(64);
    case 2: return (uint64_t)1 << chance(64);
    case 3: return usual + (1ull << 32) + chance(5) - 2;
    case 4: return ~chance(3);
    default: return state;
    }
}

int main(int count, char **arguments)
{
    const char *path = NULL;
    unsigned slots_log2 = 8;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--ring") == 0) path = arguments[i + 1];
        else if (strcmp(arguments[i], "--slots-log2") == 0) slots_log2 = (unsigned)atoi(arguments[i + 1]);
        else if (strcmp(arguments[i], "--seed") == 0) state = strtoull(arguments[i + 1], NULL, 10);
    }
    struct ring ring = torture_ring(path, slots_log2);
    uint64_t size = ring_size(slots_log2), *header = (uint64_t *)ring.base;
    static uint8_t good[MPRTAP_HEADER_USED];
    memcpy(good, ring.base, sizeof good);
    static struct text names[TORTURE_NAMES];
    torture_names(names);
    for (uint32_t number = 0;; number++) {
        struct record record;
        uint64_t sequence = 0, honest = chance(64);
        for (uint64_t i = 0; i < honest; i++) {
            torture_record(&record, names, 1, number);
            ring_write(&ring, &record, &sequence);
        }
        uint8_t *slot = ring.base + MPRTAP_HEADER_SIZE + (sequence - chance(64)) % ring.slot_count * MPRTAP_SLOT_SIZE;
        uint64_t *words = (uint64_t *)slot;
        switch (chance(8)) {
        case 0: words[0] = strange_number(words[0]); break;
        case 1: words[chance(MPRTAP_RECORD_STRINGS / 8)] = strange_number(words[chance(16)]); break;
        case 2: words[chance(MPRTAP_SLOT_SIZE / 8)] = strange_number(state); break;
        case 3: ((uint16_t *)slot)[chance(MPRTAP_RECORD_STRINGS / 2)] = (uint16_t)strange_number(16); break;
        case 4: { // consistent nonsense: the checksum holds
            struct slot *hostile = (struct slot *)slot;
            hostile->descriptors[chance(MPRTAP_STRING_COUNT)].stored_units = (uint16_t)chance(500);
            // The longest nonsense ends within the eight slots behind it.
            if (slot + 8 * MPRTAP_SLOT_SIZE <= ring.base + size)
                hostile->checksum = checksum_seal(checksum_content(hostile), ring.file_id, hostile->stamp >> MPRTAP_STAMP_SHIFT);
            break;
        }
        case 5: memset(slot + chance(256), (int)chance(256), chance(256)); break;
        case 6: slot[chance(MPRTAP_SLOT_SIZE)] ^= (uint8_t)(1u << chance(8)); break;
        default: break;
        }
        if (chance(5000) != 0) continue;
        // The header, for a moment or for good; then an honest one again, sometimes of another file.
        uint64_t head = header[MPRTAP_HEADER_HEAD / 8];
        switch (chance(5)) {
        case 0: header[MPRTAP_HEADER_HEAD / 8] = strange_number(head); break;
        case 1: ring.base[chance(MPRTAP_HEADER_USED)] ^= (uint8_t)(1u << chance(8)); break;
        case 2: memset(ring.base, 0, MPRTAP_HEADER_USED); break;
        case 3: if (truncate(path, (off_t)chance(size)) != 0) torture_fail(path); break;
        default: if (rename(path, "mutated.aside") != 0) {} break;
        }
        usleep((useconds_t)chance(300000));
        if (access(path, F_OK) != 0 && rename("mutated.aside", path) != 0) torture_fail("mutated.aside");
        if (truncate(path, (off_t)size) != 0) torture_fail(path);
        memcpy(ring.base, good, sizeof good);
        header[MPRTAP_HEADER_HEAD / 8] = chance(3) ? head : chance(1000);
    }
}
