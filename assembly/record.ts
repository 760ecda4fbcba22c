// From a raw slot to a row: verify, intern, decode in place. The only code that interprets what a stranger wrote.

import {
  BLOCK_SIZE,
  KIND_ADD,
  KIND_CANCEL,
  NOTIFY_POST,
  NOTIFY_PRE,
  RECORD_DESCRIPTORS,
  RECORD_STRINGS,
  RECORD_USED,
  SLOT_CHECKSUM,
  STRING_BLOCKS,
  STRING_PRESENT,
  STRING_TRUNCATED,
  STRING_UNREADABLE,
  STRING_WIDE,
} from '../format/layout.ts'
import {
  PHASE_NONE,
  PHASE_POST,
  PHASE_PRE,
  STRING_ID_ABSENT,
  STRING_ID_EMPTY,
  TRAIT_HAS_STATUS,
  TRAIT_TRUNCATED_SHIFT,
  TRAIT_UNREADABLE_SHIFT,
} from './abi.ts'
import { Checksum } from './checksum.ts'
import { Filter } from './filter.ts'
import { Intern } from './intern.ts'
import {
  ROW_COMPLETES,
  ROW_DURATION,
  ROW_FULL_UNITS,
  ROW_IMAGE_NAME,
  ROW_KIND,
  ROW_LOCAL_NAME,
  ROW_NOTIFY_STATUS,
  ROW_PHASE,
  ROW_PROCESS_START_TIME,
  ROW_PROVIDER,
  ROW_REMOTE_NAME,
  ROW_RING,
  ROW_SEQUENCE,
  ROW_TRAITS,
  ROW_WALL_TIME,
} from './row.ts'

/** Times a 16-bit number: that number in four lanes. Arithmetic in lanes is done on all four strings at once. */
const LANES: u64 = 0x0001000100010001
/** A string of more stored units fits no slot; one of fewer keeps within its lane. */
const UNITS_TOO_MANY: u64 = 0xf800 * LANES
const STRING_WIDE_SHIFT = 1
const STRING_TRUNCATED_SHIFT: u64 = 2
const STRING_UNREADABLE_SHIFT: u64 = 3
const UNUSUAL: u64 = <u64>(STRING_TRUNCATED | STRING_UNREADABLE) * LANES
/** With so few blocks in a PRE, no name is cut in its POST either, which may have a local name more: both have the same remote name. */
const UNCUT_BLOCKS: u32 = <u32>STRING_BLOCKS - 4
const POST_TO_HAS_STATUS: u32 = <u32>TRAIT_HAS_STATUS / <u32>NOTIFY_POST

