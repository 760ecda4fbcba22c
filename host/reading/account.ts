// What became of the records of a source (RING.md section 6), as numbers.

import type { PositionTotals } from '../model/checkpoint.ts'

/** Numbers of records, but for the times. */
export interface Account {
  readonly delivered: number
  readonly overrun: number
  readonly abandoned: number
  readonly late: number
  readonly corrupt: number
  readonly pending: number
  /** Times that the file was set back or its head jumped, and a new account began. */
  readonly rewinds: number
  /** Notifications that its writers could not record, by their own count. */
  readonly gaveUp: number
  readonly faults: number
  /** Overwritten already when reading began with the oldest. */
  readonly overwritten: number
  /** When the first and the last record that were delivered had been written, epoch ms; infinite while none was. */
  readonly from: number
  readonly to: number
}

export const NO_ACCOUNT: Account = {
  delivered: 0,
  overrun: 0,
  abandoned: 0,
  late: 0,
  corrupt: 0,
  pending: 0,
  rewinds: 0,
  gaveUp: 0,
  faults: 0,
  overwritten: 0,
  from: Number.POSITIVE_INFINITY,
  to: Number.NEGATIVE_INFINITY,
}

export function sumOf(a: Account, b: Account): Account {
  return {
    delivered: a.delivered + b.delivered,
    overrun: a.overrun + b.overrun,
    abandoned: a.abandoned + b.abandoned,
    late: a.late + b.late,
    corrupt: a.corrupt + b.corrupt,
    pending: a.pending + b.pending,
    rewinds: a.rewinds + b.rewinds,
    gaveUp: a.gaveUp + b.gaveUp,
    faults: a.faults + b.faults,
    overwritten: a.overwritten + b.overwritten,
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
  }
}

/** What a checkpoint keeps of an account. */
export function totalsOf({ delivered, overrun, abandoned, late, corrupt, rewinds, gaveUp, faults }: Account): PositionTotals {
  return { delivered, overrun, abandoned, late, corrupt, rewinds, gaveUp, faults }
}
