// Finding a ring takes no lock. Places are only ever added, and a published ring stays mapped until the DLL is unloaded, so a thread that
// stalls in the middle of a write keeps its memory. Opening takes no lock either. A thread without a ring opens the file for itself and then
// tries to leave its mapping in the cache. If the cache is full or busy, or another thread was faster, the thread writes through its own
// mapping and unmaps it afterwards. So no notification waits, and no race loses one.
#include "ring_cache.h"
#include "look.h"
#include "retry.h"
#include "ring_file.h"

#define PLACES 64u
#define RINGS_PER_PLACE 4u // the first ring and its successors: one comes after a fault, and when another file has taken the name
#ifndef KEPT_BYTES_MAX       // of address space, for all of them
#define KEPT_BYTES_MAX (sizeof(void *) == 4 ? 96ull << 20 : UINT64_MAX)
#endif

struct place {
    struct sid user;
    enum directory directory;
    struct ring rings[RINGS_PER_PLACE];
    uint32_t published; // of rings
    uint32_t dropped;   // of the published ones; equal to `published` when none is usable
    uint32_t looked_at; // GetTickCount of the last opening of the file
    struct retry retry;
};

static struct place places[PLACES];
static uint32_t place_count;
static uint64_t kept_bytes;
static struct retry crowded; // of all identities that found no place
static uint32_t changing; // 1 while a thread adds to the cache; others do not wait for it

static uint32_t load(const uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void publish(uint32_t *word, uint32_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static uint64_t ring_bytes(const struct ring *ring)
{
    return MPRTAP_HEADER_SIZE + (uint64_t)ring->slot_count * MPRTAP_SLOT_SIZE;
}

static struct place *find(const struct identity *identity)
{
    for (uint32_t i = 0, count = load(&place_count); i < count; i++) {
        if (places[i].directory == identity->directory && sid_equal(&places[i].user, &identity->user)) return &places[i];
    }
    return NULL;
}

static const struct ring *usable_ring(const struct place *place)
{
    uint32_t published = load(&place->published);
    return published > load(&place->dropped) ? &place->rings[published - 1] : NULL;
}

static struct place *add(const struct identity *identity)
{
    if (place_count == PLACES) return NULL; // GUARD(places)
    struct place *place = &places[place_count];
    place->user = identity->user;
    place->directory = identity->directory;
    publish(&place_count, place_count + 1);
    return place;
}

// One thread at a time runs this. `ring` is NULL after a failed opening. True: the cache owns the ring now.
static bool keep(const struct identity *identity, const struct ring *ring)
{
    struct place *place = find(identity);
    if (place == NULL) place = add(identity);
    if (place == NULL) {
        if (ring == NULL) retry_failed(&crowded);
        else retry_succeeded(&crowded); // GUARD(crowd-recovers)
        return false;
    }
    if (ring == NULL) {
        if (usable_ring(place) == NULL) retry_failed(&place->retry);
        return false;
    }
    const struct ring *present = usable_ring(place);
    if (present != NULL && present->file_id == ring->file_id) return false; // GUARD(faster-thread)
    if (place->published == RINGS_PER_PLACE) { // GUARD(rings-per-place) without: if (false) {
        publish(&place->dropped, place->published);
        return false;
    }
    uint64_t bytes = ring_bytes(ring);
    if (bytes > KEPT_BYTES_MAX - kept_bytes) return false; // GUARD(kept-bytes)
    kept_bytes += bytes;
    publish(&place->looked_at, GetTickCount());
    place->rings[place->published] = *ring;
    publish(&place->published, place->published + 1);
    retry_succeeded(&place->retry);
    return true;
}

static bool try_to_keep(const struct identity *identity, const struct ring *ring)
{
    uint32_t idle = 0;
    if (!__atomic_compare_exchange_n(&changing, &idle, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return false; // GUARD(one-changer)
    bool kept = keep(identity, ring);
    publish(&changing, 0);
    return kept;
}

static bool lend(struct ring_lease *lease, const struct ring *ring)
{
    lease->ring = *ring;
    lease->transient = false;
    return lease->held = true;
}

// A deleted or renamed file stays mapped, and Windows does not tell the processes that write into it. So each process checks now and then
// that its ring is still the file of that name.
bool ring_lease_begin(struct ring_lease *lease, const struct identity *identity, struct settings *settings)
{
    struct place *place = find(identity);
    const struct ring *ring = place ? usable_ring(place) : NULL;
    if (ring != NULL && !look_is_due(&place->looked_at)) return lend(lease, ring);
    if (ring == NULL && !retry_is_due(place ? &place->retry : &crowded)) return lease->held = false; // GUARD(crowd-waits) without: if (ring == NULL && place && !retry_is_due(&place->retry)) return lease->held = false;
    lease->held = ring_file_open(identity, settings, &lease->ring);
    if (ring != NULL && !lease->held) return lend(lease, ring); // GUARD(nothing-better)
    lease->transient = !try_to_keep(identity, lease->held ? &lease->ring : NULL);
    return lease->held;
}

void ring_lease_end(struct ring_lease *lease)
{
    if (lease->held && lease->transient) ring_file_close(&lease->ring);
    lease->held = false;
}

bool ring_lease_faulted(const struct ring_lease *lease, uintptr_t address)
{
    if (!lease->held || address - (uintptr_t)lease->ring.base >= ring_bytes(&lease->ring)) return false;
    for (uint32_t i = 0, count = load(&place_count); i < count; i++) {
        const struct ring *ring = usable_ring(&places[i]);
        if (ring == NULL || ring->base != lease->ring.base) continue;
        retry_failed(&places[i].retry);
        publish(&places[i].dropped, load(&places[i].published));
    }
    return true;
}

void ring_cache_close(void)
{
    for (uint32_t i = 0; i < place_count; i++) {
        for (uint32_t r = 0; r < places[i].published; r++) ring_file_close(&places[i].rings[r]);
    }
}
