import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isBaseFolder } from '../../host/rings/base-folder.ts'
import { judgeRing, type RingFolder } from '../../host/rings/policy.ts'
import { sidOfRingName } from '../../host/rings/ring-folder.ts'
import { Squatters } from '../../host/rings/squatters.ts'
import { type Opening, openingOf } from '../../host/system/nt-open.ts'
import { sidText } from '../../host/system/sid-text.ts'

interface PolicyCase {
  readonly what: string
  readonly owner: string
  readonly attributes: number
  readonly linkCount: number
  readonly accepted: boolean
}

const text = readFileSync(join(import.meta.dirname, '../../format/policy-cases.json'), 'utf8')
const { user, directories, baseFolders, openings, sids, ringNames } = JSON.parse(text) as {
  user: string
  directories: Record<RingFolder | 'none', PolicyCase[]>
  baseFolders: { what: string; value: string; accepted: boolean }[]
  openings: { what: string; status: string; opening: Opening }[]
  ringNames: { what: string; name: string; user: string | null }[]
  sids: { what: string; bytes: string; text: string }[]
}

it.each(baseFolders)('a folder for all files, by the table that the DLL is held to as well: $what: $accepted', ({ value, accepted }) => {
  expect(isBaseFolder(value)).toBe(accepted)
})

it.each(sids)('a SID is written as the DLL writes it: $what', ({ bytes, text: written }) => {
  expect(sidText(Buffer.from(bytes, 'hex'), 0)).toBe(written)
})

it.each(openings)('an opening is judged as the DLL judges it: $what: $opening', ({ status, opening }) => {
  expect(openingOf(Number.parseInt(status, 16))).toBe(opening)
})

it.each(ringNames)('whose ring a name is, by the name that Windows would open: $what', ({ name, user: whose }) => {
  expect(sidOfRingName(`users/${name}`) ?? null).toBe(whose)
})

it('a ring is found by the name that the DLL gives it, whatever its authority', () => {
  for (const { text: written } of sids.filter(({ bytes }) => bytes.slice(2, 4) !== '00')) {
    expect(sidOfRingName(`users/${written}.v1.ring`)).toBe(written)
  }
})

describe('whether a file is a user’s ring, by the table that the DLL is held to as well', () => {
  it('has cases of both kinds in each folder, and none that is accepted elsewhere', () => {
    const kinds = (rows: PolicyCase[]) => [...new Set(rows.map(({ accepted }) => accepted))].sort()
    const all = [false, true]
    expect([kinds(directories.users), kinds(directories.administrators), kinds(directories.none)]).toEqual([all, all, [false]])
  })

  for (const folder of ['users', 'administrators', 'none'] as const) {
    it.each(directories[folder])(`${folder}: $what: $accepted`, (row) => {
      const verdict = judgeRing(folder === 'none' ? undefined : folder, user, row)
      expect(verdict === 'accepted').toBe(row.accepted)
    })
  }
})

describe('what the host says beyond yes and no', () => {
  const plain = { attributes: 0x20, linkCount: 1 }

  it('tells squatting from what is no plain file', () => {
    expect(judgeRing('users', user, { ...plain, owner: 'S-1-5-18' })).toBe('squatted')
    expect(judgeRing('users', user, { ...plain, owner: user, attributes: 0x400 })).toBe('not a plain file')
    expect(judgeRing('users', user, { ...plain, owner: 'S-1-5-18', linkCount: 2 })).toBe('not a plain file')
  })

  it('goes by the name where files have no owner that is a SID, and by everything else all the same', () => {
    expect(judgeRing('users', user, { ...plain, owner: undefined })).toBe('accepted')
    expect(judgeRing('administrators', user, { ...plain, owner: undefined })).toBe('accepted')
    expect(judgeRing('users', user, { ...plain, owner: undefined, linkCount: 2 })).toBe('not a plain file')
    expect(judgeRing(undefined, user, { ...plain, owner: undefined })).toBe('squatted')
  })
})

describe('a file whose owner nobody may ask for', () => {
  const path = `/rings/users/${user}.v1.ring`
  const place = { folder: 'users', user } as const

  it('counts as squatted, is told, and is judged again later', () => {
    const told: string[] = []
    let owner: string | undefined = 'kept'
    const squatters = new Squatters(
      ({ text }) => told.push(text),
      () => owner,
    )
    expect(squatters.has(path, place)).toBe(true)
    expect(told).toEqual([
      `${path} is squatted: it bears the name of ${user}, but its owner cannot be asked for, which no ring of the DLL denies, so it is not read; an administrator should remove it.`,
    ])
    owner = user
    squatters.lookAgain()
    expect(squatters.has(path, place)).toBe(false)
  })

  it('is told once, not thousands of times', () => {
    const told: string[] = []
    const squatters = new Squatters(
      ({ text }) => told.push(text),
      () => 'kept',
    )
    for (let i = 0; i < 5000; i++) expect(squatters.has(`${path}${i}`, place)).toBe(true)
    expect(told).toHaveLength(17)
  })

  it('is nobody’s ring when it is opened', () => {
    expect(judgeRing('users', user, { owner: '', attributes: 0x20, linkCount: 1 })).toBe('squatted')
    expect(judgeRing('administrators', user, { owner: '', attributes: 0x20, linkCount: 1 })).toBe('squatted')
  })
})
