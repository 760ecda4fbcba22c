// Where rings are looked for: in a folder of rings, at a path, or by the names that one user's rings may have.

import { join } from 'node:path'
import type { Clock } from '../model/clock.ts'
import type { Tell } from '../model/diagnostic.ts'
import type { Finder, Found, Origin } from '../model/source.ts'
import { currentUserSid } from '../system/windows.ts'
import { FolderChanges } from './folder-changes.ts'
import { RING_FOLDERS } from './policy.ts'
import { listRings, placeOfRing, type RingListing, ringsByName, sidOfRingName } from './ring-folder.ts'
import { RingOrigin } from './ring-source.ts'
import { Squatters } from './squatters.ts'

interface RingFolderOptions {
  /** Somebody may write into the rings. */
  readonly isLive?: boolean
  /** Files whose owner is not the user in their name are left out. In a copied folder owners say nothing. */
  readonly isJudged?: boolean
}

/** The folder that holds `users` and `administrators`. It is listed when something has changed in it. */
export class RingFolder implements Finder {
  readonly isNamed = false
  readonly isLive: boolean
  readonly #folder: string
  readonly #isJudged: boolean
  readonly #clock: Clock
  readonly #changes: FolderChanges
  readonly #squatters: Squatters
  /** The last listing failed: a change of the folder would not tell when it can be listed. */
  #hasFailed = false

  /**
   * @param tell is told of squatted names.
   */
  constructor(folder: string, clock: Clock, tell: Tell, { isLive = true, isJudged = true }: RingFolderOptions = {}) {
    this.isLive = isLive
    this.#isJudged = isJudged
    this.#folder = folder
    this.#clock = clock
    this.#changes = new FolderChanges(RING_FOLDERS.map((name) => join(folder, name)))
    this.#squatters = new Squatters(tell)
  }

  look(): Found | undefined {
    const hasChanged = this.#changes.since(this.#clock.now(), this.#clock.wall())
    if (!hasChanged && !this.#hasFailed) return undefined
    this.#hasFailed = true
    const { paths, faults, hasFailed } = listOf(this.#folder)
    this.#hasFailed = hasFailed
    this.#squatters.lookAgain()
    return {
      origins: paths.map((path) => this.#origin(path)).filter((origin) => origin !== undefined),
      faults: new Map(RING_FOLDERS.map((name) => [join(this.#folder, name), faults.get(name)])),
    }
  }

  #origin(path: string): Origin | undefined {
    const place = placeOfRing(path)
    const user = place?.user ?? ''
    if (!place || !this.#isJudged) return new RingOrigin(path, user, this.isLive)
    return this.#squatters.has(path, place) ? undefined : new RingOrigin(path, user, this.isLive, place)
  }
}

/** Without administrator rights the folders cannot be listed, yet one's own rings can be opened by name. */
function listOf(folder: string): RingListing {
  try {
    return listRings(folder)
  } catch (error) {
    const { code } = (error as { cause?: NodeJS.ErrnoException }).cause ?? {}
    const sid = (code === 'EACCES' || code === 'EPERM') && process.platform === 'win32' ? currentUserSid() : undefined
    if (!sid) throw error
    return { paths: ringsByName(folder, sid), faults: new Map(), hasFailed: false }
  }
}

/** A ring file that the user named. */
export class RingPath implements Finder {
  readonly isNamed = true
  readonly isLive: boolean
  readonly #found: Found

  constructor(path: string, isLive = true) {
    this.isLive = isLive
    this.#found = { origins: [new RingOrigin(path, sidOfRingName(path) ?? '', isLive)], faults: new Map() }
  }

  look(): Found {
    return this.#found
  }
}
