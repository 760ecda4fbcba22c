// Pairing: a PRE waits here, as a row, until the POST that carries its context comes.
//
// An entry, one of PENDING_MAX:
//
//      0 ┌───────────────────────────────────────────────────────────────┐
//        │ the PRE's row (row.ts), its context replaced by the one it left│
//    136 ├───────────────┬───────────────┬───────────────┬───────────────┤
//        │ arrived 8 (host's clock, ms)  │ newer 4       │ older 4       │   all waiting entries, by age
//    152 ├───────────────┬───────────────┼───────────────┴───────────────┘
//        │ next 4        │ previous 4    │                                   free list, or chain of one bucket
//    160 └───────────────┴───────────────┘
//
// Links are entry numbers + 1; 0 ends a list. Everything is bounded: entries, the length of a chain that is followed, work a turn.

import { CONTEXT32_BITS, KIND_ADD, RECORD_FLAG_POINTER32, STRING_COUNT, STRING_PROVIDER, STRING_REMOTE_NAME } from '../format/layout.ts'
import { OUTCOME_UNFINISHED, TRAIT_HAS_STATUS, TRAIT_TRUNCATED_SHIFT, TRAIT_UNREADABLE_SHIFT } from './abi.ts'
import { Checksum } from './checksum.ts'
import { Intern } from './intern.ts'
import { PENDING, PENDING_AGES, PENDING_BUCKETS, PENDING_RINGS } from './memory.ts'
import {
  ROW_CONTEXT,
  ROW_DURATION,
  ROW_FULL_UNITS,
  ROW_KIND,
  ROW_LOCAL_NAME,
  ROW_OUTCOME,
  ROW_PROCESS_ID,
  ROW_PROCESS_START_TIME,
  ROW_PROVIDER,
  ROW_REMOTE_NAME,
  ROW_RING,
  ROW_SEQUENCE,
  ROW_SIZE,
  ROW_STATUS,
  ROW_TICKS,
  ROW_TICKS_PER_SECOND,
  ROW_TRAITS,
} from './row.ts'
import { Share } from './share.ts'

export const PENDING_MAX: u32 = 4096
const ENTRY_SIZE: u32 = 160
const BUCKET_COUNT: u32 = 8192
/** A chain longer than this is a flood or an attack; entries behind are found by age only. */
const CHAIN_MAX: u32 = 32

const ARRIVED: usize = 136
const NEWER: usize = 144
const OLDER: usize = 148
const NEXT: usize = 152
const PREVIOUS: usize = 156

const PROVIDER_TRAITS: u32 = (1 << (TRAIT_TRUNCATED_SHIFT + STRING_PROVIDER)) | (1 << (TRAIT_UNREADABLE_SHIFT + STRING_PROVIDER))
const REMOTE_NAME_CUT: u32 = 1 << (TRAIT_TRUNCATED_SHIFT + STRING_REMOTE_NAME)

let oldest: u32 = 0
let newest: u32 = 0
let free: u32 = 0
let waiting: u32 = 0

export class Pairing {
  static reset(): void {
    memory.fill(PENDING_BUCKETS, 0, <usize>(BUCKET_COUNT * 4))
    for (let entry: u32 = 1; entry <= PENDING_MAX; entry++) store<u32>(Pairing.at(entry) + NEXT, entry < PENDING_MAX ? entry + 1 : 0)
    free = 1
    oldest = newest = waiting = 0
    Share.reset()
  }

  static waiting(): u32 {
    return waiting
  }

  /** The longest waiting entry's row, or 0. */
  static oldest(): usize {
    return oldest ? Pairing.at(oldest) : 0
  }

  /** Who gives way when there is no room: the longest waiting entry of the ring that has the most. */
  static oldestOfFullest(): usize {
    return Pairing.at(Share.oldestOfFullest())
  }

  /** The entry that has waited less long than this one, or 0. */
  static newer(place: usize): usize {
    const entry = load<u32>(place + NEWER)
    return entry ? Pairing.at(entry) : 0
  }

