// The traffic client: what its files share. client.c says how it is used.
#pragma once

#define UNICODE
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <winnetwk.h>
#include <stdio.h>

#define WORDS_MAX 6
#define COMMANDS_MAX 1024
#define TEXT_UNITS_MAX 0x20000

// Whose turn it is: fills {p}, {t} and {i}.
typedef struct {
    DWORD process, thread, iteration;
} Turn;

// script.c
int read_script(const wchar_t *path, wchar_t **lines);

// words.c: splits a line into words. A word of `-` is NULL. `text` holds TEXT_UNITS_MAX units.
int split_words(const wchar_t *line, const Turn *turn, wchar_t *text, wchar_t *words[WORDS_MAX]);

// commands.c
#define NOT_AN_OPERATION 0xFFFFFFFFu
#define NOT_UNDERSTOOD 0xFFFFFFFEu
DWORD perform(wchar_t **words, int count, BOOL ansi);
