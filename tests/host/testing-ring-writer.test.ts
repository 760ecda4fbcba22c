import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MprtapError } from '../../host/index.ts'
import { contextOf, type RecordInput, RingWriter } from '../../host/testing/index.ts'
import { naiveChecksum, naiveStrings } from '../format/naive-ring.ts'

const SID = 'S-1-5-21-1004336348-1177238915-682003330-1108'
const FILE_ID = 0xfedcba9876543210n
const WRITING = 1
const COMMITTED = 2

const record: RecordInput = {
  kind: 'add',
  notifyStatus: 1,
  operationStatus: 0,
  flags: 0,
  wallTime: 134_120_736_000_000_000n,
  ticks: 1n,
  ticksPerSecond: 10_000_000n,
  context: 0n,
  processStartTime: 134_120_735_000_000_000n,
  logonId: 0x3e7n,
  processId: 4,
  threadId: 8,
  sessionId: 1,
  resourceType: 1,
  force: false,
  ownerWindow: false,
  pointer32: false,
  impersonated: false,
  remoteName: '\\\\files01\\projects',
  localName: 'P:',
  provider: null,
  imageName: 'explorer.exe',
}

const small = () => RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 2 })

/** The slot at `index`, read by byte offsets only. */
function slotAt(bytes: Uint8Array, index: number) {
  const slot = Buffer.from(bytes.buffer, bytes.byteOffset + 4096 + 512 * index, 512)
  const stamp = slot.readBigUInt64LE(0)
  const sequence = stamp >> 2n
  const valid = slot.readBigUInt64LE(8) === naiveChecksum(slot, FILE_ID, sequence)
  return { sequence, state: Number(stamp & 3n), valid, remoteName: naiveStrings(slot)[0]!.text }
}

describe('a ring that RingWriter makes', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mprtap-writer-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('has the header that RING.md gives, the owner in binary form', () => {
    const { bytes } = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 3, created: 77n })
    const header = Buffer.from(bytes.buffer, 0, 4096)
    expect(bytes.length).toBe(4096 + 8 * 512)
    expect(header.subarray(0, 8)).toEqual(Buffer.from([0x4d, 0x50, 0x52, 0x54, 1, 0, 3, 0]))
    expect(header.readBigUInt64LE(8)).toBe(FILE_ID)
    expect(header.readBigUInt64LE(16)).toBe(77n)
    expect(header.readUInt32LE(60)).toBe(28)
    expect(header.subarray(64, 64 + 28).toString('hex')).toBe('010500000000000515000000dcf4dc3b833d2b46828ba62854040000')
    expect(header.readBigUInt64LE(512)).toBe(0n)
  })

  it('has a file id of its own when none is given, never zero', () => {
    const ids = Array.from({ length: 20 }, () => RingWriter.create({ sid: SID, slotCountLog2: 2 }).fileId)
    expect(new Set(ids).size).toBe(20)
    expect(ids).not.toContain(0n)
  })

  it.each([1, 21, 2.5, Number.NaN])('cannot have 2^%s slots', (slotCountLog2) => {
    expect(() => RingWriter.create({ sid: SID, slotCountLog2 })).toThrow(MprtapError)
  })

  it.each(['', 'S-1-5', 'S-1-5-4294967296', 'S-2-5-18', `S-1-5${'-1'.repeat(16)}`, '../S-1-5-18'])('cannot belong to %j', (sid) => {
    expect(() => RingWriter.create({ sid })).toThrow(MprtapError)
  })

  it.each([{ fileId: 0n }, { fileId: 2n ** 64n }, { fileId: 5 }, { created: -1n }, { sid: 7 }])('cannot have %o', (options) => {
    expect(() => RingWriter.create({ sid: SID, ...options } as never)).toThrow(MprtapError)
  })

  it.each([{ kind: 'move' }, { ticks: 5 }, { wallTime: -1n }, { processId: 2 ** 32 }, { force: 1 }, { remoteName: undefined }])(
    'takes no record with %o, and claims nothing for it',
    (fields) => {
      const ring = RingWriter.create({ sid: SID, slotCountLog2: 2 })
      expect(() => ring.append({ ...record, ...fields } as never)).toThrow(MprtapError)
      expect(ring.head).toBe(0n)
    },
  )

  it('is the same in its file as in memory, after every single step', () => {
    const path = join(directory, 'a.ring')
    const writer = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 2 }, path)
    const same = () => expect(readFileSync(path).equals(writer.bytes)).toBe(true)
    same()
    for (let i = 0; i < 6; i++) {
      writer.append({ ...record, remoteName: `\\\\s\\${'x'.repeat(60 - 10 * i)}` })
      same()
    }
    const sequence = writer.claim()
    same()
    writer.begin(sequence)
    same()
    writer.fill(sequence, record)
    same()
    writer.commit(sequence)
    same()
    writer.poke(640, Buffer.from([9]))
    same()
    writer.close()
  })

  it('is not made where a file is already', () => {
    const path = join(directory, 'a.ring')
    RingWriter.create({ sid: SID, slotCountLog2: 2 }, path).close()
    expect(() => RingWriter.create({ sid: SID, slotCountLog2: 2 }, path)).toThrow(/EEXIST/)
  })

  it('is continued by open, and a file that is no ring is refused', () => {
    const path = join(directory, 'a.ring')
    const writer = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 2 }, path)
    writer.append(record)
    writer.close()
    const again = RingWriter.open(path)
    expect(again.fileId).toBe(FILE_ID)
    expect(again.append(record)).toBe(1n)
    again.close()
    expect(slotAt(readFileSync(path), 1)).toMatchObject({ sequence: 1n, state: COMMITTED, valid: true })
    const truncated = join(directory, 'b.ring')
    const whole = RingWriter.create({ sid: SID, slotCountLog2: 3 })
    whole.poke(6, Buffer.from([4]))
    whole.save(truncated)
    expect(() => RingWriter.open(truncated)).toThrow(/not a ring/)
  })

  it('refuses a FIFO at once, and a file that is larger than any ring unread', () => {
    const fifo = join(directory, 'fifo')
    execFileSync('mkfifo', [fifo])
    expect(() => RingWriter.open(fifo)).toThrow(/not a ring/)
    const huge = join(directory, 'huge')
    writeFileSync(huge, '')
    truncateSync(huge, 2 ** 40)
    expect(() => RingWriter.open(huge)).toThrow(/not a ring/)
  })
})

