// The merge by time: how much of a copied window is older than what waits in the other rings. The host asks before take(), and only where several
// rings have something: a tap of one ring never comes here.

import { RECORD_WALL_TIME, SLOT_SHIFT, SLOT_STAMP, STAMP_SHIFT, STATE_COMMITTED } from '../format/layout.ts'
import { ORDER_EPOCH } from './abi.ts'
import { WINDOW } from './memory.ts'
import { NEXT, PLANNED } from './ring-state.ts'

export class Merge {
  /** When the record was written that the last limit() stopped at; NaN: it did not. */
  static nextTime: f64 = NaN

  /** Ticks of 100 ns since 2020: as a double exact from 1991 to 2048, and in order always. */
  @inline
  private static orderOf(slot: usize): f64 {
    return <f64>(load<i64>(slot + <usize>RECORD_WALL_TIME) - <i64>ORDER_EPOCH)
  }

  /**
   * Of the planned slots only the first `slots` were copied. Plans to take those up to the first record that was written after `until`, and
   * returns how many. A slot without a record stops nobody. The times are not verified yet: what they decide is the order alone.
   */
  static limit(state: usize, slots: u32, until: f64): u32 {
    const most = min<u32>(slots, load<u32>(state + PLANNED))
    const next = load<u64>(state + NEXT)
    Merge.nextTime = NaN
    let taken: u32 = 0
    for (; taken < most; taken++) {
      const slot = WINDOW + ((<usize>taken) << SLOT_SHIFT)
      const isRecord = load<u64>(slot + <usize>SLOT_STAMP) == (((next + <u64>taken) << STAMP_SHIFT) | <u64>STATE_COMMITTED)
      // GUARD(written-later) without: if (false) {
      if (isRecord && Merge.orderOf(slot) > until) {
        Merge.nextTime = Merge.orderOf(slot)
        break
      }
    }
    store<u32>(state + PLANNED, taken)
    return taken
  }
}
