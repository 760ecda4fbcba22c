// What docs/cli.md, docs/filters.md and docs/security-teams.md tell people to type is run, on generated rings. Lines that read this machine, which
// has no rings here, are given a source.

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'

const linesOf = (page: string) =>
  [...readFileSync(inRoot(page), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)]
    .flatMap(([, block]) => block!.trimEnd().split('\n'))
    .map((line) => line.replace(/ {2,}#.*$/, ''))
const lines = [...linesOf('docs/cli.md'), ...linesOf('docs/filters.md')]

/** What cannot run here as it stands, and who runs it. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'mprtap serve': 'tests/serve/page.browser.test.ts',
  'source <(mprtap completion': 'tests/cli/completion.test.ts',
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-samples-'))
  writeRings(join(folder, 'there'), { seed: 2, operations: 300, users: 3 })
  writeRings(join(folder, 'rings'), { seed: 2, operations: 300, users: 3 })
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/mprtap'), `#!/bin/sh\nexec "${process.execPath}" "${inRoot('build/cli.js')}" "$@"\n`, { mode: 0o755 })
  const made = sh('mprtap record there --to monday.pcapng --duration 1 && mv monday-*.pcapng monday.pcapng')
  if (made.status !== 0) throw new Error(made.stderr)
})
afterAll(() => rmSync(folder, { recursive: true }))

function sh(line: string) {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
  return spawnSync('bash', ['-c', line], { cwd: folder, env, encoding: 'utf8', timeout: 60_000 })
}

/** The line with a source for what would read this machine, and an end for what would go on. */
function here(line: string): string {
  if (line.includes('generate')) return line.replaceAll('rings', 'new-rings')
  const [command, ...rest] = line.split(/(?= [|>] )/)
  const hasSource = / (?:rings|monday\.pcapng)\b/.test(command!)
  const isWatch = command!.startsWith('mprtap watch')
  const ended = isWatch && !command!.includes('--duration') ? ' --duration 1' : ''
  const from = isWatch && !/--from|--since/.test(command!) ? ' --from oldest' : ''
  return `${command}${hasSource ? '' : ' there'}${from}${ended}${rest.join('')}`
}

describe('docs/cli.md and docs/filters.md', () => {
  it('has samples', () => expect(lines.length).toBeGreaterThan(12))

  it.each(lines.filter((line) => !Object.keys(ELSEWHERE).some((beginning) => line.startsWith(beginning))))('%s', (line) => {
    const { status, stderr } = sh(`set -o pipefail; ${here(line)}`)
    expect(stderr).not.toMatch(/^mprtap: |^ {4}at /m)
    expect(status).toBe(0)
  })
})

// In this clone, since they are about its sources.
describe('docs/security-teams.md', () => {
  const [verify, manifest] = linesOf('docs/security-teams.md')
  const inClone = (line: string) => spawnSync('bash', ['-c', line], { cwd: inRoot(), encoding: 'utf8', timeout: 120_000 })

  it('the manifest has a hash of each DLL, as it is, and of the sources', () => {
    const said = JSON.parse(inClone(manifest!).stdout)
    for (const architecture of ['x64', 'x86', 'arm64']) {
      const bytes = readFileSync(inRoot(`build/dll/${architecture}/mprtap.dll`))
      expect(JSON.stringify(said)).toContain(createHash('sha256').update(bytes).digest('hex'))
    }
  })

  it('the other line is a check of npm run check', () => {
    const [, script, option] = /^node (\S+) (--verify)$/.exec(verify!)!
    expect(readFileSync(inRoot('scripts/check.mjs'), 'utf8')).toContain(`node('${script}', '${option}')`)
  })
})
