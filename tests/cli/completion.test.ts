// The scripts of `mprtap completion`, in the shells that they are for.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VERBS } from '../../host/cli/verbs.ts'
import { mprtap } from './command.ts'

let folder: string
const scripts: Record<string, string> = {}
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-completion-'))
  for (const shell of ['bash', 'zsh', 'powershell']) {
    const run = mprtap('completion', shell)
    expect(await run.ended()).toBe(0)
    scripts[shell] = run.stdout
    writeFileSync(join(folder, shell), run.stdout)
  }
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true }))

/** What bash offers for the last of these words. */
function bash(...words: string[]): string[] {
  const list = words.map((word) => `'${word}'`).join(' ')
  const script = `source '${join(folder, 'bash')}'; COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _mprtap; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean)
}

describe('in bash', () => {
  it('completes verbs', () => {
    expect(bash('mprtap', '')).toEqual([...VERBS.map(({ name }) => name), 'help'])
    expect(bash('mprtap', 're')).toContain('report')
    expect(bash('mprtap', 'help', 'wat')).toEqual(['watch'])
  })

  it('completes options of the verb and their values', () => {
    expect(bash('mprtap', 'report', '--so')).toEqual(['--sort'])
    expect(bash('mprtap', 'report', '--sort', 'l')).toEqual(['longest', 'lost-time'])
    expect(bash('mprtap', 'watch', '--json', '--fi')).toEqual(['--filter', '--fields'])
    expect(bash('mprtap', 'watch', '--so')).toEqual([])
    expect(bash('mprtap', 'completion', 'z')).toEqual(['zsh'])
  })

  it('completes paths where an option wants one, and nothing where it wants a number', () => {
    expect(bash('mprtap', 'prune', '--checkpoint-folder', join(folder, 'ba'))).toEqual([join(folder, 'bash')])
    expect(bash('mprtap', 'watch', '--count', '')).toEqual([])
  })
})

describe('in zsh', () => {
  it('completes in a real terminal', () => {
    const script = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "autoload -U compinit; compinit -u -d '${folder}/dump'; source '${join(folder, 'zsh')}'; PS1=; echo rea''dy"
zpty -r -m z line '*ready*'
zpty -n -w z $'mprtap gener\\t'
zpty -r -m z line '*generate*' && print -r -- found
zpty -n -w z $'--fol\\t'
zpty -r -m z line '*--follow*' && print -r -- found
zpty -d z`
    const { stdout } = spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8', timeout: 20_000 })
    expect(stdout).toBe('found\nfound\n')
  })
})

describe('in PowerShell', () => {
  it('has every verb, option and value, in quotes that PowerShell takes as they are', () => {
    const script = scripts.powershell!
    expect(script).toMatch(/^# .*\nRegister-ArgumentCompleter -Native -CommandName mprtap -ScriptBlock \{/)
    for (const { name } of VERBS) expect(script).toContain(`'${name}' = @{ words = @('--`)
    expect(script).toContain("'--sort' = @('operations', 'failed', 'p90', 'longest', 'lost-time')")
    expect([...script.matchAll(/[{(]/g)].length).toBe([...script.matchAll(/[})]/g)].length)
  })
})
