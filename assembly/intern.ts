// Interning: equal strings get equal ids, so that JavaScript decodes a string once and predicates judge it once.
//
// An id is the string's block in the arena:
//
//      0 ┌───────────────┬───────────────┬───────────────┬───────────────┐
//        │ number 4      │ unused 4      │ units·2+wide 4│ marks 4       │
//     16 ├───────────────┴───────────────┴───────────────┴───────────────┤
//        │ its one form (canonical.ts), zero padded                      │
//        └───────────────────────────────────────────────────────────────┘
//
// JavaScript gets only the strings of rows that are handed out. It knows each by its number, which counts up from 2 in the order of handing: an
// array of strings by number has no holes and stays small.
//
// A bucket holds 14 bits of the hash and 18 of the id. The table grows with its strings, so that a few thousand of them stay in a first-level
// cache. When the arena or the table is full, a new epoch begins: every id of the old one is void, survivors (of operations that still wait)
// are interned anew. Ids never change their meaning within an epoch.

import { BLOCK_SIZE, STRING_BLOCKS, STRING_COUNT } from '../format/layout.ts'
import { RINGS_MAX, STRING_ID_ABSENT, STRING_ID_EMPTY, STRING_IDS, STRING_PLACES } from './abi.ts'
import { Canonical } from './canonical.ts'
import { ARENA, ARENA_SIZE, BUCKETS, HASH_KEYS, OLD_ARENA, SID_MAX, WINDOW_SLOTS } from './memory.ts'

/** As many as 16 bits of a hash can tell apart; and as few as a new table has. */
const BUCKETS_MAX: u32 = 65536
const BUCKETS_MIN: u32 = 8192
// Odd, and otherwise without a pattern.
const FACTOR_LENGTH: u64 = 0x165667b19e3779f9
const FACTOR_SUM: u64 = 0x9e3779b185ebca87
const STRINGS_MAX: u32 = 32768
const PROBES_MAX: u32 = 64
const ID_MASK: u32 = <u32>STRING_PLACES - 1
const TAG_MASK: u32 = ~ID_MASK

/** What one window can add at most. */
const WINDOW_BYTES: u32 = WINDOW_SLOTS * <u32>(STRING_COUNT * BLOCK_SIZE + STRING_BLOCKS * BLOCK_SIZE)
/** And the SIDs of all rings, for filters on users: a batch of unfinished operations can bring many of them at once. */
const USERS_BYTES: u32 = <u32>RINGS_MAX * (<u32>BLOCK_SIZE + SID_MAX)
const WINDOW_STRINGS: u32 = WINDOW_SLOTS * <u32>STRING_COUNT
/** Room that a table has for them, and for the SIDs, when not more than a half of it is to be taken. */
const ROOM: u32 = WINDOW_STRINGS + <u32>RINGS_MAX

/** With the number of a string that JavaScript has got in this epoch. */
export const NUMBERED: u32 = 0x80000000
/** In a string's marks: the filter asks for this string only, and has judged it; and how. */
export const MARK_KNOWN: u32 = 0x40000000
export const MARK_ACCEPTED: u32 = 0x20000000
/** In a string's marks: which row of predicate verdicts is its own (0: none yet). */
export const MARK_VERDICTS: u32 = 0x00ffffff

let used: u32 = 0
let count: u32 = 0
let crowded: bool = false
let epoch: u32 = 0
/** Buckets in use, a power of two, less one. */
let bucketMask: u32 = 0
/** The string that recent() was asked for last. */
let last: u32 = 0

export class Intern {
  static reset(): void {
    Intern.clear(BUCKETS_MIN)
  }

  private static clear(buckets: u32): void {
    Intern.clearBuckets(buckets)
    memory.fill(ARENA, 0, 32)
    // The absent and the empty string, which JavaScript knows already.
    Intern.setNumber(<u32>STRING_ID_ABSENT, <u32>STRING_ID_ABSENT)
    Intern.setNumber(<u32>STRING_ID_EMPTY, <u32>STRING_ID_EMPTY)
    used = 32
    count = 0
    crowded = false
    last = <u32>STRING_ID_ABSENT
    epoch++
  }