export class Record {
  /**
   * Whether the slot holds a whole, true record of this file and sequence; if so the slot is now a row (row.ts).
   * Every length is checked against the slot before a byte after it is read. A row that the filter refuses by its numbers or by its
   * remote name alone is marked so, and left unfinished: isRefused() has to be asked. With `isKept` the slot stays as it is.
   */
  static decode(slot: usize, fileId: u64, sequence: u64, ring: u32, isKept: bool): bool {
    // Four descriptors of stored, full, traits, in three loads; then lanes of each, the first string's lowest.
    const d0 = load<u64>(slot, RECORD_DESCRIPTORS)
    const d1 = load<u64>(slot, RECORD_DESCRIPTORS + 8)
    const d2 = load<u64>(slot, RECORD_DESCRIPTORS + 16)
    const stored = (d0 & 0xffff) | ((d0 >> 32) & 0xffff0000) | (d1 & 0xffff00000000) | ((d2 & 0xffff0000) << 32)
    let full = ((d0 >> 16) & 0xffff) | ((d1 & 0xffff) << 16) | ((d1 >> 48) << 32) | ((d2 & 0xffff00000000) << 16)
    let traits = ((d0 >> 32) & 0xffff) | (d1 & 0xffff0000) | ((d2 & 0xffff) << 32) | ((d2 >> 48) << 48)
    const wide = (traits >> STRING_WIDE_SHIFT) & LANES
    const keys = (stored << 1) | wide
    const blocks = ((stored + (stored & (wide * 0xffff)) + 15 * LANES) >> 4) & (0x0fff * LANES)
    /** Lane i: blocks of the strings up to and with i. */
    const ends = blocks * LANES
    const total = <u32>(ends >> 48)
    // GUARD(within-lane) without: if (total > <u32>STRING_BLOCKS) return false
    // GUARD(within-slot) without: if (stored & UNITS_TOO_MANY) return false
    if (stored & UNITS_TOO_MANY || total > <u32>STRING_BLOCKS) return false
    // GUARD(used-length)
    if (<u32>load<u16>(slot, RECORD_USED) != <u32>RECORD_STRINGS + (total << 4)) return false

    const kind = <u32>load<u8>(slot, ROW_KIND)
    const notifyStatus = load<u32>(slot, ROW_NOTIFY_STATUS)
    const strings = slot + <usize>RECORD_STRINGS
    // GUARD(checksum)
    if (Checksum.record(slot, total, fileId, sequence) != load<u64>(slot, SLOT_CHECKSUM)) return false
    // GUARD(known-kind) without: if (!(notifyStatus & <u32>(NOTIFY_PRE | NOTIFY_POST))) return false
    // GUARD(known-phase) without: if (kind != <u32>KIND_ADD && kind != <u32>KIND_CANCEL) return false
    if ((kind != <u32>KIND_ADD && kind != <u32>KIND_CANCEL) || !(notifyStatus & <u32>(NOTIFY_PRE | NOTIFY_POST))) return false
    // GUARD(stored-within-full)
    if (v128.extract_lane<u64>(i16x8.sub_sat_u(i64x2.splat(stored), i64x2.splat(full)), 0)) return false

    // GUARD(file-time): no clock gets there.
    if (<i64>(load<u64>(slot, ROW_WALL_TIME) | load<u64>(slot, ROW_PROCESS_START_TIME)) < 0) return false
    if (isKept) return true

    // From here on the slot is overwritten, from the front; its strings last.
    const post = notifyStatus & <u32>NOTIFY_POST
    let rowTraits = (load<u32>(slot, ROW_TRAITS) & 0xff) | (post * POST_TO_HAS_STATUS)
    store<u64>(slot, sequence, ROW_SEQUENCE)
    store<f64>(slot, NaN, ROW_DURATION)
    store<u32>(slot, rowTraits, ROW_TRAITS)
    store<u16>(slot, post ? <u16>PHASE_POST : <u16>PHASE_PRE, ROW_PHASE)
    if (Filter.refusesNumbers(slot)) {
      store<u8>(slot, PHASE_NONE, ROW_PHASE)
      return true
    }
    // A device that is cancelled has no remote name, so it suits no rule that demands a beginning; and a name is never cut within its first block.
    // GUARD(begins-wide) without: if (Filter.refusesBeginning(strings, false)) {
    if (Filter.refusesBeginning(strings, (wide & 1) != 0)) {
      store<u8>(slot, PHASE_NONE, ROW_PHASE)
      return true
    }
    let remoteName = Record.name(0, strings, blocks, keys, traits)
    // GUARD(refused-device) without: if (total <= UNCUT_BLOCKS && Filter.refusesRemoteName(remoteName)) {
    // GUARD(refused-cut) without: if (kind == <u32>KIND_ADD && Filter.refusesRemoteName(remoteName)) {
    if (kind == <u32>KIND_ADD && total <= UNCUT_BLOCKS && Filter.refusesRemoteName(remoteName)) {
      store<u8>(slot, PHASE_NONE, ROW_PHASE)
      return true
    }
    let localName = Record.name(1, strings + ((<usize>ends & 0xffff) << 4), blocks, keys, traits)
    const provider = Record.provider(strings + ((<usize>(ends >> 16) & 0xffff) << 4), blocks, keys, traits)
    const imageName = Record.name(3, strings + ((<usize>(ends >> 32) & 0xffff) << 4), blocks, keys, traits)
    if (kind == <u32>KIND_CANCEL && Record.isDeviceName(remoteName, <u32>traits & 0xffff)) {
      localName = remoteName
      remoteName = <u32>STRING_ID_ABSENT
      traits = (traits & 0xffffffff00000000) | ((traits & 0xffff) << 16)
      full = (full & 0xffffffff00000000) | ((full & 0xffff) << 16)
    }
    if (traits & UNUSUAL) {
      rowTraits |= Record.gather(traits, STRING_TRUNCATED) << TRAIT_TRUNCATED_SHIFT
      rowTraits |= Record.gather(traits, STRING_UNREADABLE) << TRAIT_UNREADABLE_SHIFT
      store<u32>(slot, rowTraits, ROW_TRAITS)
    }
    store<u32>(slot, remoteName, ROW_REMOTE_NAME)
    store<u32>(slot, localName, ROW_LOCAL_NAME)
    store<u32>(slot, provider, ROW_PROVIDER)
    store<u32>(slot, imageName, ROW_IMAGE_NAME)
    store<u32>(slot, ring, ROW_RING)
    store<u64>(slot, full, ROW_FULL_UNITS)
    store<u64>(slot, 0, ROW_COMPLETES)
    return true
  }

