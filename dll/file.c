#include "file.h"

enum opening file_open(HANDLE *file, const struct path *path, DWORD access, DWORD disposition, const struct sid *owner)
{
    struct path native = {.length = 0}; // the kernel's form of a path on a drive
    path_append(&native, "\\??\\");
    path_append_units(&native, path->units, path->length);
    if (path->overflowed || native.overflowed) return OPENING_FAILED;
    UNICODE_STRING name = {(uint16_t)(native.length * 2), (uint16_t)(native.length * 2), native.units};
    SECURITY_DESCRIPTOR descriptor = {.Revision = SECURITY_DESCRIPTOR_REVISION, .Owner = owner ? owner->bytes : NULL};
    OBJECT_ATTRIBUTES object = {.Length = sizeof object, .ObjectName = &name, .Attributes = OBJ_CASE_INSENSITIVE};
    if (owner != NULL) object.SecurityDescriptor = &descriptor; // GUARD(new-owner)
    const DWORD how = FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT
        | FILE_COMPLETE_IF_OPLOCKED // GUARD(oplock-flag)
        ;
    IO_STATUS_BLOCK io;
    uint32_t status = NtCreateFile(file, access | SYNCHRONIZE | FILE_READ_ATTRIBUTES, &object, &io, NULL, FILE_ATTRIBUTE_NORMAL,
                                   FILE_SHARE_ALL, disposition, how, NULL, 0);
    enum opening opening = policy_opening(status);
    if (opening != OPENING_DONE && (int32_t)status >= 0) CloseHandle(*file); // GUARD(opened-to-no-end)
    return opening;
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

bool file_size(HANDLE file, uint64_t *size)
{
    return GetFileSizeEx(file, size) != 0;
}

void *file_map(HANDLE file, uint64_t size)
{
    HANDLE mapping = CreateFileMappingW(file, NULL, PAGE_READWRITE, (DWORD)(size >> 32), (DWORD)size, NULL);
    if (mapping == NULL) return NULL;
    void *view = MapViewOfFile(mapping, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, (size_t)size);
    CloseHandle(mapping); // the view keeps the mapping, and the file, alive
    return view;
}
