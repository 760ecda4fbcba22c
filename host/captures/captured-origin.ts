// Where a tap opens a ring of captures or of a stream: it is open already.

import type { Origin } from '../model/source.ts'
import type { CapturedSource } from './captured-source.ts'

export class CapturedOrigin implements Origin {
  readonly fileId: string | undefined
  readonly #source: CapturedSource

  /** @param fileId of a ring that may lie elsewhere too. */
  constructor(source: CapturedSource, fileId?: string) {
    this.#source = source
    this.fileId = fileId
  }

  get name(): string {
    return this.#source.name
  }

  get user(): string {
    return this.#source.user
  }

  open(): CapturedSource {
    return this.#source
  }
}
