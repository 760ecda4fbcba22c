// A file opened for reading, without following a link and without trusting its size to stay.

import { lstatSync, unlinkSync } from 'node:fs'
import { openLinuxFile } from './linux-file.ts'
import { hasNative } from './native.ts'
import { ntRemove } from './nt-open.ts'
import type { FileCheck, OpenFile } from './open-file.ts'
import { openPlainFile } from './plain-file.ts'
import { openWindowsFile, windowsFailure, windowsOwner } from './windows-file.ts'

/**
 * Opens a file for reading. `check` sees its facts before anything of it is mapped or read.
 * @param isLive somebody writes into it. A file at rest is read without native code where there is none.
 * @throws what `check` throws; Node's system errors (`code` ENOENT, EACCES, …).
 */
export function openFile(path: string, check: FileCheck, isLive = true): OpenFile {
  // On Windows also what lies at rest, where it can be: only a call of Windows' own does not wait for the holder of an oplock.
  if (process.platform === 'win32' && (isLive || hasNative())) return openWindowsFile(path, check)
  if (!isLive) return openPlainFile(path, check)
  return process.platform === 'linux' ? openLinuxFile(path, check) : openPlainFile(path, check)
}

/**
 * SID of a file's owner; `undefined` where files have no such owner (not on Windows), or there is no file. `kept`: somebody keeps us from asking.
 */
export function ownerOf(path: string): string | 'kept' | undefined {
  return process.platform === 'win32' ? windowsOwner(path) : undefined
}

/** Names the file that has this path at present (of a link, the link itself: it is not followed); '' if there is none or that cannot be found out. */
export function identityOf(path: string): string {
  try {
    const { dev, ino } = lstatSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return ''
  }
}

/**
 * Removes a file. On Windows none that a program has mapped (nt-open.ts).
 * @throws Node's system errors.
 */
export function removeFile(path: string): void {
  if (process.platform === 'win32') {
    const error = ntRemove(path)
    if (error !== 0) throw windowsFailure(path, 'removing', error)
  } else unlinkSync(path)
}
