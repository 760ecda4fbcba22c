// The token in a file that its owner alone can read, for scrapers and for opening the page again.

import { closeSync, constants, fchmodSync, openSync, rmSync, writeSync } from 'node:fs'

/**
 * Writes the token into a new file with mode 0600. A file that is there is replaced, a link is not followed.
 * On Windows the file inherits the folder's access list: the folder must be the user's own.
 * @throws Node's system errors
 * @returns what removes the file
 */
export function writeTokenFile(path: string, token: string): () => void {
  rmSync(path, { force: true })
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    if (process.platform !== 'win32') fchmodSync(file, 0o600)
    writeSync(file, `${token}\n`)
  } finally {
    closeSync(file)
  }
  return () => rmSync(path, { force: true })
}
