// What the input's bytes stand for.
#include "target.h"

extern const uint8_t *input, *input_end;

uint8_t input_byte(void)
{
    return input < input_end ? *input++ : 0;
}

uint64_t input_word(void)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; i++) value |= (uint64_t)input_byte() << 8 * i;
    return value;
}

uint64_t input_number(uint64_t usual)
{
    int8_t aside = (int8_t)input_byte();
    switch (input_byte() % 8) {
    case 0: return usual + aside;
    case 1: return usual + (1ull << MPRTAP_STAMP_TRUST_LOG2) + aside;
    case 2: return (1ull << MPRTAP_SEQUENCE_LIMIT_LOG2) + aside;
    case 3: return usual ^ 1ull << (aside & 63);
    case 4: return (uint64_t)aside;
    case 5: return usual + (uint64_t)aside * ring.slot_count;
    case 6: return input_word();
    default: return (uint8_t)aside;
    }
}

uint64_t input_stamp(unsigned index)
{
    uint64_t last = header()->head - 1 - (header()->head - 1 - index) % ring.slot_count; // claimed for this slot
    switch (input_byte() % 8) {
    case 0: return 0;
    case 1: return stamp(last, MPRTAP_STATE_COMMITTED);
    case 2: return stamp(last, MPRTAP_STATE_WRITING);
    case 3: return stamp(last - ring.slot_count, MPRTAP_STATE_WRITING);
    case 4: return stamp(last + ring.slot_count, MPRTAP_STATE_COMMITTED);
    case 5: {
        uint64_t sequence = input_number(last);
        return stamp(sequence, input_byte() & 3);
    }
    case 6: return stamp(last + input_byte() * ring.slot_count, MPRTAP_STATE_COMMITTED);
    default: return input_word();
    }
}
