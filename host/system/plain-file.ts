// A file that lies at rest, through node:fs: no native code, and the same on every system.

import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'
import { ATTRIBUTE_DIRECTORY, ATTRIBUTE_REPARSE_POINT, type FileCheck, type OpenFile } from './open-file.ts'

export function openPlainFile(path: string, check: FileCheck): OpenFile {
  // Windows has no O_NOFOLLOW: the path is looked at before it is opened. Elsewhere the opening itself refuses a link, and waits for no FIFO.
  if (process.platform === 'win32' && lstatSync(path).isSymbolicLink()) {
    check({ owner: undefined, attributes: ATTRIBUTE_REPARSE_POINT, linkCount: 1 })
  }
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const { size, nlink } = judge(fd, check)
    return { size: nlink === 0 ? 0 : size, copy: (offset, target) => copy(fd, offset, target), close: () => closeSync(fd) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function judge(fd: number, check: FileCheck) {
  const status = fstatSync(fd)
  check({ owner: undefined, attributes: status.isFile() ? 0 : ATTRIBUTE_DIRECTORY, linkCount: status.nlink })
  return status
}

function copy(fd: number, offset: number, target: Uint8Array): boolean {
  try {
    return readSync(fd, target, 0, target.length, offset) === target.length
  } catch {
    return false
  }
}
