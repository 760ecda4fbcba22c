// Opens and reads a file that lies at rest, and waits for nobody: not for the writer of a FIFO, not for the holder of an oplock.

import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { hasNative } from './native.ts'
import { type NtFiles, ntClose, ntOpen, SHARE_ALL } from './nt-open.ts'
import { windowsFailure } from './windows-file.ts'

const GENERIC_READ = 0x80000000

/**
 * The file descriptor of a file, opened for reading. A link is followed. The caller checks what kind of file it is.
 * @throws Node's system errors; on Windows EBUSY for a file that another program keeps to itself, also by an oplock.
 */
export function openForReading(path: string): number {
  const open = () => openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  return process.platform === 'win32' && hasNative() ? openUnderHandle(path, open) : open()
}

/**
 * The bytes of a small file, once its kind and size were looked at.
 * @param refuse says why a file is not read: that is thrown, and nothing of the file is read.
 * @throws what `refuse` says; what openForReading() throws.
 */
export function readChecked(path: string, refuse: (status: Stats) => Error | undefined): Buffer {
  const file = openForReading(path)
  try {
    const refusal = refuse(fstatSync(file))
    if (refusal) throw refusal
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Opens a file on Windows by a call that may wait. A handle of our own is opened before it, by a call that does not wait. While that handle is
 * there nobody gets an oplock that other openings wait for ("Granting Oplocks": not while the file is open elsewhere).
 * @param files for tests: Windows' functions.
 */
export function openUnderHandle<Opened>(path: string, open: () => Opened, files?: NtFiles): Opened {
  const own = ntOpen(path, GENERIC_READ, 'target', SHARE_ALL, files)
  if ('error' in own) throw windowsFailure(path, 'opening', own.error)
  try {
    return open()
  } finally {
    ntClose(own.handle, files)
  }
}
