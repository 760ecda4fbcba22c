// Building a record: every rule of RING.md section 3 about strings.
#include <sys/mman.h>
#include <unistd.h>
#include "rings.h"

// A text of `length` times `unit`.
static struct text *repeated(unsigned length, uint16_t unit)
{
    uint16_t *units = malloc((length + 1) * sizeof *units);
    for (unsigned i = 0; i < length; i++) units[i] = unit;
    units[length] = 0;
    struct text *text = calloc(1, sizeof *text);
    text_read(text, units);
    free(units);
    return text;
}

// Builds a record from four texts and frees them.
static struct record build(struct text *remote, struct text *local, struct text *provider, struct text *image)
{
    struct record record;
    record_build(&record, &(struct record_input){.kind = MPRTAP_KIND_ADD, .notify_status = 1, .strings = {remote, local, provider, image}});
    free(remote);
    free(local);
    free(provider);
    free(image);
    return record;
}

static unsigned stored(const struct record *record, unsigned string)
{
    return record->image.descriptors[string].stored_units;
}

static unsigned traits(const struct record *record, unsigned string)
{
    return record->image.descriptors[string].traits;
}

TEST("a NULL pointer is absent, an empty string is present, both take no space")
{
    uint16_t empty = 0;
    struct text *null = calloc(1, sizeof *null), *text = calloc(1, sizeof *text);
    text_read(null, NULL);
    text_read(text, &empty);
    struct record record = build(null, text, NULL, NULL);
    CHECK_EQUAL(traits(&record, MPRTAP_STRING_REMOTE_NAME), 0);
    CHECK_EQUAL(traits(&record, MPRTAP_STRING_LOCAL_NAME), MPRTAP_STRING_PRESENT);
    CHECK_EQUAL(record.image.used, MPRTAP_RECORD_STRINGS);
}

TEST("a string of units up to 0xFF is stored one byte a unit and padded with zeros to its block")
{
    struct record record;
    memset(&record, 0xee, sizeof record);
    struct text *text = repeated(17, 0xff);
    record_build(&record, &(struct record_input){.strings = {text}});
    free(text);
    CHECK_EQUAL(traits(&record, 0), MPRTAP_STRING_PRESENT);
    CHECK_EQUAL(record.image.used, MPRTAP_RECORD_STRINGS + 32);
    for (unsigned i = 0; i < 17; i++) CHECK_EQUAL(record.image.strings[i], 0xff);
    for (unsigned i = 17; i < 32; i++) CHECK_EQUAL(record.image.strings[i], 0);
}

TEST("one unit above 0xFF makes a string wide, lone surrogates stay as they are")
{
    static const uint16_t units[] = {'a', 0xd800, 'b', 0};
    struct text *text = calloc(1, sizeof *text);
    text_read(text, units);
    struct record record = build(text, NULL, NULL, NULL);
    CHECK_EQUAL(traits(&record, 0), MPRTAP_STRING_PRESENT | MPRTAP_STRING_WIDE);
    CHECK(memcmp(record.image.strings, units, 6) == 0);
}

TEST("a wide unit beyond what is stored still makes the string wide")
{
    uint16_t units[501];
    for (unsigned i = 0; i < 500; i++) units[i] = 'a';
    units[499] = 0x100;
    units[500] = 0;
    struct text *text = calloc(1, sizeof *text);
    text_read(text, units);
    struct record record = build(text, NULL, NULL, NULL);
    CHECK_EQUAL(traits(&record, 0), MPRTAP_STRING_PRESENT | MPRTAP_STRING_WIDE | MPRTAP_STRING_TRUNCATED);
    CHECK_EQUAL(stored(&record, 0), MPRTAP_STRING_BLOCKS * 8);
}