  static arrived(entry: usize): f64 {
    return load<f64>(entry + ARRIVED)
  }

  static isFull(): bool {
    return free == 0
  }

  @inline
  private static at(entry: u32): usize {
    return PENDING + <usize>((entry - 1) * ENTRY_SIZE)
  }

  @inline
  private static bucket(row: usize, context: u64): u32 {
    return <u32>Checksum.mix(context ^ (load<u64>(row + ROW_PROCESS_ID) << 1)) & (BUCKET_COUNT - 1)
  }

  /** Lets a PRE wait. There is room (isFull() was asked, and one removed if need be). */
  static add(row: usize, now: f64): void {
    let context = load<u64>(row + ROW_SEQUENCE) + 1
    if (load<u32>(row + ROW_TRAITS) & <u32>RECORD_FLAG_POINTER32) context &= (1 << (<u64>CONTEXT32_BITS)) - 1
    const entry = free
    const place = Pairing.at(entry)
    free = load<u32>(place + NEXT)
    memory.copy(place, row, ROW_SIZE)
    store<u64>(place + ROW_CONTEXT, context)
    store<f64>(place + ARRIVED, now)
    store<u32>(place + OLDER, newest)
    store<u32>(place + NEWER, 0)
    if (newest) store<u32>(Pairing.at(newest) + NEWER, entry)
    else oldest = entry
    newest = entry
    const chain = PENDING_BUCKETS + ((<usize>Pairing.bucket(row, context)) << 2)
    const next = load<u32>(chain)
    store<u32>(place + NEXT, next)
    store<u32>(place + PREVIOUS, 0)
    if (next) store<u32>(Pairing.at(next) + PREVIOUS, entry)
    store<u32>(chain, entry)
    Share.enter(load<u32>(place + ROW_RING), entry)
    waiting++
  }

  /** The PRE that this POST answers, or 0: same ring, context, process, thread, kind and name. */
  static find(post: usize): usize {
    const context = load<u64>(post + ROW_CONTEXT)
    let entry = load<u32>(PENDING_BUCKETS + ((<usize>Pairing.bucket(post, context)) << 2))
    // GUARD(chain-length) without: while (entry) {
    for (let steps: u32 = 0; entry && steps < CHAIN_MAX; steps++) {
      const pre = Pairing.at(entry)
      if (
        // GUARD(own-ring): what one user writes cannot end what another began.
        load<u32>(pre + ROW_RING) == load<u32>(post + ROW_RING) &&
        // GUARD(own-context)
        load<u64>(pre + ROW_CONTEXT) == context &&
        // GUARD(own-process)
        load<u64>(pre + ROW_PROCESS_ID) == load<u64>(post + ROW_PROCESS_ID) &&
        // GUARD(own-start-time)
        load<u64>(pre + ROW_PROCESS_START_TIME) == load<u64>(post + ROW_PROCESS_START_TIME) &&
        // GUARD(own-kind)
        load<u8>(pre + ROW_KIND) == load<u8>(post + ROW_KIND) &&
        // GUARD(own-name) without: true
        Pairing.sameName(pre, post)
      ) {
        return pre
      }
      entry = load<u32>(pre + NEXT)
    }
    return 0
  }

  /**
   * A POST's provider may leave its names less room than its PRE's had, so a name that was cut in either is compared as far as both have it.
   * An add whose letter the system chooses (CONNECT_REDIRECT) may have another local name in its POST; a cancel's one name cannot change.
   */
  private static sameName(pre: usize, post: usize): bool {
    const a = load<u32>(pre + ROW_REMOTE_NAME)
    const b = load<u32>(post + ROW_REMOTE_NAME)
    const cut = (load<u32>(pre + ROW_TRAITS) | load<u32>(post + ROW_TRAITS)) & REMOTE_NAME_CUT
    if (!Intern.same(a, b)) {
      if (!cut || load<u16>(pre + ROW_FULL_UNITS) != load<u16>(post + ROW_FULL_UNITS) || !Intern.beginAlike(a, b)) return false
    }
    return load<u8>(pre + ROW_KIND) == <u8>KIND_ADD || Intern.same(load<u32>(pre + ROW_LOCAL_NAME), load<u32>(post + ROW_LOCAL_NAME))
  }

