// Windows: a read-only view of the file, read through ReadProcessMemory on ourselves. The kernel copies, so an in-page error (the disk or
// the share behind the mapping is gone) makes the call fail instead of raising an exception that nobody in Node could catch (docs/adr/0004).

import koffi from 'koffi'
import type { RingFile } from './ring-file.ts'

const GENERIC_READ = 0x80000000
const FILE_SHARE_ALL = 7
const OPEN_EXISTING = 3
const FILE_FLAG_OPEN_REPARSE_POINT = 0x00200000
const FILE_ATTRIBUTE_UNUSABLE = 0x400 | 0x10 // reparse point, directory
const PAGE_READONLY = 2
const FILE_MAP_READ = 4
const INVALID_HANDLE = -1n

type Handle = bigint

function load() {
  const kernel32 = koffi.load('kernel32.dll')
  koffi.struct('BY_HANDLE_FILE_INFORMATION', {
    attributes: 'uint32_t',
    times: koffi.array('uint32_t', 6),
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

export function openWindowsRingFile(path: string): RingFile {
  api ??= load()
  const { createFile, fileInformation, createFileMapping, mapView, unmapView, closeHandle, lastError, readProcessMemory } = api
  const share = FILE_SHARE_ALL
  const file: Handle = BigInt(createFile(path, GENERIC_READ, share, null, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, 0))
  if (file === INVALID_HANDLE) fail(path, 'opening', lastError())
  const information = {} as { attributes: number; sizeHigh: number; sizeLow: number; links: number }
  if (!fileInformation(file, information) || (information.attributes & FILE_ATTRIBUTE_UNUSABLE) !== 0 || information.links > 1) {
    closeHandle(file)
    throw Object.assign(new Error(`${path} is a directory, a link, or has several names`), { code: 'EINVAL' })
  }
  const mapping: Handle = BigInt(createFileMapping(file, null, PAGE_READONLY, 0, 0, null))
  const mappingError = lastError()
  closeHandle(file)
  if (mapping === 0n) fail(path, 'mapping', mappingError)
  const view: Handle = BigInt(mapView(mapping, FILE_MAP_READ, 0, 0, 0))
  const viewError = lastError()
  closeHandle(mapping)
  if (view === 0n) fail(path, 'mapping', viewError)
  const size = information.sizeHigh * 2 ** 32 + information.sizeLow
  return {
    size,
    copy: (offset, target) => offset + target.length <= size && readProcessMemory(-1, view + BigInt(offset), target, target.length, null),
    close: () => void unmapView(view),
  }
}
