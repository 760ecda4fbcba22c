import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'

const root = join(import.meta.dirname, '../..')
let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprtap-cli-'))
  writeRings(directory, { operations: 100, seed: 1, users: 2 })
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

function watch(...options: string[]) {
  const command = [join(root, 'build/cli.js'), 'watch', directory, ...options]
  const { stdout, stderr, status } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  return { lines: stdout.split('\n').slice(0, -1), stderr, status }
}

describe('watch --consumer', () => {
  it('goes on where the last one of that name ended, with no line twice', () => {
    const all = watch('--json', '--from', 'oldest', '--count', '60').lines.slice(0, -1)
    const parts = [10, 1, 49].flatMap((count) => watch('--json', '--consumer', 'audit', '--count', String(count)).lines.slice(0, -1))
    expect(parts).toHaveLength(60)
    expect(new Set(parts)).toEqual(new Set(all))
  })

  it('keeps its place in --checkpoint-folder', () => {
    const place = join(directory, 'elsewhere')
    watch('--consumer', 'audit', '--checkpoint-folder', place, '--count', '1')
    expect(readdirSync(place).sort()).toEqual(['audit.json', 'audit.lock'])
  })

  it('refuses a name that is none, and --from beside it', () => {
    expect(watch('--consumer', '../audit')).toMatchObject({ status: 2, stderr: expect.stringContaining("consumer's name") })
    expect(watch('--consumer', 'audit', '--from', 'oldest')).toMatchObject({ status: 2, stderr: expect.stringContaining('--from') })
  })
})
