// The limit: the core's work on a ring in C, free of everything that WebAssembly costs: no bounds checks, 256-bit vectors, one call for the
// whole ring. The same steps with the same results: copy a window, compare stamps, verify checksums and lengths, intern the strings by the
// same hashes with the same exact comparison, write the same columns, and read five fields of every row back from them.
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "../../dll/ring_layout.h"

#define WINDOW_SLOTS 256
#define ROWS WINDOW_SLOTS
#define PREFETCH_SLOTS 4
#define BUCKETS 65536u
#define ID_MASK 0x3ffffu
#define DEVICE_UNITS_MAX 6
#define FIXED_BLOCKS ((MPRTAP_RECORD_STRINGS - MPRTAP_RECORD_START) / 16)
#define RECORD_BLOCKS_MAX (FIXED_BLOCKS + MPRTAP_STRING_BLOCKS)
#define EPOCH 116444736000000000
#define PRIME_1 ((uint64_t)MPRTAP_CHECKSUM_PRIME_1_HIGH << 32 | MPRTAP_CHECKSUM_PRIME_1_LOW)
#define PRIME_2 ((uint64_t)MPRTAP_CHECKSUM_PRIME_2_HIGH << 32 | MPRTAP_CHECKSUM_PRIME_2_LOW)
#define ALWAYS static inline __attribute__((always_inline))
#define EXPORT __attribute__((visibility("default")))

typedef uint64_t u64x2 __attribute__((vector_size(16)));
typedef uint64_t u64x4 __attribute__((vector_size(32)));
typedef u64x2 u64x2_unaligned __attribute__((aligned(1), may_alias));
typedef u64x4 u64x4_unaligned __attribute__((aligned(1), may_alias));

// What a batch consists of, as in assembly/abi.ts.
EXPORT struct {
    double sequence[ROWS], time[ROWS], duration[ROWS], process_start_time[ROWS], completes[ROWS];
    uint32_t status[ROWS], flags[ROWS], traits[ROWS], resource_type[ROWS], process_id[ROWS], thread_id[ROWS], session_id[ROWS];
    uint32_t logon_id_low[ROWS], logon_id_high[ROWS], names[4][ROWS], ring[ROWS], notify_status[ROWS], context_low[ROWS], context_high[ROWS], time_ticks[ROWS];
    uint64_t full_units[ROWS];
    uint8_t kind[ROWS], phase[ROWS], outcome[ROWS];
} limit_columns __attribute__((aligned(64)));

// An interned string: units and width, then its blocks. An id is its block in the arena; 0 is absent, 1 empty.
struct interned {
    uint64_t unused;
    uint32_t units_and_width, marks;
    uint8_t bytes[];
};

EXPORT uint8_t limit_arena[16 << 18] __attribute__((aligned(64)));
static uint32_t buckets[BUCKETS], used_blocks;
static uint8_t window[WINDOW_SLOTS * MPRTAP_SLOT_SIZE] __attribute__((aligned(64)));
static uint32_t keys[RECORD_BLOCKS_MAX][4] __attribute__((aligned(64)));

ALWAYS uint32_t u32(const uint8_t *at) { uint32_t x; memcpy(&x, at, 4); return x; }
ALWAYS uint64_t u64(const uint8_t *at) { uint64_t x; memcpy(&x, at, 8); return x; }
ALWAYS uint64_t rotate(uint64_t x, unsigned bits) { return x << bits | x >> (64 - bits); }

ALWAYS uint64_t mix(uint64_t x)
{
    x ^= x >> 29;
    x *= PRIME_1;
    x ^= x >> 32;
    x *= PRIME_2;
    return x ^ x >> 29;
}

// One multiplication a block half: the low word of each u64 times its high word.
#define PRODUCT(x) (((x) & 0xffffffff) * ((x) >> 32))

ALWAYS uint64_t content_of(const uint8_t *at, unsigned blocks)
{
    const uint8_t *key = (const uint8_t *)keys;
    u64x4 sum = {0};
    for (; blocks >= 2; blocks -= 2, at += 32, key += 32) {
        u64x4 data = *(const u64x4_unaligned *)at, x = data ^ *(const u64x4_unaligned *)key;
        sum += data + PRODUCT(x);
    }
    u64x2 total = {sum[0] + sum[2], sum[1] + sum[3]};
    if (blocks) {
        u64x2 data = *(const u64x2_unaligned *)at, x = data ^ *(const u64x2_unaligned *)key;
        total += data + PRODUCT(x);
    }
    return total[0] + rotate(total[1], 32) * PRIME_1;
}