describe('append', () => {
  it('overwrites the oldest record once the ring is full, each with a checksum of its own sequence', () => {
    const writer = small()
    for (let i = 0; i < 6; i++) expect(writer.append({ ...record, remoteName: `\\\\s\\${i}` })).toBe(BigInt(i))
    expect(writer.head).toBe(6n)
    expect([0, 1, 2, 3].map((i) => slotAt(writer.bytes, i))).toEqual(
      [4n, 5n, 2n, 3n].map((sequence) => ({ sequence, state: COMMITTED, valid: true, remoteName: `\\\\s\\${sequence}` })),
    )
  })

  it('stays off a slot that a writer one lap behind is still writing, and steals it another lap later', () => {
    const writer = small()
    const stalled = writer.claim()
    writer.begin(stalled)
    for (let i = 1; i <= 3; i++) writer.append(record)
    expect(writer.append(record)).toBe(5n)
    expect(slotAt(writer.bytes, 0)).toMatchObject({ sequence: 0n, state: WRITING })
    for (let i = 6; i <= 7; i++) writer.append(record)
    expect(writer.append(record)).toBe(8n)
    expect(slotAt(writer.bytes, 0)).toMatchObject({ sequence: 8n, state: COMMITTED, valid: true })
  })

  it('writes over an abandoned claim', () => {
    const writer = small()
    writer.claim()
    for (let i = 1; i <= 4; i++) writer.append(record)
    expect([0, 1, 2, 3].map((i) => slotAt(writer.bytes, i).sequence)).toEqual([4n, 1n, 2n, 3n])
  })

  it('gives up after four claims, counts that, and says so', () => {
    const writer = small()
    for (let i = 0; i < 4; i++) writer.begin(writer.claim())
    expect(writer.append(record)).toBeUndefined()
    expect(writer.head).toBe(8n)
    expect(writer.gaveUp).toBe(1n)
    expect(writer.append(record)).toBe(8n)
  })

  it.each([0n, 1n, 2n, 3n])('claims its way past %s sequences that a stale head hands out a second time', (back) => {
    const writer = small()
    for (let i = 0; i < 10; i++) writer.append(record)
    writer.setHead(10n - back)
    expect(writer.append(record)).toBe(10n)
    expect(writer.head).toBe(11n)
  })

  it.each([5n, 7n, 8n, 10n])('raises a head that is %s sequences behind, more than a lap, to the end of the newer stamps', (back) => {
    const writer = small()
    for (let i = 0; i < 10; i++) writer.append(record)
    writer.setHead(10n - back)
    expect(writer.append(record)).toBe(10n)
    expect(writer.gaveUp).toBe(0n)
  })

  it('does not believe a stamp more than 2^32 sequences ahead', () => {
    const writer = small()
    writer.stamp(0n, COMMITTED, 2n ** 32n + 4n)
    expect(writer.append(record)).toBe(0n)
    expect(slotAt(writer.bytes, 0)).toMatchObject({ sequence: 0n, state: COMMITTED, valid: true })
  })

  it('never claims sequences from 2^53 on, and below that all of them', () => {
    const writer = small()
    writer.setHead(2n ** 53n - 1n)
    expect(writer.append(record)).toBe(2n ** 53n - 1n)
    expect(slotAt(writer.bytes, 3)).toMatchObject({ sequence: 2n ** 53n - 1n, state: COMMITTED, valid: true })
    expect(writer.append(record)).toBeUndefined()
    expect(writer.gaveUp).toBe(1n)
  })

  it('ends a string at a NUL, as a C writer does', () => {
    const writer = small()
    writer.append({ ...record, remoteName: '\\\\s\\a\0日本' })
    expect(slotAt(writer.bytes, 0)).toMatchObject({ valid: true, remoteName: '\\\\s\\a' })
  })

  it('looks at 32,767 units at most: what comes later makes a string neither longer nor wide', () => {
    const writer = small()
    writer.append({ ...record, remoteName: `${'a'.repeat(32_767)}日`, localName: null, imageName: null })
    const slot = Buffer.from(writer.bytes.buffer, 4096, 512)
    expect(naiveStrings(slot)[0]).toMatchObject({ stored: 384, full: 32_767, traits: 1 + 4 })
  })
})