  /** Takes an entry out. Its row stays readable until the next add(). */
  static remove(place: usize): void {
    const entry = <u32>(place - PENDING) / ENTRY_SIZE + 1
    const older = load<u32>(place + OLDER)
    const newer = load<u32>(place + NEWER)
    if (older) store<u32>(Pairing.at(older) + NEWER, newer)
    else oldest = newer
    if (newer) store<u32>(Pairing.at(newer) + OLDER, older)
    else newest = older
    // A chain can be as long as a stranger likes: it is never walked here.
    const next = load<u32>(place + NEXT)
    const previous = load<u32>(place + PREVIOUS)
    if (next) store<u32>(Pairing.at(next) + PREVIOUS, previous)
    if (previous) store<u32>(Pairing.at(previous) + NEXT, next)
    else store<u32>(PENDING_BUCKETS + ((<usize>Pairing.bucket(place, load<u64>(place + ROW_CONTEXT))) << 2), next)
    Share.leave(load<u32>(place + ROW_RING), entry)
    store<u32>(place + NEXT, free)
    free = entry
    waiting--
  }

  /** Completes the PRE's row with what only the POST knows. */
  static complete(pre: usize, post: usize): void {
    const frequency = load<u64>(pre + ROW_TICKS_PER_SECOND)
    const begin = load<u64>(pre + ROW_TICKS)
    const end = load<u64>(post + ROW_TICKS)
    // Ticks of different clocks, or running backwards, measure nothing.
    // GUARD(clock) without: if (frequency == load<u64>(post + ROW_TICKS_PER_SECOND) && end >= begin) {
    // GUARD(same-clock) without: if (frequency != 0 && end >= begin) {
    // GUARD(forward-clock) without: if (frequency != 0 && frequency == load<u64>(post + ROW_TICKS_PER_SECOND)) {
    if (frequency != 0 && frequency == load<u64>(post + ROW_TICKS_PER_SECOND) && end >= begin) {
      store<f64>(pre + ROW_DURATION, (<f64>(end - begin) * 1000) / <f64>frequency)
    }
    store<u32>(pre + ROW_STATUS, load<u32>(post + ROW_STATUS))
    store<u32>(pre + ROW_PROVIDER, load<u32>(post + ROW_PROVIDER))
    store<u16>(pre + ROW_FULL_UNITS, load<u16>(post + ROW_FULL_UNITS, 4), 4)
    const own = load<u32>(pre + ROW_TRAITS) & ~PROVIDER_TRAITS
    store<u32>(pre + ROW_TRAITS, own | (load<u32>(post + ROW_TRAITS) & PROVIDER_TRAITS) | <u32>TRAIT_HAS_STATUS)
  }

  /** Gives the strings of all waiting rows their ids of the epoch that has just begun. */
  static rename(): void {
    for (let entry = oldest; entry; entry = load<u32>(Pairing.at(entry) + NEWER)) {
      const place = Pairing.at(entry)
      for (let i: usize = 0; i < <usize>STRING_COUNT; i++) {
        const name = place + ROW_REMOTE_NAME + (i << 2)
        store<u32>(name, Intern.survive(load<u32>(name)))
      }
    }
  }

  /** Marks a PRE's row as an operation whose end nobody will tell. */
  static giveUp(pre: usize): void {
    store<u8>(pre + ROW_OUTCOME, <u8>OUTCOME_UNFINISHED)
  }
}

if (ROW_SIZE != ARRIVED) ERROR('an entry begins with a whole row')
if (PENDING_AGES + ((<usize>PENDING_MAX + 1) << 3) > PENDING_RINGS) ERROR('the ages run into the shares')
