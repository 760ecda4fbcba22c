import { beforeEach, describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { RECORD_DESCRIPTORS, RECORD_STRINGS } from '../../format/layout.ts'
import { storeChecksum } from '../../host/model/checksum.ts'
import { type RecordInput, RingWriter } from '../../host/testing/index.ts'
import { collidingNames, naiveInternPlace } from '../format/naive-ring.ts'
import { CoreDriver, SEED } from './core-driver.ts'
import { FILE_ID, OTHER_SID, post, pre, SID } from './records.ts'

let ring: RingWriter
let driver: CoreDriver

beforeEach(() => {
  ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 10 })
  driver = new CoreDriver()
  driver.open(0, ring.bytes)
})

/** Writes one record and returns the ids of its four names. */
function idsOf(fields: Partial<RecordInput>): number[] {
  ring.append(pre(fields))
  expect(driver.turn(0, ring.bytes, 0).rows).toHaveLength(1)
  return idsOfRow(0)
}

function idsOfRow(row: number): number[] {
  const columns = [abi.COLUMN_REMOTE_NAME, abi.COLUMN_LOCAL_NAME, abi.COLUMN_PROVIDER, abi.COLUMN_IMAGE_NAME]
  return columns.map((column) => driver.core.columns.u32[column * abi.ROWS_MAX + row]!)
}

const epoch = () => driver.core.turn.epoch
const remote = (remoteName: string | null) => idsOf({ remoteName })[0]!

describe('the id of a string', () => {
  it('is the same for equal strings, whichever of the four they are, from record to record', () => {
    const [a, b, c, d] = idsOf({ remoteName: 'same', localName: 'same', provider: 'same', imageName: 'same' })
    expect(new Set([a, b, c, d]).size).toBe(1)
    expect(remote('same')).toBe(a)
  })

  it('is the same in every ring', () => {
    const id = remote('\\\\files01\\shared')
    const other = RingWriter.create({ sid: OTHER_SID, slotCountLog2: 2 })
    other.append(pre({ remoteName: '\\\\files01\\shared' }))
    driver.open(1, other.bytes)
    driver.turn(1, other.bytes, 0)
    expect(idsOfRow(0)[0]).toBe(id)
  })

  it.each([
    ['one unit more', 'abc', 'abcd'],
    ['one unit of padding that is a NUL elsewhere', 'a'.repeat(16), 'a'.repeat(17)],
    ['case', '\\\\Files01\\a', '\\\\files01\\a'],
    ['the last unit of the last block', `${'x'.repeat(31)}y`, `${'x'.repeat(31)}z`],
    ['one and two bytes a unit', 'ab', '扡'],
    ['a lone surrogate and the replacement character', '\ud800', '\ufffd'],
  ])('differs where strings differ by %s', (_, one, two) => {
    const [first, second] = [remote(one), remote(two)]
    expect(first).not.toBe(second)
    expect([driver.core.strings[first], driver.core.strings[second]]).toEqual([one, two])
  })

  it('is 0 for an absent name and 1 for an empty one', () => {
    expect(idsOf({ remoteName: null, localName: '', provider: null, imageName: '' })).toEqual([0, 1, 0, 1])
    expect([driver.core.strings[0], driver.core.strings[1]]).toEqual([undefined, ''])
  })

  it.each(['ÿ', 'Ā', '\x01\x1b[31m\x7f', '\ud83d\ude00', '\ude00\ud83d', '\uffff', 'a'.repeat(352), 'Ж'.repeat(176)])(
    'of %j decodes to exactly what was written',
    (text) => {
      const seen = text.split('\0')[0]!
      expect(driver.core.strings[remote(text)]).toBe(seen)
    },
  )

  it('is one, whatever the form in which a name is stored: wide without need, cut or whole, with padding that is not zero', () => {
    const narrow = remote('\\\\a\\é')
    const traits = [1 | 2, 1 | 2 | 4, 1 | 2 | 8, 1]
    for (const [i, trait] of traits.entries()) {
      const sequence = BigInt(i + 1)
      const isWide = (trait & 2) !== 0
      ring.append(pre({ remoteName: '\\\\a\\é', localName: null, imageName: null }))
      ring.pokeRecord(sequence, RECORD_DESCRIPTORS, Uint8Array.of(5, 0, 5, 0, trait, 0))
      ring.pokeRecord(sequence, RECORD_STRINGS, Buffer.concat([Buffer.from('\\\\a\\é', isWide ? 'utf16le' : 'latin1'), Buffer.of(0xaa)]))
      storeChecksum(new DataView(ring.bytes.buffer), ring.slotOffset(sequence), FILE_ID, sequence)
      expect(driver.drain(0, ring.bytes).map((row) => row.remoteName)).toEqual(['\\\\a\\é'])
      expect(idsOfRow(0)[0]).toBe(narrow)
    }
    expect(driver.account(0)).toMatchObject({ delivered: 5, corrupt: 0 })
  })

  it('stays below the bound that the host makes room for', () => {
    expect(abi.STRING_PLACES * 16).toBe(4 * 1024 * 1024)
  })
})

