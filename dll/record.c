#include "record.h"
#include "checksum.h"

typedef uint16_t unaligned_u16 __attribute__((aligned(1), may_alias));
typedef uint64_t unaligned_u64 __attribute__((aligned(1), may_alias));

#define ABOVE_ONE_BYTE 0xff00ff00ff00ff00u // in each of four units

// Not zero if one of the four units is zero. The lowest set bit then lies in the first zero unit.
static uint64_t zero_units(uint64_t four)
{
    return (four - 0x0001000100010001u) & ~four & 0x8000800080008000u;
}

// A record never holds more units of one string.
#define KEPT_UNITS (MPRTAP_STRING_BLOCKS * MPRTAP_BLOCK_SIZE)

// Every step is stored through volatile, so that after a fault at any unit the prefix before it is complete. The copy has units to spare.
static inline void keep(volatile struct text *text, unsigned at, uint64_t units, unsigned count)
{
    if (at < KEPT_UNITS) *(volatile unaligned_u64 *)&text->units[at] = units; // GUARD(kept-units)
    if ((units & ABOVE_ONE_BYTE) != 0) text->whole.traits |= MPRTAP_STRING_WIDE;
    text->whole.full_units = (uint16_t)(at + count);
}

// Reads units [at, to) one by one. False: the string ends before `to`.
static bool read_units(volatile struct text *text, const volatile unaligned_u16 *units, unsigned at, unsigned to)
{
    for (; at < to; at++) {
        uint16_t unit = units[at];
        if (unit == 0) return false;
        keep(text, at, unit, 1);
    }
    return true;
}

// Reads four units at a time, from an address that is a multiple of 8. The four lie in one page, so the units after the string's end can be
// read if the end can.
__attribute__((no_sanitize("address"))) // units after the end do not belong to the string
static void read_fours(volatile struct text *text, const volatile unaligned_u16 *units, unsigned at)
{
    for (;; at += 4) {
        if (at + 4 > MPRTAP_STRING_SCAN_LIMIT) break; // GUARD(scan-limit)
        uint64_t four = *(const volatile shared_u64 *)(units + at);
        uint64_t ends = zero_units(four);
        if (ends != 0) {
            unsigned count = (unsigned)__builtin_ctzll(ends) / 16;
            keep(text, at, four & ((1ull << 16 * count) - 1), count);
            return;
        }
        keep(text, at, four, 4);
    }
    read_units(text, units, at, MPRTAP_STRING_SCAN_LIMIT);
}

void text_scan(struct text *text, const void *units)
{
    text->whole = (struct string_descriptor){0, 0, 0};
    if (units == NULL) return;

    text->whole.traits = MPRTAP_STRING_PRESENT | MPRTAP_STRING_UNREADABLE;
    unsigned ahead = -(uintptr_t)units % 8; // bytes to a multiple of 8; an odd address never reaches one
    unsigned singly = ahead % 2 == 0 ? ahead / 2 : MPRTAP_STRING_SCAN_LIMIT;
    if (read_units(text, units, 0, singly)) read_fours(text, units, singly);
    text->whole.traits &= (uint16_t)~MPRTAP_STRING_UNREADABLE;
}

static unsigned minimum(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool is_wide(const struct text *text)
{
    return (text->whole.traits & MPRTAP_STRING_WIDE) != 0;
}

typedef uint8_t bytes_of_block __attribute__((vector_size(MPRTAP_BLOCK_SIZE)));
typedef block unaligned_block __attribute__((aligned(1)));

// Sixteen units, each 0xFF or less, as sixteen bytes: the low byte of each. They are loaded four at a time, as they were stored. A processor
// is slow to load in one piece what it has just stored in smaller ones; without volatile the compiler would load them so.
static block narrow(const uint16_t units[16])
{
    const volatile unaligned_u64 *fours = (const volatile unaligned_u64 *)units;
    bytes_of_block low = (bytes_of_block)(halves){fours[0], fours[1]}, high = (bytes_of_block)(halves){fours[2], fours[3]};
    return (block)__builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}

// The first `bytes` bytes of a block. The rest is padding, which is zero.
static block first_bytes(block full, unsigned bytes)
{
    static const uint8_t ones_then_zeros[2 * MPRTAP_BLOCK_SIZE] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    };
    return full & *(const unaligned_block *)(ones_then_zeros + MPRTAP_BLOCK_SIZE - bytes);
}