ALWAYS uint64_t hash_of(const uint8_t *at, unsigned blocks, uint32_t units_and_width)
{
    uint64_t hash = u64(at) * PRIME_1 + u64(at + 8) * PRIME_2 + units_and_width * 0x165667b19e3779f9;
    if (blocks > 1) hash += u64(at + 16) * 0x85ebca77c2b2ae63 + u64(at + 24) * 0x27d4eb2f165667c5;
    for (unsigned i = 2; i < blocks; i++) {
        hash = rotate(hash, 23) * PRIME_1 + u64(at + 16 * i) * PRIME_2 + u64(at + 16 * i + 8) * 0x85ebca77c2b2ae63;
    }
    return hash;
}

ALWAYS struct interned *interned(uint32_t id) { return (struct interned *)(limit_arena + ((uint64_t)id << 4)); }

ALWAYS bool equal(uint32_t id, const uint8_t *at, unsigned blocks, uint32_t units_and_width)
{
    const struct interned *known = interned(id);
    if (known->units_and_width != units_and_width) return false;
    u64x2 difference = {0};
    for (unsigned i = 0; i < blocks; i++)
        difference |= *(const u64x2_unaligned *)(known->bytes + 16 * i) ^ *(const u64x2_unaligned *)(at + 16 * i);
    return (difference[0] | difference[1]) == 0;
}

static __attribute__((noinline)) uint32_t search(uint64_t hash, const uint8_t *at, unsigned blocks, uint32_t units_and_width)
{
    uint32_t tag = (uint32_t)(hash >> 16) & ~ID_MASK;
    for (uint32_t bucket = hash >> 48;; bucket = (bucket + 1) % BUCKETS) {
        uint32_t cell = buckets[bucket], id = cell & ID_MASK;
        if (cell != 0 && ((cell & ~ID_MASK) != tag || !equal(id, at, blocks, units_and_width))) continue;
        if (cell != 0) return id;
        id = used_blocks;
        struct interned *place = interned(id);
        place->units_and_width = units_and_width;
        memcpy(place->bytes, at, 16 * blocks);
        used_blocks += 1 + blocks;
        buckets[bucket] = tag | id;
        return id;
    }
}

ALWAYS uint32_t intern(const uint8_t *at, unsigned blocks, uint32_t units, uint32_t traits)
{
    if (blocks == 0) return traits & MPRTAP_STRING_PRESENT;
    uint32_t units_and_width = units << 1 | (traits >> 1 & 1);
    uint64_t hash = hash_of(at, blocks, units_and_width);
    uint32_t cell = buckets[hash >> 48];
    bool same_tag = (cell & ~ID_MASK) == ((uint32_t)(hash >> 16) & ~ID_MASK);
    if (same_tag && equal(cell & ID_MASK, at, blocks, units_and_width)) return cell & ID_MASK;
    return search(hash, at, blocks, units_and_width);
}

// "F:", "LPT1", "com2:".
static bool is_device(const uint8_t *name, uint32_t units, uint32_t traits)
{
    if (units < 2 || units > DEVICE_UNITS_MAX || traits & (MPRTAP_STRING_WIDE | MPRTAP_STRING_TRUNCATED)) return false;
    if (units == 2) return (name[0] | 0x20) >= 'a' && (name[0] | 0x20) <= 'z' && name[1] == ':';
    uint32_t port = u32(name) & 0xdfdfdf, digits = 0;
    if (port != 0x54504c && port != 0x4d4f43) return false;
    for (uint32_t i = 3; i < units; i++) {
        if (name[i] >= '0' && name[i] <= '9') digits++;
        else if (name[i] != ':' || i + 1 != units) return false;
    }
    return digits > 0;
}

// One bit a string: whether its traits, 16 bits each, have the bit `shift`.
ALWAYS uint32_t gather(uint64_t all, unsigned shift)
{
    uint64_t bits = all >> shift;
    return (uint32_t)((bits & 1) | (bits >> 15 & 2) | (bits >> 30 & 4) | (bits >> 45 & 8));
}

// A record's strings, taken apart.
struct strings {
    const uint8_t *at[4];
    uint32_t units[4], full[4], traits[4], blocks[4];
};

