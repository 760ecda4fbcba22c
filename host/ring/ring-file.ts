// The one primitive that brings a ring's bytes in: copy(offset, target). This folder is the only one that talks to the operating system
// through koffi.

import { openLinuxRingFile } from './linux.ts'
import { openWindowsRingFile } from './windows.ts'

/** An open ring file. */
export interface RingFile {
  /** Bytes, as found when it was opened. */
  readonly size: number
  /**
   * Copies `target.length` bytes from `offset` into `target`. False if the file no longer has them (truncated, or an I/O error):
   * reading goes through a call that fails, never through a mapping whose loss would kill the process.
   */
  copy(offset: number, target: Uint8Array): boolean
  close(): void
}

/** Opens a ring for reading. Throws Node's system errors (`code` ENOENT, EACCES, …). */
export function openRingFile(path: string): RingFile {
  return process.platform === 'win32' ? openWindowsRingFile(path) : openLinuxRingFile(path)
}
