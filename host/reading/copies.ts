// Several sources that may hold the same rings, as one finder: what lies in several places comes as one source.

import type { Diagnostic } from '../model/diagnostic.ts'
import type { Finder, Found, Origin, Refusal, Source } from '../model/source.ts'
import { CopiedSource, type DifferentRecords, fileIdIn } from './copied-source.ts'

/** Places of one ring. */
interface Ring {
  captured: Origin | undefined
  readonly files: Origin[]
  /** What stands for them; once it is reported, no place is added. */
  origin: Origin | undefined
}

/** What an account is called, as the first of them says that knows. */
export function nameIn(finders: readonly Finder[], sid: string): string | undefined {
  for (const finder of finders) {
    const name = finder.accountName?.(sid)
    if (name !== undefined) return name
  }
  return undefined
}

export class Copies implements Finder {
  readonly isNamed: boolean
  readonly isLive: boolean
  readonly #finders: readonly Finder[]
  readonly #captured: ReadonlySet<string> | undefined
  readonly #hasCaptures: boolean
  readonly #mayBeEmpty: boolean
  readonly #rings = new Map<string, Ring>()
  /** Of a file that is not a ring, or not yet. */
  readonly #others = new Set<Origin>()
  /** By name: what was looked at already. */
  readonly #known = new Set<string>()
  readonly #reused: DifferentRecords[] = []
  /** Records were found that nobody was told of yet. */
  #hasReused = false
  readonly #faults = new Map<string, Diagnostic | undefined>()

  /**
   * @param captured file ids of the rings that captures among the finders hold; `undefined`: they are not known before the captures are read to their end.
   * @param mayBeEmpty one of the finders may have nothing, as long as another has something.
   */
  constructor(finders: readonly Finder[], captured: ReadonlySet<string> | undefined, mayBeEmpty = false) {
    this.#finders = finders
    this.#captured = captured
    this.#hasCaptures = captured === undefined || captured.size > 0
    this.#mayBeEmpty = mayBeEmpty
    this.isNamed = finders.some(({ isNamed }) => isNamed)
    this.isLive = finders.some(({ isLive }) => isLive)
  }

  get #isAllFound(): boolean {
    return this.#finders.every(({ isEnded }) => isEnded !== false)
  }

  get isEnded(): boolean {
    return this.#isAllFound && !this.#hasReused && [...this.#rings.values()].every(({ origin }) => origin)
  }

  close(): void {
    for (const finder of this.#finders) finder.close?.()
  }

  accountName(sid: string): string | undefined {
    return nameIn(this.#finders, sid)
  }

  look(): Found | undefined {
    let hasNews = this.#hasReused
    this.#hasReused = false
    for (const [i, finder] of this.#finders.entries()) hasNews = this.#lookAt(finder, String(i)) || hasNews
    const origins: Origin[] = [...this.#others]
    for (const [fileId, ring] of this.#rings) {
      if (!ring.origin && this.#isWhole(fileId, ring)) {
        ring.origin = originOf(fileId, ring, (records) => this.#onReused(records))
        hasNews = true
      }
      if (ring.origin) origins.push(ring.origin)
    }
    for (const records of this.#reused) origins.push({ name: records.name, user: records.user, open: () => records })
    return hasNews ? { origins, faults: this.#faults } : undefined
  }

  #lookAt(finder: Finder, key: string): boolean {
    let found: Found | undefined
    try {
      found = finder.look()
    } catch (error) {
      if (!this.#mayBeEmpty) throw error
      this.#faults.set(key, { code: 'folder-unreadable', path: undefined, text: (error as Error).message })
      return true
    }
    if (!found) return false
    for (const [what, fault] of found.faults) this.#faults.set(`${key} ${what}`, fault)
    for (const origin of found.origins) this.#add(origin)
    return true
  }

  #add(origin: Origin): void {
    if (this.#known.has(origin.name)) return
    const fileId = origin.fileId ?? fileIdOf(origin)
    // A file that cannot be opened now, or is not a ring yet, is tried again by the reader.
    if (fileId === undefined) return void this.#others.add(origin)
    this.#others.delete(origin)
    this.#known.add(origin.name)
    const ring = this.#rings.get(fileId) ?? { captured: undefined, files: [], origin: undefined }
    this.#rings.set(fileId, ring)
    const isCaptured = origin.fileId !== undefined
    if (ring.origin || (isCaptured && ring.captured)) this.#others.add(origin)
    else if (isCaptured) ring.captured = origin
    else ring.files.push(origin)
  }

  /** Whether all places of a ring are known. */
  #isWhole(fileId: string, ring: Ring): boolean {
    if (!this.#hasCaptures || ring.captured || this.#isAllFound) return true
    return this.#captured !== undefined && !this.#captured.has(fileId)
  }

  #onReused(records: DifferentRecords): void {
    this.#reused.push(records)
    this.#hasReused = true
    const path = records.name.replace(/, used again$/, '')
    this.#faults.set(records.name, {
      code: 'records-reused',
      path,
      text: `${path} has other records under ids that are read already: the ring was set back, or its file copied and written on. Both are read.`,
    })
  }
}

function fileIdOf(origin: Origin): string | undefined {
  const source = origin.open()
  if ('refusal' in source) return undefined
  try {
    return fileIdIn(source)
  } finally {
    source.close()
  }
}

function originOf(fileId: string, { captured, files }: Ring, onReused: (records: DifferentRecords) => void): Origin {
  const [first] = captured ? [captured] : files
  if (files.length === 0 || (!captured && files.length === 1)) return captured ?? files[0]!
  const name = files[0]?.name ?? first!.name
  const open = (): Source | Refusal => {
    const opened = captured?.open()
    const sources: Source[] = []
    let refusal: Refusal | undefined
    for (const file of files) {
      const source = file.open()
      if ('refusal' in source) refusal ??= source
      else sources.push(source)
    }
    if (opened && 'refusal' in opened) return opened
    if (!opened && sources.length === 0) return refusal!
    // Another ring has the place by now: what was read of the old one is over.
    const isOther = (source: Source) => fileIdIn(source) !== fileId
    if (sources.length === 1 && isOther(sources[0]!) && wasOpen) return sources[0]!
    wasOpen = true
    return new CopiedSource(name, fileId, opened, sources, onReused)
  }
  let wasOpen = false
  return { name, user: first!.user, open }
}