// Whether the record in `slot` is whole and true; if so, its strings.
ALWAYS bool verify(const uint8_t *slot, uint64_t file_id, uint64_t sequence, struct strings *s)
{
    const uint8_t *d = slot + MPRTAP_RECORD_DESCRIPTORS;
    uint32_t total = 0;
    uint64_t words[3] = {u64(d), u64(d + 8), u64(d + 16)};
    for (unsigned i = 0; i < 4; i++) {
        unsigned bit = 48 * i;
        s->units[i] = words[bit / 64] >> bit % 64 & 0xffff;
        s->full[i] = words[(bit + 16) / 64] >> (bit + 16) % 64 & 0xffff;
        s->traits[i] = words[(bit + 32) / 64] >> (bit + 32) % 64 & 0xffff;
        s->blocks[i] = ((s->units[i] << (s->traits[i] >> 1 & 1)) + 15) >> 4;
        s->at[i] = slot + MPRTAP_RECORD_STRINGS + 16 * total;
        total += s->blocks[i];
    }
    uint32_t used_kind = u32(slot + MPRTAP_RECORD_USED), kind = used_kind >> 16 & 0xff;
    if (total > MPRTAP_STRING_BLOCKS || (used_kind & 0xffff) != MPRTAP_RECORD_STRINGS + 16 * total) return false;
    uint64_t content = content_of(slot + MPRTAP_RECORD_START, FIXED_BLOCKS + total);
    if (mix(content ^ file_id ^ sequence * PRIME_1) != u64(slot + MPRTAP_SLOT_CHECKSUM)) return false;
    if ((kind != MPRTAP_KIND_ADD && kind != MPRTAP_KIND_CANCEL) || !(u32(slot + MPRTAP_RECORD_NOTIFY_STATUS) & 3)) return false;
    return s->units[0] <= s->full[0] && s->units[1] <= s->full[1] && s->units[2] <= s->full[2] && s->units[3] <= s->full[3];
}

// Verifies the record in `slot` and appends it to the columns; false if it is none.
ALWAYS bool decode(const uint8_t *slot, uint64_t file_id, uint64_t sequence, unsigned row)
{
    struct strings s;
    if (!verify(slot, file_id, sequence, &s)) return false;
    const uint8_t **at = s.at;
    const uint32_t *units = s.units, *full = s.full, *traits = s.traits, *blocks = s.blocks;
    uint32_t kind = slot[MPRTAP_RECORD_KIND], notify_status = u32(slot + MPRTAP_RECORD_NOTIFY_STATUS);

    uint32_t id[4];
    for (unsigned i = 0; i < 4; i++) id[i] = intern(at[i], blocks[i], units[i], traits[i]);
    uint64_t all_traits = traits[0] | traits[1] << 16 | (uint64_t)traits[2] << 32 | (uint64_t)traits[3] << 48;
    uint64_t all_full = full[0] | full[1] << 16 | (uint64_t)full[2] << 32 | (uint64_t)full[3] << 48;
    if (kind == MPRTAP_KIND_CANCEL && is_device(at[0], units[0], traits[0])) {
        id[1] = id[0];
        id[0] = 0;
        all_traits = (all_traits & 0xffffffff00000000) | (uint64_t)traits[0] << 16;
        all_full = (all_full & 0xffffffff00000000) | (uint64_t)full[0] << 16;
    }
    uint32_t row_traits = u32(slot + MPRTAP_RECORD_RECORD_FLAGS) & 0xff;
    bool post = notify_status & MPRTAP_NOTIFY_POST;
    if (post) row_traits |= 0x10000;
    if (all_traits & (MPRTAP_STRING_TRUNCATED | MPRTAP_STRING_UNREADABLE) * 0x0001000100010001)
        row_traits |= gather(all_traits, 2) << 8 | gather(all_traits, 3) << 12;

    limit_columns.sequence[row] = (double)sequence;
    uint64_t wall_time = u64(slot + MPRTAP_RECORD_WALL_TIME);
    limit_columns.time[row] = (double)((int64_t)(wall_time / 10000) - EPOCH / 10000);
    limit_columns.time_ticks[row] = (uint32_t)(wall_time % 10000);
    limit_columns.completes[row] = NAN;
    limit_columns.duration[row] = NAN;
    limit_columns.process_start_time[row] = (double)(int64_t)(u64(slot + MPRTAP_RECORD_PROCESS_START_TIME) - EPOCH) * 0.0001;
    limit_columns.status[row] = u32(slot + MPRTAP_RECORD_OPERATION_STATUS);
    limit_columns.flags[row] = u32(slot + MPRTAP_RECORD_FLAGS);
    limit_columns.traits[row] = row_traits;
    limit_columns.resource_type[row] = u32(slot + MPRTAP_RECORD_RESOURCE_TYPE);
    limit_columns.process_id[row] = u32(slot + MPRTAP_RECORD_PROCESS_ID);
    limit_columns.thread_id[row] = u32(slot + MPRTAP_RECORD_THREAD_ID);
    limit_columns.session_id[row] = u32(slot + MPRTAP_RECORD_SESSION_ID);
    limit_columns.logon_id_low[row] = u32(slot + MPRTAP_RECORD_LOGON_ID);
    limit_columns.logon_id_high[row] = u32(slot + MPRTAP_RECORD_LOGON_ID + 4);
    for (unsigned i = 0; i < 4; i++) limit_columns.names[i][row] = id[i];
    limit_columns.ring[row] = 0;
    limit_columns.notify_status[row] = notify_status;
    limit_columns.context_low[row] = u32(slot + MPRTAP_RECORD_CONTEXT);
    limit_columns.context_high[row] = u32(slot + MPRTAP_RECORD_CONTEXT + 4);
    limit_columns.full_units[row] = all_full;
    limit_columns.kind[row] = (uint8_t)kind;
    limit_columns.phase[row] = post ? 2 : 1;
    limit_columns.outcome[row] = 0;
    return true;
}

