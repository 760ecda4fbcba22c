import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { serverOf, shareOf } from '../../host/analysis/remote-name.ts'
import { field } from '../../host/filter/builder.ts'
import { cases } from '../sweeps.ts'
import { oddRing, type Ring, ringOf, trafficRings } from './filter-rings.ts'
import { OTHER_SID, SID } from './records.ts'
import { KINDS } from './reference-statistics.ts'
import { countRings, expectSameGroups, write } from './statistics-rings.ts'

/** Any UTF-16 units but NUL, which ends a name: halves of surrogate pairs, controls, letters of every width. */
const units = (max: number) =>
  fc
    .array(fc.oneof(fc.integer({ min: 1, max: 0xffff }), fc.constantFrom(0x5c, 0x61, 0x41, 0xff, 0x178)), { maxLength: max })
    .map((codes) => String.fromCharCode(...codes))

const part = fc.oneof(fc.constantFrom('files01', 'FILES01', 'Files01', 'ÿ', 'Ÿ', 'straße', 'склад', 'СКЛАД', '', '[fe80::1]'), units(4))

const remoteName = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(part, part, part).map(([a, b, c]) => `\\\\${a}\\${b}${c ? `\\${c}` : ''}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      null,
      '',
      '\\',
      '\\\\',
      '\\\\\\',
      '\\\\\\\\',
      '\\\\a',
      '\\\\a\\',
      'http://a/b',
      'HTTPS://u@[::1]:8/b',
      '//a/b',
      '\\\\?\\unc\\a\\b',
      '\\\\a@ssl@8\\davwwwroot\\b',
      'P:',
      'LPT1',
    ),
  },
  { weight: 1, arbitrary: units(12) },
  { weight: 1, arbitrary: fc.tuple(part, fc.integer({ min: 100, max: 500 })).map(([a, n]) => `\\\\${a}`.padEnd(n, 'x')) },
)

const operation = fc.record({
  ring: fc.nat(2),
  halves: fc.constantFrom('both' as const, 'both' as const, 'both' as const, 'pre' as const, 'post' as const),
  kind: fc.constantFrom('add' as const, 'cancel' as const),
  remoteName,
  imageName: fc.oneof(fc.constantFrom(null, '', 'explorer.exe', 'EXPLORER.EXE', 'net.exe'), units(6)),
  operationStatus: fc.oneof(fc.constantFrom(0, 53, 1223, 2108, 2109), fc.nat(0xffffffff)),
  /** 100-ns ticks: up to 14 hours, any order of magnitude. */
  duration: fc
    .tuple(fc.integer({ min: 0, max: 38 }), fc.double({ min: 1, max: 1.9, noNaN: true }))
    .map(([e, m]) => BigInt(Math.floor(2 ** e * m) - 1)),
})

describe('groups', () => {
  it('are those that a plain grouping of the delivered operations gives: keys, outcomes, durations', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        // The last ring is of nobody: a file that was named by its path.
        const rings: Ring[] = [ringOf(SID, [], 8), ringOf(OTHER_SID, [], 8), { ...ringOf(SID, [], 8), sid: '' }]
        for (const { ring, halves, duration, ...fields } of operations) write(rings[ring]!, fields, { halves, duration })
        const counting = countRings(rings)
        expect(counting.operations).toHaveLength(operations.length)
        expectSameGroups(counting)
      }),
      { numRuns: cases(40) },
    )
  })

  it('of ordinary traffic and of odd records are right, unfinished operations among them', () => {
    const counting = countRings([...trafficRings(400), oddRing()])
    expect(counting.operations.some(({ outcome }) => outcome === abi.OUTCOME_UNFINISHED)).toBe(true)
    expectSameGroups(counting)
  })

  it('are of what passes the filter', () => {
    const rings = [...trafficRings(300), oddRing()]
    for (const filter of [field('outcome').equals('failed'), field('process.image').glob('E*'), field('user').equals(SID)]) {
      const counting = countRings(rings, filter)
      expect(counting.operations.length).toBeGreaterThan(0)
      expectSameGroups(counting)
    }
  })

  it('are none without statistics', () => {
    const counting = countRings([])
    expect(counting.driver.core.groups(abi.BY_SERVER)).toEqual([])
  })
})

/** Server and share that the core files a name under. */
function filed(remoteName: string): unknown[] {
  const ring = ringOf(SID, [], 4)
  write(ring, { remoteName, imageName: null, localName: null })
  const { core } = countRings([ring]).driver
  return [abi.BY_SERVER, abi.BY_SHARE].flatMap((kind) => core.groups(kind).map(({ key }) => key))
}

describe('server and share of a name', () => {
  const forms = readFileSync(new URL('../../docs/statistics.md', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => /^\| `(.+?)` \| `(.+?)` \| `(.+?)` \| (.+?) \|$/.exec(line)?.slice(1) as [string, string, string, string] | undefined)
    .filter((form) => form !== undefined)

  it('has its forms in docs/statistics.md', () => expect(forms.length).toBeGreaterThan(20))

  it.each([
    ...forms,
    ['\\\\', '\\\\', '\\\\', 'a server with no name'],
    ['\\\\\\share', '\\\\\\share', '\\\\\\share', 'a share of a server with no name'],
    ['\\\\@SSL\\share', '\\\\@SSL\\share', '\\\\@SSL\\share', 'a port of a server with no name'],
    ['https://ada@:80/x', 'https://ada@:80/x', 'https://ada@:80/x', 'a user and a port of a server with no name'],
    ['\\\\fs01\\\ud83d', 'fs01', '\\\\fs01\\\ud83d', 'half a pair'],
    ['https://', 'https://', 'https://', 'a URL of nothing'],
  ] as [string, string, string, string][])('%s: %s and %s: %s', (name, server, share) => {
    expect(filed(name)).toEqual([server, share])
    expect([serverOf(name), shareOf(name)]).toEqual([server, share])
  })

  it('is the same in the core and in the analysis, whatever the name is made of', () => {
    const piece = fc.constantFrom(
      ...['\\', '\\', '/', '?', '.', 'UNC', 'unc', 'DavWWWRoot', '@SSL', '@8080', ':80', '#', ']', '[', 'https:', 'http:', 'a', 'ж'],
    )
    const rest = fc.array(piece, { minLength: 1, maxLength: 14 }).map((pieces) => pieces.join(''))
    const beginning = fc.constantFrom('', '\\\\', '\\\\?\\UNC\\', '\\??\\UNC\\', 'https://')
    const names = fc.array(
      fc.tuple(beginning, rest).map(([begin, end]) => begin + end),
      { minLength: 60, maxLength: 120 },
    )
    fc.assert(
      fc.property(names, (remoteNames) => {
        const ring = ringOf(SID, [], 8)
        for (const remoteName of remoteNames) write(ring, { remoteName })
        expectSameGroups(countRings([ring]))
      }),
      { numRuns: cases(30) },
    )
  })

  it('is the same in every case and width, spelled as it was first', () => {
    const ring = ringOf(SID, [])
    for (const remoteName of ['\\\\Fs01\\ÿ', '\\\\FS01\\Ÿ', '\\\\fs01\\Ж', '\\\\fS01\\ж', '\\\\FS01\\ÿ']) write(ring, { remoteName })
    const { core } = countRings([ring]).driver
    const keys = (kind: number) => core.groups(kind).map(({ key, operations }) => [key, operations])
    expect(keys(abi.BY_SERVER)).toEqual([['Fs01', 5]])
    expect(keys(abi.BY_SHARE)).toEqual([
      ['\\\\Fs01\\ÿ', 3],
      ['\\\\fs01\\Ж', 2],
    ])
  })

  it('is of the letters that are kept of a name that was cut', () => {
    const ring = ringOf(SID, [])
    for (const end of ['x', 'y']) write(ring, { remoteName: `\\\\fs01\\${'a'.repeat(500)}${end}` })
    expectSameGroups(countRings([ring]))
    expect(countRings([ring]).driver.core.groups(abi.BY_SHARE)).toHaveLength(1)
  })

  it('has none where a drive letter or a port was disconnected, or where there is no name', () => {
    const ring = ringOf(SID, [])
    for (const remoteName of ['F:', 'LPT1', 'com2:', null, '']) write(ring, { kind: 'cancel', remoteName, localName: null })
    write(ring, { remoteName: null })
    const { core } = countRings([ring]).driver
    expect([abi.BY_SERVER, abi.BY_SHARE].map((kind) => core.groups(kind).length)).toEqual([0, 0])
    expect(core.groups(abi.BY_IMAGE)).toMatchObject([{ operations: 6 }])
  })

  it.each([
    ['one byte a letter', 384, 'x'],
    ['two bytes a letter', 192, 'Ж'],
  ])('fits when it fills a record: %s', (_, units, letter) => {
    const ring = ringOf(SID, [])
    const names = ['a', 'b', 'c'].map((server) => `\\\\${server}\\`.padEnd(units - 1, letter)).flatMap((name) => [`${name}1`, `${name}2`])
    for (const name of [...names, ...names]) write(ring, { remoteName: name, localName: null, imageName: null })
    const counting = countRings([ring])
    expect(counting.operations.map(({ remoteName }) => remoteName)).toEqual([...names, ...names])
    expectSameGroups(counting)
  })
})

describe('operations counted by one kind of groups', () => {
  it.each(KINDS)('have the groups that they have where all kinds are counted, and no others: %s', (kind) => {
    const rings = [ringOf(SID, [])]
    write(rings[0]!, { remoteName: '\\\\s1\\x', imageName: 'a.exe', operationStatus: 53 })
    write(rings[0]!, { remoteName: '\\\\s2\\x', imageName: 'b.exe' }, { halves: 'pre' })
    const all = countRings(rings)
    const one = countRings(rings, undefined, [kind])
    expect(one.driver.core.groups(kind)).toEqual(all.driver.core.groups(kind))
    for (const other of KINDS) if (other !== kind) expect(one.driver.core.groups(other)).toEqual([])
  })
})
