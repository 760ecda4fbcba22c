// Which files of a folder are rings, and whose.

import { existsSync, opendirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FORMAT_MAJOR } from '../../format/layout.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { MprtapError } from '../model/errors.ts'
import { describeShortage, shortageOf } from '../model/shortage.ts'
import type { RingPlace } from './place.ts'
import { RING_FOLDERS, type RingFolder } from './policy.ts'

// Windows takes names that differ in case for one, so whatever its case, a name is the ring's that the DLL would open ("Naming Files, Paths, and
// Namespaces"). Numbers are written without zeros before them, as in every SID.
const NUMBER = '(?:0|[1-9]\\d{0,9})'
const STEM = `^(S-1-(?:${NUMBER}|0x[0-9a-f]{12})(?:-${NUMBER}){1,15})\\.v${FORMAT_MAJOR}(?:\\.[1-3])?\\.ring`
const RING_NAME = new RegExp(`${STEM}$`, 'i')
/** Also the names under which the DLL puts a ring with a bad header aside. */
const RING_OR_ASIDE_NAME = new RegExp(`${STEM}(?:\\.bad)?$`, 'i')
/** As Windows writes a SID. */
const canonical = (sid: string | undefined) => sid?.toLowerCase().replace('s', 'S')
/** A folder with more names than this is not read to its end. */
const NAMES_MAX = 20_000

/** The SID in the name of a ring, or of one that was put aside. */
export function sidOfAnyName(path: string): string | undefined {
  return canonical(RING_OR_ASIDE_NAME.exec(basename(path))?.[1])
}

/** The SID in a ring's file name, or `undefined` if the name is not that of a ring. */
export function sidOfRingName(path: string): string | undefined {
  return canonical(RING_NAME.exec(basename(path))?.[1])
}

/** What a ring is by its path: whose, and in which folder. */
export function placeOfRing(path: string): RingPlace | undefined {
  const user = sidOfRingName(path)
  const folder = RING_FOLDERS.find((name) => name === basename(dirname(path)))
  return user !== undefined && folder !== undefined ? { folder, user } : undefined
}

/** The rings of a folder, as far as it could be looked at. */
export interface RingListing {
  /** Paths, sorted. */
  readonly paths: readonly string[]
  /** Of a folder whose rings are not all among them: why. A folder that is not there has none. */
  readonly faults: ReadonlyMap<RingFolder, Diagnostic>
  /** A folder could not be listed, which may be so for a moment only. */
  readonly hasFailed: boolean
}

/**
 * All rings below `root`; with `aside`, also what the DLL has put aside.
 * @throws MprtapError MPRTAP_FOLDER_MISSING, or MPRTAP_FOLDER_UNREADABLE when no folder in it can be listed.
 */
export function listRings(root: string, { aside = false } = {}): RingListing {
  const paths: string[] = []
  const faults = new Map<RingFolder, Diagnostic>()
  let failure: NodeJS.ErrnoException | undefined
  let hasFailed = false
  let listed = 0
  for (const folder of RING_FOLDERS) {
    const path = join(root, folder)
    try {
      const isWhole = listFolder(path, aside ? RING_OR_ASIDE_NAME : RING_NAME, paths)
      const crowd = `${path} has more than ${NAMES_MAX} names; rings among the others are not read. See who makes names there that do not end in .ring, and move them away.`
      if (!isWhole) faults.set(folder, { code: 'folder-crowded', path, text: crowd })
      listed++
    } catch (error) {
      const cause = error as NodeJS.ErrnoException
      if (cause.code !== 'ENOENT') {
        hasFailed = true
        faults.set(folder, folderFault(path, cause))
      }
      // That one is there and closed says more than that the other is missing.
      if (cause.code !== 'ENOENT' || !failure) failure = cause
    }
  }
  if (listed === 0 && failure) throw folderError(root, failure)
  return { paths: paths.sort(), faults, hasFailed }
}

/** Appends the rings of one folder. False when it has too many names to look at them all. */
function listFolder(folder: string, wanted: RegExp, paths: string[]): boolean {
  const entries = opendirSync(folder)
  try {
    for (let names = 0; names < NAMES_MAX; names++) {
      const entry = entries.readSync()
      if (!entry) return true
      if (wanted.test(entry.name)) paths.push(join(folder, entry.name))
    }
    return entries.readSync() === null
  } finally {
    entries.closeSync()
  }
}

/** Paths of the rings that `sid` has below `root`, found without listing it. */
export function ringsByName(root: string, sid: string): string[] {
  const names = ['', '.1', '.2', '.3'].map((variant) => `${sid}.v${FORMAT_MAJOR}${variant}.ring`)
  return RING_FOLDERS.flatMap((folder) => names.map((name) => join(root, folder, name))).filter((path) => existsSync(path))
}

function folderFault(path: string, cause: NodeJS.ErrnoException): Diagnostic {
  const shortage = shortageOf(cause)
  if (shortage !== undefined) return { code: 'shortage', path, text: describeShortage(shortage) }
  const text = `${path} cannot be listed (${cause.code}); its rings are not read. Run as an administrator to read them.`
  return { code: 'folder-unreadable', path, text }
}

function folderError(root: string, cause: NodeJS.ErrnoException): MprtapError {
  if (cause.code === 'ENOENT') {
    const message = `${root} has no folder "users" or "administrators" with rings in it; install the notifyee DLL first, or name the right folder.`
    return new MprtapError('MPRTAP_FOLDER_MISSING', message, { cause })
  }
  const shortage = shortageOf(cause)
  if (shortage !== undefined) {
    const message = `The rings below ${root} cannot be listed: ${shortage}. Close other programs, or raise the limit, and try again.`
    return new MprtapError('MPRTAP_FOLDER_UNREADABLE', message, { cause })
  }
  const hint = cause.code === 'ENOTDIR' ? 'it is a file' : cause.code
  const message = `The rings below ${root} cannot be listed (${hint}); name the right folder, run as an administrator, or name your own ring with "rings".`
  return new MprtapError('MPRTAP_FOLDER_UNREADABLE', message, { cause })
}
