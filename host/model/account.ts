// What a tap has read and lost, in numbers.

/** Why a reader did not get records: overwritten before it came; claimed and not committed in time; committed, yet not what a writer writes. */
export type LostReason = 'overrun' | 'abandoned' | 'corrupt'

/** What writers could not record, by their own count: no slot was free in four attempts; the program had passed bad memory. */
export type UnrecordedReason = 'gaveUp' | 'fault'

/** What every loss says. */
export interface LossOf {
  /** Path of the ring, or what else names the source. */
  readonly ring: string
  /** SID of its owner; '' if unknown. */
  readonly user: string
  /** The machine that the ring is from; `undefined`: this one, or unknown. */
  readonly host: string | undefined
  /** The ring file's id, 16 hexadecimal digits. */
  readonly fileId: string
  /** How many were lost. Each is reported once. */
  readonly count: number
  /** What this tap has lost of this ring in all, this loss included. */
  readonly totals: LossTotals
}

/** A run of records that a reader did not get. */
export interface RecordLoss extends LossOf {
  readonly reason: LostReason
  /** Sequence of the first; the others follow it. */
  readonly first: number
}

/** Notifications that never became records. */
export interface WriterLoss extends LossOf {
  readonly reason: UnrecordedReason
  /** They have no sequences. */
  readonly first?: undefined
}

/** What was lost of one ring, for one reason. */
export type Loss = RecordLoss | WriterLoss

/** Numbers of records, and of notifications that writers could not record. */
export interface LossTotals {
  readonly overrun: number
  readonly abandoned: number
  readonly corrupt: number
  /** Committed after they were counted; a part of `abandoned`. */
  readonly late: number
  readonly gaveUp: number
  readonly faults: number
}

/** Counts since the tap was opened. Loss is a number here, never an exception. */
export interface TapStats {
  readonly operations: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly unfinished: number
  readonly notifications: number
  /** Records that were read and good. */
  readonly delivered: number
  /** overrun + abandoned + corrupt. */
  readonly lost: number
  /** Overwritten before this reader came. */
  readonly overrun: number
  /** Claimed and not committed within a second; also what a ring had promised before its file was truncated or emptied. */
  readonly abandoned: number
  /** Committed later than that; a part of `abandoned`. */
  readonly late: number
  /** Committed, yet not what a writer writes. */
  readonly corrupt: number
  /** In the rings, not read yet. */
  readonly pending: number
  /** PREs whose POST has not come yet. */
  readonly waiting: number
  /** Times that a ring file was set back or its head jumped, and counting began anew. */
  readonly rewinds: number
  /**
   * Notifications that writers gave up because no slot was free, and that they could not record because the program had passed bad memory: by the
   * writers' own count, in what was read. They are not in `lost`, since they never were records.
   */
  readonly gaveUp: number
  readonly faults: number
  /** Records that had been overwritten already when reading began with the oldest ones: no loss of this tap, but not in what it says either. */
  readonly overwritten: number
  /** When the first and the last record that were read had been written, epoch ms; `undefined`: none was read. */
  readonly from: number | undefined
  readonly to: number | undefined
  /** Rings that are open. */
  readonly rings: number
  /** Sources that are there and cannot be read at present; `onDiagnostic` was told why. */
  readonly unread: number
}
