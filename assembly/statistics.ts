// Counts and latency histograms by server, share, error, image and user, kept while operations pass: nothing has to reach JavaScript for them.
// Bounded: GROUPS_MAX groups a kind, then group 0 takes the rest. Names are grouped without case, as Windows compares them.

import { BLOCK_SIZE, STRING_BLOCKS } from '../format/layout.ts'
import {
  BY_ERROR,
  BY_IMAGE,
  BY_SERVER,
  BY_SHARE,
  BY_USER,
  GROUP_CELLS,
  GROUP_DURATIONS,
  GROUP_HASH,
  GROUP_HISTOGRAM,
  GROUP_KEY,
  GROUP_KINDS,
  GROUP_LONGEST,
  GROUP_NAME,
  GROUP_OUTCOMES,
  GROUP_SHORTEST,
  GROUP_SIZE,
  GROUP_SUM,
  GROUPS_MAX,
  OUTCOME_SUCCEEDED,
  OUTCOME_UNFINISHED,
  STRING_ID_EMPTY,
  STRING_PLACES,
} from './abi.ts'
import { Checksum, PRIME_1 } from './checksum.ts'
import { STATISTICS_KEY } from './hash-keys.ts'
import { Intern } from './intern.ts'
import { FOLD, GROUP_BUCKETS, GROUPS, GROUPS_OF, MEMORY_END } from './memory.ts'
import { RemoteName } from './remote-name.ts'
import { RingOwner } from './ring-owner.ts'
import { ROW_DURATION, ROW_IMAGE_NAME, ROW_OUTCOME, ROW_REMOTE_NAME, ROW_RING, ROW_STATUS } from './row.ts'
import { win32StatusOf } from './status.ts'

const BUCKETS_PER_KIND: u32 = 4096
const PROBES_MAX: u32 = 32

/** Bit BY_*: operations are counted by these. */
let wanted: u32 = 0
const used = memory.data<u32>([0, 0, 0, 0, 0])

export class Statistics {
  static start(kinds: u32): void {
    wanted = kinds
    memory.fill(GROUP_BUCKETS, 0, <usize>(GROUP_KINDS * BUCKETS_PER_KIND * 2))
    // Memory that nobody has touched yet costs most when it is touched first: kinds that nobody wants stay as they are.
    for (let kind: u32 = 0; kind < <u32>GROUP_KINDS; kind++) {
      const isWanted = Statistics.wants(kind)
      if (isWanted) memory.fill(Statistics.place(kind, 0), 0, <usize>(GROUPS_MAX * GROUP_SIZE))
      store<u32>(used + ((<usize>kind) << 2), <u32>isWanted)
    }
    Statistics.forget()
  }

  static stop(): void {
    wanted = 0
  }

  /** String ids are void: what group each belongs to has to be found again. */
  static forget(): void {
    if (wanted) memory.fill(GROUPS_OF, 0, <usize>STRING_PLACES * 8)
  }

  static groups(kind: u32): u32 {
    return wanted ? load<u32>(used + ((<usize>kind) << 2)) : 0
  }

  static place(kind: u32, group: u32): usize {
    return GROUPS + <usize>((kind * <u32>GROUPS_MAX + group) * <u32>GROUP_SIZE)
  }

  @inline
  static count(row: usize): void {
    if (wanted) Statistics.countOperation(row)
  }

  private static countOperation(row: usize): void {
    const outcome = <u32>load<u8>(row + ROW_OUTCOME) - OUTCOME_SUCCEEDED
    const duration = load<f64>(row + ROW_DURATION)
    // A cancel of a drive letter names no server.
    const remoteName = load<u32>(row + ROW_REMOTE_NAME)
    if (remoteName > <u32>STRING_ID_EMPTY) {
      if (Statistics.wants(BY_SERVER)) Statistics.add(BY_SERVER, Statistics.groupOf(remoteName, BY_SERVER, 0), outcome, duration)
      if (Statistics.wants(BY_SHARE)) Statistics.add(BY_SHARE, Statistics.groupOf(remoteName, BY_SHARE, 2), outcome, duration)
    }
    const image = load<u32>(row + ROW_IMAGE_NAME)
    if (Statistics.wants(BY_IMAGE) && image > <u32>STRING_ID_EMPTY)
      Statistics.add(BY_IMAGE, Statistics.groupOf(image, BY_IMAGE, 4), outcome, duration)
    if (Statistics.wants(BY_USER)) {
      const user = RingOwner.userId(load<u32>(row + ROW_RING))
      if (user > <u32>STRING_ID_EMPTY) Statistics.add(BY_USER, Statistics.groupOf(user, BY_USER, 6), outcome, duration)
    }
    if (Statistics.wants(BY_ERROR) && outcome != 0 && outcome != <u32>(OUTCOME_UNFINISHED - OUTCOME_SUCCEEDED)) {
      // One meaning, one group: a code and the HRESULT that holds it.
      const status = win32StatusOf(load<u32>(row + ROW_STATUS))
      Statistics.add(
        BY_ERROR,
        Statistics.find(BY_ERROR, Checksum.mix(status ^ load<u64>(STATISTICS_KEY)), 0, 0, 0, status),
        outcome,
        duration,
      )
    }
  }

