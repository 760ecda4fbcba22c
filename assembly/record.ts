// From a raw slot to a row: verify, intern, decode in place. The only code that interprets what a stranger wrote.

import {
  BLOCK_SIZE,
  CHECKSUM_ROTATION,
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
  PHASE_POST,
  PHASE_PRE,
  STRING_ID_ABSENT,
  STRING_ID_EMPTY,
  TRAIT_HAS_STATUS,
  TRAIT_TRUNCATED_SHIFT,
  TRAIT_UNREADABLE_SHIFT,
} from './abi.ts'
import { Checksum, PRIME_1 } from './checksum.ts'
import { Intern } from './intern.ts'
import {
  ROW_DURATION,
  ROW_FULL_UNITS,
  ROW_IMAGE_NAME,
  ROW_KIND,
  ROW_LOCAL_NAME,
  ROW_NOTIFY_STATUS,
  ROW_PHASE,
  ROW_PROVIDER,
  ROW_REMOTE_NAME,
  ROW_RING,
  ROW_SEQUENCE,
  ROW_TRAITS,
} from './row.ts'

export class Record {
  @inline
  private static blocks(units: u32, traits: u32): u32 {
    return ((units << ((traits >> 1) & 1)) + 15) >> 4
  }

  @inline
  private static id(hash: u64, at: usize, blocks: u32, units: u32, traits: u32): u32 {
    if (blocks != 0) return Intern.id(hash, at, blocks, (units << 1) | ((traits >> 1) & 1))
    return traits & <u32>STRING_PRESENT ? <u32>STRING_ID_EMPTY : <u32>STRING_ID_ABSENT
  }

