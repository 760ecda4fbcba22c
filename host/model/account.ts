// What a tap has read and lost, in numbers.

/** Records of one ring that were lost since the last report. */
export interface Loss {
  /** Path of the ring. */
  readonly ring: string
  /** SID of its owner. */
  readonly user: string
  /** Sequence of the first of them; they are one run. */
  readonly first: number
  /** How many more than at the last report. */
  readonly lost: number
  /** What this tap has lost of this ring in all. */
  readonly totals: { readonly overrun: number; readonly abandoned: number; readonly corrupt: number; readonly late: number }
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
  /** Rings that are open. */
  readonly rings: number
}
