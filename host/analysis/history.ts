// The life of a drive letter, a share, a server, a user or a program: what was mapped, from when to when, by whom, and who removed it.
//
// A drive letter belongs to a logon session ("Defining an MS-DOS Device Name", Microsoft Learn), so the letters of two sessions never meet here.

import type { Observed } from '../model/observed.ts'
import { type HistorySubject, isAbout } from './history-subject.ts'
import { MissingRecordsFinder, type MissingRun } from './missing-records.ts'
import { endOf, type OperationRow } from './operation-row.ts'

/** Most rows that are kept. Later ones are counted. */
export const HISTORY_ROWS_MAX = 100_000
/** Mappings that are open at one time at most, over all sessions. The oldest is ended as unknown when there are more. */
const OPEN_MAX = 200_000

/** CONNECT_UPDATE_PROFILE: Windows restores the mapping at the next logon, and tells nobody then. */
const CONNECT_UPDATE_PROFILE = 1

/**
 * How a mapping's end is known. `cancelled`: a cancel succeeded. `replaced`: the letter was mapped again, so the old mapping had ended unseen before.
 * `gone`: a snapshot saw that it was no longer there. `open`: nothing says that it has ended.
 */
export type MappingEnd = 'cancelled' | 'replaced' | 'gone' | 'open'

/** What a snapshot saw: what was there, whoever made it, or that it was no longer there. */
export interface ObservedMapping extends Pick<Observed, 'time' | 'user' | 'localName' | 'remoteName' | 'change'> {
  readonly host?: string | undefined
  readonly sessionId: number
  readonly logonId: string
}

/** What stands in a history, one row a thing that happened. */
export type HistoryRow =
  /** An add succeeded. */
  | {
      readonly type: 'mapped'
      /** Epoch ms: when the add was complete. */
      readonly from: number
      /** Epoch ms; `undefined` while it is open. With `replaced`, the mapping ended at this time or earlier. */
      readonly to: number | undefined
      readonly end: MappingEnd
      readonly by: OperationRow
      /** The operation that ended it; with `replaced`, the add that took the letter. */
      readonly endedBy: OperationRow | undefined
      /** Windows remembers it: after the next logon of this user it may be there again without a notification. */
      readonly isRemembered: boolean
      /** Records of this user that are missing since it began: a removal may be among them. */
      readonly missing: number
    }
  /**
   * A cancel succeeded for something that nobody was seen to map in this session, but that Windows was told to remember in an earlier one: that it restored it
   * at logon is the likely reading, and no record says so.
   */
  | {
      readonly type: 'restored'
      /** Epoch ms: when the session was first seen without an end of this name since. */
      readonly from: number
      readonly to: number
      /** The add that told Windows to remember it. */
      readonly by: OperationRow
      readonly endedBy: OperationRow
    }
  /** A cancel succeeded for something that nobody was seen to map: restored at logon, or mapped before the records begin. */
  | { readonly type: 'removed'; readonly from: number; readonly at: number; readonly by: OperationRow }
  /** An add or a cancel failed, was cancelled by a person, or has no known end. */
  | { readonly type: 'attempt'; readonly at: number; readonly by: OperationRow }
  /** A snapshot saw a mapping that no record tells of. It was there at `from`; since when is not known. */
  | {
      readonly type: 'observed'
      readonly from: number
      readonly to: number | undefined
      readonly end: MappingEnd
      readonly mapping: ObservedMapping
      /** The operation that ended it; with `replaced`, the add that took the letter. `undefined` with an end: another snapshot saw something else. */
      readonly endedBy: OperationRow | undefined
    }
  /** Records are missing: what happened in this time is not known. `undefined`: since before these records, or until after them. */
  | {
      readonly type: 'unknown'
      readonly from: number | undefined
      readonly to: number | undefined
      readonly user: string
      readonly records: number
    }

export interface History {
  /** In the order of time. */
  readonly rows: readonly HistoryRow[]
  /** Rows that found no room. */
  readonly leftOut: number
}

type Open = Extract<HistoryRow, { type: 'mapped' | 'observed' }>

