// The rings of a tap: found, opened, watched for replacement, and their losses told.

import { join, resolve } from 'node:path'
import { ALL_ROWS, RINGS_MAX } from '../../assembly/abi.ts'
import type { RingCursor } from '../consumers/cursor-file.ts'
import type { Core } from '../core/core.ts'
import type { Loss } from '../model/account.ts'
import { MprtapError } from '../model/errors.ts'
import { FolderChanges } from '../rings/folder-changes.ts'
import { RING_FOLDERS } from '../rings/policy.ts'
import { listRings, placeOfRing, type RingListing, ringsByName, sidOfRingName } from '../rings/ring-directory.ts'
import { Squatters } from '../rings/squatters.ts'
import { type RingAccount, RingReader } from './ring-reader.ts'

/** Readers whose file is compared with their path in one look, so that a thousand rings cost little. */
const CHECKED_AT_ONCE = 64

export type RingSelection =
  | { readonly rings: readonly string[] }
  | { readonly directory: string /** Read only this user's rings, by name. */; readonly ownRingsOf?: string }

interface Settings {
  readonly selection: RingSelection
  readonly from: 'now' | 'oldest'
  readonly level?: 'operation' | 'notification'
  readonly onLoss: ((loss: Loss) => void) | undefined
  readonly onDiagnostic: ((text: string) => void) | undefined
}

function list(selection: RingSelection): RingListing {
  if ('directory' in selection && selection.ownRingsOf === undefined) return listRings(selection.directory)
  const paths = 'rings' in selection ? selection.rings : ringsByName(selection.directory, selection.ownRingsOf!)
  return { paths, faults: new Map() }
}

export class RingSet {
  readonly readers: RingReader[] = []
  /** SIDs by ring index. Replaced, never changed: events keep the array they were made with. */
  users: readonly string[] = []
  /** Likewise the machines that they come from: this one. */
  readonly hosts: readonly (string | undefined)[] = []
  /** Likewise their ring file ids. */
  fileIds: readonly string[] = []
  readonly #core: Core
  readonly #settings: Settings
  readonly #byPath = new Map<string, RingReader>()
  readonly #diagnosed = new Map<string, string>()
  readonly #cursorOf: (path: string) => RingCursor | undefined
  readonly #lossTold = new Map<RingReader, number>()
  #started = false
  readonly #refused = new Set<RingReader>()
  /** Rings whose file is gone. */
  readonly #missing = new Set<RingReader>()
  /** Of the directory; rings that were named by path are looked at every time. */
  readonly #changes: FolderChanges | undefined
  readonly #squatters = new Squatters((text) => this.#settings.onDiagnostic?.(text))
  #checked = 0
  /** Readers that have not been compared with their path since the directory changed. */
  #unchecked = 0

  /** @param cursorOf where a named consumer stood in the ring of that absolute path. */
  constructor(core: Core, settings: Settings, cursorOf: (path: string) => RingCursor | undefined = () => undefined) {
    this.#core = core
    this.#cursorOf = cursorOf
    this.#settings = settings
    const { selection } = settings
    if ('directory' in selection) this.#changes = new FolderChanges(RING_FOLDERS.map((folder) => join(selection.directory, folder)))
  }

  get open(): number {
    let count = 0
    for (const reader of this.readers) if (reader.isOpen) count++
    return count
  }

