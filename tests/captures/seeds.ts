// Names of all kinds, and whether anything of them is in an output.

import { hostname } from 'node:os'
import { expect } from 'vitest'
import type { RingWriter } from '../../host/testing/index.ts'
import { post, pre } from '../host/records.ts'

/** Words that are in names of all kinds, and must be in no output. */
export const SEEDS = ['berger', 'quarterly', 'files01', 'corp.example', 'contoso', '1004336348', 'payroll', 'Müller', hostname()]

export const NAMES: { remoteName: string | null; localName?: string | null; imageName?: string; provider?: string }[] = [
  { remoteName: '\\\\files01\\quarterly\\berger' },
  { remoteName: '\\\\FILES01.corp.example\\payroll$' },
  { remoteName: '\\\\?\\UNC\\files01\\quarterly' },
  { remoteName: 'https://berger@contoso.corp.example:8443/payroll/Müller' },
  { remoteName: '\\\\contoso@SSL@443\\DavWWWRoot\\payroll' },
  { remoteName: 'payroll', localName: null },
  { remoteName: '\\\\files01\\IPC$', imageName: 'berger-logon.exe' },
  { remoteName: `\\\\files01\\quarterly\\${'Müller '.repeat(80)}`, provider: 'contoso network' },
  { remoteName: null, localName: '\\\\files01\\quarterly' },
]

export function fill(ring: RingWriter): RingWriter {
  for (const [i, names] of NAMES.entries()) ring.append(post(ring.append(pre(names))!, { ...names, operationStatus: i % 2 === 0 ? 53 : 0 }))
  return ring
}

/** A machine's name may have two letters, which stand in some pseudonym by chance: so short a word counts only if no letter or digit touches it. */
function isIn(bytes: string, word: string): boolean {
  if (word.length > 4) return bytes.includes(word)
  return bytes.split(word).some((before, i, parts) => i + 1 < parts.length && !/[a-z0-9]$/.test(before) && !/^[a-z0-9]/.test(parts[i + 1]!))
}

export function seedsIn(bytes: string): string[] {
  const wide = (word: string) => Buffer.from(word, 'utf16le').toString('latin1')
  return SEEDS.filter((word) =>
    [word, wide(word), Buffer.from(word).toString('latin1')].some((form) => isIn(bytes.toLowerCase(), form.toLowerCase())),
  )
}

export function expectNoSeed(what: string, bytes: string): void {
  expect([what, seedsIn(bytes)]).toEqual([what, []])
}
