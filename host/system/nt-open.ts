// Opens files on Windows without waiting for anybody.
//
// A program may hold an opportunistic lock (oplock) on a file that it can open; a program that opens the file then waits until the holder gives it up,
// without a limit ("Checking the Oplock State of an IRP_MJ_CREATE operation"). NtCreateFile with FILE_COMPLETE_IF_OPLOCKED answers at once
// ("NtCreateFile function (winternl.h)", docs/adr/0012). The DLL does the same (dll/file.c), and format/policy-cases.json holds both to one table.

import { win32 } from 'node:path'
import { native } from './native.ts'

const SYNCHRONIZE = 0x00100000
const DELETE = 0x00010000
const FILE_READ_ATTRIBUTES = 0x80
const FILE_ATTRIBUTE_NORMAL = 0x80
const OBJ_CASE_INSENSITIVE = 0x40
const FILE_OPEN = 1
const FILE_SYNCHRONOUS_IO_NONALERT = 0x20
const FILE_NON_DIRECTORY_FILE = 0x40
const FILE_COMPLETE_IF_OPLOCKED = 0x100
const FILE_OPEN_FOR_BACKUP_INTENT = 0x4000
const FILE_OPEN_REPARSE_POINT = 0x00200000
const FILE_DISPOSITION_INFO = 4
export const SHARE_ALL = 7

/** NTSTATUS values, from "[MS-ERREF] NTSTATUS Values". */
const STATUS_SUCCESS = 0
const STATUS_OPLOCK_BREAK_IN_PROGRESS = 0x108
const STATUS_ACCESS_DENIED = 0xc0000022
const STATUS_OBJECT_NAME_NOT_FOUND = 0xc0000034
const STATUS_OBJECT_PATH_NOT_FOUND = 0xc000003a
const STATUS_SHARING_VIOLATION = 0xc0000043
const STATUS_DELETE_PENDING = 0xc0000056
const STATUS_FILE_IS_A_DIRECTORY = 0xc00000ba

/** The result of an opening. `foreign`: another program keeps us out of the file, or could make us wait. */
export type Opening = 'done' | 'absent' | 'foreign' | 'failed'

/** Which of these a status is, as dll/policy.c has it. */
export function openingOf(status: number): Opening {
  switch (status) {
    case STATUS_SUCCESS:
      return 'done'
    case STATUS_OBJECT_NAME_NOT_FOUND:
    case STATUS_OBJECT_PATH_NOT_FOUND:
      return 'absent'
    case STATUS_OPLOCK_BREAK_IN_PROGRESS: // opened, but every use of the file waits for the holder of the oplock
    case STATUS_ACCESS_DENIED:
    case STATUS_SHARING_VIOLATION:
    case STATUS_DELETE_PENDING:
    case STATUS_FILE_IS_A_DIRECTORY:
      return 'foreign'
    default:
      return 'failed'
  }
}

const ERROR_FILE_NOT_FOUND = 2
const ERROR_ACCESS_DENIED = 5
const ERROR_SHARING_VIOLATION = 32
const ERROR_DIRECTORY_NOT_SUPPORTED = 336
const ERROR_GEN_FAILURE = 31

/** The number of Win32 that says the same, where it matters which; of the others Windows is asked. */
function errorOf(status: number, ofWindows: (status: number) => number): number {
  switch (status) {
    case STATUS_OPLOCK_BREAK_IN_PROGRESS:
    case STATUS_SHARING_VIOLATION:
      return ERROR_SHARING_VIOLATION
    case STATUS_FILE_IS_A_DIRECTORY:
      return ERROR_DIRECTORY_NOT_SUPPORTED
    case STATUS_ACCESS_DENIED:
    case STATUS_DELETE_PENDING:
      return ERROR_ACCESS_DENIED
    case STATUS_OBJECT_NAME_NOT_FOUND:
    case STATUS_OBJECT_PATH_NOT_FOUND:
      return ERROR_FILE_NOT_FOUND
    default:
      // A status without an error that this opening did not ask for.
      return status < 0x80000000 ? ERROR_GEN_FAILURE : ofWindows(status)
  }
}

/** Windows' functions for it; tests put in others, which behave as Windows does where Wine is kinder. */
export interface NtFiles {
  /** NtCreateFile of what is there already. Gives the status, unsigned, and the handle. */
  open(path: string, access: number, share: number, options: number): { readonly status: number; readonly handle: bigint }
  errorOfStatus(status: number): number
  closeHandle(handle: bigint): void
  /** SetFileInformationByHandle. 0 when it failed. */
  setInformation(handle: bigint, kind: number, data: Uint8Array): number
  lastError(): number
}

