// logons, history and report --html on generated rings.
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeRings } from '../../host/testing/index.ts'
import { observedJson } from '../../host/text/event-json.ts'
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
    expect(lines[0]).toMatch(/^S-1-\S+ waited [\d.]+ (?:s|min)(?: of [\d.]+ (?:s|min))? for .*\.$/)
    expect(lines[1]).toMatch(/^began +user +session +operations +failed +mapping time/)
    expect(lines.filter((line) => /^2026-/.test(line))).toHaveLength(2)
    for (const reason of [
      /the longest operation took/,
      /with one operation at a time, .* with several at once/,
      /critical chain: \d+ operations/,
    ])
      expect(lines.some((line) => line.startsWith('    ') && reason.test(line))).toBe(true)
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
    const [answer, ...rows] = lines
    expect(answer).toMatch(/^Removed last: H: at 2026-\d\d-\d\d [\d:]{8} by \S+ \d+ \(S-1-.*, session \d+\); it led to \\\\/)
    // The answer is the row that ends last, whichever began last.
    const ends = rows.flatMap((row) => [...row.matchAll(/until (2026-\S+ [\d:]{8}), when \S+ \d+ removed it/g)].map(([, end]) => end!))
    expect(/ at (2026-\S+ [\d:]{8}) by/.exec(answer!)![1]).toBe(ends.sort().at(-1))
    for (const line of rows) expect(line).toMatch(/^2026-\d\d-\d\d \d\d:\d\d:\d\d {2}(?:mapped|restored|removed|failed|cancelled|no end) /)
    expect((await mprtap('history', 'process:x', join(folder, 'rings'))).code).toBe(2)
    expect((await mprtap('history', 'H:', '--at', 'sometime', join(folder, 'rings'))).stderr).toContain('is not a time')
  })
})

describe('mprtap history of something that is not there', () => {
  it('says that the records say nothing of it', async () => {
    const { code, lines, stderr } = await mprtap('history', 'no-such-server', join(folder, 'rings'))
    expect([code, lines, stderr]).toEqual([0, [], '0 rows; these records say nothing of no-such-server; 0 lost\n'])
  })

  it('takes one time or a period, not both', async () => {
    const { code, stderr } = await mprtap('history', 'H:', '--at', 'now', '--since', '-1h', join(folder, 'rings'))
    expect([code, stderr]).toEqual([2, 'mprtap: --at is one time; it does not go with --since or --until.\n'])
  })
})

describe('mprtap history --snapshot', () => {
  const snapshot = (...lines: string[]) => {
    const file = join(folder, 'snapshot.ndjson')
    writeFileSync(file, lines.join('\n'))
    return mprtap('history', 'Q:', '--snapshot', file, '--utc', join(folder, 'rings'))
  }
  const seen = {
    type: 'observed',
    time: 1_767_600_000_000,
    user: 'S-1-5-18',
    sessionId: 1,
    logonId: '0x1',
    localName: 'Q:',
    remoteName: '\\\\fs01\\q',
  }

  it('adds what it saw', async () => {
    const { code, lines } = await snapshot(JSON.stringify({ type: 'summary' }), JSON.stringify(seen), '')
    expect(code).toBe(0)
    expect(lines).toContain(
      '2026-01-05 08:00:00  observed  Q: -> \\\\fs01\\q of S-1-5-18, session 1, by a snapshot; nobody was seen to map it; nothing says that it ended',
    )
  })

  it('takes the lines that snapshot itself writes, and passes over what Windows only remembers', async () => {
    const { type, ...fields } = seen
    const row = {
      type: 'observed',
      ...fields,
      provider: undefined,
      resourceType: 'disk',
      isConnected: true,
      isRemembered: false,
      change: 'present',
    } as const
    const remembered = { ...row, sessionId: undefined, logonId: undefined, isConnected: false, isRemembered: true } as const
    const { code, lines } = await snapshot(
      observedJson(row),
      observedJson(remembered),
      observedJson({ ...row, time: row.time + 60_000, change: 'went' }),
    )
    expect([code, type]).toEqual([0, 'observed'])
    expect(lines.filter((line) => line.includes('observed'))).toEqual([
      expect.stringMatching(/it ended unseen before 2026-01-05 08:01:00, when a snapshot no longer saw it$/),
    ])
  })

  it.each([
    ['a change that is none', JSON.stringify({ ...seen, change: 'flew' }), 'line 1 lacks a field'],
    ['what is not JSON', 'observed Q:', 'line 1 is not a JSON object.'],
    ['a list', '[]'.padEnd(70_000), 'line 1 is too long.'],
    [
      'a name that is a number',
      JSON.stringify({ ...seen, remoteName: 7 }),
      'line 1 lacks a field of an observed mapping, or one is of the wrong type.',
    ],
    ['a time that is none', JSON.stringify({ ...seen, time: 'now' }), 'line 1 lacks a field'],
  ])('refuses %s, with the line', async (_, line, message) => {
    const { code, stderr } = await snapshot(line)
    expect(code).toBe(2)
    expect(stderr).toContain(`snapshot.ndjson: ${message}`)
  })

  it('refuses what is no regular file, and what is not there', async () => {
    expect((await mprtap('history', 'Q:', '--snapshot', '/dev/zero', join(folder, 'rings'))).stderr).toContain('it is not a regular file.')
    expect((await mprtap('history', 'Q:', '--snapshot', join(folder, 'none'), join(folder, 'rings'))).stderr).toContain(
      'the file is not there.',
    )
  })
})

describe('mprtap history of a ring with a hole', () => {
  it('marks what is not known, and whose', async () => {
    const rings = join(folder, 'holes')
    writeRings(rings, { seed: 5, operations: 200, users: 1 })
    for (const name of readdirSync(join(rings, 'users'))) {
      const file = openSync(join(rings, 'users', name), 'r+')
      writeSync(file, Buffer.alloc(512), 0, 512, 4096 + 20 * 512)
      closeSync(file)
    }
    const { lines, stderr } = await mprtap('history', 'H:', '--json', rings)
    const unknown = lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ what }) => what === 'unknown')
    expect(unknown.length).toBeGreaterThan(0)
    for (const row of unknown)
      expect(row).toMatchObject({
        level: 40,
        records: 1,
        from: expect.any(Number),
        to: expect.any(Number),
        user: expect.stringMatching(/^S-1-/),
      })
    expect(stderr).toMatch(/; [1-9]\d* lost\n$/)
  })
})

describe('mprtap logons --since', () => {
  it('and the other options choose operations as everywhere', async () => {
    const { stderr } = await mprtap('logons', '--failed', '--since', '2001-01-01', '--until', '2001-01-02', join(folder, 'rings'))
    expect(stderr).toBe('No logon. 0 lost\n')
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
