// Reading a script: a file of commands, one a line, in UTF-8 or UTF-16LE.
#include "traffic.h"

static BYTE *read_file(const wchar_t *path, DWORD *bytes)
{
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return NULL;
    DWORD size = GetFileSize(file, NULL);
    BYTE *content = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, size + 2);
    BOOL read = content && ReadFile(file, content, size, bytes, NULL);
    CloseHandle(file);
    return read ? content : NULL;
}

static wchar_t *as_utf16(BYTE *content, DWORD bytes)
{
    if (bytes >= 2 && content[0] == 0xFF && content[1] == 0xFE)
        return (wchar_t *)content + 1;
    wchar_t *text = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, (bytes + 1) * sizeof(wchar_t));
    if (text && bytes)
        MultiByteToWideChar(CP_UTF8, 0, (char *)content, bytes, text, bytes);
    return text && *text == 0xFEFF ? text + 1 : text;
}

// Returns the number of lines, or -1 when the file cannot be read.
int read_script(const wchar_t *path, wchar_t **lines)
{
    DWORD bytes = 0;
    int count = 0;
    BYTE *content = read_file(path, &bytes);
    wchar_t *text = content ? as_utf16(content, bytes) : NULL;
    if (!text)
        return -1;
    while (*text && count < COMMANDS_MAX) {
        lines[count++] = text;
        while (*text && *text != '\r' && *text != '\n')
            text++;
        while (*text == '\r' || *text == '\n')
            *text++ = 0;
    }
    return count;
}