describe('strings are handed over', () => {
  const handed = () => driver.core.turn.newStrings

  it('once, when a row is the first to use them', () => {
    remote('\\\\a\\1')
    expect(handed()).toBe(3)
    remote('\\\\a\\1')
    expect(handed()).toBe(0)
    remote('\\\\a\\2')
    expect(handed()).toBe(1)
  })

  it('not before: a PRE that waits is not a row yet', () => {
    driver = new CoreDriver(abi.LEVEL_OPERATION)
    driver.open(0, ring.bytes)
    const sequence = ring.append(pre())!
    driver.turn(0, ring.bytes, 0)
    expect(handed()).toBe(0)
    ring.append(post(sequence))
    driver.turn(0, ring.bytes, 0)
    expect(handed()).toBe(3)
  })

  it('also by operations that stay unfinished', () => {
    driver = new CoreDriver(abi.LEVEL_OPERATION, 10)
    driver.open(0, ring.bytes)
    ring.append(pre())
    driver.turn(0, ring.bytes, 0)
    expect(driver.expire(10)).toMatchObject([{ remoteName: '\\\\files01\\projects', imageName: 'explorer.exe' }])
    expect(handed()).toBe(3)
  })
})

/** Writes and reads records with names of their own, a window at a time, until a new epoch begins; returns how many were read before that. */
function fill(name: (n: number) => string): number {
  const before = epoch()
  for (let n = 0; ; n += 256) {
    const names = Array.from({ length: 256 }, (_, i) => name(n + i))
    for (const remoteName of names) ring.append(pre({ remoteName, localName: null, imageName: null }))
    expect(driver.drain(0, ring.bytes).map((row) => row.remoteName)).toEqual(names)
    if (epoch() !== before) return n
  }
}

describe('a new epoch', () => {
  it('begins when 32,768 strings are known, less what one window can add', () => {
    // After 31,744 there is still room for the 4 x 256 that a window can bring.
    expect(fill((n) => `\\\\s\\${n}`)).toBe(32_768 - 1024 + 256)
    expect(epoch()).toBe(2)
  })

  it('begins when 4 MiB are in use, less what one window, and the SIDs of all rings, can add', () => {
    const window = 256 * (4 * 16 + 384) + 2048 * (16 + 192)
    const string = 16 + 352
    const first = Math.ceil((4 * 1024 * 1024 - 32 - window) / string / 256) * 256
    expect(fill((n) => `\\\\s\\${n}`.padEnd(352, 'x'))).toBe(first)
  })

  it('gives old strings new ids, and hands them over anew', () => {
    remote('\\\\files01\\again')
    fill((n) => `\\\\s\\${n}`)
    const id = remote('\\\\files01\\again')
    expect(driver.core.turn.newStrings).toBe(3)
    expect(driver.core.strings[id]).toBe('\\\\files01\\again')
  })

  it('leaves the strings of the epoch before as they were, for events that were made with them', () => {
    const id = remote('\\\\files01\\kept')
    const { strings } = driver.core
    fill((n) => `\\\\s\\${n}`)
    expect(driver.core.strings).not.toBe(strings)
    expect(strings[id]).toBe('\\\\files01\\kept')
  })

  it('takes the names of waiting operations along: they are paired and named as before', () => {
    driver = new CoreDriver(abi.LEVEL_OPERATION)
    driver.open(0, ring.bytes)
    const names = ['\\\\files01\\waits', '\\\\files01\\ждёт', '', null]
    const started = names.map((remoteName, threadId) => ring.append(pre({ remoteName, threadId, provider: `p${threadId}` }))!)
    driver.turn(0, ring.bytes, 0)
    const before = epoch()
    for (let n = 0; epoch() < before + 3; n++) {
      for (let i = 0; i < 128; i++) {
        const remoteName = `\\\\s\\${n}\\${i}`
        ring.append(post(ring.append(pre({ remoteName }))!, { remoteName }))
      }
      driver.drain(0, ring.bytes)
    }
    for (const [threadId, remoteName] of names.entries()) ring.append(post(started[threadId]!, { remoteName, threadId }))
    expect(driver.drain(0, ring.bytes)).toMatchObject(
      names.map((remoteName) => ({ remoteName: remoteName ?? undefined, localName: 'P:', imageName: 'explorer.exe', durationMs: 25 })),
    )
  })
})

