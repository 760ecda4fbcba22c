// A program that maps and unmaps through the Windows API, as its arguments say:
//
//   client.exe [--threads N] [--repeat N] [--ansi] [--quiet] [--script FILE] [COMMAND ...]
//
// Each COMMAND is one argument, as in `client.exe "add Z: \\fs01\users" "cancel Z:"`; commands.c lists them and words.c the escapes.
// Every call prints its status and its command; --quiet prints totals only. The exit code is 0 unless the program was not understood.
#include "traffic.h"
#include <stdlib.h>
#include <wchar.h>

static struct {
    wchar_t *commands[COMMANDS_MAX];
    int command_count;
    DWORD threads, repeat;
    BOOL ansi, quiet;
} options = {.threads = 1, .repeat = 1};

static volatile LONG operations, failures, misunderstandings;

static void print_result(DWORD status, const wchar_t *command)
{
    char utf8[2048];
    if (!WideCharToMultiByte(CP_UTF8, 0, command, -1, utf8, sizeof utf8, NULL, NULL))
        utf8[0] = 0;
    printf("%6lu  %s\n", status, utf8);
    fflush(stdout);
}

static void run_command(const wchar_t *command, const Turn *turn, wchar_t *text)
{
    wchar_t *words[WORDS_MAX] = {0};
    int count = split_words(command, turn, text, words);
    DWORD status = perform(words, count, options.ansi);
    if (status == NOT_AN_OPERATION)
        return;
    if (status == NOT_UNDERSTOOD) {
        InterlockedIncrement(&misunderstandings);
        fprintf(stderr, "client: not understood: %ls\n", command);
        return;
    }
    InterlockedIncrement(&operations);
    if (status != NO_ERROR)
        InterlockedIncrement(&failures);
    if (!options.quiet)
        print_result(status, command);
}

static DWORD WINAPI run_thread(void *number)
{
    wchar_t *text = HeapAlloc(GetProcessHeap(), 0, TEXT_UNITS_MAX * sizeof(wchar_t));
    Turn turn = {.process = GetCurrentProcessId(), .thread = (DWORD)(UINT_PTR)number};
    for (turn.iteration = 0; text && turn.iteration < options.repeat; turn.iteration++)
        for (int i = 0; i < options.command_count; i++)
            run_command(options.commands[i], &turn, text);
    HeapFree(GetProcessHeap(), 0, text);
    return 0;
}

static void run_threads(void)
{
    HANDLE threads[MAXIMUM_WAIT_OBJECTS];
    for (DWORD i = 0; i < options.threads; i++)
        threads[i] = CreateThread(NULL, 0, run_thread, (void *)(UINT_PTR)i, 0, NULL);
    WaitForMultipleObjects(options.threads, threads, TRUE, INFINITE);
}

// FALSE when the arguments make no sense.
static BOOL parse_arguments(int argc, wchar_t **argv)
{
    for (int i = 1; i < argc; i++) {
        BOOL has_value = i + 1 < argc;
        if (!wcscmp(argv[i], L"--ansi"))
            options.ansi = TRUE;
        else if (!wcscmp(argv[i], L"--quiet"))
            options.quiet = TRUE;
        else if (!wcscmp(argv[i], L"--threads") && has_value)
            options.threads = wcstoul(argv[++i], NULL, 10);
        else if (!wcscmp(argv[i], L"--repeat") && has_value)
            options.repeat = wcstoul(argv[++i], NULL, 10);
        else if (!wcscmp(argv[i], L"--script") && has_value) {
            options.command_count = read_script(argv[++i], options.commands);
            if (options.command_count < 0)
                return FALSE;
        } else if (argv[i][0] == '-' || options.command_count == COMMANDS_MAX)
            return FALSE;
        else
            options.commands[options.command_count++] = argv[i];
    }
    return options.threads >= 1 && options.threads <= MAXIMUM_WAIT_OBJECTS && options.command_count > 0;
}

int wmain(int argc, wchar_t **argv)
{
    if (!parse_arguments(argc, argv)) {
        fprintf(stderr, "usage: client [--threads N] [--repeat N] [--ansi] [--quiet] [--script FILE] [COMMAND ...]\n");
        return 2;
    }
    run_threads();
    if (options.quiet)
        printf("%ld operations, %ld failures\n", operations, failures);
    return misunderstandings ? 2 : 0;
}
