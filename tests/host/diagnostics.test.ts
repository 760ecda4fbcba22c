// What onDiagnostic gets: a code for programs, a path, a sentence for people.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Diagnostic, openTap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-diagnostics-'))
  writeRings(folder, { operations: 20, seed: 1, users: 1 })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function told(options: object = {}): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = []
  const onDiagnostic = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic)
  const tap = await openTap({ sources: [folder], from: 'oldest', follow: false, onDiagnostic, ...options })
  for await (const _ of tap);
  return diagnostics
}

it('a file that is no ring: source-refused, its path, a sentence that begins with the path', async () => {
  const path = join(folder, 'users', 'S-1-5-21-7.v1.ring')
  writeFileSync(path, 'garbage'.repeat(1000))
  const diagnostics = await told()
  expect(diagnostics).toEqual([{ code: 'source-refused', path, text: expect.stringContaining(`${path} is not a ring`) }])
})

it('a checkpoint that cannot be understood: checkpoint-set-aside, and where it was', async () => {
  const checkpointFolder = join(folder, 'kept')
  mkdirSync(checkpointFolder)
  writeFileSync(join(checkpointFolder, 'mine.json'), '{')
  const diagnostics = await told({ from: { consumer: 'mine' }, checkpointFolder })
  const path = join(checkpointFolder, 'mine.json')
  expect(diagnostics).toEqual([{ code: 'checkpoint-set-aside', path, text: expect.stringContaining('was set aside') }])
  expect(readdirSync(checkpointFolder).some((name) => name.startsWith('mine.json.unreadable-'))).toBe(true)
})

it('nothing is wrong: nothing is told', async () => {
  expect(await told()).toEqual([])
})