/** Names that the core looks for in one place of its table, as anybody can find who knows its seed. */
const [CROWDED, ...CROWD] = collidingNames(SEED, 67) as [string, ...string[]]

describe('names that somebody chose so that they crowd one place of the table', () => {
  const crowd = (fields: Partial<RecordInput> = {}) => {
    for (const remoteName of CROWD) ring.append(post(99n, { remoteName, localName: null, imageName: null, ...fields }))
  }

  it('do share that place', () => {
    expect(new Set([CROWDED, ...CROWD].map((name) => naiveInternPlace(name, SEED).place)).size).toBe(1)
  })

  it('are read rightly, all of them, and so is everybody else’s name', () => {
    crowd()
    ring.append(pre({ remoteName: CROWDED }))
    crowd()
    expect(driver.drain(0, ring.bytes).map((row) => row.remoteName)).toEqual([...CROWD, CROWDED, ...CROWD])
  })

  it('cost an epoch, no more', () => {
    crowd()
    driver.drain(0, ring.bytes)
    const before = epoch()
    const id = remote(CROWDED)
    expect(epoch()).toBe(before + 1)
    expect(remote(CROWDED)).toBe(id)
    expect(epoch()).toBe(before + 1)
  })

  it('do not keep a PRE from its POST in the same window', () => {
    driver = new CoreDriver(abi.LEVEL_OPERATION)
    driver.open(0, ring.bytes)
    crowd()
    ring.append(post(ring.append(pre({ remoteName: CROWDED }))!, { remoteName: CROWDED }))
    ring.append(pre({ remoteName: CROWDED }))
    ring.append(post(BigInt(CROWD.length + 2), { remoteName: CROWDED.replace('files', 'piles') }))
    const rows = driver.drain(0, ring.bytes).slice(CROWD.length)
    expect(rows.map(({ remoteName, durationMs }) => ({ remoteName, durationMs }))).toEqual([
      { remoteName: CROWDED, durationMs: 25 },
      { remoteName: CROWDED.replace('files', 'piles'), durationMs: undefined },
    ])
  })
})

describe('two names that somebody chose so that they have one place and one tag', () => {
  it('are told apart, in that place and behind a third one', () => {
    const [one, other] = collidingNames(SEED, 2) as [string, string]
    const { place, tag } = naiveInternPlace(one, SEED)
    expect(naiveInternPlace(other, SEED)).toEqual({ place, tag })
    const thirdIn = (n: number): string => {
      const found = naiveInternPlace(`x${n}`, SEED)
      return found.place === place && found.tag !== tag ? `x${n}` : ''
    }
    let third = ''
    for (let n = 0; third === ''; n++) third = thirdIn(n)
    for (const names of [
      [one, other, one],
      [third, one, other, one],
    ]) {
      driver = new CoreDriver()
      ring = RingWriter.create({ sid: SID, slotCountLog2: 4 })
      driver.open(0, ring.bytes)
      for (const remoteName of names) ring.append(post(99n, { remoteName }))
      expect(driver.drain(0, ring.bytes).map((row) => row.remoteName)).toEqual(names)
    }
  })
})

describe('names that crowd one place for whoever knows the seed of another tap', () => {
  it('are nothing special in this one', () => {
    const places = new Set(collidingNames(SEED, 1000).map((name) => naiveInternPlace(name, SEED + 1n).place))
    expect(places.size).toBeGreaterThan(950)
    driver = new CoreDriver(abi.LEVEL_NOTIFICATION, 1000, SEED + 1n)
    driver.open(0, ring.bytes)
    const before = epoch()
    for (const remoteName of CROWD) ring.append(post(99n, { remoteName, localName: null, imageName: null }))
    driver.drain(0, ring.bytes)
    ring.append(pre({ remoteName: CROWDED }))
    driver.drain(0, ring.bytes)
    expect(epoch()).toBe(before)
  })
})

describe('the bytes in use', () => {
  it('are those of one string once, however often it is used', () => {
    for (let i = 0; i < 500; i++) ring.append(pre())
    driver.drain(0, ring.bytes)
    expect(driver.core.stringTable()).toEqual({ count: 3, bytes: 32 + 48 + 32 + 32 })
  })
})
