// Words of a command: separated by blanks, or in double quotes; `-` is NULL and "" is empty. In braces stands what is hard to type:
//
//   {D83D}{DE00}  a UTF-16 unit by its hexadecimal number, also half of a surrogate pair alone
//   {41*253}      that unit so many times
//   {p} {t} {i}   process id, number of the thread, number of the iteration
#include "traffic.h"

typedef struct {
    wchar_t *at;
    wchar_t *end;
} Output;

static void put(Output *output, wchar_t unit)
{
    if (output->at < output->end)
        *output->at++ = unit;
}

static void put_number(Output *output, DWORD number)
{
    if (number >= 10)
        put_number(output, number / 10);
    put(output, L'0' + number % 10);
}

static int digit_value(wchar_t unit)
{
    if (unit >= '0' && unit <= '9')
        return unit - '0';
    unit &= ~0x20;
    return unit >= 'A' && unit <= 'F' ? unit - 'A' + 10 : 99;
}

static DWORD read_number(const wchar_t **text, int base)
{
    DWORD number = 0;
    for (; digit_value(**text) < base; ++*text)
        number = number * base + digit_value(**text);
    return number;
}

// `text` points behind the opening brace; returns what follows the closing one.
static const wchar_t *put_escape(Output *output, const wchar_t *text, const Turn *turn)
{
    if (text[0] && text[1] == '}') {
        const DWORD *value = text[0] == 'p' ? &turn->process : text[0] == 't' ? &turn->thread : text[0] == 'i' ? &turn->iteration : NULL;
        if (value) {
            put_number(output, *value);
            return text + 2;
        }
    }
    wchar_t unit = (wchar_t)read_number(&text, 16);
    DWORD times = 1;
    if (*text == '*') {
        text++;
        times = read_number(&text, 10);
    }
    while (times--)
        put(output, unit);
    return *text == '}' ? text + 1 : text;
}

// Copies one word and returns what follows it.
static const wchar_t *put_word(Output *output, const wchar_t *line, const Turn *turn)
{
    BOOL in_quotes = *line == '"';
    wchar_t terminator = in_quotes ? '"' : ' ';
    line += in_quotes;
    while (*line && *line != terminator)
        if (*line == '{')
            line = put_escape(output, line + 1, turn);
        else
            put(output, *line++);
    put(output, 0);
    return in_quotes && *line ? line + 1 : line;
}

int split_words(const wchar_t *line, const Turn *turn, wchar_t *text, wchar_t *words[WORDS_MAX])
{
    Output output = {text, text + TEXT_UNITS_MAX - 1};
    int count = 0;
    while (count < WORDS_MAX) {
        while (*line == ' ' || *line == '\t')
            line++;
        if (!*line || *line == '#')
            break;
        BOOL is_null = line[0] == '-' && (!line[1] || line[1] == ' ');
        words[count] = is_null ? NULL : output.at;
        line = put_word(&output, line, turn);
        count++;
    }
    return count;
}
