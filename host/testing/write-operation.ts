import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { systemClock } from '../system/clock.ts'
import { makeFolder } from '../system/make-folder.ts'
import { mustBeText } from './checks.ts'
import { appendOperation, checkOperation, DEFAULT_USER, type OperationInput } from './operation.ts'
import { RingWriter } from './ring-writer.ts'
import { ringFileName } from './sid.ts'

/** What {@link writeOperation} wrote. */
export interface WrittenOperation {
  /** The `id` that its event has. */
  readonly id: string
  /** The ring that it is in. */
  readonly path: string
}

/** LocalSystem, LocalService and NetworkService count as administrators here. */
const SERVICES = /^S-1-5-(18|19|20)$/

/**
 * Writes one operation into the ring of its user, in one line: `writeOperation('rings', { outcome: 'failed' })`. A missing ring
 * is made. A tap of the folder, also one that is open already, delivers it.
 *
 * @param folder is made when missing; give it to a tap as a source.
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when the operation contradicts itself, or a value is not valid; Error when there is a file of that name that is not a ring.
 */
export function writeOperation(folder: string, operation: OperationInput = {}): WrittenOperation {
  mustBeText('folder', folder)
  checkOperation(operation)
  const user = operation.user ?? DEFAULT_USER
  const path = join(folder, SERVICES.test(user) ? 'administrators' : 'users', ringFileName(user))
  for (const name of ['users', 'administrators']) makeFolder(join(dirname(dirname(path)), name))
  const ring = existsSync(path) ? RingWriter.open(path) : RingWriter.create({ sid: user }, path)
  try {
    return { id: appendOperation(ring, operation, systemClock.wall()), path }
  } finally {
    ring.close()
  }
}
