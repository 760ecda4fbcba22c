// Opens a file that lies at rest, for Node to read, and waits for nobody: not for the writer of a FIFO, not for the holder of an oplock.

import { constants, openSync } from 'node:fs'
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
