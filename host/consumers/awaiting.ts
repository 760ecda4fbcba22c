// Which named consumers still wait for records of a ring. Cursor files are only read here, never locked, set aside or written.

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Position } from '../model/checkpoint.ts'
import { cursorDirectories } from './cursor-directory.ts'
import { parseCursors } from './cursor-file.ts'

interface KnownConsumer {
  readonly name: string
  /** By path; `undefined`: what it has read cannot be told, so it may wait for anything. */
  readonly cursors: ReadonlyMap<string, Position> | undefined
  /** It reads all rings of the directory, those that it has not met yet from their oldest record. */
  readonly readsAll: boolean
}

export class Awaiting {
  readonly #consumers: readonly KnownConsumer[]

  /** Looks for cursors beside the rings, in the user's own data, and in `chosen`. */
  constructor(directory: string, chosen: string | undefined) {
    const [beside, ...others] = cursorDirectories(directory, chosen)
    this.#consumers = [...consumersIn(beside!, true), ...others.flatMap((path) => consumersIn(path, false))]
  }

  /** Names of the consumers that would still read from this ring, whose next sequence to claim is `head`. */
  of(path: string, fileId: string | undefined, head: number): string[] {
    if (head === 0) return []
    const waits = ({ cursors, readsAll }: KnownConsumer) => {
      if (!cursors) return true
      const cursor = cursors.get(resolve(path))
      if (!cursor) return readsAll
      return cursor.fileId !== fileId || cursor.next < head
    }
    return [...new Set(this.#consumers.filter(waits).map(({ name }) => name))].sort()
  }
}

function consumersIn(directory: string, readsAll: boolean): KnownConsumer[] {
  return namesIn(directory).map((file) => {
    const content = read(join(directory, file))
    const cursors =
      typeof content === 'object' && 'rings' in content ? new Map(content.rings.map((cursor) => [cursor.path, cursor])) : undefined
    return { name: basename(file, '.json'), cursors, readsAll }
  })
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function read(path: string) {
  try {
    return parseCursors(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
