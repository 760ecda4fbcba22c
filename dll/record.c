#include "record.h"
#include "checksum.h"

typedef uint16_t unaligned_u16 __attribute__((aligned(1), may_alias));
typedef uint64_t unaligned_u64 __attribute__((aligned(1), may_alias));

#define ABOVE_ONE_BYTE 0xff00ff00ff00ff00u // in each of four units

// Four units at once. The address is a multiple of 8, so they lie in one page: what follows the string's end is readable if the end is.
__attribute__((no_sanitize("address"))) static uint64_t load_four(const unaligned_u16 *units)
{
    return *(const shared_u64 *)units;
}

static bool has_end(uint64_t four)
{
    return ((four - 0x0001000100010001u) & ~four & 0x8000800080008000u) != 0;
}

void text_read(struct text *text, const void *units)
{
    const unaligned_u16 *from = units;
    text->full_units = 0;
    text->traits = 0;
    if (from == NULL) return;

    // Progress is stored step by step, through volatile, so that a fault at any unit leaves a whole and true prefix behind.
    volatile struct text *progress = text;
    progress->traits = MPRTAP_STRING_PRESENT | MPRTAP_STRING_UNREADABLE;
    uint16_t wide = 0;
    for (unsigned i = 0, step;; i += step) {
        if (i >= MPRTAP_STRING_SCAN_LIMIT) break; // GUARD(scan-limit)
        bool four = (uintptr_t)(from + i) % 8 == 0 && i + 4 <= MPRTAP_STRING_SCAN_LIMIT;
        uint64_t few = four ? load_four(from + i) : from[i];
        step = 4;
        if (!four || has_end(few)) {
            step = 1;
            few &= 0xffff;
            if (few == 0) break;
        }
        // The copy has four units to spare, and whole words are what the record is made of below.
        if (i < TEXT_KEPT_UNITS) *(volatile unaligned_u64 *)&progress->kept[i] = few; // GUARD(kept-units)
        if ((few & ABOVE_ONE_BYTE) != 0 && !wide) progress->traits |= wide = MPRTAP_STRING_WIDE;
        progress->full_units = (uint16_t)(i + step);
    }
    progress->traits = MPRTAP_STRING_PRESENT | wide;
}

static unsigned minimum(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned is_wide(const struct text *text)
{
    return (text->traits & MPRTAP_STRING_WIDE) != 0;
}

// The blocks that the whole string would take.
static unsigned blocks_needed(const struct text *text)
{
    return (((unsigned)text->full_units << is_wide(text)) + MPRTAP_BLOCK_SIZE - 1) / MPRTAP_BLOCK_SIZE;
}

// Shares the blocks out: each string takes what it needs, but leaves the ones after it a little.
static void allot_blocks(const struct text *const strings[MPRTAP_STRING_COUNT], unsigned blocks[MPRTAP_STRING_COUNT])
{
    static const unsigned reserved[MPRTAP_STRING_COUNT] = {
        [MPRTAP_STRING_LOCAL_NAME] = MPRTAP_RESERVED_BLOCKS_LOCAL_NAME,
        [MPRTAP_STRING_PROVIDER] = MPRTAP_RESERVED_BLOCKS_PROVIDER,
        [MPRTAP_STRING_IMAGE_NAME] = MPRTAP_RESERVED_BLOCKS_IMAGE_NAME,
    };
    unsigned left = MPRTAP_STRING_BLOCKS;
    unsigned reserve = 0;
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) reserve += minimum(blocks_needed(strings[i]), reserved[i]);
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) {
        unsigned need = blocks_needed(strings[i]);
        reserve -= minimum(need, reserved[i]);
        blocks[i] = minimum(need, left - reserve);
        left -= blocks[i];
    }
}

// Four units, each 0xFF or less, as four bytes.
static uint64_t narrow(uint64_t four)
{
    four = (four | four >> 8) & 0x0000ffff0000ffffu;
    return (four | four >> 16) & 0xffffffffu;
}

// Writes one string into its blocks, padding included, eight bytes at a time: the checksum reads them back at once, and a processor is slow
// to load what was stored in smaller pieces.
static struct string_descriptor place_string(uint8_t *to, unsigned blocks, const struct text *text)
{
    unsigned wide = is_wide(text);
    unsigned stored = minimum(text->full_units, blocks * MPRTAP_BLOCK_SIZE >> wide);
    unsigned bytes = stored << wide;
    for (unsigned at = 0; at < blocks * MPRTAP_BLOCK_SIZE; at += 8) {
        const unaligned_u64 *from = (const unaligned_u64 *)&text->kept[at >> wide];
        uint64_t word = wide ? from[0] : narrow(from[0]) | narrow(from[1]) << 32;
        if (at >= bytes) word = 0;
        else if (bytes - at < 8) word &= (1ull << 8 * (bytes - at)) - 1; // padding is zero
        *(shared_u64 *)(to + at) = word;
    }
    uint16_t cut = stored < text->full_units ? MPRTAP_STRING_TRUNCATED : 0;
    return (struct string_descriptor){(uint16_t)stored, text->full_units, text->traits | cut};
}

void record_build(struct record *record, const struct record_input *input)
{
    static const struct text absent;
    const struct text *strings[MPRTAP_STRING_COUNT];
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) strings[i] = input->strings[i] ? input->strings[i] : &absent;

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

    unsigned blocks[MPRTAP_STRING_COUNT];
    allot_blocks(strings, blocks);
    unsigned used = MPRTAP_RECORD_STRINGS;
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) {
        slot->descriptors[i] = place_string((uint8_t *)slot + used, blocks[i], strings[i]);
        used += blocks[i] * MPRTAP_BLOCK_SIZE;
    }
    slot->used = (uint16_t)used;
    record->content_checksum = checksum_content(slot);
}
