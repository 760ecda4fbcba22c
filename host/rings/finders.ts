// Where rings are looked for: in a folder of rings, at a path, or by the names that one user's rings may have.

import { join } from 'node:path'
import type { Clock } from '../model/clock.ts'
import type { Finder, Found, Origin } from '../model/source.ts'
import { FolderChanges } from './folder-changes.ts'
import { RING_FOLDERS } from './policy.ts'
import { listRings, placeOfRing, type RingListing, ringsByName, sidOfRingName } from './ring-folder.ts'
import { RingOrigin } from './ring-source.ts'
import { Squatters } from './squatters.ts'

/** The folder that holds `users` and `administrators`. It is listed when something has changed in it. */
export class RingFolder implements Finder {
  readonly isNamed = false
  readonly #folder: string
  readonly #clock: Clock
  readonly #changes: FolderChanges
  readonly #squatters: Squatters
  readonly #list: () => RingListing
  /** The last listing failed: a change of the folder would not tell when it can be listed. */
  #hasFailed = false

  /**
   * @param tell is told of squatted names.
   * @param ownRingsOf only this user's rings, found by name: without administrator rights the folder cannot be listed.
   */
  constructor(folder: string, clock: Clock, tell: (text: string) => void, ownRingsOf?: string) {
    this.#folder = folder
    this.#clock = clock
    this.#changes = new FolderChanges(RING_FOLDERS.map((name) => join(folder, name)))
    this.#squatters = new Squatters(tell)
    this.#list =
      ownRingsOf === undefined
        ? () => listRings(folder)
        : () => ({ paths: ringsByName(folder, ownRingsOf), faults: new Map(), hasFailed: false })
  }

  look(): Found | undefined {
    const hasChanged = this.#changes.since(this.#clock.now(), this.#clock.wall())
    if (!hasChanged && !this.#hasFailed) return undefined
    this.#hasFailed = true
    const { paths, faults, hasFailed } = this.#list()
    this.#hasFailed = hasFailed
    this.#squatters.lookAgain()
    return {
      origins: paths.map((path) => this.#origin(path)).filter((origin) => origin !== undefined),
      faults: new Map(RING_FOLDERS.map((name) => [join(this.#folder, name), faults.get(name)])),
    }
  }

  #origin(path: string): Origin | undefined {
    const place = placeOfRing(path)
    return place && this.#squatters.has(path, place) ? undefined : new RingOrigin(path, place?.user ?? '', place)
  }
}

/** A ring file that the user named. */
export class RingPath implements Finder {
  readonly isNamed = true
  readonly #found: Found

  constructor(path: string) {
    this.#found = { origins: [new RingOrigin(path, sidOfRingName(path) ?? '')], faults: new Map() }
  }

  look(): Found {
    return this.#found
  }
}
