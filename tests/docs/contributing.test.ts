// The quick path for contributors, as CONTRIBUTING.md says it.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { inRoot, root } from '../../scripts/lib/paths.mjs'

const folder = mkdtempSync(join(tmpdir(), 'mprtap-contributing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const [, block] = /```sh\n(.*?)```/s.exec(readFileSync(inRoot('CONTRIBUTING.md'), 'utf8'))!
const lines = block!.trim().split('\n')

it('has five lines: install, build, make rings, read them, test', () => {
  expect(lines).toHaveLength(5)
  expect(lines[0]).toBe('npm ci')
  expect(lines[1]).toBe('npm run build -- --no-dll')
  expect(existsSync(inRoot(lines[4]!.split(' ').at(-1)!))).toBe(true)
})

it('generated rings are read', () => {
  const run = (line: string) =>
    execFileSync('sh', ['-c', line.replace('build/rings', join(folder, 'rings'))], { cwd: root, encoding: 'utf8' })
  expect(run(`${lines[2]} 2>&1`)).toContain('1000')
  expect(run(`${lines[3]} 2>&1`)).toContain('1000 operations')
})
