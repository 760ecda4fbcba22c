// Pairing: a PRE waits here, as a row, until the POST that carries its context comes. One that was given up stays for a while, so that a POST
// that comes all the same is known as the end of an operation that was counted already.
//
// An entry, one of ENTRIES_MAX:
//
//      0 ┌───────────────────────────────────────────────────────────────┐
//        │ the PRE's row (row.ts), its context replaced by the one it left│
//    144 ├───────────────────────────────────────────────────────────────┤
//        │ its place in a queue, 24 (fairness.ts)                        │
//    168 ├───────────────────────────────┬───────────────┬───────────────┤
//        │ arrived 8 (host's clock, ms)  │ next 4        │ previous 4    │   free list, or chain of one bucket
//    184 ├───────────────┬───────────────┴───────────────┴───────────────┘
//        │ counted 4     │   as unfinished, after it was given up
//    192 └───────────────┘
//
// Entries are named by their address; 0 ends a list. Everything is bounded: entries, the length of a chain that is followed, work a turn.

import {
  CONTEXT32_BITS,
  KIND_ADD,
  RECORD_FLAG_POINTER32,
  STRING_COUNT,
  STRING_LOCAL_NAME,
  STRING_PROVIDER,
  STRING_REMOTE_NAME,
} from '../format/layout.ts'
import { STRING_ID_ABSENT, TRAIT_HAS_STATUS, TRAIT_TRUNCATED_SHIFT, TRAIT_UNREADABLE_SHIFT } from './abi.ts'
import { FAIRNESS, FAIRNESS_SIZE, Fairness, GIVEN_UP, WAITING } from './fairness.ts'
import { PAIRING_KEY } from './hash-keys.ts'
import { Intern } from './intern.ts'
import { OWNERS, PENDING, PENDING_BUCKETS } from './memory.ts'
import { RingOwner } from './ring-owner.ts'
import {
  ROW_COMPLETES,
  ROW_CONTEXT,
  ROW_DURATION,
  ROW_FULL_UNITS,
  ROW_KIND,
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
  ROW_WALL_TIME,
} from './row.ts'

export const PENDING_MAX: u32 = 4096
export const GIVEN_UP_MAX: u32 = 1024
const ENTRIES_MAX: u32 = PENDING_MAX + GIVEN_UP_MAX
const ENTRY_SIZE: u32 = 192
const BUCKET_COUNT: u32 = 8192
const BUCKET_SHIFT: u64 = 64 - 13
/** Odd, and otherwise without a pattern. */
const FACTOR: u64 = 0x9e3779b185ebca87
/** A chain longer than this is a flood; entries past it are found by age only. */
const CHAIN_MAX: u32 = 32

const ARRIVED: usize = 168
const NEXT: usize = 176
const PREVIOUS: usize = 180
const COUNTED: usize = 184

/** Of the first string; that of the next is one bit higher. */
const UNREADABLE: u32 = 1 << TRAIT_UNREADABLE_SHIFT
const PROVIDER_TRAITS: u32 = (1 << (TRAIT_TRUNCATED_SHIFT + STRING_PROVIDER)) | (1 << (TRAIT_UNREADABLE_SHIFT + STRING_PROVIDER))
/** Clocks are set, by hours at times, while an operation runs. By more than this, the two clocks of a record contradict each other. */
const CLOCKS_APART_MS: f64 = 86400000

/** Entries that were used and are free again. */
let free: u32 = 0
/** Entries from here on were never used. Memory that nobody touches costs a process nothing, so they are in no chain. */
let unused: usize = PENDING

export class Pairing {
  static reset(): void {
    memory.fill(PENDING_BUCKETS, 0, <usize>(BUCKET_COUNT * 4))
    free = 0
    unused = PENDING
    Fairness.reset()
  }

  static waiting(): u32 {
    return Fairness.count(WAITING)
  }

  /** The longest waiting entry's row, or 0. */
  static oldest(): usize {
    return Fairness.oldest(WAITING)
  }

  /** The entry that gives way when there is no room: the longest waiting one of the owner that has the most. */
  static oldestOfFullest(): usize {
    return Fairness.oldestOfFullest(WAITING)
  }

  /** The entry that has waited less long than this one, or 0. */
  static newer(entry: usize): usize {
    return Fairness.newer(entry)
  }

  @inline
  static arrived(entry: usize): f64 {
    return load<f64>(entry, ARRIVED)
  }

  static isFull(): bool {
    return Fairness.count(WAITING) >= PENDING_MAX
  }

  @inline
  static isGivenUp(entry: usize): bool {
    return Fairness.queueOf(entry) == GIVEN_UP
  }

