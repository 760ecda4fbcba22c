// Windows: a read-only view of the file, read through ReadProcessMemory on ourselves. The kernel copies, so an in-page error (the disk or
// the share behind the mapping is gone) makes the call fail instead of raising an exception that nobody in Node could catch (docs/adr/0004).

import { OWNER_SID_MAX } from '../../format/layout.ts'
import { native } from './native.ts'
import type { FileCheck, OpenFile } from './open-file.ts'
import { sidText } from './sid-text.ts'

const GENERIC_READ = 0x80000000
const READ_CONTROL = 0x00020000
const FILE_SHARE_ALL = 7
const OPEN_EXISTING = 3
const FILE_FLAG_OPEN_REPARSE_POINT = 0x00200000
const PAGE_READONLY = 2
const FILE_MAP_READ = 4
const INVALID_HANDLE = -1n
const OWNER_SECURITY_INFORMATION = 1
/** A self-relative security descriptor: a header with, at 4, the offset of the owner's SID. */
const DESCRIPTOR_HEADER_SIZE = 20
const DESCRIPTOR_OWNER = 4

type Handle = bigint

function load() {
  const kernel32 = native().load('kernel32.dll')
  const advapi32 = native().load('advapi32.dll')
  native().struct('BY_HANDLE_FILE_INFORMATION', {
    attributes: 'uint32_t',
    times: native().array('uint32_t', 6),
    volume: 'uint32_t',
    sizeHigh: 'uint32_t',
    sizeLow: 'uint32_t',
    links: 'uint32_t',
    indexHigh: 'uint32_t',
    indexLow: 'uint32_t',
  })
  return {
    createFile: kernel32.func('intptr_t __stdcall CreateFileW(str16, uint32_t, uint32_t, void *, uint32_t, uint32_t, intptr_t)'),
    fileInformation: kernel32.func('bool __stdcall GetFileInformationByHandle(intptr_t, _Out_ BY_HANDLE_FILE_INFORMATION *)'),
    objectSecurity: advapi32.func('bool __stdcall GetKernelObjectSecurity(intptr_t, uint32_t, _Out_ void *, uint32_t, _Out_ uint32_t *)'),
    createFileMapping: kernel32.func('intptr_t __stdcall CreateFileMappingW(intptr_t, void *, uint32_t, uint32_t, uint32_t, void *)'),
    mapView: kernel32.func('intptr_t __stdcall MapViewOfFile(intptr_t, uint32_t, uint32_t, uint32_t, size_t)'),
    unmapView: kernel32.func('bool __stdcall UnmapViewOfFile(intptr_t)'),
    closeHandle: kernel32.func('bool __stdcall CloseHandle(intptr_t)'),
    lastError: kernel32.func('uint32_t __stdcall GetLastError()'),
    readProcessMemory: kernel32.func('bool __stdcall ReadProcessMemory(intptr_t, intptr_t, _Out_ void *, size_t, void *)'),
  }
}

let api: ReturnType<typeof load> | undefined

/** Windows error codes that an opening can meet, as Node names them. */
const CODES: Readonly<Record<number, string>> = { 2: 'ENOENT', 3: 'ENOENT', 5: 'EACCES', 32: 'EBUSY', 1006: 'EINVAL' }

function fail(path: string, what: string, error: number): never {
  throw Object.assign(new Error(`${what} ${path} failed with Windows error ${error}`), { code: CODES[error] ?? 'EIO' })
}

/** A handle to the file itself, should the path lead to a link. It shares everything: nobody is to notice that it is read. */
function open(path: string, access: number): Handle {
  api ??= load()
  return BigInt(api.createFile(path, access, FILE_SHARE_ALL, null, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, 0))
}

/** SID of the owner of an open file, or `undefined` if Windows will not tell. */
function ownerOfHandle(file: Handle): string | undefined {
  const descriptor = Buffer.alloc(DESCRIPTOR_HEADER_SIZE + OWNER_SID_MAX)
  if (!api!.objectSecurity(file, OWNER_SECURITY_INFORMATION, descriptor, descriptor.length, [0])) return undefined
  const offset = descriptor.readUInt32LE(DESCRIPTOR_OWNER)
  return offset < DESCRIPTOR_HEADER_SIZE ? undefined : sidText(descriptor, offset)
}

/** SID of the owner of a file, or `undefined` if it cannot be opened or Windows will not tell. */
export function windowsOwner(path: string): string | undefined {
  const file = open(path, READ_CONTROL)
  if (file === INVALID_HANDLE) return undefined
  const owner = ownerOfHandle(file)
  api!.closeHandle(file)
  return owner
}

/** Closes the handle and throws if the file is not to be read. */
function judge(path: string, file: Handle, check: FileCheck): { size: number } {
  const { fileInformation, closeHandle, lastError } = api!
  const information = {} as { attributes: number; sizeHigh: number; sizeLow: number; links: number }
  try {
    if (!fileInformation(file, information)) fail(path, 'asking about', lastError())
    const owner = ownerOfHandle(file)
    // On Windows every file has an owner: one that Windows does not tell is refused.
    if (owner === undefined) fail(path, 'asking for the owner of', lastError())
    check({ owner, attributes: information.attributes, linkCount: information.links })
    return { size: information.sizeHigh * 2 ** 32 + information.sizeLow }
  } catch (error) {
    closeHandle(file)
    throw error
  }
}

export function openWindowsFile(path: string, check: FileCheck): OpenFile {
  const file = open(path, GENERIC_READ)
  const { createFileMapping, mapView, unmapView, closeHandle, lastError, readProcessMemory } = api!
  if (file === INVALID_HANDLE) fail(path, 'opening', lastError())
  const { size } = judge(path, file, check)
  const mapping: Handle = BigInt(createFileMapping(file, null, PAGE_READONLY, 0, 0, null))
  const mappingError = lastError()
  closeHandle(file)
  if (mapping === 0n) fail(path, 'mapping', mappingError)
  const view: Handle = BigInt(mapView(mapping, FILE_MAP_READ, 0, 0, 0))
  const viewError = lastError()
  closeHandle(mapping)
  if (view === 0n) fail(path, 'mapping', viewError)
  return {
    size,
    copy: (offset, target) => offset + target.length <= size && readProcessMemory(-1, view + BigInt(offset), target, target.length, null),
    close: () => void unmapView(view),
  }
}
