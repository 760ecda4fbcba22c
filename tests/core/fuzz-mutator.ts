// Makes mutated slots for tests/fuzz, fast: a module of its own, without the core. It also judges each slot by RING.md section 3 and 5,
// with the scalar checksum, so that the fuzzer knows what the core has to say to it.

import {
  BLOCK_SIZE,
  DESCRIPTOR_FULL_UNITS,
  DESCRIPTOR_SIZE,
  DESCRIPTOR_STORED_UNITS,
  DESCRIPTOR_TRAITS,
  RECORD_DESCRIPTORS,
  RECORD_KIND,
  RECORD_NOTIFY_STATUS,
  RECORD_PROCESS_START_TIME,
  RECORD_START,
  RECORD_STRINGS,
  RECORD_USED,
  RECORD_WALL_TIME,
  SLOT_CHECKSUM,
  SLOT_SIZE,
  STAMP_SHIFT,
  STATE_COMMITTED,
  STRING_BLOCKS,
} from '../../format/layout.ts'
import { scalarChecksum, seal } from './scalar-checksum.ts'

export const SLOTS_MAX: u32 = 256
export const BASES_MAX: u32 = 256
export const slots: usize = memory.data(SLOT_SIZE * 256, 16)
/** Slots to begin with: the host puts them here. */
export const bases: usize = memory.data(SLOT_SIZE * 256, 16)
/** One u8 a slot, by make(): VERDICT_*. */
export const verdicts: usize = memory.data(256, 16)

/** The record is good. */
const VERDICT_GOOD: u8 = 1
/** Committed, and not a record. */
const VERDICT_CORRUPT: u8 = 2
/** The stamp is of a newer sequence. */
const VERDICT_NEWER: u8 = 3
/** Anything else. */
const VERDICT_HOLE: u8 = 4

let baseCount: u32 = 0
let state: u64 = 0
/** Most names of this case are noise, so that the string table fills up. */
let noisy = false

/** Lengths at which something changes. */
const EXTREMES = memory.data<u16>([
  0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 127, 128, 191, 192, 193, 255, 256, 383, 384, 385, 511, 512, 528, 1024, 32767, 32768, 65520, 65535,
])
const EXTREMES_COUNT: u32 = 29

/** splitmix64. */
function random(): u64 {
  state += 0x9e3779b97f4a7c15
  let z = state
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb
  return z ^ (z >> 31)
}

function below(limit: u32): u32 {
  return <u32>(((random() >> 32) * <u64>limit) >> 32)
}

function extreme(): u16 {
  return load<u16>(EXTREMES + ((<usize>below(EXTREMES_COUNT)) << 1))
}

/** Everything after this is made from `seed` alone. */
export function begin(seed: u64, basesGiven: u32): void {
  state = seed
  baseCount = basesGiven
  noisy = below(4) == 0
}

function blocksOf(slot: usize, string: usize): u32 {
  const descriptor = slot + RECORD_DESCRIPTORS + string * DESCRIPTOR_SIZE
  const wide = (<u32>load<u16>(descriptor + DESCRIPTOR_TRAITS) >> 1) & 1
  return (((<u32>load<u16>(descriptor + DESCRIPTOR_STORED_UNITS)) << wide) + 15) >> 4
}

function allBlocks(slot: usize): u32 {
  return blocksOf(slot, 0) + blocksOf(slot, 1) + blocksOf(slot, 2) + blocksOf(slot, 3)
}

/** One change of the record. */
function mutate(slot: usize): void {
  const descriptor = slot + RECORD_DESCRIPTORS + <usize>below(4) * DESCRIPTOR_SIZE
  switch (below(12)) {
    case 0: // a bit anywhere
    case 1: {
      const at = slot + RECORD_START + <usize>below(SLOT_SIZE - RECORD_START)
      store<u8>(at, load<u8>(at) ^ ((<u8>1) << (<u8>below(8))))
      return
    }
    case 2: // a byte of the fixed part
      store<u8>(slot + RECORD_START + <usize>below(RECORD_STRINGS - RECORD_START), <u8>random())
      return
    case 3:
      store<u16>(descriptor + DESCRIPTOR_STORED_UNITS, extreme())
      return
    case 4:
      store<u16>(descriptor + DESCRIPTOR_FULL_UNITS, extreme())
      return
    case 5:
      store<u16>(descriptor + DESCRIPTOR_TRAITS, <u16>below(16))
      return
    case 6:
      store<u16>(slot + RECORD_USED, extreme())
      return
    case 7: {
      // a piece of another record, at its own place or at another
      const length = <usize>below(SLOT_SIZE - RECORD_START)
      const from = <usize>RECORD_START + <usize>below(SLOT_SIZE - RECORD_START - <u32>length)
      const to = below(2) ? from : <usize>RECORD_START + <usize>below(SLOT_SIZE - RECORD_START - <u32>length)
      memory.copy(slot + to, bases + <usize>below(baseCount) * SLOT_SIZE + from, length)
      return
    }
    case 8: {
      const length = <usize>below(64)
      memory.fill(slot + RECORD_START + <usize>below(SLOT_SIZE - RECORD_START - 64), <u8>random(), length)
      return
    }
    case 9:
      store<u8>(slot + RECORD_KIND, <u8>below(4))
      return
    case 10:
      store<u32>(slot + RECORD_NOTIFY_STATUS, below(2) ? below(8) : <u32>random())
      return
    case 11:
      scramble(slot)
  }
}

