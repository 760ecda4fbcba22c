// docs/claims.md quotes the pages word by word and names files that are there.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'

const read = (page: string) => readFileSync(inRoot(page), 'utf8').replaceAll(/\s+/g, ' ')
const page = readFileSync(inRoot('docs/claims.md'), 'utf8')
const rows = [...page.matchAll(/^\| (\S+\.md) \| (.+) \| (.+) \|$/gm)].map(
  ([, name, sentence, evidence]) => [name!, sentence!, evidence!] as const,
)
const folder = mkdtempSync(join(tmpdir(), 'mprtap-claims-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('there are claims', () => expect(rows.length).toBeGreaterThan(15))

it.each(rows)('%s: %s', (name, sentence, evidence) => {
  // A quotation may begin within a sentence, and lose the emphasis of its first words.
  const lower = (text: string) => text.replaceAll('**', '').toLowerCase()
  expect(lower(read(name))).toContain(lower(sentence))
  const files = [...evidence.matchAll(/`((?:tests|scripts|dll|bench)\/[^`]+)`/g)].map(([, file]) => file!)
  const links = [...evidence.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => resolve(dirname(inRoot('docs/claims.md')), target!))
  expect([...files.map((file) => inRoot(file)), ...links].filter((path) => !existsSync(path))).toEqual([])
  expect(files.length + links.length > 0 || evidence.includes('Microsoft')).toBe(true)
})

it('a tap leaves every byte of a ring as it was', { timeout: 120_000 }, async () => {
  const { rings } = writeRings(folder, { operations: 200, seed: 3, users: 2 })
  const before = rings.map((path) => readFileSync(path))
  for (const follow of [true, false]) {
    const tap = await openTap({ sources: [folder], from: 'oldest', follow, statistics: true })
    await tap.drain({ final: true })
    await tap.close()
  }
  expect(rings.map((path) => readFileSync(path))).toEqual(before)
})
