// The one primitive that brings a ring's bytes in: copy(offset, target). This folder is the only one that talks to the operating system
// through koffi.

import { openLinuxRingFile } from './linux.ts'
import type { RingPlace } from './place.ts'
import { openWindowsRingFile, windowsOwner } from './windows.ts'

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

/**
 * Opens a ring for reading. With a `place` its owner must be who the name says (policy.ts); without one the caller has chosen the file.
 * @throws SquattedError; Node's system errors (`code` ENOENT, EACCES, …), EINVAL for what is no plain file under one name.
 */
export function openRingFile(path: string, place?: RingPlace): RingFile {
  return process.platform === 'win32' ? openWindowsRingFile(path, place) : openLinuxRingFile(path, place)
}

/** SID of a file's owner; `undefined` where files have no such owner (not on Windows), or it cannot be asked for. */
export function ownerOf(path: string): string | undefined {
  return process.platform === 'win32' ? windowsOwner(path) : undefined
}
