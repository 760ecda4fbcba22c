// When records are missing, and for whom. A loss names a run of sequences of one ring; its time lies between the records on both sides of it.

import type { OperationRow } from './operation-row.ts'

/** Losses whose time is still looked for. Of more, the oldest ends where nobody knows. */
const OPEN_MAX = 256
/** Rings whose last record is remembered. */
const RINGS_MAX = 4096

/** A run of records that are missing. */
export interface MissingRun {
  /** SID of the user whose ring it is; '' when that is not known. */
  readonly user: string
  /** Sequence of the first one. */
  readonly first: number
  readonly count: number
}

/** A stretch of time of which records are missing. */
export interface MissingRecords {
  readonly user: string
  readonly records: number
  /** Epoch ms: the last record before. `undefined`: there is none. */
  readonly from: number | undefined
  /** Epoch ms: the first record after. `undefined`: there is none. */
  readonly to: number | undefined
}

interface Side {
  from: number | undefined
  to: number | undefined
}

interface OpenRun extends MissingRun {
  /** By ring file id: a user may have several rings, and a loss does not say which. */
  readonly sides: Map<string, Side>
}

/** Takes losses and rows in the order in which a tap tells them. */
export class MissingRecordsFinder {
  readonly #last = new Map<string, { readonly user: string; readonly time: number }>()
  readonly #open: OpenRun[] = []
  readonly #closed: MissingRecords[] = []
  readonly #most: number

  /** @param most stretches that are kept; of more, the last ones are joined into one */
  constructor(most = 10_000) {
    this.#most = most
  }

  addLoss(run: MissingRun): void {
    if (run.count <= 0) return
    const sides = new Map<string, Side>()
    for (const [ring, { user, time }] of this.#last) if (user === run.user) sides.set(ring, { from: time, to: undefined })
    if (this.#open.length >= OPEN_MAX) this.#close(this.#open.shift()!)
    this.#open.push({ ...run, sides })
  }

  addRow({ id, user, time }: OperationRow): void {
    const dash = id.lastIndexOf('-')
    const ring = id.slice(0, dash)
    if (this.#open.length > 0) this.#look(ring, Number(id.slice(dash + 1)), user, time)
    this.#last.delete(ring)
    this.#last.set(ring, { user, time })
    if (this.#last.size > RINGS_MAX) this.#last.delete(this.#last.keys().next().value!)
  }

  #look(ring: string, sequence: number, user: string, time: number): void {
    for (let i = this.#open.length - 1; i >= 0; i--) {
      const run = this.#open[i]!
      if (run.user !== user) continue
      const side = run.sides.get(ring) ?? { from: undefined, to: undefined }
      run.sides.set(ring, side)
      if (sequence < run.first) side.from = Math.max(side.from ?? time, time)
      else if (sequence >= run.first + run.count) {
        side.to = time
        this.#open.splice(i, 1)
        this.#close(run, side)
      }
    }
  }

  #close({ user, count, sides }: OpenRun, known?: Side): void {
    const from = known ? known.from : [...sides.values()].reduce<number | undefined>((least, side) => earlier(least, side.from), undefined)
    const last = this.#closed.length >= this.#most ? this.#closed.pop() : undefined
    this.#closed.push({
      user: last && last.user !== user ? '' : user,
      records: count + (last?.records ?? 0),
      from: last ? earlier(last.from, from) : from,
      to: known?.to,
    })
  }

  /** Nothing comes any more. */
  finish(): MissingRecords[] {
    for (const run of this.#open.splice(0)) this.#close(run)
    return this.#closed
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
