// A checkpoint: how far somebody who reads has come, kept so that the next reading goes on from there.

/** What was counted of a source, by all readings so far. Numbers of records. */
export interface PositionTotals {
  readonly delivered: number
  readonly overrun: number
  readonly abandoned: number
  readonly late: number
  readonly corrupt: number
  /** Times that the file was set back or its head jumped, and a new account began. */
  readonly rewinds: number
  /** What writers could not record, by their own count. Checkpoints of earlier versions have none. */
  readonly gaveUp?: number
  readonly faults?: number
}

/** Where reading stands in one source. */
export interface Position {
  /** Name of the source; of a ring, its absolute path. */
  readonly path: string
  /** The ring file's id, 16 hexadecimal digits. */
  readonly fileId: string
  /** Sequence to go on with. */
  readonly next: number
  /** Sequences of PREs before `next` whose POST has not come. */
  readonly waiting: readonly number[]
  readonly totals: PositionTotals
  /** What the writers' counts in the ring's header said; increases are reported. */
  readonly writers?: { readonly gaveUp: number; readonly faults: number }
  /** Stamp and checksum of the record before `next`, hexadecimal. Another checksum under the same stamp: the file was set back, and its sequences are used again. */
  readonly last?: string
}
