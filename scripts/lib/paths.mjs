// Where things are, for every script. All outputs are below build/.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const buildDirectory = join(root, 'build')

/** A path below the repository's root. */
export const inRoot = (...parts) => join(root, ...parts)
/** A path below build/. */
export const inBuild = (...parts) => join(buildDirectory, ...parts)