  /** Where a bucket's chain begins. NH, as in intern.ts, of what a POST has in common with its PRE. */
  @inline
  private static chain(row: usize, context: u64): usize {
    const process = load<u64>(row, ROW_PROCESS_ID)
    const low = <u64>(<u32>context + load<u32>(PAIRING_KEY)) * <u64>(<u32>process + load<u32>(PAIRING_KEY, 4))
    const high = <u64>(<u32>(context >> 32) + load<u32>(PAIRING_KEY, 8)) * <u64>(<u32>(process >> 32) + load<u32>(PAIRING_KEY, 12))
    const sum = low + high
    return PENDING_BUCKETS + ((<usize>(((sum ^ (sum >> 32)) * FACTOR) >> BUCKET_SHIFT)) << 2)
  }

  /** Lets a PRE wait. There is room (isFull() was asked, and one given up if need be). */
  static add(row: usize, now: f64): void {
    let context = load<u64>(row, ROW_SEQUENCE) + 1
    if (load<u32>(row, ROW_TRAITS) & <u32>RECORD_FLAG_POINTER32) context &= (1 << (<u64>CONTEXT32_BITS)) - 1
    let entry = <usize>free
    if (entry) free = load<u32>(entry, NEXT)
    else {
      entry = unused
      unused += <usize>ENTRY_SIZE
    }
    // A call of memory.copy() costs more than these nine.
    for (let at: usize = 0; at < ROW_SIZE; at += 16) v128.store(entry + at, v128.load(row + at))
    store<u64>(entry, context, ROW_CONTEXT)
    store<f64>(entry, now, ARRIVED)
    store<u32>(entry, 0, COUNTED)
    const chain = Pairing.chain(row, context)
    const next = load<u32>(chain)
    store<u32>(entry, next, NEXT)
    store<u32>(entry, 0, PREVIOUS)
    if (next) store<u32>(<usize>next, <u32>entry, PREVIOUS)
    store<u32>(chain, <u32>entry)
    Fairness.enter(WAITING, entry, RingOwner.number(load<u32>(row, ROW_RING)))
  }

