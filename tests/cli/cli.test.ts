import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileTimeOf, type RecordInput, RingWriter, type TrafficSummary, writeRings } from '../../host/testing/index.ts'
import { CLI, killAll, mprtap, Run } from './command.ts'

const SID = 'S-1-5-21-1004336348-1177238915-682003330-1108'

const record: RecordInput = {
  kind: 'add',
  notifyStatus: 1,
  operationStatus: 0,
  flags: 0,
  wallTime: fileTimeOf(Date.UTC(2026, 0, 5, 8)),
  ticks: 1_000_000n,
  ticksPerSecond: 10_000_000n,
  context: 0n,
  processStartTime: fileTimeOf(Date.UTC(2026, 0, 5, 7)),
  logonId: 0x3e7n,
  processId: 4711,
  threadId: 4712,
  sessionId: 2,
  resourceType: 1,
  force: false,
  ownerWindow: false,
  pointer32: false,
  impersonated: false,
  remoteName: '\\\\files01\\projects',
  localName: 'P:',
  provider: null,
  imageName: 'explorer.exe',
}

/** Writes the PRE and the POST of one operation. */
function map(writer: RingWriter, fields: Partial<RecordInput> = {}): void {
  const context = writer.append({ ...record, ...fields, operationStatus: 0 })! + 1n
  writer.append({ ...record, ...fields, notifyStatus: 2, context, ticks: record.ticks + 380_000n })
}

let directory: string
const watch = (...args: string[]) => mprtap('watch', directory, ...args)

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mprtap-cli-'))
})
afterEach(() => {
  killAll()
  rmSync(directory, { recursive: true })
})

/** A ring of one user that a test writes into. */
function makeRing(slotCountLog2 = 10): RingWriter {
  mkdirSync(join(directory, 'users'), { recursive: true })
  return RingWriter.create({ sid: SID, slotCountLog2 }, join(directory, 'users', `${SID}.v1.ring`))
}

function traffic(operations = 300): TrafficSummary {
  return writeRings(directory, { seed: 11, operations, users: 3 })
}

