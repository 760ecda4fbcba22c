// What people name as a source becomes a finder: nothing (this machine), a folder of rings or of captures, a ring file, and files of other kinds by their
// ending.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { capturesIn, defaultCaptureFolder } from '../captures/default-folder.ts'
import type { Clock } from '../model/clock.ts'
import type { Tell } from '../model/diagnostic.ts'
import type { Finder, TestSource } from '../model/source.ts'
import { Copies } from '../reading/copies.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { defaultFolder } from '../rings/default-folder.ts'
import { RingFolder, RingPath } from '../rings/finders.ts'
import { isFolder, isOwnFolder } from '../rings/path-kind.ts'

/** Opens files of another kind than rings, all that were named at once. */
interface FileOpener {
  /** @param tell is told what is wrong with them. */
  open(paths: readonly string[], clock: Clock, tell: Tell): Finder
  /** File ids of the rings in them; `undefined`: not known before they are read. */
  rings(paths: readonly string[]): Promise<ReadonlySet<string> | undefined>
}

type LoadOpener = () => Promise<FileOpener>

const loadCaptures: LoadOpener = async () => (await import('../captures/opener.ts')).captures
/** By the ending of a path. They are loaded when a file is named that has it. */
const OPENERS: readonly (readonly [ending: string, load: LoadOpener])[] = [
  ['.pcapng', loadCaptures],
  ['.pcapng.gz', loadCaptures],
  ['.pcap', loadCaptures],
]

function openerOf(path: string): LoadOpener | undefined {
  // Only captures come through a pipe.
  const name = path === '-' ? '.pcapng' : path.toLowerCase()
  return OPENERS.find(([ending]) => name.endsWith(ending))?.[1]
}

function isStream(path: string): boolean {
  return /^(?:nats|tls):\/\//i.test(path)
}

/** A stream; which rings are in it is known when it was read. It brings the library that speaks with its engine, so it is loaded when one is named. */
async function streamOpener(isLive: boolean, since: number | undefined): Promise<FileOpener> {
  const { openStream } = await import('../streams/open-stream.ts')
  return { open: ([url], clock) => openStream(url!, { follow: isLive, since, clock }), rings: async () => undefined }
}

export interface OpenedSources {
  readonly finders: readonly Finder[]
  /** The folder of rings, when that is the only source: named consumers are kept beside it. */
  readonly folder: string | undefined
  /** The clock of the tap: a test may have one of its own. */
  readonly clock: Clock
}

interface SourceOptions {
  /** Somebody may write into the rings; otherwise what is there now is read to its end. */
  readonly isLive: boolean
  /** Also what was recorded before now is read. Then a ring may lie in several places, and this machine has captures too. */
  readonly isFromOldest?: boolean
  /** Nothing is wanted that began before; epoch ms. */
  readonly since?: number | undefined
  /** Names become pseudonyms. */
  readonly redactor?: Redactor | undefined
}

/**
 * @param sources paths, or what a test made; none: this machine, that is its rings and what `mprtap record` has kept of them.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when nothing is named and this machine has no rings; what cannot be opened.
 */
export async function openSources(
  sources: readonly (string | TestSource)[],
  { isLive, isFromOldest = false, since, redactor }: SourceOptions,
  systemClock: Clock,
  tell: Tell,
): Promise<OpenedSources> {
  const made = sources.filter((source) => typeof source === 'object')
  const clock = made[0]?.clock ?? systemClock
  const isThisMachine = sources.length === 0
  const captures = isThisMachine && isFromOldest ? capturesIn(defaultCaptureFolder()) : []
  const paths = isThisMachine
    ? [...ownFolder(captures.length > 0), ...captures]
    : [...new Set(sources.filter((source) => typeof source === 'string').flatMap(pathsOf))]
  const finders = made.map(({ finder }) => finder as Finder)
  const others = new Map<FileOpener, string[]>()
  for (const path of paths) {
    const opener = isStream(path) ? await streamOpener(isLive, since) : await openerOf(path)?.()
    if (opener) others.set(opener, [...(others.get(opener) ?? []), path])
    else if (!isThisMachine && !isFolder(path)) finders.push(new RingPath(path, isLive))
    else finders.push(new RingFolder(path, clock, tell, { isLive, isJudged: isThisMachine || isOwnFolder(path) }))
  }
  const folder = finders.length === 1 && others.size === 0 && finders[0] instanceof RingFolder ? paths[0] : undefined
  const hasRings = finders.length > 0
  const known: (ReadonlySet<string> | undefined)[] = []
  try {
    for (const [opener, named] of others) {
      finders.push(opener.open(named, clock, tell))
      if (hasRings && isFromOldest) known.push(await opener.rings(named))
    }
  } catch (error) {
    for (const finder of finders) finder.close?.()
    throw error
  }
  if (!hasRings || !isFromOldest) return { finders: await redacted(finders, redactor), folder, clock }
  const fileIds = known.includes(undefined) ? undefined : new Set(known.flatMap((ids) => [...ids!]))
  const copies = new Copies(finders, fileIds, captures.length > 0)
  return { finders: await redacted([copies], redactor), folder, clock }
}

async function redacted(finders: readonly Finder[], redactor: Redactor | undefined): Promise<readonly Finder[]> {
  if (!redactor) return finders
  const { RedactedFinder } = await import('../redaction/redacted-source.ts')
  return finders.map((finder) => new RedactedFinder(finder, redactor))
}

/** A folder without rings stands for the captures in it. */
function pathsOf(path: string): string[] {
  if (isStream(path) || path === '-' || !isFolder(path)) return [path]
  const isOfRings = ['users', 'administrators'].some((name) => existsSync(join(path, name)))
  const captures = isOfRings ? [] : capturesIn(path)
  return captures.length > 0 ? captures : [path]
}

/** @param isNeedless there is something else to be read. */
function ownFolder(isNeedless: boolean): string[] {
  try {
    return [defaultFolder()]
  } catch (error) {
    if (isNeedless) return []
    throw error
  }
}
