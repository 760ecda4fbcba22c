// The life of a drive letter, a share, a server, a user or a program: what was mapped, from when to when, by whom, and who removed it.
//
// A drive letter belongs to a logon session ("Defining an MS-DOS Device Name", Microsoft Learn), so the letters of two sessions never meet here.

import { type HistorySubject, isAbout } from './history-subject.ts'
import { endOf, type OperationRow } from './operation-row.ts'

/** Rows that are kept at most. What came after them is counted. */
export const HISTORY_ROWS_MAX = 100_000
/** Mappings that are open at one time at most, over all sessions. The oldest is ended as unknown when there are more. */
const OPEN_MAX = 200_000

/** CONNECT_UPDATE_PROFILE: Windows restores the mapping at the next logon, and tells nobody then. */
const CONNECT_UPDATE_PROFILE = 1

/**
 * How a mapping's end is known. `cancelled`: a cancel succeeded. `replaced`: the letter was mapped again, so the old mapping had ended unseen before.
 * `open`: nothing says that it has ended.
 */
export type MappingEnd = 'cancelled' | 'replaced' | 'open'

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
    }
  /** A cancel succeeded for something that nobody was seen to map: restored at logon, or mapped before the records begin. */
  | { readonly type: 'removed'; readonly at: number; readonly by: OperationRow }
  /** An add or a cancel failed, was cancelled by a person, or has no known end. */
  | { readonly type: 'attempt'; readonly at: number; readonly by: OperationRow }
  /** A snapshot saw a mapping. */
  | { readonly type: 'observed'; readonly at: number; readonly localName: string; readonly remoteName: string; readonly session: string }
  /** Records are missing: what happened in this time is not known. */
  | { readonly type: 'unknown'; readonly from: number; readonly to: number; readonly records: number }

export interface History {
  /** In the order of time. */
  readonly rows: readonly HistoryRow[]
  /** Rows that found no room. */
  readonly leftOut: number
}

type Mapped = Extract<HistoryRow, { type: 'mapped' }>

/** Takes operations in the order in which a tap hands them out. */
export class HistoryCollector {
  readonly #subject: HistorySubject
  readonly #rows: HistoryRow[] = []
  /** The rows of mappings that are open, by session and name. */
  readonly #open = new Map<string, number>()
  #leftOut = 0

  constructor(subject: HistorySubject) {
    this.#subject = subject
  }

  add(row: OperationRow): void {
    if (row.kind === 'cancel') this.#cancel(row)
    else if (isAbout(this.#subject, row)) this.#map(row)
    // The letter of a mapping that is shown may be taken by one that is not about the subject.
    else if (row.outcome === 'succeeded' && row.localName) this.#end(keyOf(row, row.localName), row, 'replaced')
  }

  /** Records are missing between two times, epoch ms. */
  addLoss(from: number, to: number, records: number): void {
    this.#push({ type: 'unknown', from, to, records })
  }

  finish(): History {
    const at = (row: HistoryRow) => ('from' in row ? row.from : row.at)
    return { rows: [...this.#rows].sort((a, b) => at(a) - at(b)), leftOut: this.#leftOut }
  }

  #map(row: OperationRow): void {
    const name = row.localName || row.remoteName
    if (row.outcome !== 'succeeded') this.#push({ type: 'attempt', at: row.time, by: row })
    else if (name) this.#begin(row, name)
  }

  #begin(row: OperationRow, name: string): void {
    const key = keyOf(row, name)
    if (row.localName) this.#end(key, row, 'replaced')
    const isRemembered = (row.flags & CONNECT_UPDATE_PROFILE) !== 0 && row.localName !== undefined && row.localName !== ''
    const hasRoom = this.#push({ type: 'mapped', from: endOf(row), to: undefined, end: 'open', by: row, endedBy: undefined, isRemembered })
    if (!hasRoom) return
    if (this.#open.size >= OPEN_MAX) this.#open.delete(this.#open.keys().next().value!)
    this.#open.set(key, this.#rows.length - 1)
  }

  #cancel(row: OperationRow): void {
    // The one name that a cancel has: a device, or the remote name of a connection without one ("NOTIFYCANCEL structure", Microsoft Learn).
    const name = row.localName || row.remoteName
    if (!name) return
    const isKnown = this.#open.has(keyOf(row, name))
    if (row.outcome === 'succeeded' && isKnown) this.#end(keyOf(row, name), row, 'cancelled')
    else if (isKnown || isAbout(this.#subject, row)) {
      this.#push(row.outcome === 'succeeded' ? { type: 'removed', at: endOf(row), by: row } : { type: 'attempt', at: row.time, by: row })
    }
  }

  #end(key: string, by: OperationRow, end: 'cancelled' | 'replaced'): void {
    const index = this.#open.get(key)
    if (index === undefined) return
    this.#open.delete(key)
    this.#rows[index] = { ...(this.#rows[index] as Mapped), to: endOf(by), end, endedBy: by }
  }

  /** False when there is no room. */
  #push(row: HistoryRow): boolean {
    const hasRoom = this.#rows.length < HISTORY_ROWS_MAX
    if (hasRoom) this.#rows.push(row)
    else this.#leftOut++
    return hasRoom
  }
}

/** Names of devices and shares are the same whatever their case. */
function keyOf({ host, sessionId, logonId, user }: OperationRow, name: string): string {
  return `${host ?? ''}/${sessionId}/${logonId}/${user}/${name.toLowerCase()}`
}

/** The rows that were so at one time, epoch ms: mappings that were open, and stretches of which nothing is known. */
export function rowsAt({ rows }: History, time: number): HistoryRow[] {
  return rows.filter((row) => {
    if (row.type === 'mapped') return row.from <= time && (row.to === undefined || time < row.to)
    return row.type === 'unknown' && row.from <= time && time < row.to
  })
}