describe('mprtap watch', () => {
  it('prints one plain line an operation into a pipe and the totals on standard error, and stops after --count', async () => {
    traffic()
    const run = watch('--from', 'oldest', '--count', '25')
    expect(await run.ended()).toBe(0)
    expect(run.lines.length).toBe(25)
    for (const line of run.lines) {
      expect(line).toMatch(
        /^2026-01-05 \d\d:\d\d:\d\d\.\d{3} {2}(succeeded|failed|cancelled) +(add|cancel) +\S.* [\d.]+ m?s {2}\S+ \d+( +ERROR_\w+ \(\d+\))?$/,
      )
    }
    expect(run.stderr).toMatch(/^25 operations: .* 0 lost(, \d+ still waiting for an end)?\n$/)
  })

  it('has the truth in its JSON: the totals of the generated traffic, a summary object last, nothing on standard error', async () => {
    const truth = traffic()
    const run = watch('--from', 'oldest', '--json', '--count', String(truth.operations - truth.unfinished))
    expect(await run.ended()).toBe(0)
    const summary = run.objects.at(-1)!
    const { succeeded, failed, cancelled, notifications } = truth
    expect(summary).toMatchObject({ type: 'summary', level: 30, operations: succeeded + failed + cancelled, succeeded, failed, cancelled })
    expect(summary).toMatchObject({ unfinished: 0, notifications, lost: 0, time: expect.any(Number), msg: expect.any(String) })
    expect(run.objects.slice(0, -1).filter(({ outcome }) => outcome === 'failed').length).toBe(failed)
    expect(run.stderr).toBe('')
  })

  it('has nothing but ASCII in its JSON with --ascii, and gives the names back', async () => {
    map(makeRing(), { remoteName: '\\\\café\\共有' })
    for (const options of [[], ['--fields', 'remoteName']]) {
      const run = watch('--from', 'oldest', '--json', '--ascii', '--count', '1', ...options)
      expect(await run.ended()).toBe(0)
      expect(run.stdout).toMatch(/^[ -~\n]+$/)
      expect(run.objects[0]).toMatchObject({ remoteName: '\\\\café\\共有' })
    }
  })

  it('shows the single calls with --notifications', async () => {
    const writer = makeRing()
    map(writer, { operationStatus: 53 })
    const run = watch('--from', 'oldest', '--notifications', '--json', '--count', '2')
    expect(await run.ended()).toBe(0)
    expect(run.objects).toMatchObject([
      { type: 'notification', phase: 'pre', sequence: 0 },
      { type: 'notification', phase: 'post', status: 53, error: { name: 'ERROR_BAD_NETPATH' }, context: '0x1' },
      { type: 'summary', notifications: 2 },
    ])
    writer.close()
  })

  it('shows and counts only what matches --filter', async () => {
    const truth = traffic()
    const run = watch('--from', 'oldest', '--json', '--filter', 'outcome == "failed"', '--count', String(truth.failed))
    expect(await run.ended()).toBe(0)
    expect(run.objects.slice(0, -1).every(({ outcome }) => outcome === 'failed')).toBe(true)
    expect(run.objects.at(-1)).toMatchObject({ type: 'summary', operations: truth.failed, succeeded: 0, failed: truth.failed })
  })

  it('shows an operation that has no end as unfinished after --unfinished-after', async () => {
    const writer = makeRing()
    writer.append(record)
    const run = watch('--from', 'oldest', '--json', '--unfinished-after', '0.1', '--count', '1')
    expect(await run.ended()).toBe(0)
    expect(run.objects).toMatchObject([
      { level: 40, outcome: 'unfinished', sequence: 0 },
      { type: 'summary', unfinished: 1 },
    ])
    expect(run.objects[0]).not.toHaveProperty('durationMs')
    writer.close()
  })

  it('exits with 2 when the filter cannot be parsed, and says where', async () => {
    const run = watch('--filter', 'outcome == ')
    expect(await run.ended()).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(/^mprtap: .*\b12\b/)
  })

  it('begins with what is recorded from now on, unless told otherwise', async () => {
    const writer = makeRing()
    map(writer, { localName: 'O:' })
    const run = watch('--count', '1', '--json')
    // Until it has begun, what is written may be old to it: write until it shows something.
    const writing = setInterval(() => map(writer, { localName: 'N:' }), 20)
    expect(await run.ended()).toBe(0)
    clearInterval(writing)
    expect(run.objects[0]).toMatchObject({ localName: 'N:', durationMs: 38 })
    writer.close()
  })

  it('stops after --duration', async () => {
    makeRing().close()
    const run = watch('--duration', '0.2', '--json')
    expect(await run.ended()).toBe(0)
    expect(run.objects).toMatchObject([{ type: 'summary', operations: 0, lost: 0 }])
  })

  it('ends when either limit is reached: a long --duration does not hold up --count', async () => {
    map(makeRing())
    const run = watch('--from', 'oldest', '--count', '1', '--duration', '3600')
    expect(await run.ended()).toBe(0)
    expect(run.lines.length).toBe(1)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('prints the totals on %s and exits with 0', async (signal) => {
    const truth = traffic()
    const run = watch('--from', 'oldest')
    await run.until(({ lines }) => lines.length === truth.operations - truth.unfinished)
    run.child.kill(signal)
    expect(await run.ended()).toBe(0)
    expect(run.stderr).toBe(
      `${run.lines.length} operations: ${truth.succeeded} succeeded, ${truth.failed} failed, ${truth.cancelled} cancelled, 0 unfinished; ` +
        `${truth.notifications} notifications, 0 lost\n`,
    )
  })

  it('ends its JSON with the summary on SIGINT too', async () => {
    map(makeRing())
    const run = watch('--from', 'oldest', '--json')
    await run.until(({ lines }) => lines.length === 1)
    run.child.kill('SIGINT')
    expect(await run.ended()).toBe(0)
    expect(run.objects).toMatchObject([{ type: 'operation' }, { type: 'summary', operations: 1, succeeded: 1 }])
  })

  it.each([[], ['--json']])('is quiet when its reader goes away (%s)', async (...options) => {
    const writer = makeRing()
    for (let i = 0; i < 200; i++) map(writer)
    const run = watch('--from', 'oldest', ...options)
    await once(run.child.stdout!, 'data')
    run.child.stdout!.destroy()
    const writing = setInterval(() => map(writer), 20)
    expect(await run.ended()).toBe(0)
    clearInterval(writing)
    expect(run.stderr).toBe('')
    writer.close()
  })

  it('reads on while its own reader is slow, and loses nothing of what it has read', async () => {
    const truth = writeRings(directory, { seed: 2, operations: 3_000, users: 1, slotCountLog2: 13 })
    const run = watch('--from', 'oldest', '--json', '--count', String(truth.operations - truth.unfinished))
    const stdout = run.child.stdout!
    stdout.pause()
    // What is shown meanwhile has filled what its reader keeps.
    await run.until(() => stdout.readableLength >= stdout.readableHighWaterMark)
    run.child.stdout!.resume()
    expect(await run.ended()).toBe(0)
    expect(run.objects.at(-1)).toMatchObject({ operations: truth.operations - truth.unfinished, lost: 0 })
    expect(run.lines.length).toBe(truth.operations - truth.unfinished + 1)
  })

  it('shows colours when they are forced, and never otherwise in a pipe', async () => {
    map(makeRing())
    const args = ['watch', directory, '--from', 'oldest', '--count', '1']
    const plain = mprtap(...args)
    const forced = new Run(args, { FORCE_COLOR: '1' })
    const refused = new Run(args, { FORCE_COLOR: '1', NO_COLOR: '1' })
    expect(await Promise.all([plain.ended(), forced.ended(), refused.ended()])).toEqual([0, 0, 0])
    expect(plain.stdout).not.toContain('\x1b')
    expect(refused.stdout).toBe(plain.stdout)
    expect(forced.stdout).toContain('\x1b[32m')
  })

  it('shows hostile names as escapes, and gives them back exactly in JSON', async () => {
    const writer = makeRing()
    const remoteName = '\\\\a\\\x1b]0;owned\x07\r\n00:00:00\u202e\u2066\u200b\u2028\x9b2J\ud800'
    map(writer, { remoteName, localName: '\x1b[2J', imageName: '\u202egpj.exe', operationStatus: 67 })
    const text = watch('--from', 'oldest', '--count', '1')
    const json = watch('--from', 'oldest', '--count', '1', '--json', '--ascii')
    expect(await Promise.all([text.ended(), json.ended()])).toEqual([0, 0])
    expect(text.lines.length).toBe(1)
    expect(text.lines[0]).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
    expect(text.lines[0]).toContain('<U+001B>]0;owned<U+0007><U+000D><U+000A>00:00:00<U+202E><U+2066><U+200B><U+2028><U+009B>2J<U+D800>')
    expect(json.lines[0]).toMatch(/^[ -~]+$/)
    // Half a surrogate pair stands as U+FFFD, and "unpaired" says what it was.
    const shown = remoteName.replace('\ud800', '\ufffd')
    expect(json.objects[0]).toMatchObject({ remoteName: shown, localName: '\x1b[2J', process: { image: '\u202egpj.exe' } })
    expect(json.objects[0]).toHaveProperty('unpaired')
    writer.close()
  })

  it('counts what it came too late for', async () => {
    const writer = makeRing(2)
    const run = watch('--from', 'oldest', '--json', '--notifications')
    map(writer)
    await run.until(({ lines }) => lines.length === 2)
    run.child.kill('SIGSTOP')
    await run.until(() => / T /.test(readFileSync(`/proc/${run.child.pid}/stat`, 'utf8')))
    for (let i = 0; i < 10; i++) map(writer)
    run.child.kill('SIGCONT')
    await run.until(({ lines }) => lines.length === 7)
    // Told while it happens, before what follows it.
    expect(run.objects[2]).toMatchObject({ type: 'loss', level: 40, reason: 'overrun', first: 2, count: 16, user: SID })
    run.child.kill('SIGINT')
    expect(await run.ended()).toBe(0)
    expect(run.objects.at(-1)).toMatchObject({ type: 'summary', level: 40, notifications: 6, lost: 16, overrun: 16 })
    writer.close()
  })

  it('waits for a folder that is missing, says so, and then misses nothing', async () => {
    const real = directory
    const later = join(real, 'later')
    const run = mprtap('watch', later, '--json', '--count', '1')
    await run.until(({ stderr }) => stderr.includes('\n'))
    const prepared = join(real, 'prepared')
    mkdirSync(join(prepared, 'users'), { recursive: true })
    const writer = RingWriter.create({ sid: SID }, join(prepared, 'users', `${SID}.v1.ring`))
    map(writer)
    renameSync(prepared, later)
    expect(await run.ended()).toBe(0)
    expect(run.objects[0]).toMatchObject({ type: 'operation', remoteName: record.remoteName })
    expect(run.stderr).toMatch(/^mprtap: .*later.* Waiting for it to appear\.\n$/)
    writer.close()
  })

  it('ends at once when it is stopped while waiting for a directory', async () => {
    const run = mprtap('watch', join(directory, 'missing'), '--json')
    await run.until(({ stderr }) => stderr.includes('\n'))
    run.child.kill('SIGINT')
    expect(await run.ended()).toBe(0)
    expect(run.objects).toMatchObject([{ type: 'summary', operations: 0 }])
  })

  it('says in one sentence that a ring is garbage, and goes on with the others', async () => {
    const writer = makeRing()
    writeFileSync(join(directory, 'users', 'S-1-5-18.v1.ring'), Buffer.alloc(4096 + 512 * 4, 0xaa))
    map(writer)
    const run = watch('--from', 'oldest', '--json', '--count', '1')
    expect(await run.ended()).toBe(1)
    expect(run.objects[0]).toMatchObject({ user: SID })
    expect(run.objects.at(-1)).toMatchObject({ type: 'summary', level: 40, unread: 1 })
    expect(run.stderr).toMatch(/^mprtap: .*S-1-5-18\.v1\.ring .*\.\n$/)
    writer.close()
  })

  it('fails with 1 when standard output cannot be written', async () => {
    map(makeRing())
    const script = `"${process.execPath}" "${CLI}" watch "${directory}" --from oldest --count 1 > /dev/full`
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text
    })
    const [code] = await once(child, 'close')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^mprtap: .*ENOSPC.*\n$/)
  })
})