describe('strings that compete for the blocks of a record', () => {
  // Blocks by hand, 24 in all, of 16 units each: local, provider and image name keep 1, 2 and 4, and earlier ones may take what later ones do not need.
  it.each([
    [
      [400, 40, 100, 400],
      [272, 16, 32, 64],
    ],
    [
      [128, 400, 100, 400],
      [128, 160, 32, 64],
    ],
    [
      [128, 16, 400, 400],
      [128, 16, 176, 64],
    ],
    [
      [16, 16, 16, 400],
      [16, 16, 16, 336],
    ],
    [
      [400, 2, 0, 7],
      [352, 2, 0, 7],
    ],
    [
      [400, 0, 0, 0],
      [384, 0, 0, 0],
    ],
  ])('%j units are cut to %j', (units, stored) => {
    const writer = small()
    const [remoteName, localName, provider, imageName] = units.map((length) => 'x'.repeat(length)) as [string, string, string, string]
    writer.append({ ...record, remoteName, localName, provider, imageName })
    expect(slotAt(writer.bytes, 0)).toMatchObject({ valid: true })
    const strings = naiveStrings(Buffer.from(writer.bytes.buffer, 4096, 512))
    expect(strings.map((string) => string.stored)).toEqual(stored)
    expect(strings.map((string) => string.full)).toEqual(units)
    expect(strings.map((string) => (string.traits & 4) !== 0)).toEqual(units.map((length, i) => stored[i]! < length))
  })
})

describe('the context of a PRE', () => {
  it('is its sequence + 1, in 32-bit processes the low 31 bits of that, and never zero', () => {
    expect(contextOf(0n, false)).toBe(1n)
    expect(contextOf(2n ** 40n, false)).toBe(2n ** 40n + 1n)
    expect(contextOf(2n ** 31n + 5n, true)).toBe(6n)
    expect(contextOf(2n ** 31n - 1n, true)).toBe(0xffffffffn)
    expect(contextOf(undefined, true)).toBe(0xffffffffn)
    expect(contextOf(undefined, false)).toBe(2n ** 64n - 1n)
  })
})
