// The worked example of docs/architecture.md, "A new field", done in a copy of the repository: three edits, and the field is everywhere.

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const copy = mkdtempSync(join(tmpdir(), 'mprtap-new-field-'))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: copy, encoding: 'utf8' })

function edit(path: string, before: string, after: string): void {
  const text = readFileSync(join(copy, path), 'utf8')
  if (!text.includes(before)) throw new Error(`${path} has no ${before}`)
  writeFileSync(join(copy, path), text.replace(before, after))
}

/** The blocks of the page, each under the path that its edit is about. */
function editsOfThePage(): [path: string, before: string, after: string][] {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8')
  return [...page.matchAll(/`([\w./]+)`[^`\n]*:\n\n```diff\n(.*?)```/gs)].map(([, path, diff]) => {
    const lines = (sign: string) => diff!.split('\n').filter((line) => line !== '' && (line[0] === sign || line[0] === ' '))
    const text = (sign: string) =>
      lines(sign)
        .map((line) => line.slice(1))
        .join('\n')
    return [path!, text('-'), text('+')]
  })
}

/** The C writer with a program around it. */
const writer = ['-std=gnu11', '-O1', '-fms-extensions', '-Wno-ignored-attributes', '-DMPRTAP_TEST_POINTS', '-Idll', '-Itests/dll'].concat([
  'dll/checksum.c',
  'dll/record.c',
  'dll/ring.c',
  'tests/dll/producer.c',
])

/** Reads a ring that the copy's own C writer has written, by every way. */
const PROGRAM = `
import { openTap } from './host/index.ts'
import { notificationJson, operationJson } from './host/text/event-json.ts'
const seen = {}
for (const level of ['operation', 'notification']) {
  const tap = await openTap({ sources: ['one.ring'], from: 'oldest', level, filter: 'integrityLevel == 8192' })
  for await (const batch of tap.batches()) {
    const row = batch.cursor()
    row.next()
    const event = batch.object(0)
    const line = level === 'operation' ? operationJson(event) : notificationJson(event)
    seen[level] = [event.integrityLevel, row.integrityLevel, batch.columns.integrityLevel[0], JSON.parse(line).integrityLevel]
    break
  }
}
console.log(JSON.stringify(seen))
`

describe('a new field', () => {
  it('takes three edits: layout, writer, field table', { timeout: 240_000 }, () => {
    for (const folder of ['assembly', 'bench', 'dll', 'docs', 'format', 'host', 'scripts', 'tests/dll'])
      cpSync(join(root, folder), join(copy, folder), { recursive: true })
    for (const file of ['.gitignore', 'package.json', 'package-lock.json', 'asconfig.json', 'biome.json', 'tsconfig.json'])
      cpSync(join(root, file), join(copy, file))
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))

    const edits = editsOfThePage()
    expect([...new Set(edits.map(([path]) => path))]).toEqual(['format/layout.ts', 'dll/record.c', 'host/model/fields.ts'])
    for (const change of edits) edit(...change)
    run('node', 'scripts/generate.mjs')
    run('node', 'scripts/generate.mjs', '--check')
    run('clang', ...writer, '-o', 'producer')
    run('./producer', '--ring', 'one.ring', '--operations', '1')
    run('node', 'scripts/build.mjs', '--no-dll')
    writeFileSync(join(copy, 'program.ts'), PROGRAM)
    run(
      'node_modules/.bin/esbuild',
      'program.ts',
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--external:koffi',
      '--outfile=program.mjs',
    )
    expect(JSON.parse(run('node', 'program.mjs'))).toEqual({
      operation: [8192, 8192, 8192, 8192],
      notification: [8192, 8192, 8192, 8192],
    })
    const page = readFileSync(join(copy, 'docs/filters.md'), 'utf8')
    expect(page).toMatch(/^\| `integrityLevel` \| number \| both \| .*\|$/m)
    for (const level of ['operation', 'notification']) {
      const schema = JSON.parse(readFileSync(join(copy, `docs/schema/${level}.json`), 'utf8'))
      expect(schema.properties.integrityLevel).toMatchObject({ type: 'integer', description: 'Integrity level of the process.' })
      expect(schema.required).toContain('integrityLevel')
    }
    expect(readFileSync(join(copy, 'host/model/events.ts'), 'utf8')).toContain('readonly integrityLevel: number')
  })
})

describe('what is generated', () => {
  it('is what the generator writes', () => {
    execFileSync('node', ['scripts/generate.mjs', '--check'], { cwd: root })
  })
})