TEST("a remote name of 272 one-byte units is whole whatever the other strings are, 273 are cut and keep their full length")
{
    struct record whole = build(repeated(272, 'r'), repeated(400, 'l'), repeated(400, 'p'), repeated(400, 'i'));
    CHECK_EQUAL(stored(&whole, MPRTAP_STRING_REMOTE_NAME), 272);
    CHECK_EQUAL(traits(&whole, MPRTAP_STRING_REMOTE_NAME), MPRTAP_STRING_PRESENT);
    struct record cut = build(repeated(273, 'r'), repeated(400, 'l'), repeated(400, 'p'), repeated(400, 'i'));
    CHECK_EQUAL(stored(&cut, MPRTAP_STRING_REMOTE_NAME), 272);
    CHECK_EQUAL(cut.image.descriptors[0].full_units, 273);
    CHECK_EQUAL(traits(&cut, MPRTAP_STRING_REMOTE_NAME), MPRTAP_STRING_PRESENT | MPRTAP_STRING_TRUNCATED);
}

TEST("strings of lower priority keep their reserved blocks: one, two and four")
{
    struct record record = build(repeated(400, 'r'), repeated(400, 'l'), repeated(400, 'p'), repeated(400, 'i'));
    CHECK_EQUAL(stored(&record, MPRTAP_STRING_LOCAL_NAME), 16);
    CHECK_EQUAL(stored(&record, MPRTAP_STRING_PROVIDER), 32);
    CHECK_EQUAL(stored(&record, MPRTAP_STRING_IMAGE_NAME), 64);
    CHECK_EQUAL(record.image.used, MPRTAP_SLOT_SIZE);
}

TEST("reserved blocks that are not needed go to strings of higher priority")
{
    struct record record = build(repeated(400, 'r'), repeated(2, 'l'), NULL, repeated(12, 'i'));
    CHECK_EQUAL(stored(&record, MPRTAP_STRING_REMOTE_NAME), (MPRTAP_STRING_BLOCKS - 2) * 16);
    CHECK_EQUAL(stored(&record, MPRTAP_STRING_IMAGE_NAME), 12);
}

TEST("space that a short remote name leaves goes to the others in order of priority")
{
    struct record record = build(repeated(10, 'r'), repeated(2, 'l'), NULL, repeated(400, 0x416));
    CHECK_EQUAL(stored(&record, MPRTAP_STRING_IMAGE_NAME), (MPRTAP_STRING_BLOCKS - 2) * 8);
}

TEST("the scan stops after 32,767 units")
{
    unsigned length = MPRTAP_STRING_SCAN_LIMIT + 10;
    struct text *text = repeated(length, 'x');
    struct record record = build(text, NULL, NULL, NULL);
    CHECK_EQUAL(record.image.descriptors[0].full_units, MPRTAP_STRING_SCAN_LIMIT);
    CHECK_EQUAL(traits(&record, 0), MPRTAP_STRING_PRESENT | MPRTAP_STRING_TRUNCATED);
}

TEST("a string may stand at an odd address")
{
    char bytes[] = {0, 'a', 0, 'b', 0, 0, 0};
    struct text *text = calloc(1, sizeof *text);
    text_read(text, bytes + 1);
    struct record record = build(text, NULL, NULL, NULL);
    CHECK_EQUAL(stored(&record, 0), 2);
    CHECK(memcmp(record.image.strings, "ab", 2) == 0);
}

