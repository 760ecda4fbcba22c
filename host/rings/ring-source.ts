// A ring's file as a source.

import { HEADER_HEAD, HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import type { Origin, Refusal, Source } from '../model/source.ts'
import { identityOf, openFile } from '../system/file.ts'
import type { FileCheck, OpenFile } from '../system/open-file.ts'
import { refusalOf } from './describe.ts'
import { mustBeRing, type RingPlace } from './place.ts'

class RingSource implements Source {
  readonly name: string
  readonly user: string
  readonly host = undefined
  readonly isLive: boolean
  readonly #file: OpenFile
  readonly #slots: number
  readonly #identity: string

  constructor(name: string, user: string, file: OpenFile, identity: string, isLive: boolean) {
    this.isLive = isLive
    this.name = name
    this.user = user
    this.#file = file
    this.#slots = (file.size - HEADER_SIZE) / SLOT_SIZE
    this.#identity = identity
  }

  get size(): number {
    return this.#file.size
  }

  copyHeader(target: Uint8Array): boolean {
    return this.#file.copy(0, target)
  }

  copyHead(target: Uint8Array): boolean {
    return this.#file.copy(HEADER_HEAD, target)
  }

  copySlots(first: number, target: Uint8Array): boolean {
    return this.#file.copy(HEADER_SIZE + (first % this.#slots) * SLOT_SIZE, target)
  }

  isReplaced(): boolean {
    return identityOf(this.name) !== this.#identity
  }

  close(): void {
    this.#file.close()
  }
}

/** Where a ring is found. */
export class RingOrigin implements Origin {
  readonly name: string
  readonly user: string
  readonly #check: FileCheck
  readonly #isLive: boolean

  /**
   * @param isLive somebody may write into it.
   * @param place in the folder of this machine's rings, so that the file's owner is judged; without it, somebody has chosen the file.
   */
  constructor(path: string, user: string, isLive: boolean, place?: RingPlace) {
    this.#isLive = isLive
    this.name = path
    this.user = user
    this.#check = (facts) => mustBeRing(path, facts, place)
  }

  open(): Source | Refusal {
    // Before the file is opened: should another one take its place in between, the next look at the path finds out.
    const identity = identityOf(this.name)
    try {
      return new RingSource(this.name, this.user, openFile(this.name, this.#check, this.#isLive), identity, this.#isLive)
    } catch (error) {
      return refusalOf(this.user, error)
    }
  }
}
