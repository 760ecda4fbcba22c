// Files and folders of a Windows machine for the verbs that change it: no link is followed, no name is replaced, and what is made has its
// access list from its first moment.

import { type Dir, opendirSync } from 'node:fs'
import {
  ERROR_FILE_NOT_FOUND,
  ERROR_PATH_NOT_FOUND,
  FOLDER_NAMES_MAX,
  type MachineFiles,
  type PathFacts,
  WindowsError,
} from '../model/machine.ts'
import { descriptorOfHandle, SECURITY_ATTRIBUTES, setDescriptor, withSecurityAttributes } from './access-lists.ts'
import { ntOpen, ntRemove, SHARE_ALL } from './nt-open.ts'
import { ATTRIBUTE_DIRECTORY, ATTRIBUTE_REPARSE_POINT } from './open-file.ts'
import { closeHandle, failWithLastError, lastError, windowsFunctions } from './windows-api.ts'

const GENERIC_READ = 0x80000000
const GENERIC_WRITE = 0x40000000
const READ_CONTROL = 0x20000
const WRITE_DAC_AND_OWNER = 0xc0000
const FILE_READ_ATTRIBUTES = 0x80
const SHARE_NOTHING = 0
const CREATE_NEW = 1
const FILE_FLAG_OPEN_REPARSE_POINT = 0x00200000
const MOVEFILE_DELAY_UNTIL_REBOOT = 4
const INVALID_HANDLE = -1n
/** Windows' numbers of the errors that Node gives names. */
const NUMBERS: Readonly<Record<string, number>> = { ENOENT: 2, EACCES: 5, EPERM: 5, EBUSY: 32, ENOTDIR: 267 }
const ERROR_GEN_FAILURE = 31
const EPOCH_IN_FILETIME_MS = 11_644_473_600_000

const kernel32 = windowsFunctions('kernel32.dll', {
  createFile: `intptr_t __stdcall CreateFileW(str16, uint32_t, uint32_t, ${SECURITY_ATTRIBUTES}, uint32_t, uint32_t, intptr_t)`,
  createDirectory: `int __stdcall CreateDirectoryW(str16, ${SECURITY_ATTRIBUTES})`,
  // BY_HANDLE_FILE_INFORMATION: thirteen numbers of 32 bits.
  information: 'int __stdcall GetFileInformationByHandle(intptr_t, _Out_ void *)',
  readFile: 'int __stdcall ReadFile(intptr_t, _Out_ void *, uint32_t, _Out_ uint32_t *, void *)',
  writeFile: 'int __stdcall WriteFile(intptr_t, void *, uint32_t, _Out_ uint32_t *, void *)',
  flushFile: 'int __stdcall FlushFileBuffers(intptr_t)',
  moveFile: 'int __stdcall MoveFileExW(str16, str16, uint32_t)',
  deleteFile: 'int __stdcall DeleteFileW(str16)',
  removeDirectory: 'int __stdcall RemoveDirectoryW(str16)',
})

/** An absolute path as Windows takes it without looking for `..`, trailing dots or the names of old devices, and of any length. */
const literal = (path: string) => `\\\\?\\${path}`

/** The thing itself, should the path lead to a link; the opening does not wait (nt-open.ts). `undefined`: nothing is there. */
function openThing(path: string, access: number, share = SHARE_ALL): bigint | undefined {
  const opened = ntOpen(literal(path), access, 'any', share)
  if ('handle' in opened) return opened.handle
  if (opened.error === ERROR_FILE_NOT_FOUND || opened.error === ERROR_PATH_NOT_FOUND) return undefined
  throw new WindowsError(`opening ${path}`, opened.error)
}

function mustOpen(path: string, access: number, share?: number): bigint {
  const handle = openThing(path, access, share)
  if (handle === undefined) throw new WindowsError(`opening ${path}`, ERROR_FILE_NOT_FOUND)
  return handle
}

function factsOfHandle(handle: bigint, path: string): Omit<PathFacts, 'descriptor'> {
  const data = Buffer.alloc(52)
  if (kernel32.information(handle, data) === 0) failWithLastError(`asking about ${path}`)
  const attributes = data.readUInt32LE(0)
  const writtenAt = (data.readUInt32LE(24) * 2 ** 32 + data.readUInt32LE(20)) / 10_000 - EPOCH_IN_FILETIME_MS
  return {
    kind: attributes & ATTRIBUTE_REPARSE_POINT ? 'link' : attributes & ATTRIBUTE_DIRECTORY ? 'folder' : 'file',
    size: data.readUInt32LE(32) * 2 ** 32 + data.readUInt32LE(36),
    linkCount: data.readUInt32LE(40),
    writtenAt,
  }
}

function writeAll(handle: bigint, data: Uint8Array, what: string): void {
  const written = [0]
  if (kernel32.writeFile(handle, data, data.length, written, null) === 0) failWithLastError(what)
  // Windows' own word for it: the call succeeded and the disk took a part only.
  if (written[0] !== data.length) throw new WindowsError(what, 112)
  if (kernel32.flushFile(handle) === 0) failWithLastError(what)
}

