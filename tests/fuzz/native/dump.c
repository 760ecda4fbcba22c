#include "dump.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "checksum.h"

void dump_ring(const struct ring *ring, uint64_t size)
{
    static unsigned rings;
    const char *directory = getenv("MPRTAP_DUMP");
    if (directory == NULL) return;
    char path[4096];
    snprintf(path, sizeof path, "%s/%u.ring", directory, rings);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(ring->base, 1, size, file) != size || fclose(file) != 0) abort();
    const struct ring_header *header = (const struct ring_header *)ring->base;
    uint64_t head = header->head;
    printf("{\"ring\":%u,\"head\":\"%" PRIu64 "\",\"committed\":[", rings++, head);
    const char *separator = "";
    for (uint64_t s = head > ring->slot_count ? head - ring->slot_count : 0; s < head; s++) {
        const struct slot *slot = (const struct slot *)(ring->base + MPRTAP_HEADER_SIZE) + s % ring->slot_count;
        if (slot->stamp != (s << MPRTAP_STAMP_SHIFT | MPRTAP_STATE_COMMITTED)) continue;
        if (slot->checksum != checksum_seal(checksum_content(slot), header->file_id, s)) continue;
        printf("%s\"%" PRIu64 "\"", separator, s);
        separator = ",";
    }
    printf("]}\n");
}
