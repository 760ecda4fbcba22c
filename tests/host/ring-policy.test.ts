import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judgeRing, type RingFolder } from '../../host/ring/policy.ts'

interface PolicyCase {
  readonly what: string
  readonly directory: RingFolder | 'none'
  readonly owner: string
  readonly attributes: number
  readonly linkCount: number
  readonly accepted: boolean
}

const table = join(import.meta.dirname, '../../format/policy-cases.json')
const { user, rings } = JSON.parse(readFileSync(table, 'utf8')) as { user: string; rings: PolicyCase[] }
const folderOf = ({ directory }: PolicyCase) => (directory === 'none' ? undefined : directory)

describe('whether a file is a user’s ring, by the table that the DLL is held to as well', () => {
  it('has cases of both kinds in each folder', () => {
    const kinds = new Set(rings.map(({ directory, accepted }) => `${directory} ${accepted}`))
    expect([...kinds].sort()).toEqual(['administrators false', 'administrators true', 'none false', 'users false', 'users true'])
  })

  it.each(rings)('$directory: $what: $accepted', (row) => {
    expect(judgeRing(folderOf(row), user, row) === 'accepted').toBe(row.accepted)
  })
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