function load(): NtFiles {
  const koffi = native()
  const ntdll = koffi.load('ntdll.dll')
  const kernel32 = koffi.load('kernel32.dll')
  // Without names: koffi keeps names for the whole process, in which another mprtap may be.
  const unicodeString = koffi.struct({ length: 'uint16_t', capacity: 'uint16_t', text: 'str16' })
  const attributes = koffi.struct({
    length: 'uint32_t',
    root: 'intptr_t',
    name: koffi.pointer(unicodeString),
    attributes: 'uint32_t',
    descriptor: 'intptr_t',
    quality: 'intptr_t',
  })
  const create = ntdll.func('__stdcall', 'NtCreateFile', 'uint32_t', [
    '_Out_ intptr_t *',
    'uint32_t',
    koffi.pointer(attributes),
    '_Out_ void *',
    'void *',
    'uint32_t',
    'uint32_t',
    'uint32_t',
    'uint32_t',
    'void *',
    'uint32_t',
  ])
  const dosError = ntdll.func('uint32_t __stdcall RtlNtStatusToDosError(uint32_t)')
  const close = kernel32.func('int __stdcall CloseHandle(intptr_t)')
  const setInformation = kernel32.func('int __stdcall SetFileInformationByHandle(intptr_t, int, void *, uint32_t)')
  const lastError = kernel32.func('uint32_t __stdcall GetLastError()')
  return {
    open(path, access, share, options) {
      const handle: (number | bigint)[] = [0]
      const bytes = 2 * path.length
      const object = {
        length: koffi.sizeof(attributes),
        root: 0,
        name: { length: bytes, capacity: bytes + 2, text: path },
        attributes: OBJ_CASE_INSENSITIVE,
        descriptor: 0,
        quality: 0,
      }
      const ioStatus = Buffer.alloc(16)
      const status = create(handle, access, object, ioStatus, null, FILE_ATTRIBUTE_NORMAL, share, FILE_OPEN, options, null, 0)
      return { status: status >>> 0, handle: BigInt(handle[0]!) }
    },
    errorOfStatus: (status) => dosError(status),
    closeHandle: (handle) => void close(handle),
    setInformation: (handle, kind, data) => setInformation(handle, kind, data, data.length),
    lastError: () => lastError(),
  }
}

let windows: NtFiles | undefined
const windowsFiles = (): NtFiles => {
  windows ??= load()
  return windows
}

/** A path as Windows' kernel takes it, of any length. UTF-16 units of a name are counted in 16 bits there. */
function kernelPath(path: string): string | undefined {
  const long = path.startsWith('\\\\?\\') ? path : win32.toNamespacedPath(win32.resolve(path))
  const name = `\\??\\${long.replace(/^\\\\[?.]\\/, '')}`
  return name.length < 0x7fff ? name : undefined
}

/** An open file, or the Win32 error of the opening. */
export type NtOpened = { readonly handle: bigint } | { readonly error: number }

/**
 * Opens what is there. Never waits for the holder of an oplock; such a file counts as opened without sharing (ERROR_SHARING_VIOLATION).
 * @param what `file`: no folder (ERROR_DIRECTORY_NOT_SUPPORTED); of a link the link itself. `any`: also a folder; of a link the link itself.
 * `target`: also a folder; a link is followed.
 */
export function ntOpen(
  path: string,
  access: number,
  what: 'file' | 'any' | 'target',
  share = SHARE_ALL,
  files: NtFiles = windowsFiles(),
): NtOpened {
  const kind = what === 'file' ? FILE_NON_DIRECTORY_FILE : FILE_OPEN_FOR_BACKUP_INTENT
  const link = what === 'target' ? 0 : FILE_OPEN_REPARSE_POINT
  const options = FILE_SYNCHRONOUS_IO_NONALERT | FILE_COMPLETE_IF_OPLOCKED | kind | link
  const name = kernelPath(path)
  if (name === undefined) return { error: ERROR_FILE_NOT_FOUND }
  const { status, handle } = files.open(name, (access | SYNCHRONIZE | FILE_READ_ATTRIBUTES) >>> 0, share, options)
  if (openingOf(status) === 'done') return { handle }
  // Half a success, such as an oplock that is being broken, has opened the file.
  if (status < 0x80000000) files.closeHandle(handle)
  return { error: errorOf(status, files.errorOfStatus) }
}

/** Closes what ntOpen has opened. */
export function ntClose(handle: bigint, files: NtFiles = windowsFiles()): void {
  files.closeHandle(handle)
}

/**
 * Removes a file, once nobody has it open any more. A file that a program has mapped is not removed ("FILE_DISPOSITION_INFORMATION structure":
 * STATUS_CANNOT_DELETE); Node's own unlink would take its name away and let the program write on into nothing.
 * @returns the Win32 error, 0 when it is done.
 */
export function ntRemove(path: string, files: NtFiles = windowsFiles()): number {
  const opened = ntOpen(path, DELETE, 'file', SHARE_ALL, files)
  if ('error' in opened) return opened.error
  const isSet = files.setInformation(opened.handle, FILE_DISPOSITION_INFO, Uint8Array.of(1)) !== 0
  const error = isSet ? 0 : files.lastError()
  files.closeHandle(opened.handle)
  return error
}
