// Queues of entries of the pairing table, by age: those that wait, and those that were given up. Each is also kept by owner: when a
// queue is full, the owner with the most entries loses his oldest. So an owner who floods it pushes out his own entries only. With n owners in
// a queue of m, nobody loses one of his first m / n, however many rings each of them has.
//
// What an entry has for it, from FAIRNESS on:
//
//      0 ┌───────────────┬───────────────┬───────────────┬───────────────┐
//        │ newer 4       │ older 4       │ own newer 4   │ own older 4   │   in the queue; of the same owner in it
//     16 ├───────────────┼───────────────┼───────────────┴───────────────┘
//        │ owner 4       │ queue 4       │
//     24 └───────────────┴───────────────┘
//
// OWNERS, one of RINGS_MAX a queue:
//
//      0 ┌───────────────┬───────────────┬───────────────┬───────────────┐
//        │ entries 4     │ oldest 4      │ newest 4      │ 0             │
//     16 └───────────────┴───────────────┴───────────────┴───────────────┘
//
// Entries are named by their address; 0 ends a list.

import { RINGS_MAX } from './abi.ts'
import { OWNERS, OWNERS_END } from './memory.ts'

/** Where an entry of the pairing table has its links. */
export const FAIRNESS: usize = 144
export const FAIRNESS_SIZE: usize = 24
const NEWER: usize = FAIRNESS
const OLDER: usize = FAIRNESS + 4
const OWN_NEWER: usize = FAIRNESS + 8
const OWN_OLDER: usize = FAIRNESS + 12
const OWNER: usize = FAIRNESS + 16
const QUEUE: usize = FAIRNESS + 20

const ENTRIES: usize = 0
const OLDEST: usize = 4
const NEWEST: usize = 8
const OWNER_SHIFT: usize = 4

export const WAITING: u32 = 0
export const GIVEN_UP: u32 = 1
const QUEUES: u32 = 2

/** OWNERS of all entries of a queue, in one more row of the same form. */
const all = memory.data(32, 16)
/** Owners above the highest that ever had an entry need not be looked at. */
let owners: u32 = 0

export class Fairness {
  static reset(): void {
    memory.fill(OWNERS, 0, OWNERS_END - OWNERS)
    memory.fill(all, 0, 32)
    owners = 0
  }

  @inline
  private static all(queue: u32): usize {
    return all + ((<usize>queue) << OWNER_SHIFT)
  }

  @inline
  private static owner(queue: u32, owner: u32): usize {
    return OWNERS + ((<usize>(queue * <u32>RINGS_MAX + owner)) << OWNER_SHIFT)
  }

  @inline
  static count(queue: u32): u32 {
    return load<u32>(Fairness.all(queue), ENTRIES)
  }

  static oldest(queue: u32): usize {
    return load<u32>(Fairness.all(queue), OLDEST)
  }

  /** The entry that has been in the queue less long than this one, or 0. */
  @inline
  static newer(entry: usize): usize {
    return load<u32>(entry, NEWER)
  }

  @inline
  static queueOf(entry: usize): u32 {
    return load<u32>(entry, QUEUE)
  }

  /** An entry of this owner joins the queue: it is the newest. */
  @inline
  static enter(queue: u32, entry: usize, owner: u32): void {
    store<u32>(entry, owner, OWNER)
    store<u32>(entry, queue, QUEUE)
    Fairness.link(Fairness.all(queue), entry, NEWER, OLDER)
    // GUARD(by-owner) without: Fairness.link(Fairness.owner(queue, 0), entry, OWN_NEWER, OWN_OLDER)
    Fairness.link(Fairness.owner(queue, owner), entry, OWN_NEWER, OWN_OLDER)
    // GUARD(owners-seen)
    owners = max<u32>(owners, owner + 1)
  }

  /** It leaves its queue. */
  @inline
  static leave(entry: usize): void {
    const queue = Fairness.queueOf(entry)
    Fairness.unlink(Fairness.all(queue), entry, NEWER, OLDER)
    Fairness.unlink(Fairness.owner(queue, load<u32>(entry, OWNER)), entry, OWN_NEWER, OWN_OLDER)
  }

  @inline
  private static link(list: usize, entry: usize, newer: usize, older: usize): void {
    const before = load<u32>(list, NEWEST)
    store<u32>(entry + newer, 0)
    store<u32>(entry + older, before)
    if (before) store<u32>(<usize>before + newer, <u32>entry)
    else store<u32>(list, <u32>entry, OLDEST)
    store<u32>(list, <u32>entry, NEWEST)
    store<u32>(list, load<u32>(list, ENTRIES) + 1, ENTRIES)
  }

  @inline
  private static unlink(list: usize, entry: usize, newer: usize, older: usize): void {
    const after = load<u32>(entry + newer)
    const before = load<u32>(entry + older)
    if (after) store<u32>(<usize>after + older, before)
    else store<u32>(list, before, NEWEST)
    if (before) store<u32>(<usize>before + newer, after)
    else store<u32>(list, after, OLDEST)
    store<u32>(list, load<u32>(list, ENTRIES) - 1, ENTRIES)
  }

  /** The entry that gives way: the oldest one of the owner that has the most. 0 when the queue is empty. */
  static oldestOfFullest(queue: u32): usize {
    let most: u32 = 0
    let entry: u32 = 0
    for (let owner: u32 = 0; owner < owners; owner++) {
      const list = Fairness.owner(queue, owner)
      const entries = load<u32>(list, ENTRIES)
      // GUARD(fullest-owner)
      if (entries <= most) continue
      most = entries
      entry = load<u32>(list, OLDEST)
    }
    return entry
  }
}

if (OWNERS + ((<usize>(QUEUES * <u32>RINGS_MAX)) << OWNER_SHIFT) > OWNERS_END) ERROR('the owners run over their end')
