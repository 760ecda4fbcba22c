// Windows: a read-only view of the file, read through ReadProcessMemory on ourselves. The kernel copies, so an in-page error (the disk or
// the share of the mapped file is gone) makes the call fail instead of raising an exception that cannot be caught in Node (docs/adr/0004).

import { OWNER_SID_MAX } from '../../format/layout.ts'
import { native } from './native.ts'
import { ntOpen } from './nt-open.ts'
import type { FileCheck, OpenFile } from './open-file.ts'
import { sidText } from './sid-text.ts'

const GENERIC_READ = 0x80000000
const READ_CONTROL = 0x00020000
const PAGE_READONLY = 2
const FILE_MAP_READ = 4
const OWNER_SECURITY_INFORMATION = 1
/** A self-relative security descriptor: a header with, at 4, the offset of the owner's SID. */
const DESCRIPTOR_HEADER_SIZE = 20
const DESCRIPTOR_OWNER = 4

type Handle = bigint

function load() {
  const kernel32 = native().load('kernel32.dll')
  const advapi32 = native().load('advapi32.dll')
  // Without a name: koffi keeps names for the whole process, in which another mprtap may be.
  const information = native().struct({
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
    fileInformation: kernel32.func('__stdcall', 'GetFileInformationByHandle', 'int', [
      'intptr_t',
      native().out(native().pointer(information)),
    ]),
    objectSecurity: advapi32.func('int __stdcall GetKernelObjectSecurity(intptr_t, uint32_t, _Out_ void *, uint32_t, _Out_ uint32_t *)'),
    createFileMapping: kernel32.func('intptr_t __stdcall CreateFileMappingW(intptr_t, void *, uint32_t, uint32_t, uint32_t, void *)'),
    mapView: kernel32.func('intptr_t __stdcall MapViewOfFile(intptr_t, uint32_t, uint32_t, uint32_t, size_t)'),
    unmapView: kernel32.func('int __stdcall UnmapViewOfFile(intptr_t)'),
    closeHandle: kernel32.func('int __stdcall CloseHandle(intptr_t)'),
    lastError: kernel32.func('uint32_t __stdcall GetLastError()'),
    readProcessMemory: kernel32.func('int __stdcall ReadProcessMemory(intptr_t, intptr_t, _Out_ void *, size_t, void *)'),
  }
}

let api: ReturnType<typeof load> | undefined

/** Mapping a file without bytes ("CreateFileMappingW function"): a ring is so between its making and its growing, and on a full disk. */
const ERROR_FILE_INVALID = 1006
/** Windows error codes that an opening can meet, as Node names them. */
const CODES: Readonly<Record<number, string>> = {
  2: 'ENOENT',
  3: 'ENOENT',
  5: 'EACCES',
  8: 'ENOMEM',
  32: 'EBUSY',
  336: 'EISDIR',
  1224: 'EBUSY',
  1455: 'ENOMEM',
}

/** The error that Node would throw. */
export function windowsFailure(path: string, what: string, error: number): Error {
  return Object.assign(new Error(`${what} ${path} failed with Windows error ${error}`), { code: CODES[error] ?? 'EIO' })
}

function fail(path: string, what: string, error: number): never {
  throw windowsFailure(path, what, error)
}

/** SID of the owner of an open file, or `undefined` if Windows will not tell. */
function ownerOfHandle(file: Handle): string | undefined {
  const descriptor = Buffer.alloc(DESCRIPTOR_HEADER_SIZE + OWNER_SID_MAX)
  if (api!.objectSecurity(file, OWNER_SECURITY_INFORMATION, descriptor, descriptor.length, [0]) === 0) return undefined
  const offset = descriptor.readUInt32LE(DESCRIPTOR_OWNER)
  return offset < DESCRIPTOR_HEADER_SIZE ? undefined : sidText(descriptor, offset)
}

/** The owner of a file, and whether somebody keeps us from asking. */
export function windowsOwner(path: string): string | 'kept' | undefined {
  api ??= load()
  const opened = ntOpen(path, READ_CONTROL, 'any')
  // Denied, or under an oplock: an opening without reading or writing meets no other violation of sharing.
  if ('error' in opened) return opened.error === 5 || opened.error === 32 ? 'kept' : undefined
  const owner = ownerOfHandle(opened.handle)
  api.closeHandle(opened.handle)
  return owner ?? 'kept'
}

/** Closes the handle and throws if the file is not to be read. */
function judge(path: string, file: Handle, check: FileCheck): { size: number } {
  const { fileInformation, closeHandle, lastError } = api!
  const information = {} as { attributes: number; sizeHigh: number; sizeLow: number; links: number }
  try {
    if (fileInformation(file, information) === 0) fail(path, 'asking about', lastError())
    // On Windows every file has an owner: if Windows does not say who, the file counts as nobody's, and is refused where owners are judged.
    const owner = ownerOfHandle(file) ?? ''
    check({ owner, attributes: information.attributes, linkCount: information.links })
    return { size: information.sizeHigh * 2 ** 32 + information.sizeLow }
  } catch (error) {
    closeHandle(file)
    throw error
  }
}

export function openWindowsFile(path: string, check: FileCheck): OpenFile {
  api ??= load()
  const { createFileMapping, mapView, unmapView, closeHandle, lastError, readProcessMemory } = api
  const opened = ntOpen(path, GENERIC_READ | READ_CONTROL, 'file')
  if ('error' in opened) fail(path, 'opening', opened.error)
  const { size } = judge(path, opened.handle, check)
  const mapping: Handle = size === 0 ? 0n : BigInt(createFileMapping(opened.handle, null, PAGE_READONLY, 0, 0, null))
  const mappingError = size === 0 ? ERROR_FILE_INVALID : lastError()
  closeHandle(opened.handle)
  if (mapping === 0n && mappingError === ERROR_FILE_INVALID) return EMPTY_FILE
  if (mapping === 0n) fail(path, 'mapping', mappingError)
  const view: Handle = BigInt(mapView(mapping, FILE_MAP_READ, 0, 0, 0))
  const viewError = lastError()
  closeHandle(mapping)
  if (view === 0n) fail(path, 'mapping', viewError)
  const copy = (offset: number, target: Uint8Array) =>
    offset + target.length <= size && readProcessMemory(-1, view + BigInt(offset), target, target.length, null) !== 0
  return { size, copy, close: () => void unmapView(view) }
}

/** A file that has no bytes, or lost them while it was opened. */
const EMPTY_FILE: OpenFile = { size: 0, copy: () => false, close: () => {} }
