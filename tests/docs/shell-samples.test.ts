// What docs/cli.md tells people to type is run, on generated rings. Lines that read this machine, which has no rings here, are given a source.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'
import { inRoot } from '../../scripts/lib/paths.mjs'

const page = readFileSync(inRoot('docs/cli.md'), 'utf8')
const lines = [...page.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, block]) => block!.trimEnd().split('\n'))
  .map((line) => line.replace(/ {2,}#.*$/, ''))

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

describe('docs/cli.md', () => {
  it('has samples', () => expect(lines.length).toBeGreaterThan(12))

  it.each(lines.filter((line) => !Object.keys(ELSEWHERE).some((beginning) => line.startsWith(beginning))))('%s', (line) => {
    const { status, stderr } = sh(`set -o pipefail; ${here(line)}`)
    expect(stderr).not.toMatch(/^mprtap: |^ {4}at /m)
    expect(status).toBe(0)
  })
})