describe('a wrong command line', () => {
  it.each([
    [['watch', '--count', '0'], /'--count <n>' argument '0'.* whole number, 1 or more/],
    [['watch', '--count', '1.5'], /whole number/],
    [['watch', '--duration', '-1'], /above 0/],
    [['watch', '--duration', '1e9'], /above 0/],
    [['watch', ''], /^mprtap: .*argument value '' is invalid.*It is empty\./],
    [['watch', '--from', 'yesterday'], /Allowed choices are now, oldest/],
    [['watch', '--colour'], /^mprtap: Unknown option '--colour'/],
    [['fields', 'extra'], /^mprtap: Too many arguments/],
    [['wach'], /^mprtap: Unknown command 'wach' \(Did you mean watch\?\)/],
    [['generate'], /^mprtap: Required option '--folder <path>' not specified/],
    [['generate', '--folder', 'x', '--slots-log2', '21'], /whole number, 2 to 20/],
    [['generate', '--folder', 'x', '--seed', '-1'], /whole number, 0 to 4294967295/],
    [['generate', '--folder', 'x', '--follow', '0'], /above 0/],
  ])('%j exits with 2, saying what is wrong and where to look', async (args, text) => {
    const run = mprtap(...args)
    expect(await run.ended()).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(text)
    expect(run.stderr).toMatch(/Run 'mprtap.* --help' to see all/)
  })

  it('exits with 2 when there is no default directory here', async () => {
    const run = mprtap('watch')
    expect(await run.ended()).toBe(2)
    expect(run.stderr).toMatch(/^mprtap: No source was given.*\n$/)
  })

  it.each([['--help'], ['watch', '--help'], ['--version']])('%s exits with 0', async (...args) => {
    const run = mprtap(...args)
    expect(await run.ended()).toBe(0)
    expect(run.stdout).not.toBe('')
    expect(run.stderr).toBe('')
  })
})