  /** Takes back what was counted of an operation that seemed unfinished. */
  static uncount(row: usize): void {
    if (!wanted) return
    const remoteName = load<u32>(row + ROW_REMOTE_NAME)
    if (remoteName > <u32>STRING_ID_EMPTY) {
      if (Statistics.wants(BY_SERVER)) Statistics.takeBack(BY_SERVER, Statistics.groupOf(remoteName, BY_SERVER, 0))
      if (Statistics.wants(BY_SHARE)) Statistics.takeBack(BY_SHARE, Statistics.groupOf(remoteName, BY_SHARE, 2))
    }
    const image = load<u32>(row + ROW_IMAGE_NAME)
    if (Statistics.wants(BY_IMAGE) && image > <u32>STRING_ID_EMPTY) Statistics.takeBack(BY_IMAGE, Statistics.groupOf(image, BY_IMAGE, 4))
    if (!Statistics.wants(BY_USER)) return
    const user = RingOwner.userId(load<u32>(row + ROW_RING))
    if (user > <u32>STRING_ID_EMPTY) Statistics.takeBack(BY_USER, Statistics.groupOf(user, BY_USER, 6))
  }

  @inline
  private static wants(kind: u32): bool {
    return (wanted & (1 << kind)) != 0
  }

  private static takeBack(kind: u32, group: u32): void {
    const count = Statistics.place(kind, group) + <usize>GROUP_OUTCOMES + ((<usize>(OUTCOME_UNFINISHED - OUTCOME_SUCCEEDED)) << 2)
    const counted = load<u32>(count)
    // A full counter stays full.
    if (counted && counted != u32.MAX_VALUE) store<u32>(count, counted - 1)
  }

  private static add(kind: u32, group: u32, outcome: u32, duration: f64): void {
    const place = Statistics.place(kind, group)
    const count = place + <usize>GROUP_OUTCOMES + ((<usize>outcome) << 2)
    // A full counter stays full; and with the count of durations all that is known of durations stays as it is.
    // GUARD(full-count) without: store<u32>(count, load<u32>(count) + 1)
    if (load<u32>(count) != u32.MAX_VALUE) store<u32>(count, load<u32>(count) + 1)
    const durations = load<u32>(place + <usize>GROUP_DURATIONS)
    // GUARD(duration) without: if (durations == u32.MAX_VALUE) return
    // GUARD(full-durations) without: if (!(duration >= 0)) return
    if (!(duration >= 0) || durations == u32.MAX_VALUE) return
    store<u32>(place + <usize>GROUP_DURATIONS, durations + 1)
    store<f64>(place + <usize>GROUP_SUM, load<f64>(place + <usize>GROUP_SUM) + duration)
    if (durations == 0 || duration < load<f64>(place + <usize>GROUP_SHORTEST)) store<f64>(place + <usize>GROUP_SHORTEST, duration)
    if (duration > load<f64>(place + <usize>GROUP_LONGEST)) store<f64>(place + <usize>GROUP_LONGEST, duration)
    const cell = place + <usize>GROUP_HISTOGRAM + ((<usize>Statistics.cell(duration)) << 2)
    store<u32>(cell, load<u32>(cell) + 1)
  }

  private static cell(ms: f64): u32 {
    const us = <u64>min<f64>(ms * 1000, 1e15)
    if (us < 8) return <u32>us
    const log2 = <u32>(63 - clz<u64>(us))
    // GUARD(last-cell) without: return 8 * (log2 - 2) + (<u32>(us >> (log2 - 3)) & 7)
    return min<u32>(8 * (log2 - 2) + (<u32>(us >> (log2 - 3)) & 7), <u32>GROUP_CELLS - 1)
  }

