import { beforeEach, describe, expect, it } from 'vitest'
import {
  DESCRIPTOR_SIZE,
  RECORD_DESCRIPTORS,
  RECORD_FLAGS,
  RECORD_KIND,
  RECORD_NOTIFY_STATUS,
  RECORD_STRINGS,
  RECORD_USED,
  SLOT_CHECKSUM,
} from '../../format/layout.ts'
import { storeChecksum } from '../../host/model/checksum.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import { FILE_ID, pre, record, SID } from './records.ts'
import { referenceRecord } from './reference-record.ts'

let ring: RingWriter
let driver: CoreDriver

beforeEach(() => {
  ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 2 })
  driver = new CoreDriver()
})

const u16 = (value: number) => Uint8Array.of(value & 0xff, value >>> 8)
const descriptor = (string: number) => RECORD_DESCRIPTORS + string * DESCRIPTOR_SIZE
const poke = (offset: number, bytes: Uint8Array) => ring.pokeRecord(0n, offset, bytes)
/** Gives record 0 the checksum that belongs to its bytes, so that the guards behind it are reached. */
const reseal = () => {
  const { bytes } = ring
  storeChecksum(new DataView(bytes.buffer, bytes.byteOffset), ring.slotOffset(0n), FILE_ID, 0n)
  ring.poke(ring.slotOffset(0n) + SLOT_CHECKSUM, bytes.slice(ring.slotOffset(0n) + SLOT_CHECKSUM, ring.slotOffset(0n) + 16))
}
/** What becomes of record 0, looked at twice. */
const verdict = () => {
  driver.open(0, ring.bytes)
  const rows = [...driver.turn(0, ring.bytes, 0).rows, ...driver.turn(0, ring.bytes, 0).rows]
  const { delivered, corrupt, next } = driver.account(0)
  expect(next).toBe(1)
  expect(delivered + corrupt).toBe(1)
  const slot = Buffer.from(ring.bytes.slice(ring.slotOffset(0n), ring.slotOffset(1n)))
  expect(rows).toEqual([referenceRecord(slot, FILE_ID, 0n, 0)?.row].filter((row) => row !== undefined))
  return delivered === 1 ? rows[0]! : 'corrupt'
}

describe('the checksum', () => {
  beforeEach(() => void ring.append(pre({ provider: 'Microsoft Windows Network' })))

  it('lets a whole record through', () => expect(verdict()).toMatchObject({ remoteName: record.remoteName }))

  it.each(Array.from({ length: 14 }, (_, i) => 8 + i * 16))('notices one flipped bit at byte %i', (offset) => {
    const slot = ring.slotOffset(0n)
    poke(offset, Uint8Array.of(ring.bytes[slot + offset]! ^ (1 << ((offset >> 4) % 8))))
    expect(verdict()).toBe('corrupt')
  })

  it('does not cover what lies behind the used bytes', () => {
    poke(511, Uint8Array.of(0xff))
    expect(verdict()).toMatchObject({ remoteName: record.remoteName })
  })
})