TEST("a string is whole wherever it starts, wherever it ends, and whatever stands behind it")
{
    for (unsigned start = 0; start < 4; start++) {
        for (unsigned length = 0; length < 40; length++) {
            for (unsigned wide_at = 0; wide_at <= length; wide_at++) { // == length: nowhere
                uint16_t _Alignas(16) memory[64], *units = memory + start;
                for (unsigned i = 0; i < 64; i++) memory[i] = 0x4141; // wide, and must not count
                for (unsigned i = 0; i < length; i++) units[i] = (uint16_t)('a' + i % 26);
                if (wide_at < length) units[wide_at] = 0x100;
                units[length] = 0;
                struct text *text = malloc(sizeof *text);
                memset(text, 0xee, sizeof *text);
                text_read(text, units);
                struct record record = build(text, NULL, NULL, NULL);
                unsigned wide = wide_at < length;
                CHECK_EQUAL(traits(&record, 0), MPRTAP_STRING_PRESENT | (wide ? MPRTAP_STRING_WIDE : 0));
                CHECK_EQUAL(stored(&record, 0), length);
                unsigned stored_bytes = length << wide, end = record.image.used - MPRTAP_RECORD_STRINGS;
                for (unsigned i = 0; i < end; i++) {
                    unsigned unit = units[i >> wide];
                    CHECK_EQUAL(record.image.strings[i], i >= stored_bytes ? 0 : wide && i % 2 ? unit >> 8 : unit & 0xff);
                }
                CHECK_EQUAL(record.content_checksum, checksum_content(&record.image));
            }
        }
    }
}

TEST("a string that is cut has the checksum of what is stored")
{
    struct record record = build(repeated(400, 'r'), repeated(400, 0x416), repeated(30, 'p'), repeated(400, 'i'));
    CHECK_EQUAL(record.content_checksum, checksum_content(&record.image));
}

// The guard of the DLL abandons text_scan at the faulting unit; here, a longjmp from the signal does.
#include <setjmp.h>
#include <signal.h>
static sigjmp_buf after_fault;
static void leave(int signal)
{
    (void)signal;
    siglongjmp(after_fault, 1);
}

TEST("a string that runs into unmapped memory leaves what came before it, marked unreadable")
{
    long page = sysconf(_SC_PAGESIZE);
    uint8_t *pages = mmap(NULL, (size_t)page * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(pages + page, (size_t)page);
    uint16_t *units = (uint16_t *)(pages + page) - 3;
    units[0] = 'a';
    units[1] = 0x416;
    units[2] = 'c';
    struct text *text = calloc(1, sizeof *text);
    struct sigaction old_segv, old_bus, action = {.sa_handler = leave};
    sigaction(SIGSEGV, &action, &old_segv);
    sigaction(SIGBUS, &action, &old_bus);
    if (sigsetjmp(after_fault, 1) == 0) {
        text_scan(text, units);
        CHECK(!"the read went through");
    }
    text_settle(text);
    sigaction(SIGSEGV, &old_segv, NULL);
    sigaction(SIGBUS, &old_bus, NULL);
    struct record record = build(text, NULL, NULL, NULL);
    CHECK_EQUAL(traits(&record, 0), MPRTAP_STRING_PRESENT | MPRTAP_STRING_WIDE | MPRTAP_STRING_UNREADABLE);
    CHECK_EQUAL(stored(&record, 0), 3);
    CHECK(memcmp(record.image.strings, units, 6) == 0);
    munmap(pages, (size_t)page);
}

TEST("the checksum changes with every byte of the record, with the file and with the sequence")
{
    struct record record = build(repeated(40, 'r'), repeated(2, 0x416), NULL, repeated(12, 'i'));
    uint64_t right = checksum_seal(checksum_content(&record.image), 7, 9);
    CHECK(checksum_seal(checksum_content(&record.image), 8, 9) != right);
    CHECK(checksum_seal(checksum_content(&record.image), 7, 10) != right);
    for (unsigned i = MPRTAP_RECORD_START; i < record.image.used; i++) {
        uint8_t *byte = (uint8_t *)&record.image + i;
        *byte ^= 0x10;
        bool in_descriptor = i >= MPRTAP_RECORD_DESCRIPTORS && i < MPRTAP_RECORD_STRINGS; // those also say which bytes count
        if (!in_descriptor) CHECK(checksum_seal(checksum_content(&record.image), 7, 9) != right);
        *byte ^= 0x10;
    }
    CHECK_EQUAL(checksum_seal(record.content_checksum, 7, 9), right);
}