  /**
   * Looks for rings and opens those that can be. The first look honours `from`; a ring that appears later is read from its beginning.
   * As long as nothing changed in the directory that costs next to nothing.
   * @throws MprtapError on the first look only: later failures are diagnostics, since the tap goes on with what it has.
   */
  discover(): void {
    const first = !this.#started
    const isNews = this.#changes?.since(performance.now(), Date.now()) ?? true
    if (isNews) {
      this.#list(first)
      this.#missing.clear()
      this.#unchecked = this.readers.length
    }
    for (const reader of this.readers) if (!reader.isOpen && !this.#missing.has(reader)) this.#tryOpen(reader, first)
    this.#started = true
    for (let i = 0; i < CHECKED_AT_ONCE && this.#unchecked > 0; i++, this.#unchecked--)
      this.readers[this.#checked++ % this.readers.length]!.checkIdentity()
  }

  #list(first: boolean): void {
    try {
      const { paths, faults } = list(this.#settings.selection)
      this.#diagnose('directory', undefined)
      for (const folder of RING_FOLDERS) this.#diagnose(folder, faults.get(folder))
      this.#squatters.lookAgain()
      for (const path of paths) if (!this.#byPath.has(path)) this.#add(path)
    } catch (error) {
      if (first) throw error
      this.#diagnose('directory', (error as Error).message)
    }
  }

  #add(path: string): void {
    if (this.readers.length >= RINGS_MAX) {
      this.#diagnose('limit', `There are more than ${RINGS_MAX} rings; those that came last are not read. Remove rings that nobody uses.`)
      return
    }
    const place = 'rings' in this.#settings.selection ? undefined : placeOfRing(path)
    if (place && this.#squatters.has(path, place)) return
    const user = sidOfRingName(path) ?? ''
    const reader = new RingReader(this.#core, this.readers.length, path, user, place)
    const cursor = this.#cursorOf(resolve(path))
    // Only operations have beginnings that wait.
    if (cursor) reader.resume(this.#settings.level === 'notification' ? { ...cursor, waiting: [] } : cursor)
    this.#byPath.set(path, reader)
    this.readers.push(reader)
    this.users = [...this.users, user]
    this.fileIds = [...this.fileIds, reader.fileId]
  }

  #tryOpen(reader: RingReader, first: boolean): void {
    // A ring that was refused so far may be older than this tap: what it overwrote then is nobody's loss.
    const later = this.#refused.has(reader) ? 'oldest' : 'beginning'
    const farewell = reader.takeFarewell()
    if (farewell) this.#settings.onDiagnostic?.(`${reader.path} ${farewell}.`)
    const result = reader.open(first ? this.#settings.from : later)
    if (result === 'open') {
      if (this.fileIds[reader.index] !== reader.fileId) this.fileIds = this.fileIds.with(reader.index, reader.fileId)
      this.#diagnosed.delete(reader.path)
      this.#refused.delete(reader)
    }
    if (reader.resumed) this.#diagnose(`resumed ${reader.path}`, `${reader.path} ${reader.resumed}.`)
    if (typeof result === 'string') return
    if (first && 'rings' in this.#settings.selection)
      throw new MprtapError('MPRTAP_RING_INVALID', `${reader.path} ${result.refusal}.`, { cause: result.cause })
    // A ring that was removed is no news; it may come back.
    if ((result.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return void this.#missing.add(reader)
    if (!reader.hasBeenOpen) this.#refused.add(reader)
    this.#diagnose(reader.path, `${reader.path} ${result.refusal}.`)
  }

  /** Each fault (of a ring by path, of the directory, of the limit) is told once, and again when it changes; no text: there is none. */
  #diagnose(fault: string, text: string | undefined): void {
    if (this.#diagnosed.get(fault) === text) return
    if (text === undefined) return void this.#diagnosed.delete(fault)
    this.#diagnosed.set(fault, text)
    this.#settings.onDiagnostic?.(text)
  }

  /** Tells onLoss what a ring has lost since it was told last. */
  reportLoss(reader: RingReader): void {
    const { onLoss } = this.#settings
    if (!onLoss) return
    const { overrun, abandoned, corrupt, late } = reader.account()
    const lost = overrun + abandoned + corrupt
    const told = this.#lossTold.get(reader) ?? 0
    if (lost === told) return
    this.#lossTold.set(reader, lost)
    onLoss({
      ring: reader.path,
      user: reader.user,
      first: reader.firstLost(lost - told),
      lost: lost - told,
      totals: { overrun, abandoned, corrupt, late },
    })
  }

  /** Where a named consumer stands, `rows` rows into the last batch, which came from `last` (or from several rings). */
  cursors(rows: number, last: RingReader | undefined): RingCursor[] {
    const waiting = new Map<number, number[]>()
    for (const { ring, sequence } of this.#core.waiting(rows)) {
      if (!waiting.has(ring)) waiting.set(ring, [])
      waiting.get(ring)!.push(sequence)
    }
    const cursors = this.readers.map((reader) => {
      const isInside = rows !== ALL_ROWS && reader === last
      return reader.cursor(waiting.get(reader.index) ?? [], isInside ? this.#core.position(rows) : undefined)
    })
    return cursors.filter((cursor) => cursor !== undefined)
  }

  account(): RingAccount {
    const sum: RingAccount = { delivered: 0, overrun: 0, abandoned: 0, late: 0, corrupt: 0, pending: 0, rewinds: 0 }
    for (const reader of this.readers) {
      const account = reader.account()
      for (const key of Object.keys(sum) as (keyof RingAccount)[]) sum[key] += account[key]
    }
    return sum
  }

  close(): void {
    for (const reader of this.readers) reader.close()
  }
}
