// What a path that the user named is.

import { statSync } from 'node:fs'
import { extname, win32 } from 'node:path'
import { defaultFolder } from './default-folder.ts'

/** If nothing is there, the name decides: a ring is a file `….ring`, anything else a folder of rings that may be made later. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return extname(path) === ''
  }
}

/** Whether a folder is the one that the DLL of this machine writes to: there the names of rings are judged by who owns the files. */
export function isOwnFolder(path: string): boolean {
  if (process.platform !== 'win32') return false
  const canonical = (folder: string) => win32.resolve(folder).toLowerCase()
  try {
    return canonical(path) === canonical(defaultFolder())
  } catch {
    return false // the setting is of no use, so the DLL writes nowhere
  }
}
