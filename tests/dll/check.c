// Runs every registered test and prints one line a test: "ok <sentence>" or "not ok <sentence>", with the failed checks above it.
#include "check.h"

static struct { const char *sentence; void (*body)(void); } tests[256];
static unsigned test_count, failed_checks;

void check_register(const char *sentence, void (*body)(void))
{
    if (test_count == sizeof tests / sizeof *tests) {
        fprintf(stderr, "too many tests\n");
        __builtin_trap();
    }
    tests[test_count].sentence = sentence;
    tests[test_count++].body = body;
}

void check_failed(const char *file, int line, const char *what)
{
    if (failed_checks++ < 10) printf("  %s:%d: %s\n", file, line, what);
}

int main(void)
{
    unsigned failed_tests = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (unsigned i = 0; i < test_count; i++) {
        failed_checks = 0;
        tests[i].body();
        printf("%s %s\n", failed_checks ? "not ok" : "ok", tests[i].sentence);
        failed_tests += failed_checks != 0;
    }
    return failed_tests != 0;
}
