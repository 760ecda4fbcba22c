// How a connection ends is written in the remote name, \\server\share:
//
//   server  gone…        53, after any delay        share  nosuch      67      cancelled   1223
//           …-800ms…     waits 800 ms first                badpw       86      denied      1326
//           anything     answers                           conflict  1219      error-N     N
//                                                          busy-N     170 for the first N attempts of a process, then success
//                                                          openfiles    0, but cancelling needs force
//                                                          anything     0
#include "provider.h"

static const struct {
    const wchar_t *share;
    DWORD status;
} endings[] = {
    {L"nosuch", WN_BAD_NETNAME}, {L"badpw", WN_BAD_PASSWORD}, {L"conflict", ERROR_SESSION_CREDENTIAL_CONFLICT},
    {L"cancelled", WN_CANCEL},   {L"denied", ERROR_LOGON_FAILURE},
};

typedef struct {
    const wchar_t *text;
    int units;
} Part;

static Part part_until_backslash(const wchar_t *text)
{
    Part part = {text, 0};
    while (text[part.units] && text[part.units] != '\\')
        part.units++;
    return part;
}

static BOOL equals(Part part, const wchar_t *text)
{
    return CompareStringOrdinal(part.text, part.units, text, -1, TRUE) == CSTR_EQUAL;
}

static BOOL starts_with(Part part, const wchar_t *prefix)
{
    int units = lstrlenW(prefix);
    return part.units >= units && CompareStringOrdinal(part.text, units, prefix, units, TRUE) == CSTR_EQUAL;
}

static DWORD number_at(const wchar_t *text, int *digits)
{
    DWORD number = 0;
    for (*digits = 0; text[*digits] >= '0' && text[*digits] <= '9'; ++*digits)
        number = number * 10 + (text[*digits] - '0');
    return number;
}

// FALSE when the name is not of the form \\server\share.
static BOOL split(const wchar_t *remote_name, Part *server, Part *share)
{
    if (remote_name[0] != '\\' || remote_name[1] != '\\')
        return FALSE;
    *server = part_until_backslash(remote_name + 2);
    const wchar_t *rest = server->text + server->units;
    *share = part_until_backslash(*rest ? rest + 1 : rest);
    return server->units > 0 && share->units > 0;
}

static void wait_as_told(Part server)
{
    for (int i = 0; i < server.units; i++) {
        int digits;
        DWORD milliseconds = server.text[i] == '-' ? number_at(server.text + i + 1, &digits) : 0;
        if (milliseconds && server.text[i + 1 + digits] == 'm' && server.text[i + 2 + digits] == 's')
            Sleep(milliseconds);
    }
}

BOOL keeps_files_open(const wchar_t *remote_name)
{
    Part server, share;
    return split(remote_name, &server, &share) && equals(share, L"openfiles");
}

DWORD scripted_result(const wchar_t *remote_name)
{
    static volatile LONG busy_answers;
    Part server, share;
    int digits;
    if (!split(remote_name, &server, &share))
        return WN_BAD_NETNAME;
    wait_as_told(server);
    if (starts_with(server, L"gone"))
        return ERROR_BAD_NETPATH;
    if (starts_with(share, L"error-"))
        return number_at(share.text + 6, &digits);
    if (starts_with(share, L"busy-"))
        return InterlockedIncrement(&busy_answers) <= (LONG)number_at(share.text + 5, &digits) ? WN_FUNCTION_BUSY : WN_SUCCESS;
    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
        if (equals(share, endings[i].share))
            return endings[i].status;
    return WN_SUCCESS;
}
