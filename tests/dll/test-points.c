// Added to a test build of the DLL: the program that loaded it says what happens at a test point.
#include "test_points.h"

static void (*volatile at_test_point)(int point);

__declspec(dllexport) void set_test_point(void (*reached)(int point))
{
    at_test_point = reached;
}

void mprtap_test_point(enum test_point point)
{
    if (at_test_point) at_test_point(point);
}
