// Sources whose names are pseudonyms: records are redacted as they are copied, so that no name gets any further.

import { HEADER_FILE_ID, HEADER_SIZE, HEADER_USED, SLOT_SIZE } from '../../format/layout.ts'
import type { Finder, Found, Gap, Origin, Refusal, Source } from '../model/source.ts'
import { redactSlot } from './redacted-record.ts'
import type { Redactor } from './redactor.ts'

class RedactedSource implements Source {
  readonly name: string
  readonly user: string
  readonly host: string | undefined
  readonly first?: number
  readonly gapAt?: (sequence: number) => Gap | undefined
  readonly isReplaced?: () => boolean
  readonly #source: Source
  readonly #redactor: Redactor
  readonly #fileId: bigint

  constructor(source: Source, name: string, redactor: Redactor) {
    this.#source = source
    this.#redactor = redactor
    this.name = name
    this.user = redactor.user(source.user)
    this.host = source.host && redactor.host(source.host)
    const header = new Uint8Array(HEADER_USED)
    const hasHeader = source.size >= HEADER_SIZE && source.copyHeader(header)
    this.#fileId = hasHeader ? new DataView(header.buffer).getBigUint64(HEADER_FILE_ID, true) : 0n
    if (source.first !== undefined) this.first = source.first
    if (source.host) redactor.hide(source.host, redactor.host(source.host))
    if (source.gapAt) this.gapAt = (sequence) => source.gapAt!(sequence)
    if (source.isReplaced) this.isReplaced = () => source.isReplaced!()
  }

  get size(): number {
    return this.#source.size
  }

  get isLive(): boolean {
    return this.#source.isLive
  }

  copyHeader(target: Uint8Array): boolean {
    return this.#source.copyHeader(target)
  }

  copyHead(target: Uint8Array): boolean {
    return this.#source.copyHead(target)
  }

  copySlots(first: number, target: Uint8Array): boolean {
    if (!this.#source.copySlots(first, target)) return false
    const view = new DataView(target.buffer, target.byteOffset, target.length)
    for (let at = 0; at < target.length; at += SLOT_SIZE) redactSlot(this.#redactor, target, view, at, this.#fileId)
    return true
  }

  close(): void {
    this.#source.close()
  }
}

/** A finder whose sources are redacted; paths become `ring 1 of user-…`. */
export class RedactedFinder implements Finder {
  readonly isNamed: boolean
  readonly isLive: boolean
  readonly #finder: Finder
  readonly #redactor: Redactor
  readonly #origins = new Map<Origin, Origin>()

  constructor(finder: Finder, redactor: Redactor) {
    this.#finder = finder
    this.#redactor = redactor
    this.isNamed = finder.isNamed
    this.isLive = finder.isLive
  }

  get isEnded(): boolean {
    return this.#finder.isEnded !== false
  }

  close(): void {
    this.#finder.close?.()
  }

  look(): Found | undefined {
    const found = this.#finder.look()
    return found && { ...found, origins: found.origins.map((origin) => this.#redacted(origin)) }
  }

  #redacted(origin: Origin): Origin {
    const known = this.#origins.get(origin)
    if (known) return known
    const redactor = this.#redactor
    const user = redactor.user(origin.user)
    const name = `ring ${this.#origins.size + 1}${user === '' ? '' : ` of ${user}`}`
    redactor.hide(origin.name, name)
    const open = (): Source | Refusal => {
      const source = origin.open()
      if (!('refusal' in source)) return new RedactedSource(source, name, redactor)
      const { refusal, shortage } = source
      return { ...source, refusal: redactor.text(refusal), ...(shortage === undefined ? {} : { shortage: redactor.text(shortage) }) }
    }
    const redacted: Origin = { name, user, open }
    this.#origins.set(origin, redacted)
    return redacted
  }
}
