// Reading text from the registry, into buffers of NAME_UNITS_MAX units.
#include "standin.h"

// FALSE when the value is missing, is not text or is too long.
BOOL read_registry_text(HKEY key, const wchar_t *value, wchar_t *text)
{
    DWORD bytes = (NAME_UNITS_MAX - 1) * sizeof(wchar_t), type;
    wchar_t raw[NAME_UNITS_MAX] = {0};
    if (RegQueryValueExW(key, value, NULL, &type, (BYTE *)raw, &bytes) != ERROR_SUCCESS)
        return FALSE;
    if (type != REG_SZ && type != REG_EXPAND_SZ)
        return FALSE;
    expand_text(raw, text);
    return TRUE;
}

// Empty when the expansion does not fit.
void expand_text(const wchar_t *text, wchar_t *expanded)
{
    DWORD units = ExpandEnvironmentStringsW(text, expanded, NAME_UNITS_MAX);
    if (units == 0 || units > NAME_UNITS_MAX)
        expanded[0] = 0;
}
