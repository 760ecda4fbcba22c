#include "ring_file.h"
#include "checksum.h"
#include "control.h"
#include "file.h"
#include "guard.h"
#include "process.h"

// <SID>.v1.ring and, where others hold that name, <SID>.v1.1.ring to <SID>.v1.3.ring
#define NAMES 4u

enum opened { OPENED, FAILED, FOREIGN, BAD_HEADER };

static bool ring_path(struct path *path, const struct path *directory, const struct identity *identity, unsigned name)
{
    uint16_t sid[SID_TEXT_MAX];
    *path = *directory;
    path_append(path, identity->directory == DIRECTORY_ADMINISTRATORS ? "administrators\\" : "users\\");
    path_append_units(path, sid, sid_to_text(&identity->user, sid));
    path_append(path, (char[]){'.', 'v', '0' + MPRTAP_FORMAT_MAJOR, 0});
    if (name > 0) path_append(path, (char[]){'.', (char)('0' + name), 0});
    path_append(path, ".ring");
    return !path->overflowed;
}

// Random enough to tell files apart; a file id has no other use. It is made of two clocks, the process, the thread and an address.
static uint64_t new_file_id(const void *address)
{
    uint64_t id = checksum_mix(wall_time_now() ^ checksum_mix(ticks_now() + (uintptr_t)address));
    return checksum_mix(id ^ (uint64_t)GetCurrentProcessId() << 32 ^ GetCurrentThreadId()) | 1;
}

struct attachment {
    struct ring *ring;
    void *view;
    uint64_t size;
    const struct identity *identity;
    bool good;
};

// Runs under the guard: the disk may fail below the view.
static void attach(void *argument)
{
    struct attachment *a = argument;
    struct ring_birth birth = {new_file_id(a->view), wall_time_now(), a->identity->user.bytes, a->identity->user.length};
    a->good = ring_attach(a->ring, a->view, a->size, &birth);
}

static enum opened map_ring(HANDLE file, const struct identity *identity, struct settings *settings, struct ring *ring)
{
    struct file_facts facts;
    uint64_t size, size_now;
    uintptr_t fault;
    if (!file_facts(file, &facts, &size)) return FAILED;
    if (!policy_accepts_ring(identity->directory, &identity->user, &facts)) return FOREIGN; // GUARD(ring-policy)
    if (size == 0) size = ring_size(control_slot_count_log2(identity, settings));
    unsigned log2 = ring_slot_count_log2(size);
    if (log2 == 0) return BAD_HEADER;
    if (log2 > RING_LOG2_MOST) return FOREIGN; // GUARD(ring-too-large)

    struct attachment attachment = {.ring = ring, .view = file_map(file, size), .size = size, .identity = identity};
    if (attachment.view == NULL) return FAILED;
    // Two processes with different geometries may both grow the file. The one with the smaller geometry must not use it.
    bool whole = file_size(file, &size_now) && size_now == size;
    if (whole) whole = guarded_call(attach, &attachment, &fault); // GUARD(attach) without: if (whole) attach(&attachment); (void)fault;
    enum opened result = !whole ? FAILED : attachment.good ? OPENED : BAD_HEADER;
    if (result != OPENED) UnmapViewOfFile(attachment.view);
    return result;
}

// Renames this open file to <path>.bad, even if another file has its path by now. It replaces an earlier <path>.bad.
static bool put_aside(HANDLE file, const struct path *path)
{
    struct { DWORD replace; HANDLE root; DWORD name_bytes; WCHAR name[PATH_UNITS]; } rename = {.replace = 1};
    struct path aside = *path;
    path_append(&aside, ".bad");
    if (aside.overflowed) return false;
    for (unsigned i = 0; i <= aside.length; i++) rename.name[i] = aside.units[i];
    rename.name_bytes = aside.length * sizeof(WCHAR);
    HANDLE again = ReOpenFile(file, DELETE_ACCESS, FILE_SHARE_ALL, 0);
    if (again == INVALID_HANDLE_VALUE) return false;
    bool renamed = SetFileInformationByHandle(again, FILE_RENAME_INFO_CLASS, &rename, sizeof rename) != 0;
    CloseHandle(again);
    return renamed;
}

static enum opened open_named(const struct path *path, const struct identity *identity, struct settings *settings, struct ring *ring)
{
    HANDLE file;
    // A token's default owner may be a group. In `users`, a file that belongs to a group is refused as a ring.
    const struct sid *owner = identity->directory == DIRECTORY_USERS ? &identity->user : NULL;
    enum opening opening = file_open(&file, path, GENERIC_READ | GENERIC_WRITE, FILE_OPEN_IF, owner);
    if (opening != OPENING_DONE) return opening == OPENING_FOREIGN ? FOREIGN : FAILED;
    enum opened result = map_ring(file, identity, settings, ring);
    // The access list, or another program's handle, may forbid the renaming. Then the file stays, and the next name is tried.
    if (result == BAD_HEADER && !put_aside(file, path)) result = FOREIGN; // GUARD(stays-in-the-way)
    CloseHandle(file);
    return result;
}

bool ring_file_open(const struct identity *identity, struct settings *settings, struct ring *ring)
{
    const struct path *directory = settings_directory(settings);
    if (directory == NULL) return false;
    for (unsigned name = 0; name < NAMES; name++) {
        struct path path;
        if (!ring_path(&path, directory, identity, name)) return false;
        enum opened result = open_named(&path, identity, settings, ring);
        // The bad file was put aside. A new one is made, once.
        if (result == BAD_HEADER) result = open_named(&path, identity, settings, ring); // GUARD(made-anew)
        if (result != FOREIGN) return result == OPENED;
    }
    return false;
}

void ring_file_close(const struct ring *ring)
{
    UnmapViewOfFile(ring->base);
}