void text_settle(struct text *text)
{
    bool wide = is_wide(text);
    uint16_t full = text->whole.full_units;
    text->blocks_needed = (uint16_t)blocks_for(full, wide);
    unsigned blocks = minimum(text->blocks_needed, MPRTAP_STRING_BLOCKS);
    unsigned bytes = minimum((unsigned)full << wide, blocks * MPRTAP_BLOCK_SIZE);
    // In place: each block is written below the units that are still to be read.
    if (!wide) for (unsigned i = 0; i < blocks; i++) text->blocks[i] = narrow(text->units + MPRTAP_BLOCK_SIZE * i);
    block *last = text->blocks + blocks - 1;
    if (bytes % MPRTAP_BLOCK_SIZE != 0) *last = first_bytes(*last, bytes % MPRTAP_BLOCK_SIZE);
    text->whole = (struct string_descriptor){(uint16_t)(bytes >> wide), full, text->whole.traits};
}

void text_read(struct text *text, const void *units)
{
    text_scan(text, units);
    text_settle(text);
}

// Shares the blocks out when the strings need too many. Each string takes what it needs, but leaves a reserve to those after it.
static void share_blocks(unsigned blocks[MPRTAP_STRING_COUNT])
{
    static const unsigned reserved[MPRTAP_STRING_COUNT] = {
        [MPRTAP_STRING_LOCAL_NAME] = MPRTAP_RESERVED_BLOCKS_LOCAL_NAME,
        [MPRTAP_STRING_PROVIDER] = MPRTAP_RESERVED_BLOCKS_PROVIDER,
        [MPRTAP_STRING_IMAGE_NAME] = MPRTAP_RESERVED_BLOCKS_IMAGE_NAME,
    };
    unsigned left = MPRTAP_STRING_BLOCKS;
    unsigned reserve = 0;
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) reserve += minimum(blocks[i], reserved[i]);
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) {
        reserve -= minimum(blocks[i], reserved[i]);
        blocks[i] = minimum(blocks[i], left - reserve);
        left -= blocks[i];
    }
}

static void place_strings(struct record *record, const struct text *const strings[MPRTAP_STRING_COUNT])
{
    static const struct text absent;
    struct slot *slot = &record->image;
    unsigned blocks[MPRTAP_STRING_COUNT], needed = 0;
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) needed += blocks[i] = strings[i] ? strings[i]->blocks_needed : 0;
    if (needed > MPRTAP_STRING_BLOCKS) share_blocks(blocks);

    block *next = (block *)slot->strings;
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) {
        const struct text *text = strings[i] ? strings[i] : &absent;
        struct string_descriptor *descriptor = &slot->descriptors[i];
        for (unsigned b = 0; b < blocks[i]; b++) *next++ = text->blocks[b];
        *descriptor = text->whole;
        if (blocks[i] == text->blocks_needed) continue;
        descriptor->stored_units = (uint16_t)(blocks[i] * MPRTAP_BLOCK_SIZE >> is_wide(text));
        descriptor->traits |= MPRTAP_STRING_TRUNCATED;
    }
    slot->used = (uint16_t)((uint8_t *)next - (uint8_t *)slot);
    record->content_checksum = checksum_content(slot);
}

void record_build(struct record *record, const struct record_input *input)
{
    struct slot *slot = &record->image;
    slot->kind = input->kind;
    slot->version = MPRTAP_FORMAT_MINOR;
    slot->notify_status = input->notify_status;
    slot->operation_status = input->operation_status;
    slot->flags = input->flags;
    slot->wall_time = input->wall_time;
    slot->ticks = input->ticks;
    slot->ticks_per_second = input->ticks_per_second;
    slot->context = input->context;
    slot->process_start_time = input->process_start_time;
    slot->logon_id = input->logon_id;
    slot->process_id = input->process_id;
    slot->thread_id = input->thread_id;
    slot->session_id = input->session_id;
    slot->resource_type = input->resource_type;
    slot->record_flags = input->record_flags;
    slot->reserved = 0;
    place_strings(record, input->strings);
}
