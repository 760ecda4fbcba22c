// Linux: pread. A mapped file that is truncated kills its reader with SIGBUS; pread returns short instead (docs/adr/0004).

import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import koffi from 'koffi'
import type { RingFile } from './ring-file.ts'

type Pread = (fd: number, target: Uint8Array, length: number, offset: number) => number

let pread: Pread | undefined

export function openLinuxRingFile(path: string): RingFile {
  pread ??= koffi.load(null).func('int64_t pread(int fd, _Out_ void *target, size_t length, int64_t offset)') as Pread
  const read = pread
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  const status = fstatSync(fd)
  if (!status.isFile() || status.nlink > 1) {
    closeSync(fd)
    throw Object.assign(new Error(`${path} is not a file, or has several names`), { code: 'EINVAL' })
  }
  return {
    size: status.size,
    copy: (offset, target) => read(fd, target, target.length, offset) === target.length,
    close: () => closeSync(fd),
  }
}
