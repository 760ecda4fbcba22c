// The entry point of the test programs: they are linked without a C runtime of their own, against Windows' msvcrt.dll only.
#include <stdlib.h>
#include <wchar.h>

typedef struct {
    int new_mode;
} StartInfo;

int __wgetmainargs(int *argc, wchar_t ***argv, wchar_t ***environment, int wildcards, StartInfo *info);
int wmain(int argc, wchar_t **argv);

void start_program(void)
{
    int argc;
    wchar_t **argv, **environment;
    StartInfo info = {0};
    __wgetmainargs(&argc, &argv, &environment, 0, &info);
    exit(wmain(argc, argv));
}