function create(path: string, data: Uint8Array, attributes: object | null): void {
  const handle = BigInt(kernel32.createFile(literal(path), GENERIC_WRITE, SHARE_NOTHING, attributes, CREATE_NEW, 0, 0))
  if (handle === INVALID_HANDLE) failWithLastError(`making ${path}`)
  let whole = false
  try {
    writeAll(handle, data, `writing ${path}`)
    whole = true
  } finally {
    closeHandle(handle)
    if (!whole) kernel32.deleteFile(literal(path))
  }
}

/** The files of this machine. */
export const windowsFiles: MachineFiles = {
  facts(path) {
    let handle: bigint | undefined
    let descriptor: Uint8Array | undefined
    try {
      handle = openThing(path, READ_CONTROL | FILE_READ_ATTRIBUTES)
      if (handle !== undefined) descriptor = descriptorOfHandle(handle)
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error
      // A user who may not read its access list may still see what it is.
      handle = openThing(path, FILE_READ_ATTRIBUTES)
    }
    if (handle === undefined) return undefined
    try {
      return { ...factsOfHandle(handle, path), descriptor }
    } finally {
      closeHandle(handle)
    }
  },

  read(path, max) {
    const handle = mustOpen(path, GENERIC_READ)
    try {
      const { kind, size } = factsOfHandle(handle, path)
      if (kind !== 'file') throw new WindowsError(`reading ${path}, which is not a file,`, 13)
      if (size > max) throw new WindowsError(`reading ${path}, which has more than ${max} bytes,`, 223)
      const data = new Uint8Array(size)
      const read = [0]
      if (size > 0 && kernel32.readFile(handle, data, size, read, null) === 0) failWithLastError(`reading ${path}`)
      return data.subarray(0, read[0])
    } finally {
      closeHandle(handle)
    }
  },

  create: (path, data) => create(path, data, null),
  createWithAccess: (path, data, sddl) => withSecurityAttributes(sddl, (attributes) => create(path, data, attributes)),

  overwrite(path, data) {
    const handle = mustOpen(path, GENERIC_READ | GENERIC_WRITE)
    try {
      if (factsOfHandle(handle, path).kind !== 'file') throw new WindowsError(`writing ${path}, which is not a file,`, 13)
      writeAll(handle, data, `writing ${path}`)
    } finally {
      closeHandle(handle)
    }
  },

  rename(from, to) {
    if (kernel32.moveFile(literal(from), literal(to), 0) === 0) failWithLastError(`renaming ${from} to ${to}`)
  },

  remove(path) {
    const error = ntRemove(literal(path))
    if (error !== 0) throw new WindowsError(`removing ${path}`, error)
  },

  removeAtRestart(path) {
    if (kernel32.moveFile(path, null, MOVEFILE_DELAY_UNTIL_REBOOT) === 0) failWithLastError(`having ${path} removed at the next restart`)
  },

  createFolder(path, sddl) {
    withSecurityAttributes(sddl, (attributes) => {
      if (kernel32.createDirectory(literal(path), attributes) === 0) failWithLastError(`making the folder ${path}`)
    })
  },

  removeFolder(path) {
    if (kernel32.removeDirectory(literal(path)) === 0) failWithLastError(`removing the folder ${path}`)
  },

  setAccess(path, sddl) {
    const handle = mustOpen(path, READ_CONTROL | WRITE_DAC_AND_OWNER | FILE_READ_ATTRIBUTES, SHARE_ALL)
    try {
      if (factsOfHandle(handle, path).kind === 'link') throw new WindowsError(`setting the access list of ${path}, which is a link,`, 13)
      setDescriptor(handle, sddl, `setting the access list of ${path}`)
    } finally {
      closeHandle(handle)
    }
  },

  list(path) {
    let folder: Dir
    try {
      folder = opendirSync(path)
    } catch (error) {
      throw new WindowsError(`listing ${path}`, NUMBERS[(error as NodeJS.ErrnoException).code ?? ''] ?? ERROR_GEN_FAILURE)
    }
    try {
      const names: string[] = []
      for (let entry = folder.readSync(); entry && names.length < FOLDER_NAMES_MAX; entry = folder.readSync()) names.push(entry.name)
      return names
    } finally {
      folder.closeSync()
    }
  },
}

/** Locks a name: a file that nobody else can open, and that Windows removes when its handle is closed, be it by a kill. */
export function lockName(path: string): (() => void) | undefined {
  const DELETE = 0x10000
  const FILE_FLAG_DELETE_ON_CLOSE = 0x04000000
  const OPEN_ALWAYS = 4
  const flags = FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OPEN_REPARSE_POINT
  const handle = BigInt(kernel32.createFile(literal(path), GENERIC_WRITE | DELETE, SHARE_NOTHING, null, OPEN_ALWAYS, flags, 0))
  if (handle !== INVALID_HANDLE) return () => closeHandle(handle)
  const error = lastError()
  const isTaken = error === 32 || error === 303 // sharing violation; delete pending
  if (isTaken) return undefined
  throw new WindowsError(`making ${path}`, error)
}
