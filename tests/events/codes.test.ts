// The codes that programs compare with: each is documented, and means what the objects say.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { COLUMN_CODES, CONNECT_FLAGS, DIAGNOSTIC_CODES, ERROR_CODES, openTap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'

const folder = mkdtempSync(join(tmpdir(), 'mprtap-codes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const documented = readFileSync(inRoot('docs/errors.md'), 'utf8')

it.each(Object.entries({ ...ERROR_CODES, ...DIAGNOSTIC_CODES }))('%s stands in docs/errors.md with its sentence', (code, sentence) => {
  expect(documented).toContain(`| \`${code}\` | ${sentence} | `)
})

it('no code is documented that does not exist', () => {
  const codes = [...documented.matchAll(/^\| `([^`]+)` \|/gm)].map(([, code]) => code)
  expect(codes).toEqual([...Object.keys(ERROR_CODES), ...Object.keys(DIAGNOSTIC_CODES)])
})

it('the numbers of the columns mean what the objects say', async () => {
  writeRings(folder, { operations: 300, seed: 7, users: 2 })
  const tap = await openTap({ sources: [folder], follow: false })
  const seen = new Set<string>()
  for await (const batch of tap.batches()) {
    const { columns } = batch
    for (const [row, event] of batch.objects().entries()) {
      seen.add(event.outcome)
      expect(columns.kind[row]).toBe(COLUMN_CODES.kind[event.kind])
      expect(columns.outcome[row]).toBe(COLUMN_CODES.outcome[event.outcome])
      const type = event.resourceType
      if (typeof type === 'string') expect(columns.resourceType[row]).toBe(COLUMN_CODES.resourceType[type])
      const traits = columns.traits[row]!
      expect((traits & COLUMN_CODES.traits.ownerWindow) !== 0).toBe(event.ownerWindow)
      expect((traits & COLUMN_CODES.traits.force) !== 0).toBe(event.force ?? false)
      expect((traits & COLUMN_CODES.traits.pointer32) !== 0).toBe(event.process.bits === 32)
      expect((traits & COLUMN_CODES.traits.impersonated) !== 0).toBe(event.impersonated)
      expect(columns.flags[row]! & CONNECT_FLAGS[0][0]).toBe(event.flags & CONNECT_FLAGS[0][0])
    }
  }
  expect([...seen].sort()).toEqual(['cancelled', 'failed', 'succeeded', 'unfinished'])
})