  /** The PRE that this POST answers, or 0: same owner, context, process, thread, kind and name. */
  static find(post: usize): usize {
    const context = load<u64>(post + ROW_CONTEXT)
    const owner = RingOwner.number(load<u32>(post + ROW_RING))
    let entry = load<u32>(Pairing.chain(post, context))
    // GUARD(chain-length) without: while (entry) {
    for (let steps: u32 = 0; entry && steps < CHAIN_MAX; steps++) {
      const pre = <usize>entry
      if (
        // GUARD(own-owner): what one user writes cannot end what another began.
        RingOwner.number(load<u32>(pre + ROW_RING)) == owner &&
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
   * A POST's provider may leave its names less room than its PRE's had, and memory may be gone by the time of either: a name that was cut or could
   * not be read to its end is compared as far as both have it. An add whose letter the system chooses (CONNECT_REDIRECT) may have another local name
   * in its POST; a cancel's one name cannot change, but may look like a device in one of them only, where it was not read to its end.
   */
  private static sameName(pre: usize, post: usize): bool {
    const i = Pairing.ownName(pre)
    const j = Pairing.ownName(post)
    const a = load<u32>(pre + ROW_REMOTE_NAME + ((<usize>i) << 2))
    const b = load<u32>(post + ROW_REMOTE_NAME + ((<usize>j) << 2))
    if (i == j && Intern.same(a, b)) return true
    const preTraits = load<u32>(pre + ROW_TRAITS) >> i
    const postTraits = load<u32>(post + ROW_TRAITS) >> j
    const preUnits = load<u16>(pre + ROW_FULL_UNITS + ((<usize>i) << 1))
    const postUnits = load<u16>(post + ROW_FULL_UNITS + ((<usize>j) << 1))
    // A name that could not be read to its end has at least the units that were read.
    // GUARD(shorter-pre)
    if (preUnits < postUnits && (preTraits & UNREADABLE) == 0) return false
    // GUARD(shorter-post)
    if (postUnits < preUnits && (postTraits & UNREADABLE) == 0) return false
    return Intern.beginAlike(a, b)
  }

  /** Which string is the name of what is connected: a cancel has one, wherever it is. */
  @inline
  private static ownName(row: usize): u32 {
    const isDevice = load<u8>(row + ROW_KIND) != <u8>KIND_ADD && load<u32>(row + ROW_REMOTE_NAME) == <u32>STRING_ID_ABSENT
    return isDevice ? <u32>STRING_LOCAL_NAME : <u32>STRING_REMOTE_NAME
  }

  /** Takes an entry out. Its row stays readable until the next add(). */
  static remove(entry: usize): void {
    // A chain can be as long as a stranger likes: it is never walked here.
    const next = load<u32>(entry, NEXT)
    const previous = load<u32>(entry, PREVIOUS)
    if (next) store<u32>(<usize>next, previous, PREVIOUS)
    if (previous) store<u32>(<usize>previous, next, NEXT)
    else store<u32>(Pairing.chain(entry, load<u64>(entry, ROW_CONTEXT)), next)
    Fairness.leave(entry)
    store<u32>(entry, free, NEXT)
    free = <u32>entry
  }

  /** A waiting entry waits no longer. It is remembered, for its POST may come all the same; `counted`: as unfinished. */
  static giveUp(entry: usize, counted: bool): void {
    // GUARD(full-memory)
    if (Fairness.count(GIVEN_UP) >= GIVEN_UP_MAX) Pairing.remove(Fairness.oldestOfFullest(GIVEN_UP))
    Fairness.leave(entry)
    Fairness.enter(GIVEN_UP, entry, RingOwner.number(load<u32>(entry, ROW_RING)))
    store<u32>(entry, counted, COUNTED)
  }

  /** Whether an entry was counted as unfinished when it was given up. */
  static wasCounted(entry: usize): bool {
    return load<u32>(entry, COUNTED) != 0
  }

  /** Forgets what was given up of a ring. */
  static forget(ring: u32): void {
    for (let entry = Fairness.oldest(GIVEN_UP); entry; ) {
      const newer = Fairness.newer(entry)
      if (load<u32>(entry, ROW_RING) == ring) Pairing.remove(entry)
      entry = newer
    }
  }

  /**
   * The time between the two, ms; NaN when the clocks do not tell. Ticks of different clocks, or running backwards, measure nothing; nor do
   * ticks that the wall clock contradicts.
   */
  private static duration(pre: usize, post: usize): f64 {
    const frequency = load<u64>(pre + ROW_TICKS_PER_SECOND)
    const begin = load<u64>(pre + ROW_TICKS)
    const end = load<u64>(post + ROW_TICKS)
    // GUARD(clock) without: if (frequency != load<u64>(post + ROW_TICKS_PER_SECOND) || end < begin) return NaN
    // GUARD(same-clock) without: if (frequency == 0 || end < begin) return NaN
    // GUARD(forward-clock) without: if (frequency == 0 || frequency != load<u64>(post + ROW_TICKS_PER_SECOND)) return NaN
    if (frequency == 0 || frequency != load<u64>(post + ROW_TICKS_PER_SECOND) || end < begin) return NaN
    const ms = (<f64>(end - begin) * 1000) / <f64>frequency
    const wallMs = <f64>(load<i64>(post + ROW_WALL_TIME) - load<i64>(pre + ROW_WALL_TIME)) * 0.0001
    // GUARD(clocks-agree)
    if (abs<f64>(ms - wallMs) > CLOCKS_APART_MS) return NaN
    return ms
  }

  /** A POST of a PRE that was given up: a row of its own, which knows what it completes. */
  static completeLate(post: usize, pre: usize): void {
    store<f64>(post + ROW_DURATION, Pairing.duration(pre, post))
    store<u64>(post + ROW_COMPLETES, load<u64>(pre + ROW_SEQUENCE) + 1)
  }

  /** Completes the PRE's row with what only the POST knows. */
  static complete(pre: usize, post: usize): void {
    store<f64>(pre + ROW_DURATION, Pairing.duration(pre, post))
    store<u32>(pre + ROW_STATUS, load<u32>(post + ROW_STATUS))
    store<u32>(pre + ROW_PROVIDER, load<u32>(post + ROW_PROVIDER))
    store<u16>(pre + ROW_FULL_UNITS, load<u16>(post + ROW_FULL_UNITS, 4), 4)
    const own = load<u32>(pre + ROW_TRAITS) & ~PROVIDER_TRAITS
    store<u32>(pre + ROW_TRAITS, own | (load<u32>(post + ROW_TRAITS) & PROVIDER_TRAITS) | <u32>TRAIT_HAS_STATUS)
  }

  /** Gives the strings of all rows here their ids of the epoch that has just begun. */
  static rename(): void {
    Pairing.renameQueue(WAITING)
    Pairing.renameQueue(GIVEN_UP)
  }

  private static renameQueue(queue: u32): void {
    for (let entry = Fairness.oldest(queue); entry; entry = Fairness.newer(entry)) {
      for (let i: usize = 0; i < <usize>STRING_COUNT; i++) {
        const name = entry + ROW_REMOTE_NAME + (i << 2)
        store<u32>(name, Intern.survive(load<u32>(name)))
      }
    }
  }
}

if (ROW_SIZE != FAIRNESS || FAIRNESS + FAIRNESS_SIZE != ARRIVED) ERROR('an entry is a whole row, its place in a queue, and the rest')
if (PENDING + <usize>(ENTRIES_MAX * ENTRY_SIZE) > PENDING_BUCKETS) ERROR('the entries run into their buckets')
if (PENDING_BUCKETS + <usize>(BUCKET_COUNT * 4) > OWNERS) ERROR('the buckets run into the owners')
