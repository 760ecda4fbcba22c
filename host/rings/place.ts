// Where a ring stands, and the judgement of what was found there.

import type { FileFacts } from '../system/open-file.ts'
import { isPlainFile, judgeRing, type RingFolder } from './policy.ts'

/** A ring that was found among the rings: in which folder, and named after whom. */
export interface RingPlace {
  readonly folder: RingFolder
  /** SID in string form. */
  readonly user: string
}

/** The file bears a user's name and belongs to somebody else. */
export class SquattedError extends Error {
  readonly owner: string

  constructor(path: string, owner: string) {
    super(`${path} belongs to ${owner}`)
    this.owner = owner
  }
}

/** @throws SquattedError; an error with `code` EINVAL when it is not a plain file under one name, ENOENT when it was just removed. */
export function mustBeRing(path: string, facts: FileFacts, place: RingPlace | undefined): void {
  if (facts.linkCount === 0) throw Object.assign(new Error(`${path} was removed`), { code: 'ENOENT' })
  if (!isPlainFile(facts)) throw Object.assign(new Error(`${path} is not a file, or has several names`), { code: 'EINVAL' })
  if (place && judgeRing(place.folder, place.user, facts) === 'squatted') throw new SquattedError(path, facts.owner ?? 'nobody')
}