/** Takes operations, losses and observed mappings in the order in which a tap tells them. */
export class HistoryCollector {
  readonly #subject: HistorySubject
  readonly #rows: HistoryRow[] = []
  /** The rows of mappings that are open, by session and name. */
  readonly #open = new Map<string, number>()
  /** What Windows was told to restore, by machine, user and letter. */
  readonly #remembered = new Map<string, OperationRow>()
  /** When a session was first seen, and when a name in it was last seen to be free, epoch ms. */
  readonly #firstSeen = new Map<string, number>()
  readonly #freeSince = new Map<string, number>()
  readonly #missing = new MissingRecordsFinder()
  #leftOut = 0

  constructor(subject: HistorySubject) {
    this.#subject = subject
  }

  add(row: OperationRow): void {
    this.#missing.addRow(row)
    const session = sessionOf(row)
    if (!this.#firstSeen.has(session)) remember(this.#firstSeen, session, row.time)
    if (row.kind === 'cancel') this.#cancel(row)
    else if (isAbout(this.#subject, row)) this.#map(row)
    // The letter of a mapping that is shown may be taken by one that is not about the subject.
    else if (row.outcome === 'succeeded' && row.localName) this.#end(keyOf(row, row.localName), endOf(row), row, 'replaced')
  }

  /** A run of records is missing. */
  addLoss(run: MissingRun): void {
    this.#missing.addLoss(run)
  }

  /** A snapshot saw a mapping. Nothing is said twice that the records say already. */
  addObserved(mapping: ObservedMapping): void {
    const { time, localName, remoteName } = mapping
    const key = keyOf(mapping, localName || remoteName)
    if (mapping.change === 'went') {
      this.#end(key, time, undefined, 'gone')
      return
    }
    const index = this.#open.get(key)
    if (index !== undefined) {
      if (remoteNameOf(this.#rows[index] as Open)?.toLowerCase() === remoteName.toLowerCase()) return
      this.#end(key, time, undefined, 'replaced')
    }
    if (!isAbout(this.#subject, { ...NOBODY, ...mapping })) return
    if (this.#push({ type: 'observed', from: time, to: undefined, end: 'open', mapping, endedBy: undefined })) this.#opened(key)
  }

  finish(): History {
    const missing = this.#missing.finish().filter(({ user }) => this.#subject.by !== 'user' || user.toUpperCase() === this.#subject.name)
    const since = (row: HistoryRow) =>
      row.type === 'mapped' && row.end === 'open'
        ? missing
            .filter(({ user, to }) => user === row.by.user && (to ?? row.from) >= row.from)
            .reduce((sum, { records }) => sum + records, 0)
        : 0
    const rows = this.#rows.map((row) => (row.type === 'mapped' && row.end === 'open' ? { ...row, missing: since(row) } : row))
    const unknown = missing.map(({ user, from, to, records }): HistoryRow => ({ type: 'unknown', from, to, user, records }))
    return { rows: [...unknown, ...rows].sort((a, b) => beginningOf(a) - beginningOf(b)), leftOut: this.#leftOut }
  }

  #map(row: OperationRow): void {
    const name = row.localName || row.remoteName
    if (row.outcome !== 'succeeded') this.#push({ type: 'attempt', at: row.time, by: row })
    else if (name) this.#begin(row, name)
  }

  #begin(row: OperationRow, name: string): void {
    const key = keyOf(row, name)
    if (row.localName) this.#end(key, endOf(row), row, 'replaced')
    const isRemembered = (row.flags & CONNECT_UPDATE_PROFILE) !== 0 && row.localName !== undefined && row.localName !== ''
    if (isRemembered) remember(this.#remembered, letterOf(row, name), row)
    const from = endOf(row)
    if (this.#push({ type: 'mapped', from, to: undefined, end: 'open', by: row, endedBy: undefined, isRemembered, missing: 0 }))
      this.#opened(key)
  }

  #opened(key: string): void {
    remember(this.#open, key, this.#rows.length - 1)
  }

  #cancel(row: OperationRow): void {
    // The one name that a cancel has: a device, or the remote name of a connection without one ("NOTIFYCANCEL structure", Microsoft Learn).
    const name = row.localName || row.remoteName
    if (!name) return
    const key = keyOf(row, name)
    const isKnown = this.#open.has(key)
    if (row.outcome !== 'succeeded') {
      if (isKnown || isAbout(this.#subject, row)) this.#push({ type: 'attempt', at: row.time, by: row })
      return
    }
    if (isKnown) this.#end(key, endOf(row), row, 'cancelled')
    else this.#endUnseen(key, name, row)
    // A cancel with this flag takes the mapping out of the profile too ("WNetCancelConnection2W", Microsoft Learn).
    if ((row.flags & CONNECT_UPDATE_PROFILE) !== 0) this.#remembered.delete(letterOf(row, name))
    remember(this.#freeSince, key, endOf(row))
  }

  /** Something ended that was there although nobody was seen to map it in this session. */
  #endUnseen(key: string, name: string, row: OperationRow): void {
    const from = this.#freeSince.get(key) ?? this.#firstSeen.get(sessionOf(row)) ?? row.time
    const by = this.#remembered.get(letterOf(row, name))
    // Windows restores at logon: what is free since then was mapped by somebody.
    const isRestored = by !== undefined && sessionOf(by) !== sessionOf(row) && !this.#freeSince.has(key)
    if (isRestored && (isAbout(this.#subject, row) || isAbout(this.#subject, by)))
      this.#push({ type: 'restored', from, to: endOf(row), by, endedBy: row })
    else if (isAbout(this.#subject, row)) this.#push({ type: 'removed', from, at: endOf(row), by: row })
  }

  #end(key: string, to: number, endedBy: OperationRow | undefined, end: Exclude<MappingEnd, 'open'>): void {
    const index = this.#open.get(key)
    if (index === undefined) return
    this.#open.delete(key)
    this.#rows[index] = { ...(this.#rows[index] as Open), to, end, endedBy }
  }

  /** False when there is no room. */
  #push(row: HistoryRow): boolean {
    const hasRoom = this.#rows.length < HISTORY_ROWS_MAX
    if (hasRoom) this.#rows.push(row)
    else this.#leftOut++
    return hasRoom
  }
}

/** An observed mapping has no process. */
const NOBODY = { image: undefined, processId: -1 }

function remoteNameOf(row: Open): string | undefined {
  return row.type === 'observed' ? row.mapping.remoteName : row.by.remoteName
}

/** Strangers choose the names: of too many, the oldest is forgotten. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  if (map.size >= OPEN_MAX) map.delete(map.keys().next().value!)
  map.set(key, value)
}

type OfSession = Pick<OperationRow, 'host' | 'sessionId' | 'logonId' | 'user'>

function sessionOf({ host, sessionId, logonId, user }: Omit<OfSession, 'host'> & { readonly host?: string | undefined }): string {
  return `${host ?? ''}/${sessionId}/${logonId}/${user}`
}

/** Names of devices and shares are the same whatever their case. */
function keyOf(of: Omit<OfSession, 'host'> & { readonly host?: string | undefined }, name: string): string {
  return `${sessionOf(of)}/${name.toLowerCase()}`
}

/** A letter of a user's profile, whatever the session. */
function letterOf({ host, user }: OfSession, name: string): string {
  return `${host ?? ''}/${user}/${name.toLowerCase()}`
}

/** When a row begins, epoch ms; before all others when nobody knows. */
function beginningOf(row: HistoryRow): number {
  if (row.type === 'attempt' || row.type === 'removed') return row.at
  return row.from ?? Number.NEGATIVE_INFINITY
}

/** SID of the user whose a row is. */
export function userOf(row: HistoryRow): string {
  if (row.type === 'unknown') return row.user
  return row.type === 'observed' ? row.mapping.user : row.by.user
}

/** The rows that were so at one time, epoch ms: what was mapped, and stretches of which nothing is known. */
export function rowsAt(history: History, time: number): HistoryRow[] {
  return rowsBetween(history, time, time)
}

/** The rows that lie, at least in part, between two times, epoch ms. */
export function rowsBetween({ rows }: History, since: number, until: number): HistoryRow[] {
  return rows.filter((row) => {
    if (row.type === 'attempt') return since < until && row.at >= since && row.at < until
    const [from, to] = row.type === 'removed' ? [row.from, row.at] : [row.from ?? Number.NEGATIVE_INFINITY, row.to]
    return from <= until && (to === undefined || since < to)
  })
}
