import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileTimeOf, type RecordInput, RingWriter, writeRings } from '../../host/testing/index.ts'
import { post, pre, SID } from '../host/records.ts'
import { setWriterCounts } from '../host/rings-on-disk.ts'

const ROOT = join(import.meta.dirname, '../..')
const CLI = join(ROOT, 'build/cli.js')

let directory: string
let ring: RingWriter

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprtap-report-'))
  mkdirSync(join(directory, 'users'))
  ring = RingWriter.create({ sid: SID }, join(directory, 'users', `${SID}.v1.ring`))
})
afterEach(() => {
  ring.close()
  rmSync(directory, { recursive: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly lines: string[]
  readonly stderr: string
}

async function mprtap(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const read = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      read[stream] += text
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout: read.stdout, lines: read.stdout.split('\n').slice(0, -1), stderr: read.stderr }
}
const report = (...args: string[]) => mprtap('report', directory, ...args)

/** Writes an operation that takes so many ms. */
function map(fields: Partial<RecordInput> = {}, ms = 25): void {
  const sequence = ring.append(pre({ ...fields, operationStatus: 0 }))!
  ring.append(post(sequence, { ...fields, ticks: pre().ticks + BigInt(Math.round(ms * 10_000)) }))
}

describe('mprtap report', () => {
  it('prints a row a server, aligned, the busiest first, and the totals on standard error', async () => {
    for (let i = 0; i < 12; i++) map({ remoteName: `\\\\FILES01\\s${i}` }, 12)
    map({ remoteName: '\\\\files01\\x', operationStatus: 53 }, 2400)
    map({ remoteName: '\\\\倉庫サーバー\\a' }, 184_000)
    map({ remoteName: '\\\\倉庫サーバー\\a', operationStatus: 1223 }, 0.4)
    ring.append(pre({ remoteName: '\\\\dead\\x' }))
    const { code, lines, stderr } = await report()
    expect(lines).toEqual([
      'server        operations  failed  cancelled  unfinished  median      p90      p99  longest  lost time',
      'FILES01               13       1          0           0   12 ms    12 ms    2.4 s    2.4 s      2.5 s',
      '倉庫サーバー           2       0          1           0  0.4 ms  2.9 min  2.9 min  3.1 min    3.1 min',
      'dead                   1       0          0           1       -        -        -        -          -',
    ])
    expect(stderr.split('\n')[0]).toBe('16 operations, 3 groups by server; 0 lost')
    expect(code).toBe(0)
  })

  it('shows no more rows than --top, and says how many it left out', async () => {
    for (const [i, server] of ['a', 'b', 'b', 'c', 'c', 'c'].entries()) map({ remoteName: `\\\\${server}\\${i}` })
    const { lines, stderr } = await report('--top', '2')
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['server', 'c', 'b'])
    expect(stderr.split('\n')[0]).toBe('6 operations, 3 groups by server; 1 more (--top); 0 lost')
  })

  it('counts in the singular', async () => {
    map()
    const { lines, stderr } = await report('--json')
    expect(JSON.parse(lines[0]!).msg).toBe('server files01: 1 operation, 0 failed')
    expect(stderr.split('\n')[0]).toBe('1 operation, 1 group by server; 0 lost')
  })

  it('prints names from strangers so that they steer no terminal, and exactly in JSON', async () => {
    const imageName = '\x1b[2J\u202egpj.exe\r\n\ud800'
    map({ imageName, remoteName: '\\\\\\x' })
    const [, row] = (await report('--by', 'image')).lines
    expect(row).toMatch(/^<U\+001B>\[2J<U\+202E>gpj\.exe<U\+000D><U\+000A><U\+D800> +1 /)
    expect(row).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    const json = (await report('--by', 'image', '--json')).lines
    expect(json).toHaveLength(2)
    expect(json[0]).toMatch(/^[ -~\ufffd]+$/)
    expect(JSON.parse(json[0]!)).toMatchObject({ key: imageName.replace('\ud800', '\ufffd'), unpaired: { key: { 14: 0xd800 } } })
    // A name without a server counts for itself.
    expect((await report()).lines[1]).toMatch(/^\\\\\\x +1 /)
  })

  it('puts what found no group of its own into a row of its own', async () => {
    ring.close()
    rmSync(join(directory, 'users', `${SID}.v1.ring`))
    ring = RingWriter.create({ sid: SID, slotCountLog2: 11 }, join(directory, 'users', `${SID}.v1.ring`))
    for (let i = 0; i < 1030; i++) ring.append(post(99n, { remoteName: `\\\\s${i}\\x` }))
    const { lines, stderr } = await report('--top', '1')
    expect(lines[1]).toMatch(/^\(others\) +7 /)
    expect(stderr.split('\n')[0]).toBe('1030 operations, 1024 groups by server; 1023 more (--top); 0 lost')
    const json = JSON.parse((await report('--top', '1', '--json')).lines[0]!)
    expect(json).toMatchObject({ type: 'group', by: 'server', operations: 7, msg: 'server (others): 7 operations, 0 failed' })
    expect(json).not.toHaveProperty('key')
  })

  it('counts generated traffic rightly by everything there is', async () => {
    const place = join(directory, 'generated')
    const truth = writeRings(place, { seed: 5, operations: 400, users: 3, servers: 8, shares: 30, slotCountLog2: 11 })
    const kinds = ['server', 'share', 'error', 'image', 'user'].map(async (by) => {
      const { code, lines, stderr } = await mprtap('report', place, '--by', by, '--json', '--top', '1000')
      const groups = lines.slice(0, -1).map((line) => JSON.parse(line))
      expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'summary', by, operations: truth.operations, groups: groups.length, lost: 0 })
      for (const group of groups) expect(group).toMatchObject({ level: 30, type: 'group', by, key: expect.any(String) })
      const sum = (name: string) => groups.reduce((all, group) => all + group[name], 0)
      const { operations, succeeded, failed, cancelled, unfinished } = truth
      if (by === 'image' || by === 'user') {
        expect(['operations', 'succeeded', 'failed', 'cancelled', 'unfinished'].map(sum)).toEqual([
          operations,
          succeeded,
          failed,
          cancelled,
          unfinished,
        ])
      }
      if (by === 'error') expect(sum('operations')).toBe(failed + cancelled)
      expect(stderr.split('\n')[0]).toBe(`${operations} operations, ${groups.length} groups by ${by}; 0 lost`)
      expect(code).toBe(0)
    })
    await Promise.all(kinds)
  })

  it('counts only what --filter lets through', async () => {
    map({ remoteName: '\\\\a\\x' })
    map({ remoteName: '\\\\b\\x', operationStatus: 67 })
    const { lines, stderr } = await report('--by', 'error', '--filter', 'remoteName glob "\\\\B\\*"')
    expect(lines[1]).toMatch(/^ERROR_BAD_NET_NAME +1 +1 /)
    expect(stderr.split('\n')[0]).toBe('1 operation, 1 group by error; 0 lost')
  })

  it.each([
    ['operations', 'busy'],
    ['failed', 'failing'],
    ['p90', 'slow'],
    ['longest', 'slow'],
    ['lost-time', 'slow'],
  ])('puts the greatest first: --sort %s', async (order, first) => {
    for (let i = 0; i < 9; i++) map({ remoteName: '\\\\busy\\x' })
    for (let i = 0; i < 3; i++) map({ remoteName: '\\\\failing\\x', operationStatus: 53 })
    map({ remoteName: '\\\\slow\\x' }, 60_000)
    expect((await report('--sort', order)).lines[1]).toMatch(new RegExp(`^${first} `))
  })

  it('reads only what began in the period', async () => {
    map({ remoteName: '\\\\early\\x' })
    map({ remoteName: '\\\\late\\x', wallTime: fileTimeOf(Date.UTC(2026, 5, 1)) })
    expect((await report('--since', '2026-05-01')).lines.slice(1).map((line) => line.split(' ')[0])).toEqual(['late'])
    expect((await report('--until', '2026-05-01')).lines.slice(1).map((line) => line.split(' ')[0])).toEqual(['early'])
  })

  it('prints CSV that a spreadsheet reads and does not calculate', async () => {
    map({ remoteName: '\\\\=1+1\\x' })
    map({ remoteName: '\\\\a,b\\x', operationStatus: 67 })
    const { stdout } = await report('--csv')
    const [titles, ...rows] = stdout.replace(/^\ufeff/, '').split('\r\n')
    expect(stdout.startsWith('\ufeff')).toBe(true)
    expect(titles).toBe('server,operations,succeeded,failed,cancelled,unfinished,meanMs,p50Ms,p90Ms,p99Ms,longestMs,lostTimeMs')
    expect(rows[0]).toMatch(/^'=1\+1,1,1,0,0,0(,[\d.]+){6}$/)
    expect(rows[1]).toMatch(/^"a,b",1,0,1,0,0(,[\d.]+){6}$/)
    expect(rows[2]).toBe('')
  })

  it('prints its head alone where there are no operations, and nothing in JSON', async () => {
    const { code, lines, stderr } = await report('--by', 'user')
    expect(lines).toEqual(['user  operations  failed  cancelled  unfinished  median  p90  p99  longest  lost time'])
    expect(stderr.split('\n')[0]).toBe('0 operations, 0 groups by user; 0 lost')
    expect(code).toBe(0)
    expect((await report('--json')).lines.map((line) => JSON.parse(line))).toMatchObject([{ type: 'summary', operations: 0, groups: 0 }])
  })

  it('tells loss', async () => {
    map()
    ring.claim()
    map()
    const { code, stderr } = await report()
    expect(stderr.split('\n')[0]).toBe('2 operations, 1 group by server; 1 lost')
    expect(code).toBe(0)
    expect(JSON.parse((await report('--json')).lines.at(-1)!)).toMatchObject({ type: 'summary', level: 40, lost: 1, abandoned: 1 })
  })

  it('says from when to when, how much had been overwritten before, and what programs could not record', async () => {
    ring.close()
    rmSync(join(directory, 'users', `${SID}.v1.ring`))
    ring = RingWriter.create({ sid: SID, slotCountLog2: 2 }, join(directory, 'users', `${SID}.v1.ring`))
    for (let i = 0; i < 10; i++) ring.append(post(99n, { wallTime: fileTimeOf(Date.UTC(2026, 0, 5, 8, i)) }))
    setWriterCounts(ring, { gaveUp: 2n, faults: 1n })
    const { stderr } = await report('--utc')
    expect(stderr).toBe(
      '4 operations, 1 group by server; 0 lost, 3 not recorded by their programs\n' +
        'Records from 2026-01-05 08:06:00.000Z to 2026-01-05 08:09:00.000Z; 6 records before that were overwritten.\n',
    )
    const summary = JSON.parse((await report('--json')).lines.at(-1)!)
    expect(summary).toMatchObject({ level: 40, from: '2026-01-05T08:06:00.000Z', to: '2026-01-05T08:09:00.000Z', overwritten: 6 })
    expect(summary).toMatchObject({ gaveUp: 2, faults: 1, unread: 0, lost: 0 })
  })

  it('says in one sentence that a ring is garbage, and goes on with the others', async () => {
    map()
    writeFileSync(join(directory, 'users', 'S-1-5-18.v1.ring'), Buffer.alloc(4096 + 512 * 4, 0xaa))
    const { code, lines, stderr } = await report()
    expect(lines).toHaveLength(2)
    expect(stderr).toMatch(/^mprtap: .*S-1-5-18\.v1\.ring is not a ring.*\.\n1 operation, .*, 1 source not read\n/)
    expect(code).toBe(1)
  })

  it('fails with 1 where there is no directory', async () => {
    const { code, lines, stderr } = await mprtap('report', join(directory, 'missing'))
    expect([code, lines]).toEqual([1, []])
    expect(stderr).toMatch(/^mprtap: .*missing has no folder "users" or "administrators".*name the right folder\.\n$/)
  })

  it('fails with 2, and the column, where the filter is wrong', async () => {
    const { code, lines, stderr } = await report('--filter', 'outcome == "faild"')
    expect([code, lines]).toEqual([2, []])
    expect(stderr).toMatch(/^mprtap: Column 12: /)
  })

  it.each([
    [['--by', 'host'], /Allowed choices are server, share, error, image, user/],
    [['--top', '0'], /whole number, 1 or more/],
    [['--from', 'now'], /^mprtap: Unknown option '--from'/],
  ])('fails with 2 on %j, saying what is wrong and where to look', async (args, text) => {
    const { code, lines, stderr } = await report(...args)
    expect([code, lines]).toEqual([2, []])
    expect(stderr).toMatch(text)
    expect(stderr).toMatch(/Run 'mprtap report --help' to see all options/)
  })

  it('ends quietly when nobody reads its output any more', async () => {
    for (let i = 0; i < 400; i++) ring.append(post(99n, { remoteName: `\\\\server${i}\\x` }))
    const child = spawn(process.execPath, [CLI, 'report', directory, '--top', '1000', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.destroy()
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    const [code] = await once(child, 'close')
    expect([code, stderr]).toEqual([0, ''])
  })

  it('fails with 1 when standard output cannot be written', async () => {
    map()
    const child = spawn('sh', ['-c', `"${process.execPath}" "${CLI}" report "${directory}" > /dev/full`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    const [code] = await once(child, 'close')
    expect(stderr).toMatch(/^mprtap: .*ENOSPC.*\n$/)
    expect(code).toBe(1)
  })
})
