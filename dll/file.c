#include "file.h"

HANDLE file_open(const WCHAR *path, DWORD access, DWORD disposition)
{
    return CreateFileW(path, access, FILE_SHARE_ALL, NULL, disposition, FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

bool file_facts(HANDLE file, struct file_facts *facts, uint64_t *size)
{
    BY_HANDLE_FILE_INFORMATION information;
    // A security descriptor with the owner alone: a header of twenty bytes and one SID.
    union { uint64_t aligned; uint8_t bytes[20 + MPRTAP_OWNER_SID_MAX]; } descriptor;
    DWORD needed;
    void *owner;
    BOOL defaulted;
    if (!GetFileInformationByHandle(file, &information)) return false;
    if (!GetKernelObjectSecurity(file, OWNER_SECURITY_INFORMATION, &descriptor, sizeof descriptor, &needed)) return false;
    if (!GetSecurityDescriptorOwner(&descriptor, &owner, &defaulted) || owner == NULL) return false;
    facts->attributes = information.dwFileAttributes;
    facts->link_count = information.nNumberOfLinks;
    *size = (uint64_t)information.nFileSizeHigh << 32 | information.nFileSizeLow;
    return sid_copy(&facts->owner, owner);
}

void *file_map(HANDLE file, uint64_t size, bool writable)
{
    HANDLE mapping = CreateFileMappingW(file, NULL, writable ? PAGE_READWRITE : PAGE_READONLY, (DWORD)(size >> 32), (DWORD)size, NULL);
    if (mapping == NULL) return NULL;
    void *view = MapViewOfFile(mapping, writable ? FILE_MAP_READ | FILE_MAP_WRITE : FILE_MAP_READ, 0, 0, (size_t)size);
    CloseHandle(mapping); // the view keeps the mapping, and the file, alive
    return view;
}
