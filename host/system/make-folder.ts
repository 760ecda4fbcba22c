// The making of folders.

import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder, and those above it that are missing. One that is there is left as it is.
 *
 * Node's own way, `recursive`, never returns where a folder cannot be made although the one above it is there and the system says ENOENT: below /proc,
 * for example (seen with Node 20.20).
 *
 * @param mode of what is made; default 0o777 without the umask.
 * @throws Error of the system.
 */
export function makeFolder(path: string, mode = 0o777): void {
  const missing = [resolve(path)]
  for (let above = dirname(missing[0]!); !existsSync(above) && above !== missing.at(-1); above = dirname(above)) missing.push(above)
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, { mode })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder).isDirectory()) throw error
    }
  }
}
