// Which named consumers still wait for records of a ring. Checkpoint files are only read here, never locked, set aside or written.

import { readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Position } from '../model/checkpoint.ts'
import { MprtapError } from '../model/errors.ts'
import { parseCheckpoint, readBounded } from './checkpoint-file.ts'
import { checkpointFolders } from './checkpoint-folder.ts'

interface KnownConsumer {
  readonly name: string
  /** By path; `undefined`: its file does not say what it has read, so it may wait for anything. */
  readonly positions: ReadonlyMap<string, Position> | undefined
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
      const position = positions.get(resolve(path))
      if (!position) return readsAll
      return position.fileId !== fileId || position.next < head
    }
    return [...new Set(this.#consumers.filter(waits).map(({ name }) => name))].sort()
  }
}

function consumersIn(folder: string, readsAll: boolean): KnownConsumer[] {
  return namesIn(folder).map((file) => {
    const content = read(join(folder, file))
    const positions =
      typeof content === 'object' && 'rings' in content ? new Map(content.rings.map((position) => [position.path, position])) : undefined
    return { name: basename(file, '.json'), positions, readsAll }
  })
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

function read(path: string) {
  try {
    return parseCheckpoint(readBounded(path))
  } catch {
    return undefined
  }
}