/** Text that is noise. */
function scramble(slot: usize): void {
  const end = slot + SLOT_SIZE
  for (let at = slot + RECORD_STRINGS; at < end; at += 8) store<u64>(at, random())
}

/** Makes lengths agree with each other, as a writer's do: most mutations of them go no further otherwise. */
function repair(slot: usize): void {
  for (let i: usize = 0; i < 4; i++) {
    const descriptor = slot + RECORD_DESCRIPTORS + i * DESCRIPTOR_SIZE
    const stored = load<u16>(descriptor + DESCRIPTOR_STORED_UNITS)
    if (load<u16>(descriptor + DESCRIPTOR_FULL_UNITS) < stored) store<u16>(descriptor + DESCRIPTOR_FULL_UNITS, stored)
  }
  const blocks = allBlocks(slot)
  if (blocks <= <u32>STRING_BLOCKS) store<u16>(slot + RECORD_USED, <u16>(RECORD_STRINGS + blocks * BLOCK_SIZE))
}

function putStamp(slot: usize, sequence: u64): void {
  let stamped = sequence
  let stampState: u64 = STATE_COMMITTED
  switch (below(24)) {
    case 0:
      stampState = random() & 3
      break
    case 1:
      stamped = sequence + below(40) - 20
      break
    case 2:
      stamped = random()
      stampState = random() & 3
      break
    case 3:
      stamped = 0
      stampState = 0
  }
  store<u64>(slot, (stamped << STAMP_SHIFT) | stampState)
}

/** Makes the slot at `index`, for a sequence of a file. */
function makeOne(index: u32, fileId: u64, sequence: u64): void {
  const slot = slots + <usize>index * SLOT_SIZE
  memory.copy(slot, bases + <usize>below(baseCount) * SLOT_SIZE, SLOT_SIZE)
  if (noisy && below(2)) scramble(slot)
  for (let i = below(4); i > 0; i--) mutate(slot)
  if (below(4)) repair(slot)
  // Sealed, a mutation gets behind the checksum; one in eight stays unsealed or is changed afterwards.
  const sealed = allBlocks(slot) <= <u32>STRING_BLOCKS && below(8) != 0
  if (sealed) seal(slot, fileId, sequence)
  if (sealed && below(8) == 0) mutate(slot)
  putStamp(slot, sequence)
  store<u8>(verdicts + <usize>index, judge(slot, fileId, sequence))
}

/** Makes `count` slots for the sequences from `first` on, in a ring of `slotCount` slots, and judges them. */
export function make(count: u32, slotCount: u32, fileId: u64, first: u64): void {
  for (let i: u32 = 0; i < count; i++) makeOne(<u32>(first + i) & (slotCount - 1), fileId, first + i)
}

/** Makes one slot anew, as a writer that does not care for readers. */
export function remake(slotCount: u32, fileId: u64, sequence: u64): void {
  makeOne(<u32>sequence & (slotCount - 1), fileId, sequence)
}

/** A number for the fuzzer's own choices. */
export function choose(limit: u32): u32 {
  return below(limit)
}

/** RING.md sections 3, 5 and 6, rule by rule. */
function judge(slot: usize, fileId: u64, sequence: u64): u8 {
  const stamp = load<u64>(slot)
  if (stamp != ((sequence << STAMP_SHIFT) | STATE_COMMITTED)) return stamp >> STAMP_SHIFT > sequence ? VERDICT_NEWER : VERDICT_HOLE
  const blocks = allBlocks(slot)
  if (blocks > <u32>STRING_BLOCKS) return VERDICT_CORRUPT
  if (<u32>load<u16>(slot + RECORD_USED) != <u32>RECORD_STRINGS + blocks * <u32>BLOCK_SIZE) return VERDICT_CORRUPT
  if (load<u64>(slot + SLOT_CHECKSUM) != scalarChecksum(slot, fileId, sequence)) return VERDICT_CORRUPT
  const kind = load<u8>(slot + RECORD_KIND)
  if (kind != 1 && kind != 2) return VERDICT_CORRUPT
  if ((load<u32>(slot + RECORD_NOTIFY_STATUS) & 3) == 0) return VERDICT_CORRUPT
  for (let i: usize = 0; i < 4; i++) {
    const descriptor = slot + RECORD_DESCRIPTORS + i * DESCRIPTOR_SIZE
    if (load<u16>(descriptor + DESCRIPTOR_STORED_UNITS) > load<u16>(descriptor + DESCRIPTOR_FULL_UNITS)) return VERDICT_CORRUPT
  }
  if (<i64>(load<u64>(slot + RECORD_WALL_TIME) | load<u64>(slot + RECORD_PROCESS_START_TIME)) < 0) return VERDICT_CORRUPT
  return VERDICT_GOOD
}
