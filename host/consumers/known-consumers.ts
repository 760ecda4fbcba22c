// Which named consumers still wait for records of a ring. Checkpoint files are only read here, never locked, set aside or written.

import { basename, resolve } from 'node:path'
import type { Position } from '../model/checkpoint.ts'
import { isCount, isHexadecimal16 } from '../model/saved-values.ts'
import { parseCheckpoint, readBounded } from './checkpoint-file.ts'
import { checkpointFilesIn, checkpointFolders } from './checkpoint-folder.ts'

type Place = Pick<Position, 'fileId' | 'next'> & Partial<Pick<Position, 'path'>>

interface KnownConsumer {
  readonly name: string
  /** By path, or by file id where no path is kept; `undefined`: its file does not say what it has read, so it may wait for anything. */
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
  return checkpointFilesIn(folder).map((path) => ({ name: basename(path, '.json'), positions: positionsIn(path), readsAll }))
}

function positionsIn(path: string): ReadonlyMap<string, Place> | undefined {
  try {
    const text = readBounded(path)
    const content = parseCheckpoint(text)
    if (content === 'newer') return undefined
    const places: readonly Place[] | undefined = 'rings' in content ? content.rings : forwardedIn(text)
    // What counts for a forwarder keeps no paths either.
    return places && new Map(places.map((place) => [place.path || place.fileId, place]))
  } catch {
    return undefined
  }
}

/** A forwarder's rings, which it knows by their file ids alone (forward-state.ts). */
function forwardedIn(text: string): readonly Place[] | undefined {
  const { format, rings, stored } = JSON.parse(text)
  return format === 1 && Array.isArray(stored) && Array.isArray(rings) && rings.every(isPlace) ? rings : undefined
}

function isPlace(place: Partial<Place> | null): boolean {
  return isHexadecimal16(place?.fileId) && isCount(place?.next)
}