  private static clearBuckets(buckets: u32): void {
    bucketMask = buckets - 1
    memory.fill(BUCKETS, 0, (<usize>buckets) << 2)
  }

  /** Makes the table as large as the strings of another window may need it. */
  static makeRoom(): void {
    if ((count + ROOM) << 1 <= bucketMask || bucketMask == BUCKETS_MAX - 1) return
    Intern.clearBuckets((bucketMask + 1) << 1)
    for (let at: u32 = 32; at < used; ) {
      const id = at >> 4
      const unitsAndWidth = Intern.unitsAndWidth(id)
      const blocks = Intern.blocks(unitsAndWidth)
      Intern.put(id, Intern.hash(Intern.at(id) + 16, blocks, unitsAndWidth))
      at += (blocks + 1) << 4
    }
  }

  /** Puts a string into the first free one of its buckets. */
  private static put(id: u32, hash: u64): void {
    let bucket = Intern.bucket(hash)
    // As many as search() looks at. (No test takes that away: names that collide so often need the secret of the hash.)
    for (let probe: u32 = 0; probe < PROBES_MAX; probe++) {
      const cell = BUCKETS + ((<usize>bucket) << 2)
      if (load<u32>(cell) == 0) {
        store<u32>(cell, Intern.tag(hash) | id)
        return
      }
      bucket = Intern.next(bucket)
    }
    crowded = true
  }

  @inline
  private static bucket(hash: u64): u32 {
    return <u32>(hash >> 48) & bucketMask
  }

  @inline
  private static tag(hash: u64): u32 {
    return <u32>(hash >> 16) & TAG_MASK
  }

  @inline
  private static next(bucket: u32): u32 {
    return (bucket + 1) & bucketMask
  }

  static count(): u32 {
    return count
  }

  static bytes(): u32 {
    return used
  }

  static epoch(): u32 {
    return epoch
  }

  @inline
  static at(id: u32): usize {
    return ARENA + ((<usize>id) << 4)
  }

  @inline
  static unitsAndWidth(id: u32): u32 {
    return load<u32>((<usize>id) << 4, ARENA + 8)
  }

  @inline
  static marks(id: u32): u32 {
    return load<u32>((<usize>id) << 4, ARENA + 12)
  }

  @inline
  static setMarks(id: u32, marks: u32): void {
    store<u32>((<usize>id) << 4, marks, ARENA + 12)
  }

  /** The number by which JavaScript knows a string, with NUMBERED; 0 if it has not got it in this epoch. */
  @inline
  static number(id: u32): u32 {
    return load<u32>((<usize>id) << 4, ARENA)
  }

  @inline
  static setNumber(id: u32, number: u32): void {
    store<u32>((<usize>id) << 4, number | NUMBERED, ARENA)
  }

  /** Takes marks from every string. */
  static clearMarks(marks: u32): void {
    for (let at: u32 = 0; at < used; ) {
      const id = at >> 4
      Intern.setMarks(id, Intern.marks(id) & ~marks)
      at += (Intern.blocks(Intern.unitsAndWidth(id)) + 1) << 4
    }
  }

  /** The id of the string whose `blocks` blocks, one at least, stand at `at`. */
  @inline
  static id(at: usize, blocks: u32, unitsAndWidth: u32): u32 {
    const hash = Intern.hash(at, blocks, unitsAndWidth)
    const bucket = Intern.bucket(hash)
    const tag = Intern.tag(hash)
    const cell = load<u32>((<usize>bucket) << 2, BUCKETS)
    const known = cell & ID_MASK
    // Most strings have been seen before and sit in their first bucket.
    // GUARD(same-string) without: if ((cell & TAG_MASK) == tag && Intern.unitsAndWidth(known) == unitsAndWidth) {
    // The length counts, too: padding is not a part of the string. (No test takes that away: it would need two equal hashes.)
    if ((cell & TAG_MASK) == tag && Intern.unitsAndWidth(known) == unitsAndWidth && !v128.any_true(Intern.difference(known, at, blocks))) {
      return known
    }
    return Intern.search(at, blocks, unitsAndWidth, bucket, tag)
  }

