// Putting a path together.
#include "check.h"
#include "path.h"

TEST("a path grows by what is appended and ends in NUL")
{
    struct path path = {.length = 0};
    path_append(&path, "C:\\");
    path_append_units(&path, (const uint16_t[]){'m', 0x416}, 2);
    CHECK_EQUAL(path.length, 5);
    CHECK(memcmp(path.units, (const uint16_t[]){'C', ':', '\\', 'm', 0x416, 0}, 12) == 0);
    CHECK(!path.overflowed);
}

TEST("a path that does not fit is marked, stays within its buffer and takes no more")
{
    static const uint16_t many[PATH_UNITS];
    struct path path = {.length = 0};
    path_append_units(&path, many, PATH_UNITS - 1);
    CHECK(!path.overflowed);
    path_append(&path, "x");
    CHECK(path.overflowed);
    CHECK_EQUAL(path.length, PATH_UNITS - 1);
    struct path other = {.length = 3};
    path_append_units(&other, many, PATH_UNITS - 3);
    path_append(&other, "y");
    CHECK(other.overflowed);
    CHECK_EQUAL(other.length, 3);
}
