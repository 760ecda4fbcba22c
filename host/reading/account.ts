// What became of the records of a source (RING.md section 6), as numbers.

/** Numbers of records. */
export interface Account {
  readonly delivered: number
  readonly overrun: number
  readonly abandoned: number
  readonly late: number
  readonly corrupt: number
  readonly pending: number
  /** Times that the file was set back or its head jumped, and a new account began. */
  readonly rewinds: number
}

export const NO_ACCOUNT: Account = { delivered: 0, overrun: 0, abandoned: 0, late: 0, corrupt: 0, pending: 0, rewinds: 0 }

export function sumOf(a: Account, b: Account): Account {
  return {
    delivered: a.delivered + b.delivered,
    overrun: a.overrun + b.overrun,
    abandoned: a.abandoned + b.abandoned,
    late: a.late + b.late,
    corrupt: a.corrupt + b.corrupt,
    pending: a.pending + b.pending,
    rewinds: a.rewinds + b.rewinds,
  }
}
