// Files that bear a user's name and belong to somebody else. A tap reads a limited number of rings: a squatter gets none of these places, so that
// nobody can push out other users' rings by making files in their names. A user who lets nobody ask for a file's owner gains nothing. His own rings are four at most, as many as there are names.

import type { Tell } from '../model/diagnostic.ts'
import { ownerOf } from '../system/file.ts'
import { describeSquatter } from './describe.ts'
import type { RingPlace } from './place.ts'
import { isOwnRing } from './policy.ts'

/** Squatted names that are told one by one. */
const TOLD_MAX = 16
/** Files that are judged anew in one look: their owners may have been put right. */
const JUDGED_AGAIN = 64

export class Squatters {
  /** The longest known first. */
  readonly #paths = new Set<string>()
  readonly #told = new Set<string>()
  readonly #tell: Tell

  readonly #ownerOf: typeof ownerOf

  constructor(tell: Tell, askOwner: typeof ownerOf = ownerOf) {
    this.#tell = tell
    this.#ownerOf = askOwner
  }

  /** Whether this file is squatted. A ring that turns out to be so when it is opened (policy.ts) is refused all the same. */
  has(path: string, place: RingPlace): boolean {
    if (this.#paths.has(path)) return true
    const owner = this.#ownerOf(path)
    if (owner === undefined || isOwnRing(place.folder, place.user, owner)) return false
    this.#paths.add(path)
    if (!this.#told.has(path) && this.#told.size <= TOLD_MAX) {
      this.#told.add(path)
      const more = `More than ${TOLD_MAX} names of rings are squatted; the others are not told one by one, nor read.`
      const isOneTooMany = this.#told.size > TOLD_MAX
      const text = isOneTooMany ? more : `${path} ${describeSquatter(place.user, owner)}.`
      this.#tell({ code: 'ring-squatted', path: isOneTooMany ? undefined : path, text })
    }
    return true
  }

  /** Forgets some, so that `has` judges them anew. */
  lookAgain(): void {
    let left = JUDGED_AGAIN
    for (const path of this.#paths) if (left-- > 0) this.#paths.delete(path)
  }
}