  /** The group of a string in one of its roles, remembered by id within an epoch. */
  private static groupOf(id: u32, kind: u32, role: usize): u32 {
    const memo = GROUPS_OF + ((<usize>id) << 3) + role
    const known = <u32>load<u16>(memo)
    if (known) return known - 1
    const unitsAndWidth = Intern.unitsAndWidth(id)
    const wide = unitsAndWidth & 1
    let name = Intern.at(id) + 16
    let units = unitsAndWidth >> 1
    if (kind == BY_SERVER || kind == BY_SHARE) {
      units = RemoteName.partOf(name, wide, units, kind == BY_SHARE)
      name = RemoteName.text
    }
    const group = Statistics.find(kind, Statistics.foldedHash(name, wide, units), name, wide, units, 0)
    store<u16>(memo, <u16>(group + 1))
    return group
  }

  @inline
  private static unit(name: usize, wide: u32, i: u32): u32 {
    return wide ? <u32>load<u16>(name + ((<usize>i) << 1)) : <u32>load<u8>(name + <usize>i)
  }

  private static foldedHash(name: usize, wide: u32, units: u32): u64 {
    let hash: u64 = load<u64>(STATISTICS_KEY) ^ <u64>units
    for (let i: u32 = 0; i < units; i++) hash = (hash ^ <u64>load<u16>(FOLD + ((<usize>Statistics.unit(name, wide, i)) << 1))) * PRIME_1
    return Checksum.mix(hash)
  }

  /** The group with this key, made when it is new; 0 when there is no room. */
  private static find(kind: u32, hash: u64, name: usize, wide: u32, units: u32, status: u32): u32 {
    const key = name ? (units << 1) | wide : status
    let bucket = <u32>hash & (BUCKETS_PER_KIND - 1)
    // GUARD(group-probes) without: while (true) {
    for (let probe: u32 = 0; probe < PROBES_MAX; probe++) {
      const cell = GROUP_BUCKETS + <usize>((kind * BUCKETS_PER_KIND + bucket) << 1)
      const group = <u32>load<u16>(cell)
      if (group == 0) return Statistics.make(kind, cell, hash, name, key)
      if (Statistics.is(Statistics.place(kind, group), hash, name, wide, units, key)) return group
      bucket = (bucket + 1) & (BUCKETS_PER_KIND - 1)
    }
    return 0
  }

  private static is(place: usize, hash: u64, name: usize, wide: u32, units: u32, key: u32): bool {
    if (load<u64>(place + <usize>GROUP_HASH) != hash) return false
    const known = load<u32>(place + <usize>GROUP_KEY)
    if (!name) return known == key
    if (known >> 1 != units) return false
    for (let i: u32 = 0; i < units; i++) {
      const a = <usize>Statistics.unit(place + <usize>GROUP_NAME, known & 1, i)
      const b = <usize>Statistics.unit(name, wide, i)
      if (load<u16>(FOLD + (a << 1)) != load<u16>(FOLD + (b << 1))) return false
    }
    return true
  }

  private static make(kind: u32, cell: usize, hash: u64, name: usize, key: u32): u32 {
    const group = load<u32>(used + ((<usize>kind) << 2))
    // GUARD(groups)
    if (group >= <u32>GROUPS_MAX) return 0
    store<u32>(used + ((<usize>kind) << 2), group + 1)
    store<u16>(cell, <u16>group)
    const place = Statistics.place(kind, group)
    store<u64>(place + <usize>GROUP_HASH, hash)
    store<u32>(place + <usize>GROUP_KEY, key)
    if (name) memory.copy(place + <usize>GROUP_NAME, name, (key >> 1) << (key & 1))
    return group
  }
}

// Compile-time checks: a name that fills a record fits a group, and the tables do not touch.
if (GROUP_HISTOGRAM + GROUP_CELLS * 4 > GROUP_NAME || GROUP_NAME + STRING_BLOCKS * BLOCK_SIZE > GROUP_SIZE) ERROR('a group is too short')
if (GROUPS + <usize>(GROUP_KINDS * GROUPS_MAX * GROUP_SIZE) > GROUP_BUCKETS) ERROR('the groups run into their buckets')
if (GROUP_BUCKETS + <usize>(GROUP_KINDS * BUCKETS_PER_KIND * 2) > GROUPS_OF) ERROR('the buckets run into what strings belong to')
if (GROUPS_OF + <usize>STRING_PLACES * 8 > MEMORY_END) ERROR('what strings belong to runs over the end')
