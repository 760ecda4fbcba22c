// mprtap prune --user: everything that is kept of one user.

import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import { fileTimeOf, type RingWriter } from '../../host/testing/index.ts'
import { contentOf, NOW, RingCapture } from '../captures/ring-captures.ts'
import { OTHER_SID, post, pre, SID } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { killAll, Run } from './command.ts'

const DOCS = join(import.meta.dirname, '../../docs')
const ajv = new Ajv2020({ strict: true, allErrors: true })
const rings = new RingsOnDisk()
const HOUR_MS = 3_600_000
let state: string
let captures: string

beforeEach(() => {
  state = join(rings.directory, 'state')
  captures = join(state, 'mprtap', 'captures')
  mkdirSync(captures, { recursive: true })
})
afterEach(killAll)

const ENV = () => ({ XDG_STATE_HOME: state, HOME: rings.directory })
const start = (...args: string[]) => new Run(args, ENV())

async function prune(...args: string[]) {
  const run = start('prune', rings.directory, ...args)
  const code = await run.ended()
  return { code, lines: run.lines, stderr: run.stderr }
}

/** The ring of a user, last written so many hours ago. */
function ringOf(sid: string, hours: number): RingWriter {
  const ring = rings.create({ sid, slotCountLog2: 4 })
  const wallTime = fileTimeOf(Date.now() - hours * HOUR_MS)
  for (let i = 0; i < 4; i++) ring.append(post(ring.append(pre({ wallTime }))!, { wallTime }))
  const seconds = (Date.now() - hours * HOUR_MS) / 1000
  utimesSync(rings.path({ sid }), seconds, seconds)
  return ring
}

/** A capture of both rings, which says what the first user is called. */
function capture(name: string, mine: RingWriter, others: RingWriter, folder = captures): string {
  const made = new RingCapture()
  const [a, b] = [made.ring(mine, 0, { user: SID }), made.ring(others, 0, { user: OTHER_SID })]
  made.writer.name(a.captured, { sid: SID, name: 'CORP\\m.berger', lookedUp: NOW })
  a.records(8)
  b.records(8)
  const path = join(folder, name)
  writeFileSync(path, made.bytes())
  return path
}

async function consume(consumer: string): Promise<void> {
  const tap = await openTap({ sources: [rings.directory], from: { consumer }, follow: false })
  for await (const _ of tap);
  for (const sid of [SID, OTHER_SID]) {
    const seconds = (Date.now() - 2 * HOUR_MS) / 1000
    utimesSync(rings.path({ sid }), seconds, seconds)
  }
}
const checkpoint = (consumer: string) => join(rings.directory, 'consumers', `${consumer}.json`)
const usersIn = (path: string) => [...contentOf(new Uint8Array(readFileSync(path))).packets.keys()].map((key) => key.split(' ')[1])