  /** The same, for names that come again and again: the one that came last is tried first, without its hash. */
  @inline
  static recent(at: usize, blocks: u32, unitsAndWidth: u32): u32 {
    if (Intern.unitsAndWidth(last) == unitsAndWidth && !v128.any_true(Intern.difference(last, at, blocks))) return last
    last = Intern.id(at, blocks, unitsAndWidth)
    return last
  }

  /** A 32x32->64 product of two words, to which their part of the key was added. */
  @inline
  private static product(at: usize, key: usize): u64 {
    const sum = load<u64>(at) + load<u64>(key)
    return (sum & 0xffffffff) * (sum >> 32)
  }

  /**
   * NH, the universal hash of UMAC (Black, Halevi, Krawczyk, Krovetz, Rogaway: "UMAC: Fast and Secure Message Authentication", CRYPTO 1999): for
   * two strings chosen without the key, the sums are equal with a probability of about 2^-32. (The key is added to both words at once. A carry
   * from the lower one depends on that word and its key alone, so the proof holds with one bit less.) Then one multiplication, after which the
   * upper bits depend on all of them. In lanes it would be no quicker: what counts is how soon the bucket is known.
   */
  @inline
  static hash(at: usize, blocks: u32, unitsAndWidth: u32): u64 {
    let sum = <u64>unitsAndWidth * FACTOR_LENGTH + Intern.product(at, HASH_KEYS) + Intern.product(at + 8, HASH_KEYS + 8)
    // Most names have one block or two: no loop for these, here and below.
    if (blocks > 1) {
      sum += Intern.product(at + 16, HASH_KEYS + 16) + Intern.product(at + 24, HASH_KEYS + 24)
      if (blocks > 2) {
        for (let offset: usize = 32; offset < (<usize>blocks) << 4; offset += 8) sum += Intern.product(at + offset, HASH_KEYS + offset)
      }
    }
    return sum * FACTOR_SUM
  }

  /** Not zero where the blocks of a string differ from those at `at`. */
  @inline
  private static difference(id: u32, at: usize, blocks: u32): v128 {
    const known = (<usize>id) << 4
    let difference = v128.xor(v128.load(known, ARENA + 16), v128.load(at))
    if (blocks > 1) {
      difference = v128.or(difference, v128.xor(v128.load(known, ARENA + 32), v128.load(at, 16)))
      if (blocks > 2) {
        for (let offset: usize = 32; offset < (<usize>blocks) << 4; offset += 16) {
          difference = v128.or(difference, v128.xor(v128.load(known + offset, ARENA + 16), v128.load(at + offset)))
        }
      }
    }
    return difference
  }

  private static equals(id: u32, at: usize, blocks: u32, unitsAndWidth: u32): bool {
    // GUARD(same-string-further) without: return Intern.unitsAndWidth(id) == unitsAndWidth
    return Intern.unitsAndWidth(id) == unitsAndWidth && !v128.any_true(Intern.difference(id, at, blocks))
  }

  private static search(at: usize, blocks: u32, unitsAndWidth: u32, bucket: u32, tag: u32): u32 {
    // GUARD(probes) without: while (true) {
    for (let probe: u32 = 0; probe < PROBES_MAX; probe++) {
      const cell = load<u32>(BUCKETS + ((<usize>bucket) << 2))
      if (cell == 0) {
        // All strings of the table have one form: a string of another form cannot be found there, and ends here.
        if (!Canonical.is(at, blocks, unitsAndWidth)) return Intern.canonical(at, unitsAndWidth)
        const id = Intern.add(at, blocks, unitsAndWidth)
        store<u32>(BUCKETS + ((<usize>bucket) << 2), tag | id)
        return id
      }
      if ((cell & TAG_MASK) == tag && Intern.equals(cell & ID_MASK, at, blocks, unitsAndWidth)) return cell & ID_MASK
      bucket = Intern.next(bucket)
    }
    if (!Canonical.is(at, blocks, unitsAndWidth)) return Intern.canonical(at, unitsAndWidth)
    // A crowded run of buckets: the string gets a true id that cannot be found again, and the next turn a new epoch.
    crowded = true
    return Intern.add(at, blocks, unitsAndWidth)
  }

