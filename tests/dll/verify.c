// Reads a ring that producers have finished with and prints, as JSON, what it holds. Names end in "-<producer>-<operation>".
//   committed   slots with the expected stamp and the right checksum
//   holes       claimed and never committed
//   corrupt     committed with a wrong checksum
//   repeated    records whose producer, operation and phase were seen before
//   foreign     records whose name does not end as a producer's does
// With --records it prints each record's fields instead, one JSON object a line.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>
#include "checksum.h"
#include "ring.h"

#define PRODUCERS 16u
#define OPERATIONS (1u << 20)
static uint8_t seen[PRODUCERS][OPERATIONS / 4]; // two bits an operation

static unsigned unit_at(const struct slot *slot, unsigned index)
{
    bool wide = (slot->descriptors[MPRTAP_STRING_REMOTE_NAME].traits & MPRTAP_STRING_WIDE) != 0;
    return wide ? slot->strings[2 * index] | (unsigned)slot->strings[2 * index + 1] << 8 : slot->strings[index];
}

// Reads the decimal number that ends just before `*end` and steps over the dash in front of it.
static bool number_before(const struct slot *slot, unsigned *end, unsigned *number)
{
    unsigned scale = 1, start = *end;
    *number = 0;
    for (; *end > 0; (*end)--, scale *= 10) {
        unsigned unit = unit_at(slot, *end - 1);
        if (unit < '0' || unit > '9') break;
        *number += (unit - '0') * scale;
    }
    return *end < start && *end > 0 && unit_at(slot, --*end) == '-';
}

static bool seen_before(const struct slot *slot, bool *foreign)
{
    unsigned end = slot->descriptors[MPRTAP_STRING_REMOTE_NAME].stored_units, operation, producer;
    bool named = number_before(slot, &end, &operation) && number_before(slot, &end, &producer);
    *foreign = !named || producer >= PRODUCERS || operation >= OPERATIONS;
    if (*foreign) return false;
    uint8_t bit = (uint8_t)((slot->notify_status & MPRTAP_NOTIFY_POST ? 2 : 1) << operation % 4 * 2);
    bool before = (seen[producer][operation / 4] & bit) != 0;
    seen[producer][operation / 4] |= bit;
    return before;
}

static void print_record(const struct slot *slot, uint64_t sequence)
{
    static const char *const names[MPRTAP_STRING_COUNT] = {"remoteName", "localName", "provider", "imageName"};
    printf("{\"sequence\":%llu,\"kind\":%u,\"notifyStatus\":%u,\"operationStatus\":%u,\"flags\":%u,\"context\":\"%llx\",\"recordFlags\":%u,"
           "\"resourceType\":%u",
           (unsigned long long)sequence, slot->kind, slot->notify_status, slot->operation_status, slot->flags,
           (unsigned long long)slot->context, slot->record_flags, slot->resource_type);
    const uint8_t *string = slot->strings;
    unsigned unreadable = 0; // a bit for each string
    for (unsigned i = 0; i < MPRTAP_STRING_COUNT; i++) {
        const struct string_descriptor *d = &slot->descriptors[i];
        unsigned wide = (d->traits & MPRTAP_STRING_WIDE) != 0;
        if (d->traits & MPRTAP_STRING_UNREADABLE) unreadable |= 1u << i;
        if (!(d->traits & MPRTAP_STRING_PRESENT)) continue;
        printf(",\"%s\":\"", names[i]);
        for (unsigned u = 0; u < d->stored_units; u++) printf("\\u%04x", wide ? string[2 * u] | string[2 * u + 1] << 8 : string[u]);
        printf("\"");
        string += ((d->stored_units << wide) + MPRTAP_BLOCK_SIZE - 1) / MPRTAP_BLOCK_SIZE * MPRTAP_BLOCK_SIZE;
    }
    printf(",\"unreadable\":%u}\n", unreadable);
}

int main(int count, char **arguments)
{
    struct stat facts;
    bool records = count == 3 && strcmp(arguments[2], "--records") == 0;
    int file = count == 2 || records ? open(arguments[1], O_RDONLY) : -1;
    if (file < 0 || fstat(file, &facts) != 0) return fprintf(stderr, "usage: verify RING [--records]\n"), 2;
    void *base = mmap(NULL, (size_t)facts.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
    struct ring ring;
    if (base == MAP_FAILED || !ring_attach(&ring, base, (uint64_t)facts.st_size, &(struct ring_birth){.file_id = 1})) {
        return fprintf(stderr, "verify: the header is bad\n"), 2;
    }
    const struct ring_header *header = base;
    unsigned long long committed = 0, holes = 0, corrupt = 0, repeated = 0, foreign = 0;
    for (uint64_t s = header->head > ring.slot_count ? header->head - ring.slot_count : 0; s < header->head; s++) {
        const struct slot *slot = (const struct slot *)(ring.base + MPRTAP_HEADER_SIZE) + s % ring.slot_count;
        bool is_foreign;
        if (slot->stamp != (s << MPRTAP_STAMP_SHIFT | MPRTAP_STATE_COMMITTED)) holes++;
        else if (slot->checksum != checksum_seal(checksum_content(slot), ring.file_id, s)) corrupt++;
        else {
            committed++;
            if (records) print_record(slot, s);
            repeated += seen_before(slot, &is_foreign);
            foreign += is_foreign;
        }
    }
    if (records) return 0;
    printf("{\"head\":%llu,\"slots\":%u,\"committed\":%llu,\"holes\":%llu,\"corrupt\":%llu,\"repeated\":%llu,\"foreign\":%llu,"
           "\"gaveUp\":%llu,\"faults\":%llu}\n",
           (unsigned long long)header->head, ring.slot_count, committed, holes, corrupt, repeated, foreign,
           (unsigned long long)header->gave_up, (unsigned long long)header->faults);
    return 0;
}