describe('mprtap prune --user', () => {
  it('removes the rings of the user, takes its records out of captures and its rings out of checkpoints, and leaves those of others', async () => {
    const [mine, others] = [ringOf(SID, 2), ringOf(OTHER_SID, 2)]
    const kept = capture('mprtap-20260105T080000Z-1.pcapng', mine, others)
    const elsewhere = join(rings.directory, 'elsewhere')
    mkdirSync(elsewhere)
    const copy = capture('copy.pcapng', mine, others, elsewhere)
    await consume('audit')
    const { code, lines, stderr } = await prune('--user', SID, '--captures', elsewhere)
    expect(lines).toEqual([
      `removed           ${rings.path()}  idle for 2 hours, 12 KiB`,
      `rewritten         ${kept}  8 records of this user`,
      `rewritten         ${copy}  8 records of this user`,
      `rewritten         ${checkpoint('audit')}  1 ring of this user`,
    ])
    expect(stderr).toBe(
      '1 ring: 1 removed (12 KiB), 0 in use, 0 kept for consumers, 0 left alone, 0 failed; 2 captures with records of this user: 2 cleared of 16 records; 1 checkpoint: 1 cleared\n',
    )
    expect(code).toBe(0)
    expect([existsSync(rings.path()), existsSync(rings.path({ sid: OTHER_SID }))]).toEqual([false, true])
    expect([usersIn(kept), usersIn(copy)]).toEqual([[OTHER_SID], [OTHER_SID]])
    const text = readFileSync(checkpoint('audit'), 'utf8')
    expect([text.includes(SID), text.includes(OTHER_SID)]).toEqual([false, true])
    expect(await prune('--user', SID)).toMatchObject({ code: 0, lines: [] })
  })

  it('finds the user by the name that a capture has, in whatever case and with or without its domain', async () => {
    const [mine, others] = [ringOf(SID, 2), ringOf(OTHER_SID, 2)]
    for (const name of ['corp\\M.Berger', 'M.BERGER']) {
      const path = capture('mprtap-20260105T080000Z-1.pcapng', mine, others)
      expect(await prune('--user', name, '--force')).toMatchObject({ code: 0 })
      expect(usersIn(path)).toEqual([OTHER_SID])
    }
    expect(await prune('--user', 'nobody')).toMatchObject({
      code: 2,
      lines: [],
      stderr: expect.stringMatching(/Nobody knows an account "nobody"/),
    })
    expect(existsSync(rings.path({ sid: OTHER_SID }))).toBe(true)
  })

  it('with --dry-run only says what it would do', async () => {
    const path = capture('a.pcapng', ringOf(SID, 2), ringOf(OTHER_SID, 2))
    await consume('audit')
    const before = [path, checkpoint('audit')].map((file) => readFileSync(file, 'latin1'))
    const { code, lines, stderr } = await prune('--user', SID, '--dry-run')
    expect(code).toBe(0)
    expect(lines.map((line) => line.split('  ')[0])).toEqual(['would be removed', 'would be removed', 'would be removed'])
    expect(stderr).toMatch(/1 would be removed.*1 would be cleared of 8 records; 1 checkpoint: 1 would be cleared\n$/)
    expect([path, checkpoint('audit')].map((file) => readFileSync(file, 'latin1'))).toEqual(before)
    expect(existsSync(rings.path())).toBe(true)
  })

  it('keeps what is in use, and its place in checkpoints, says so, and exits with 1', async () => {
    ringOf(SID, 0)
    ringOf(OTHER_SID, 0)
    const recorder = start('record', rings.directory)
    await recorder.until(({ stderr }) => stderr.includes('Recording to'))
    const [name] = readdirSync(captures).filter((file) => file.endsWith('.pcapng'))
    const path = join(captures, name!)
    await recorder.until(() => usersIn(path).length === 2)
    const tap = await openTap({ sources: [rings.directory], from: { consumer: 'audit' }, follow: false })
    for await (const _ of tap);
    const { code, lines } = await prune('--user', SID)
    expect(code).toBe(1)
    expect(lines).toEqual([
      `kept              ${rings.path()}  idle for less than an hour, 12 KiB (in use)`,
      `kept              ${path}  8 records of this user; a recorder writes it; run this once more when that one has ended`,
    ])
    expect(readFileSync(checkpoint('audit'), 'utf8')).toContain(SID)
    recorder.child.kill('SIGTERM')
    expect(await recorder.ended()).toBe(0)
    expect((await prune('--user', SID)).lines.map((line) => line.split('  ')[0])).toEqual(['kept', 'rewritten'])
    expect(usersIn(path)).toEqual([OTHER_SID])
  }, 30_000)

  it('lets a recorder go on with the others where it was', async () => {
    const [, others] = [ringOf(SID, 2), ringOf(OTHER_SID, 2)]
    const record = async () => expect(await start('record', '--duration', '1', rings.directory).ended()).toBe(0)
    await record()
    expect(await prune('--user', SID)).toMatchObject({ code: 0 })
    others.append(post(others.append(pre())!))
    await record()
    const records = readdirSync(captures)
      .filter((file) => file.endsWith('.pcapng'))
      .sort()
      .flatMap((file) => [...contentOf(new Uint8Array(readFileSync(join(captures, file)))).packets.values()].flat())
      .map((line) => line.split(' ').slice(0, 2).join(' '))
    expect(records).toEqual(Array.from({ length: 10 }, (_, i) => `record ${i}`))
  }, 30_000)

  it('waits for a consumer whose tap is open, and for one that has not read the ring to its end', async () => {
    ringOf(SID, 2)
    ringOf(OTHER_SID, 2)
    const tap = await openTap({ sources: [rings.directory], from: { consumer: 'audit' } })
    await tap.close()
    expect(await prune('--user', SID)).toMatchObject({ code: 1, lines: [expect.stringMatching(/^kept .*not read to its end by audit/)] })
    await consume('audit')
    const open = await openTap({ sources: [rings.directory], from: { consumer: 'audit' } })
    const { code, lines } = await prune('--user', SID)
    await open.close()
    expect(code).toBe(1)
    expect(lines.at(-1)).toBe(`kept              ${checkpoint('audit')}  a tap has this name; close it and run this once more`)
  })

  it('tells a file that it cannot look into', async () => {
    ringOf(SID, 2)
    mkdirSync(join(rings.directory, 'consumers'))
    writeFileSync(checkpoint('audit'), `{"format":1,"rings":[{"path":"${SID}.v1.ring"}]}`)
    writeFileSync(checkpoint('other'), '{"state":"of something else"}')
    writeFileSync(join(captures, 'a.pcapng'), 'this is no capture at all')
    const { code, lines } = await prune('--user', SID, '--force', '--json')
    expect(code).toBe(1)
    const found = lines.map((line) => JSON.parse(line)).map(({ type, outcome, path }) => [type, outcome, path && basename(path)])
    expect(found).toEqual([
      ['ring', 'removed', basename(rings.path())],
      ['capture', 'refused', 'a.pcapng'],
      ['checkpoint', 'refused', 'audit.json'],
      ['summary', undefined, undefined],
    ])
  })

  it('writes lines as docs/schema has them, with the fields that docs/cli.md names', async () => {
    capture('a.pcapng', ringOf(SID, 2), ringOf(OTHER_SID, 2))
    writeFileSync(join(captures, 'b.pcapng'), 'this is no capture at all')
    await consume('audit')
    const { lines } = await prune('--user', SID, '--json')
    const fields = { lines: new Set<string>(), summary: new Set<string>() }
    for (const line of lines.map((text) => JSON.parse(text))) {
      const name = line.type === 'summary' ? 'prune-summary' : `pruned-${line.type}`
      const schema = JSON.parse(readFileSync(join(DOCS, 'schema', `${name}.json`), 'utf8'))
      const validate = ajv.compile({ ...schema, additionalProperties: false })
      expect([line, validate(line), validate.errors]).toEqual([line, true, null])
      if (line.type !== 'ring') for (const field of Object.keys(line)) fields[line.type === 'summary' ? 'summary' : 'lines'].add(field)
    }
    const section = readFileSync(join(DOCS, 'cli.md'), 'utf8').split('### What `prune --user` adds')[1]!.split('\n```')[0]!
    const [ofLines, ofSummary] = section
      .split('And in the summary')
      .map((table) => [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name!))
    expect([...fields.lines].sort()).toEqual(ofLines!.sort())
    expect([...fields.summary]).toEqual(expect.arrayContaining(ofSummary!))
    expect(ofSummary).toHaveLength(7)
  })

  it('refuses --captures without a user', async () => {
    expect(await prune('--captures', captures)).toMatchObject({ code: 2, stderr: expect.stringMatching(/--captures goes with --user/) })
  })
})