  /**
   * Whether the slot holds a whole, true record of this file and sequence; if so the slot is now a row (row.ts).
   * Every length is checked against the slot before a byte behind it is read.
   */
  static decode(slot: usize, fileId: u64, sequence: u64, ring: u32): bool {
    // The 24 bytes of the four descriptors, in three loads: stored, full, traits; stored, full, …
    const d0 = load<u64>(slot + <usize>RECORD_DESCRIPTORS, 0)
    const d1 = load<u64>(slot + <usize>RECORD_DESCRIPTORS, 8)
    const d2 = load<u64>(slot + <usize>RECORD_DESCRIPTORS, 16)
    const remoteUnits = <u32>d0 & 0xffff
    const remoteFull = <u32>d0 >> 16
    const remoteTraits = <u32>(d0 >> 32) & 0xffff
    const localUnits = <u32>(d0 >> 48)
    const localFull = <u32>d1 & 0xffff
    const localTraits = <u32>d1 >> 16
    const providerUnits = <u32>(d1 >> 32) & 0xffff
    const providerFull = <u32>(d1 >> 48)
    const providerTraits = <u32>d2 & 0xffff
    const imageUnits = <u32>d2 >> 16
    const imageFull = <u32>(d2 >> 32) & 0xffff
    const imageTraits = <u32>(d2 >> 48)

    const remoteBlocks = Record.blocks(remoteUnits, remoteTraits)
    const localBlocks = Record.blocks(localUnits, localTraits)
    const providerBlocks = Record.blocks(providerUnits, providerTraits)
    const imageBlocks = Record.blocks(imageUnits, imageTraits)
    const blocks = remoteBlocks + localBlocks + providerBlocks + imageBlocks
    // GUARD(used-length)
    if (blocks > <u32>STRING_BLOCKS || <u32>load<u16>(slot + <usize>RECORD_USED) != <u32>RECORD_STRINGS + blocks * <u32>BLOCK_SIZE)
      return false

    const remoteAt = slot + <usize>RECORD_STRINGS
    const localAt = remoteAt + <usize>(remoteBlocks << 4)
    const providerAt = localAt + <usize>(localBlocks << 4)
    const imageAt = providerAt + <usize>(providerBlocks << 4)
    const remoteHash = remoteBlocks ? Checksum.string(remoteAt, remoteBlocks, (remoteUnits << 1) | ((remoteTraits >> 1) & 1)) : 0
    const localHash = localBlocks ? Checksum.string(localAt, localBlocks, (localUnits << 1) | ((localTraits >> 1) & 1)) : 0
    const providerHash = providerBlocks
      ? Checksum.string(providerAt, providerBlocks, (providerUnits << 1) | ((providerTraits >> 1) & 1))
      : 0
    const imageHash = imageBlocks ? Checksum.string(imageAt, imageBlocks, (imageUnits << 1) | ((imageTraits >> 1) & 1)) : 0
    const checksum = Checksum.mix(
      Checksum.fixedPart(slot) ^
        rotl<u64>(remoteHash, CHECKSUM_ROTATION) ^
        rotl<u64>(localHash, 2 * CHECKSUM_ROTATION) ^
        rotl<u64>(providerHash, 3 * CHECKSUM_ROTATION) ^
        rotl<u64>(imageHash, 4 * CHECKSUM_ROTATION) ^
        fileId ^
        (sequence * PRIME_1),
    )
    // GUARD(checksum)
    if (checksum != load<u64>(slot + <usize>SLOT_CHECKSUM)) return false

    const kind = <u32>load<u8>(slot + ROW_KIND)
    const notifyStatus = load<u32>(slot + ROW_NOTIFY_STATUS)
    // GUARD(plausible-record)
    if (
      (kind != <u32>KIND_ADD && kind != <u32>KIND_CANCEL) ||
      !(notifyStatus & <u32>(NOTIFY_PRE | NOTIFY_POST)) ||
      remoteUnits > remoteFull ||
      localUnits > localFull ||
      providerUnits > providerFull ||
      imageUnits > imageFull
    ) {
      return false
    }

    // From here on the slot is overwritten; everything needed of what is overwritten is in locals, strings are interned first.
    let remoteName = Record.id(remoteHash, remoteAt, remoteBlocks, remoteUnits, remoteTraits)
    let localName = Record.id(localHash, localAt, localBlocks, localUnits, localTraits)
    const provider = Record.id(providerHash, providerAt, providerBlocks, providerUnits, providerTraits)
    const imageName = Record.id(imageHash, imageAt, imageBlocks, imageUnits, imageTraits)
    let allTraits = <u64>remoteTraits | ((<u64>localTraits) << 16) | ((<u64>providerTraits) << 32) | ((<u64>imageTraits) << 48)
    let full = <u64>remoteFull | ((<u64>localFull) << 16) | ((<u64>providerFull) << 32) | ((<u64>imageFull) << 48)
    if (kind == <u32>KIND_CANCEL && Record.isDeviceName(remoteAt, remoteUnits, remoteTraits)) {
      localName = remoteName
      remoteName = <u32>STRING_ID_ABSENT
      allTraits = (allTraits & 0xffffffff00000000) | ((<u64>remoteTraits) << 16)
      full = (full & 0xffffffff00000000) | ((<u64>remoteFull) << 16)
    }
    let traits = load<u32>(slot + ROW_TRAITS) & 0xff
    const post = notifyStatus & <u32>NOTIFY_POST
    if (post) traits |= <u32>TRAIT_HAS_STATUS
    const unusual: u64 = <u64>(STRING_TRUNCATED | STRING_UNREADABLE) * 0x0001000100010001
    if (allTraits & unusual) {
      traits |= Record.gather(allTraits, STRING_TRUNCATED) << TRAIT_TRUNCATED_SHIFT
      traits |= Record.gather(allTraits, STRING_UNREADABLE) << TRAIT_UNREADABLE_SHIFT
    }

    store<u64>(slot + ROW_SEQUENCE, sequence)
    store<f64>(slot + ROW_DURATION, NaN)
    store<u32>(slot + ROW_TRAITS, traits)
    store<u32>(slot + ROW_REMOTE_NAME, remoteName)
    store<u32>(slot + ROW_LOCAL_NAME, localName)
    store<u32>(slot + ROW_PROVIDER, provider)
    store<u32>(slot + ROW_IMAGE_NAME, imageName)
    store<u16>(slot + ROW_PHASE, post ? <u16>PHASE_POST : <u16>PHASE_PRE)
    store<u32>(slot + ROW_RING, ring)
    store<u64>(slot + ROW_FULL_UNITS, full)
    return true
  }

  /** One bit a string: whether its traits have `trait`. */
  private static gather(allTraits: u64, trait: u32): u32 {
    const shift = <u64>ctz<u32>(trait)
    const bits = allTraits >> shift
    return <u32>((bits & 1) | ((bits >> 15) & 2) | ((bits >> 30) & 4) | ((bits >> 45) & 8))
  }

  /** A drive letter or a printer or serial port, as NOTIFYCANCEL.lpName may give ("F:", "LPT1", "com2:"). */
  private static isDeviceName(at: usize, units: u32, traits: u32): bool {
    if (units < 2 || units > 6 || traits & <u32>(STRING_WIDE | STRING_TRUNCATED)) return false
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
