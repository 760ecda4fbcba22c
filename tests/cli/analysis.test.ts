// logons, history and report --html on generated rings.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'
import { mprtap as start } from './command.ts'

async function mprtap(...args: string[]) {
  const run = start(...args)
  return { code: await run.ended(), lines: run.lines, stderr: run.stderr }
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-analysis-'))
  writeRings(join(folder, 'rings'), { seed: 3, operations: 600, users: 5 })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('mprtap logons', () => {
  it('prints the slowest logons, reasons below each, and the sum of all', async () => {
    const { code, lines, stderr } = await mprtap('logons', '--top', '2', '--utc', join(folder, 'rings'))
    expect(lines[0]).toMatch(/^began +user +session +operations +failed +mapping time/)
    expect(lines.filter((line) => /^2026-/.test(line))).toHaveLength(2)
    expect(lines.some((line) => /^ {4}.*the longest operation took/.test(line))).toBe(true)
    expect(stderr).toMatch(/^\d+ logons of \d+ operations; mapping time: median/)
    expect(code).toBe(0)
  })

  it('prints a logon a line in JSON', async () => {
    const { lines } = await mprtap('logons', '--json', join(folder, 'rings'))
    const logon = JSON.parse(lines[0]!) as { type: string; mappingMs: number; rows: unknown[] }
    expect(logon).toMatchObject({ type: 'logon' })
    expect(logon.rows.length).toBeGreaterThan(0)
  })
})

describe('mprtap history', () => {
  it('prints what became of a drive letter, and fails with 2 on what has no history', async () => {
    const { code, lines } = await mprtap('history', 'H:', join(folder, 'rings'), '--utc')
    expect(code).toBe(0)
    for (const line of lines) expect(line).toMatch(/^2026-\d\d-\d\d \d\d:\d\d:\d\d {2}(?:mapped|removed|failed|cancelled|add|cancel)/)
    expect((await mprtap('history', 'process:x', join(folder, 'rings'))).code).toBe(2)
    expect((await mprtap('history', 'H:', '--at', 'sometime', join(folder, 'rings'))).stderr).toContain('is not a time')
  })
})

describe('mprtap report --html', () => {
  it('writes one page, also compared with a baseline', async () => {
    const page = join(folder, 'report.html')
    const rings = join(folder, 'rings')
    const { code, stderr } = await mprtap('report', '--html', page, '--baseline', rings, rings)
    expect([code, stderr]).toEqual([0, `600 operations in ${page}\n`])
    const text = readFileSync(page, 'utf8')
    expect(text).toContain('<h2 id="logons-title">Slowest logons</h2>')
    expect(text).toContain('Nothing is new, gone, slower or failing more often than in the baseline.')
  })
})