ALWAYS uint32_t units_of(uint32_t id) { return id <= 1 ? 0 : interned(id)->units_and_width >> 1; }

static void prepare_keys(void)
{
    const uint32_t start[] = {MPRTAP_CHECKSUM_KEY_0, MPRTAP_CHECKSUM_KEY_1, MPRTAP_CHECKSUM_KEY_2, MPRTAP_CHECKSUM_KEY_3};
    const uint32_t step[] = {MPRTAP_CHECKSUM_STEP_0, MPRTAP_CHECKSUM_STEP_1, MPRTAP_CHECKSUM_STEP_2, MPRTAP_CHECKSUM_STEP_3};
    for (unsigned i = 0; i < 4 * RECORD_BLOCKS_MAX; i++) keys[i / 4][i % 4] = start[i % 4] + i / 4 * step[i % 4];
    used_blocks = 2;
}

ALWAYS bool is_committed(const uint8_t *slot, uint64_t sequence)
{
    return u64(slot) == (sequence << MPRTAP_STAMP_SHIFT | MPRTAP_STATE_COMMITTED);
}

// Decodes `count` records of `ring` from `first` on, a whole number of windows; returns what bench/decode/truth.ts calls their tally.
EXPORT uint32_t limit_pass(const uint8_t *ring, uint32_t first, uint32_t count, bool with_copy)
{
    if (used_blocks == 0) prepare_keys();
    uint64_t file_id = u64(ring + MPRTAP_HEADER_FILE_ID);
    uint32_t tally = 0;
    for (uint32_t at = first; at < first + count; at += WINDOW_SLOTS) {
        const uint8_t *slots = ring + MPRTAP_HEADER_SIZE + (uint64_t)at * MPRTAP_SLOT_SIZE;
        if (with_copy) slots = memcpy(window, slots, sizeof window);
        unsigned rows = 0;
        for (unsigned i = 0; i < WINDOW_SLOTS; i++) {
            const uint8_t *slot = slots + i * MPRTAP_SLOT_SIZE;
            // Without a copy the lines of a slot are fetched in no order that the processor foresees.
            for (unsigned line = 0; line < 4; line++) __builtin_prefetch(slot + PREFETCH_SLOTS * MPRTAP_SLOT_SIZE + 64 * line);
            if (is_committed(slot, at + i)) rows += decode(slot, file_id, at + i, rows);
        }
        for (unsigned row = 0; row < rows; row++) {
            tally += (uint32_t)(int64_t)limit_columns.time[row] + limit_columns.status[row] + limit_columns.process_id[row];
            tally += units_of(limit_columns.names[0][row]) + 31 * units_of(limit_columns.names[1][row]);
        }
    }
    return tally;
}

// The copy, stamps, lengths and checksums, and nothing made of them.
EXPORT uint32_t limit_floor(const uint8_t *ring, uint32_t first, uint32_t count)
{
    if (used_blocks == 0) prepare_keys();
    uint64_t file_id = u64(ring + MPRTAP_HEADER_FILE_ID);
    uint32_t good = 0;
    for (uint32_t at = first; at < first + count; at += WINDOW_SLOTS) {
        const uint8_t *slots = memcpy(window, ring + MPRTAP_HEADER_SIZE + (uint64_t)at * MPRTAP_SLOT_SIZE, sizeof window);
        for (unsigned i = 0; i < WINDOW_SLOTS; i++) {
            const uint8_t *slot = slots + i * MPRTAP_SLOT_SIZE;
            struct strings s;
            good += is_committed(slot, at + i) && verify(slot, file_id, at + i, &s);
        }
    }
    return good == count ? 0 : 1;
}

// The whole copy alone.
EXPORT uint32_t limit_copy(const uint8_t *ring, uint32_t first, uint32_t count)
{
    for (uint32_t at = first; at < first + count; at += WINDOW_SLOTS) {
        memcpy(window, ring + MPRTAP_HEADER_SIZE + (uint64_t)at * MPRTAP_SLOT_SIZE, sizeof window);
        __asm__ volatile("" ::: "memory");
    }
    return 0;
}