describe('a record that its own checksum vouches for', () => {
  beforeEach(() => void ring.append(pre()))

  it.each([0, 3, 255])('is corrupt with kind %i', (kind) => {
    poke(RECORD_KIND, Uint8Array.of(kind))
    reseal()
    expect(verdict()).toBe('corrupt')
  })

  it.each([0, 4, 0xfc])('is corrupt with notify status %i: neither PRE nor POST', (status) => {
    poke(RECORD_NOTIFY_STATUS, Uint8Array.of(status, 0xff, 0xff, 0xff))
    reseal()
    expect(verdict()).toBe('corrupt')
  })

  it.each([0, 1, 2, 3])('is corrupt when string %i stores more units than it had', (string) => {
    ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 2 })
    ring.append(pre({ provider: 'Microsoft Windows Network' }))
    const at = ring.slotOffset(0n) + descriptor(string)
    const stored = ring.bytes[at]!
    poke(descriptor(string) + 2, u16(stored - 1))
    reseal()
    expect(verdict()).toBe('corrupt')
  })

  it.each([127, 128, 144, 512, 513, 0, 0xffff])('is corrupt when it says it uses %i bytes, and its strings say otherwise', (used) => {
    poke(RECORD_USED, u16(used))
    reseal()
    expect(verdict()).toBe('corrupt')
  })

  it.each([
    ['one block more than there is', 24 * 16 + 1, 1],
    ['one block more than there is, wide', 12 * 16 + 1, 3],
    ['the most that can be written', 0xffff, 1],
    ['the most that can be written, wide', 0xffff, 3],
  ])('is corrupt when a string stores %s', (_, units, traits) => {
    for (const string of [0, 1, 2, 3]) {
      ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 2 })
      ring.append(pre({ remoteName: null, localName: null, imageName: null }))
      poke(descriptor(string), Uint8Array.of(...u16(units), 0xff, 0xff, traits, 0))
      // The sum of all blocks, as far as it can be said in 16 bits.
      poke(RECORD_USED, u16((RECORD_STRINGS + 16 * Math.ceil((units * (traits & 2 ? 2 : 1)) / 16)) & 0xffff))
      expect(verdict()).toBe('corrupt')
    }
  })

  it.each([0, 1, 2, 3])('is corrupt when string %i stores so many units that their sum with others comes out small', (string) => {
    ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 2 })
    ring.append(pre({ remoteName: null, localName: null, imageName: null }))
    // Rounded up to blocks in 16 bits it is none, and a block of the next string.
    poke(descriptor(string), Uint8Array.of(...u16(0xfff1), 0xff, 0xff, 1, 0))
    poke(RECORD_USED, u16(RECORD_STRINGS + (string === 3 ? 0 : 16)))
    reseal()
    expect(verdict()).toBe('corrupt')
  })

  it.each([0, 1])('is corrupt when its strings run into the next slot, with %i records of the same stranger in it', (after) => {
    if (after) ring.append(pre())
    const view = new DataView(ring.bytes.buffer, ring.bytes.byteOffset)
    // 13 and 12 blocks: one more than a slot has. Zeros behind the slot leave the checksum as it is.
    for (const [string, units] of [208, 192, 0, 0].entries()) poke(descriptor(string), Uint8Array.of(...u16(units), ...u16(units), 1, 0))
    poke(RECORD_USED, u16(RECORD_STRINGS + 16 * 25))
    storeChecksum(view, ring.slotOffset(0n), FILE_ID, 0n)
    driver.open(0, ring.bytes)
    driver.turn(0, ring.bytes, 0)
    expect(driver.turn(0, ring.bytes, 0).rows.map((row) => row.sequence)).toEqual(after ? [1] : [])
    expect(driver.account(0)).toMatchObject({ delivered: after, corrupt: 1 })
  })

  it('is corrupt when four strings that fit alone do not fit together', () => {
    for (const string of [0, 1, 2, 3]) poke(descriptor(string), Uint8Array.of(...u16(96), ...u16(96), 1, 0))
    poke(descriptor(3), Uint8Array.of(...u16(97), ...u16(97), 1, 0))
    poke(RECORD_USED, u16(RECORD_STRINGS + 16 * 25))
    expect(verdict()).toBe('corrupt')
  })

  it('is delivered with all 24 blocks in use', () => {
    ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 2 })
    ring.append(pre({ remoteName: 'r'.repeat(400), localName: 'l'.repeat(40), provider: 'p'.repeat(40), imageName: 'i'.repeat(80) }))
    expect(verdict()).toMatchObject({ remoteName: 'r'.repeat(272), localName: 'l'.repeat(16) })
  })

  it('is delivered with trait bits that nobody knows, and shows those it does know', () => {
    poke(descriptor(0) + 4, u16(0xfff1 | 8))
    poke(descriptor(0) + 2, u16(999))
    poke(descriptor(0) + 4, u16(0xfff0 | 1 | 4 | 8))
    reseal()
    expect(verdict()).toMatchObject({ truncated: { remoteName: 999 }, unreadable: ['remoteName'] })
  })

  it('is delivered with record flags that nobody knows', () => {
    poke(RECORD_FLAGS, Uint8Array.of(0xff, 0xff, 0xff, 0xff))
    poke(96, Uint8Array.of(0xff, 0xff, 0xff, 0xff))
    reseal()
    expect(verdict()).toMatchObject({ flags: 0xffffffff, recordFlags: 0xff, status: undefined, truncated: {}, unreadable: [] })
  })
})

describe('the one name of a cancel', () => {
  it.each(['F:', 'z:', 'LPT1', 'lpt1:', 'COM2', 'com2:', 'LPT123', 'COM12:'])('%s is a device: the local name', (name) => {
    ring.append(pre({ kind: 'cancel', remoteName: name, localName: null }))
    expect(verdict()).toMatchObject({ localName: name, remoteName: undefined })
  })

  it.each([
    '\\\\files01\\a',
    'F',
    '1:',
    ':F',
    'F:\\',
    'LPT',
    'LPT:',
    'LPT1::',
    'LPTx',
    'COM1a',
    'LPT1234',
    'LPT123:',
    '',
    'é:',
    'Ж:',
    'LPＴ1',
  ])('%j is a resource: the remote name', (name) => {
    ring.append(pre({ kind: 'cancel', remoteName: name, localName: null }))
    expect(verdict()).toMatchObject({ remoteName: name, localName: undefined })
  })

  it('is not moved when it was cut: who knows what it was', () => {
    ring.append(pre({ kind: 'cancel', remoteName: 'F:', localName: null }))
    poke(descriptor(0) + 4, u16(1 | 4))
    reseal()
    expect(verdict()).toMatchObject({ remoteName: 'F:', localName: undefined, truncated: { remoteName: 2 } })
  })

  it('takes its traits with it', () => {
    ring.append(pre({ kind: 'cancel', remoteName: 'F:', localName: null }))
    poke(descriptor(0) + 4, u16(1 | 8))
    reseal()
    expect(verdict()).toMatchObject({ localName: 'F:', unreadable: ['localName'] })
  })

  it('of an add is never a device', () => {
    ring.append(pre({ remoteName: 'F:', localName: null }))
    expect(verdict()).toMatchObject({ remoteName: 'F:', localName: undefined })
  })
})
