// Linux: pread. A mapped file that is truncated kills its reader with SIGBUS; pread returns short instead (docs/adr/0004).

import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { native } from './native.ts'
import { ATTRIBUTE_DIRECTORY, type FileCheck, type OpenFile } from './open-file.ts'

type Pread = (fd: number, target: Uint8Array, length: number, offset: number) => number

let pread: Pread | undefined

export function openLinuxFile(path: string, check: FileCheck): OpenFile {
  pread ??= native().load(null).func('int64_t pread(int fd, _Out_ void *target, size_t length, int64_t offset)') as Pread
  const read = pread
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  const status = fstatSync(fd)
  try {
    // Owners are not SIDs here. FIFOs and devices are reported as folders are: neither is a plain file.
    check({ owner: undefined, attributes: status.isFile() ? 0 : ATTRIBUTE_DIRECTORY, linkCount: status.nlink })
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return {
    size: status.size,
    copy: (offset, target) => read(fd, target, target.length, offset) === target.length,
    close: () => closeSync(fd),
  }
}
