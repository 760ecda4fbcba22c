// Which named consumers still wait for records of a ring. Checkpoint files are only read here, never locked, set aside or written.

import { readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Position } from '../model/checkpoint.ts'
import { MprtapError } from '../model/errors.ts'
import { parseCheckpoint, readBounded } from './checkpoint-file.ts'
import { checkpointFolders } from './checkpoint-folder.ts'

type Place = Pick<Position, 'fileId' | 'next'>

interface KnownConsumer {
  readonly name: string
  /** By path, a forwarder's by file id; `undefined`: its file does not say what it has read, so it may wait for anything. */
  readonly positions: ReadonlyMap<string, Place> | undefined
  /** It reads all rings of the folder, those that it has not met yet from their oldest record. */
  readonly readsAll: boolean
}

/** The named consumers whose checkpoint files are found. */
export class KnownConsumers {
  readonly #consumers: readonly KnownConsumer[]

  /** Looks for positions beside the rings, in the user's own data, and in `chosen`. */
  constructor(folder: string, chosen: string | undefined) {
    const [beside, ...others] = checkpointFolders(folder, chosen)
    this.#consumers = [...consumersIn(beside!, true), ...others.flatMap((path) => consumersIn(path, false))]
  }

  /** Names of the consumers that would still read from this ring, whose next sequence to claim is `head`. */
  waitingFor(path: string, fileId: string | undefined, head: number): string[] {
    if (head === 0) return []
    const waits = ({ positions, readsAll }: KnownConsumer) => {
      if (!positions) return true
      const position = positions.get(resolve(path)) ?? positions.get(fileId ?? '')
      if (!position) return readsAll
      return position.fileId !== fileId || position.next < head
    }
    return [...new Set(this.#consumers.filter(waits).map(({ name }) => name))].sort()
  }
}

function consumersIn(folder: string, readsAll: boolean): KnownConsumer[] {
  return namesIn(folder).map((file) => ({ name: basename(file, '.json'), positions: positionsIn(join(folder, file)), readsAll }))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    const message = `The consumers in ${folder} cannot be listed (${code}), so it is not known what they still wait for; run as their user, or as an administrator.`
    throw new MprtapError('MPRTAP_FOLDER_UNREADABLE', message, { cause: error })
  }
}

function positionsIn(path: string): ReadonlyMap<string, Place> | undefined {
  try {
    const text = readBounded(path)
    const content = parseCheckpoint(text)
    if (content === 'newer') return undefined
    return 'rings' in content ? new Map(content.rings.map((position) => [position.path, position])) : forwardedIn(text)
  } catch {
    return undefined
  }
}

/** A forwarder knows rings by their file ids alone (forward-state.ts). */
function forwardedIn(text: string): ReadonlyMap<string, Place> | undefined {
  const { format, rings, stored } = JSON.parse(text)
  const isForwarder = format === 1 && Array.isArray(stored) && Array.isArray(rings) && rings.every(isPlace)
  return isForwarder ? new Map(rings.map((place: Place) => [place.fileId, place])) : undefined
}

function isPlace(place: Partial<Place> | null): boolean {
  return typeof place?.fileId === 'string' && /^[0-9a-f]{16}$/.test(place.fileId) && Number.isSafeInteger(place.next) && place.next! >= 0
}