  /** The id of a string that is stored in another form than its one. */
  private static canonical(at: usize, unitsAndWidth: u32): u32 {
    const own = Canonical.make(at, unitsAndWidth)
    const blocks = Intern.blocks(own)
    const hash = Intern.hash(Canonical.text, blocks, own)
    return Intern.search(Canonical.text, blocks, own, Intern.bucket(hash), Intern.tag(hash))
  }

  private static add(at: usize, blocks: u32, unitsAndWidth: u32): u32 {
    const id = used >> 4
    const place = Intern.at(id)
    store<u64>(place, 0)
    store<u64>(place, unitsAndWidth, 8)
    for (let block: usize = 0; block < <usize>blocks; block++) v128.store(place + (block << 4), v128.load(at + (block << 4)), 16)
    used += (blocks + 1) << 4
    count++
    return id
  }

  /** Whether two ids name the same string. In a crowded run of buckets one string may have several, until the epoch ends. */
  static same(a: u32, b: u32): bool {
    if (a == b) return true
    if (a <= <u32>STRING_ID_EMPTY || b <= <u32>STRING_ID_EMPTY) return false
    const unitsAndWidth = Intern.unitsAndWidth(b)
    return Intern.equals(a, Intern.at(b) + 16, Intern.blocks(unitsAndWidth), unitsAndWidth)
  }

  /** Whether the shorter of two strings is the beginning of the other. One may be wide, for a unit that the other has no more. */
  static beginAlike(a: u32, b: u32): bool {
    if (a <= <u32>STRING_ID_EMPTY || b <= <u32>STRING_ID_EMPTY) return a != <u32>STRING_ID_ABSENT && b != <u32>STRING_ID_ABSENT
    const units = min<u32>(Intern.unitsAndWidth(a) >> 1, Intern.unitsAndWidth(b) >> 1)
    for (let i: u32 = 0; i < units; i++) if (Intern.unit(a, i) != Intern.unit(b, i)) return false
    return true
  }

  @inline
  private static unit(id: u32, i: u32): u32 {
    const text = Intern.at(id) + 16
    return Intern.unitsAndWidth(id) & 1 ? <u32>load<u16>(text + ((<usize>i) << 1)) : <u32>load<u8>(text + <usize>i)
  }

  @inline
  private static blocks(unitsAndWidth: u32): u32 {
    return (((unitsAndWidth >> 1) << (unitsAndWidth & 1)) + 15) >> 4
  }

  /** Whether another window might not fit. */
  static isFull(): bool {
    // GUARD(crowded-table) without: return used + WINDOW_BYTES + USERS_BYTES > ARENA_SIZE || count + WINDOW_STRINGS > STRINGS_MAX
    // GUARD(arena) without: return crowded || count + WINDOW_STRINGS > STRINGS_MAX
    // GUARD(table) without: return crowded || used + WINDOW_BYTES + USERS_BYTES > ARENA_SIZE
    return crowded || used + WINDOW_BYTES + USERS_BYTES > ARENA_SIZE || count + WINDOW_STRINGS > STRINGS_MAX
  }

  /** Begins a new epoch. Ids of the old one can be carried over with `survive` until the next string is interned otherwise. */
  static beginEpoch(): void {
    memory.copy(OLD_ARENA, ARENA, <usize>used)
    // Survivors come at once, and strings as many as before are to be expected.
    Intern.clear(BUCKETS_MAX)
  }

  /** The new id of a string of the epoch before. */
  static survive(oldId: u32): u32 {
    if (oldId <= <u32>STRING_ID_EMPTY) return oldId
    const place = OLD_ARENA + ((<usize>oldId) << 4)
    const unitsAndWidth = load<u32>(place, 8)
    return Intern.id(place + 16, Intern.blocks(unitsAndWidth), unitsAndWidth)
  }
}

/** Compile-time check: an id fits its share of a bucket. */
if (ARENA_SIZE >> 4 > <u32>STRING_PLACES) ERROR('an id does not fit a bucket')
/** Compile-time check: a turn that begins below STRINGS_MAX ends there at most, since isFull() leaves room for a window. */
if (STRINGS_MAX + 2 > <u32>STRING_IDS) ERROR('the ids in columns do not reach')
