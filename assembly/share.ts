// Who gives way when the pairing table is full: the ring that has the most PREs waiting there, and of these the oldest. So a user who floods the
// table pushes out nobody but himself: with n rings in it, nobody loses one of the first PENDING_MAX / n.
//
//   AGES    newer 4 │ older 4, an entry: of the same ring
//   RINGS   waiting 4 │ oldest 4 │ newest 4 │ 0, a ring
//
// Entries are numbered from 1; 0 ends a list.

import { RINGS_MAX } from './abi.ts'
import { PENDING_AGES, PENDING_END, PENDING_RINGS } from './memory.ts'

const NEWER: usize = 0
const OLDER: usize = 4
const AGE_SHIFT: usize = 3

const WAITING: usize = 0
const OLDEST: usize = 4
const NEWEST: usize = 8
const RING_SHIFT: usize = 4

/** Rings above the highest that ever had an entry need not be looked at. */
let rings: u32 = 0

export class Share {
  static reset(): void {
    memory.fill(PENDING_RINGS, 0, (<usize>RINGS_MAX) << RING_SHIFT)
    rings = 0
  }

  @inline
  private static ring(ring: u32): usize {
    return PENDING_RINGS + ((<usize>ring) << RING_SHIFT)
  }

  @inline
  private static age(entry: u32): usize {
    return PENDING_AGES + ((<usize>entry) << AGE_SHIFT)
  }

  /** An entry of this ring waits: the newest. */
  static enter(ring: u32, entry: u32): void {
    const place = Share.ring(ring)
    const before = load<u32>(place, NEWEST)
    store<u32>(Share.age(entry), 0, NEWER)
    store<u32>(Share.age(entry), before, OLDER)
    if (before) store<u32>(Share.age(before), entry, NEWER)
    else store<u32>(place, entry, OLDEST)
    store<u32>(place, entry, NEWEST)
    store<u32>(place, load<u32>(place, WAITING) + 1, WAITING)
    rings = max<u32>(rings, ring + 1)
  }

  /** It waits no longer. */
  static leave(ring: u32, entry: u32): void {
    const place = Share.ring(ring)
    const newer = load<u32>(Share.age(entry), NEWER)
    const older = load<u32>(Share.age(entry), OLDER)
    if (newer) store<u32>(Share.age(newer), older, OLDER)
    else store<u32>(place, older, NEWEST)
    if (older) store<u32>(Share.age(older), newer, NEWER)
    else store<u32>(place, newer, OLDEST)
    store<u32>(place, load<u32>(place, WAITING) - 1, WAITING)
  }

  /** The oldest entry of the ring that has the most; 0 when nothing waits. */
  static oldestOfFullest(): u32 {
    let most: u32 = 0
    let entry: u32 = 0
    for (let ring: u32 = 0; ring < rings; ring++) {
      const waiting = load<u32>(Share.ring(ring), WAITING)
      if (waiting <= most) continue
      most = waiting
      entry = load<u32>(Share.ring(ring), OLDEST)
    }
    return entry
  }
}

if (PENDING_RINGS + ((<usize>RINGS_MAX) << RING_SHIFT) > PENDING_END) ERROR('the shares run over their end')
