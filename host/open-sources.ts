// What people name as a source becomes a finder: nothing (this machine), a folder of rings, a ring file, and files of other kinds by their ending.

import type { Clock } from './model/clock.ts'
import type { Finder } from './model/source.ts'
import { defaultFolder } from './rings/default-folder.ts'
import { RingFolder, RingPath } from './rings/finders.ts'
import { isFolder, isOwnFolder } from './rings/path-kind.ts'

/** Opens files of another kind than rings, all that were named at once. @param tell is told what is wrong with them, as a sentence. */
export type FileOpener = (paths: readonly string[], clock: Clock, tell: (text: string) => void) => Finder

const openers = new Map<string, FileOpener>()

/** From now on files with this ending (`.pcapng`) are opened by `open`. */
export function registerSource(ending: string, open: FileOpener): void {
  openers.set(ending, open)
}

function openerOf(path: string): FileOpener | undefined {
  // Only captures come through a pipe.
  const name = path === '-' ? '.pcapng' : path.toLowerCase()
  for (const [ending, open] of openers) if (name.endsWith(ending)) return open
  return undefined
}

export interface OpenedSources {
  readonly finders: readonly Finder[]
  /** The folder of rings, when that is the only source: named consumers are kept beside it. */
  readonly folder: string | undefined
}

/**
 * @param sources paths; none: this machine.
 * @param isLive somebody may write into the rings; otherwise what is there now is read to its end.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when nothing is named and this machine has no rings.
 */
export function openSources(sources: readonly string[], isLive: boolean, clock: Clock, tell: (text: string) => void): OpenedSources {
  const isThisMachine = sources.length === 0
  const paths = isThisMachine ? [defaultFolder()] : [...new Set(sources)]
  const finders: Finder[] = []
  const others = new Map<FileOpener, string[]>()
  for (const path of paths) {
    const open = isThisMachine ? undefined : openerOf(path)
    if (open) others.set(open, [...(others.get(open) ?? []), path])
    else if (!isThisMachine && !isFolder(path)) finders.push(new RingPath(path, isLive))
    else finders.push(new RingFolder(path, clock, tell, { isLive, isJudged: isThisMachine || isOwnFolder(path) }))
  }
  for (const [open, named] of others) finders.push(open(named, clock, tell))
  return { finders, folder: finders.length === 1 && finders[0] instanceof RingFolder ? paths[0] : undefined }
}
