// A file opened for reading, without following a link and without trusting its size to stay.

import { lstatSync } from 'node:fs'
import { openLinuxFile } from './linux-file.ts'
import type { FileCheck, OpenFile } from './open-file.ts'
import { openPlainFile } from './plain-file.ts'
import { openWindowsFile, windowsOwner } from './windows-file.ts'

/**
 * Opens a file for reading. `check` sees its facts before anything of it is mapped or read.
 * @param isLive somebody writes into it. One that lies at rest is read without native code.
 * @throws what `check` throws; Node's system errors (`code` ENOENT, EACCES, …).
 */
export function openFile(path: string, check: FileCheck, isLive = true): OpenFile {
  if (!isLive) return openPlainFile(path, check)
  if (process.platform === 'win32') return openWindowsFile(path, check)
  return process.platform === 'linux' ? openLinuxFile(path, check) : openPlainFile(path, check)
}

/** SID of a file's owner; `undefined` where files have no such owner (not on Windows), or it cannot be asked for. */
export function ownerOf(path: string): string | undefined {
  return process.platform === 'win32' ? windowsOwner(path) : undefined
}

/** Names the file that has this path at present (were it a link, the link: nobody follows one); '' if there is none or that cannot be found out. */
export function identityOf(path: string): string {
  try {
    const { dev, ino } = lstatSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return ''
  }
}