describe('mprtap generate', () => {
  it('writes rings that watch reads, and says what it wrote', async () => {
    const run = mprtap('generate', '--folder', directory, '--operations', '200', '--seed', '9', '--users', '2', '--slots-log2', '9')
    expect(await run.ended()).toBe(0)
    expect(run.stdout).toMatch(/^200 operations \(.*\), \d+ notifications in 3 rings under .*\n$/)
    const [, succeeded = 0, failed = 0, cancelled = 0] = /\((\d+) succeeded, (\d+) failed, (\d+) cancelled/.exec(run.stdout)!.map(Number)
    const reader = watch('--from', 'oldest', '--json', '--count', String(succeeded + failed + cancelled))
    expect(await reader.ended()).toBe(0)
    expect(reader.objects.at(-1)).toMatchObject({ succeeded, failed, cancelled, lost: 0 })
  })

  it('does not touch rings that are there', async () => {
    const writer = makeRing()
    const path = join(directory, 'users', `${SID}.v1.ring`)
    const run = mprtap('generate', '--folder', directory, '--operations', '20', '--users', '1')
    expect(await run.ended()).toBe(1)
    expect(run.stderr).toMatch(/^mprtap: .*S-1-5.*\.ring is there already\. Give a folder without rings\.\n$/)
    expect(readFileSync(path).equals(writer.bytes)).toBe(true)
    writer.close()
  })

  it('goes on writing with --follow, for a watch beside it, until it is stopped', async () => {
    const writer = mprtap('generate', '--folder', directory, '--follow', '500', '--users', '1', '--slots-log2', '16')
    await writer.until(({ stdout }) => stdout.includes('Ctrl-C'))
    const reader = watch('--json', '--from', 'oldest', '--count', '50')
    expect(await reader.ended()).toBe(0)
    expect(reader.objects.at(-1)).toMatchObject({ operations: 50, lost: 0 })
    writer.child.kill('SIGINT')
    expect(await writer.ended()).toBe(0)
    expect(writer.lines.at(-1)).toMatch(/^\d+ operations .* in [12] rings under /)
  })
})