  @inline
  static isRefused(row: usize): bool {
    return load<u8>(row, ROW_PHASE) == <u8>PHASE_NONE
  }

  /** The id of string `i`, which begins at `at`. */
  @inline
  private static name(i: u64, at: usize, blocks: u64, keys: u64, traits: u64): u32 {
    const count = <u32>(blocks >> (16 * i)) & 0xffff
    if (count == 0) return <u32>(traits >> (16 * i)) & <u32>STRING_PRESENT
    return Intern.id(at, count, <u32>(keys >> (16 * i)) & 0xffff)
  }

  /** The id of the third string. Most records have the same one. */
  @inline
  private static provider(at: usize, blocks: u64, keys: u64, traits: u64): u32 {
    const count = <u32>(blocks >> 32) & 0xffff
    if (count == 0) return <u32>(traits >> 32) & <u32>STRING_PRESENT
    return Intern.recent(at, count, <u32>(keys >> 32) & 0xffff)
  }

  /** One bit a string: whether its traits have `trait`. */
  private static gather(allTraits: u64, trait: u32): u32 {
    const shift = <u64>ctz<u32>(trait)
    const bits = allTraits >> shift
    return <u32>((bits & 1) | ((bits >> 15) & 2) | ((bits >> 30) & 4) | ((bits >> 45) & 8))
  }

  /** A drive letter or a printer or serial port, as NOTIFYCANCEL.lpName may give ("F:", "LPT1", "com2:"). */
  private static isDeviceName(id: u32, traits: u32): bool {
    const unitsAndWidth = Intern.unitsAndWidth(id)
    const units = unitsAndWidth >> 1
    if (units < 2 || units > 6 || unitsAndWidth & 1 || traits & <u32>STRING_TRUNCATED) return false
    const at = Intern.at(id) + 16
    const letter = <u32>load<u8>(at) | 0x20
    if (letter < 0x61 || letter > 0x7a) return false
    if (units == 2) return load<u8>(at, 1) == 0x3a
    const port = load<u32>(at) & 0xdfdfdf
    if (port != 0x54504c && port != 0x4d4f43) return false
    let digits: u32 = 0
    for (let unit: u32 = 3; unit < units; unit++) {
      const c = <u32>load<u8>(at + <usize>unit)
      if (c >= 0x30 && c <= 0x39) digits++
      else if (c != 0x3a || unit + 1 != units) return false
    }
    return digits > 0
  }
}

if (STRING_ID_ABSENT != 0 || STRING_ID_EMPTY != STRING_PRESENT) ERROR('what a string of no units says of its presence is its id')
if (1 << (<i32>STRING_TRUNCATED_SHIFT) != STRING_TRUNCATED) ERROR('the lanes are computed for another trait')
if (1 << (<i32>STRING_UNREADABLE_SHIFT) != STRING_UNREADABLE) ERROR('the lanes are computed for another trait')
if (1 << STRING_WIDE_SHIFT != STRING_WIDE || BLOCK_SIZE != 16) ERROR('the lanes are computed for other constants')
