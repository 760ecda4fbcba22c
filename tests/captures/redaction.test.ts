// --redact: no name gets into any output, and the same name is the same pseudonym everywhere.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import type { Operation } from '../../host/model/events.ts'
import type { Observed } from '../../host/model/observed.ts'
import { redactedObserved } from '../../host/redaction/redacted-event.ts'
import { Redactor } from '../../host/redaction/redactor.ts'
import type { RingWriter } from '../../host/testing/index.ts'
import { Run } from '../cli/command.ts'
import { post, pre, SID } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { run, ToolFolder } from './debian-tools.ts'
import { RingCapture } from './ring-captures.ts'
import { expectNoSeed, fill, NAMES } from './seeds.ts'

const rings = new RingsOnDisk()
const ringOnDisk = () => rings.create({ slotCountLog2: 8 })
const folder = new ToolFolder()

/** A capture that says the machine's own name. */
function captureOf(ring: RingWriter): Uint8Array {
  const made = new RingCapture()
  made.ring(ring, 0, { host: hostname() }).records(2 * NAMES.length)
  return made.bytes()
}

const mprtap = (...args: string[]) => new Run(args)
/** What is written in files counts as well. */
const outputOf = async (...args: string[]) => {
  const process = mprtap(...args)
  const code = await process.ended()
  return { code, text: process.stdout + process.stderr }
}

describe('--redact', () => {
  it('leaves no name in a page, a capture, what is forwarded, or what is said of errors', async () => {
    const ring = fill(ringOnDisk())
    writeFileSync(folder.file('berger.pcapng'), 'no capture')
    const key = folder.file('key')
    expect((await outputOf('report', '--redact-new', key, rings.directory)).code).toBe(0)
    const page = folder.file('page.html')
    writeFileSync(folder.file('all.pcapng'), captureOf(ring))
    const capped = ['--redact', key, folder.file('all.pcapng')]
    const outputs: string[][] = [
      ['report', '--html', page],
      ['record', '--duration', '1', '--to', folder.file('kept.pcapng')],
    ]
    for (const args of outputs) {
      const { code, text } = await outputOf(...args, '--redact', key, rings.directory)
      expect([args, code]).toEqual([args, 0])
      expectNoSeed(args.join(' '), text.replaceAll(folder.path, ''))
    }
    const sent = await outputOf('forward', '--to', `file:${folder.file('sent')}`, '--checkpoint-folder', folder.file('state'), ...capped)
    expect([sent.code, sent.text]).toEqual([0, expect.stringMatching(/operations in \d+ batches to \(--to\)/)])
    expectNoSeed('what forward says', sent.text.replaceAll(folder.path, ''))
    const files = readdirSync(folder.path).filter((name) => name.startsWith('sent-'))
    const lines = files.map((name) => readFileSync(folder.file(name), 'utf8')).join('')
    expect(lines).toMatch(/"remoteName":"\\{4}host-[a-z2-7]{13}\\{2}share-/)
    expectNoSeed('what forward sends', lines)
    const damaged = await outputOf('report', '--redact', key, folder.file('berger.pcapng'))
    expect(damaged.text).toMatch(/source 1 is cut short/)
    expectNoSeed('an error', damaged.text)
    expectNoSeed('the page', readFileSync(page, 'latin1'))
    const [capture] = readdirSync(folder.path).filter((name) => name.startsWith('kept-'))
    expectNoSeed('the capture', Buffer.from(folder.read(capture!)).toString('latin1'))
    expect(run('capinfos', folder.file(capture!))).toMatch(/redacted key=[0-9a-f]{16}/)
  }, 240_000)

  it('keeps what happened: the same operations, the same name the same pseudonym, in a ring and in its capture', async () => {
    fill(ringOnDisk())
    const key = folder.file('key')
    expect(
      (await outputOf('record', '--duration', '1', '--to', folder.file('kept.pcapng'), '--redact-new', key, rings.directory)).code,
    ).toBe(0)
    const [capture] = readdirSync(folder.path).filter((name) => name.startsWith('kept-'))
    const read = async (source: string, redact?: string) => {
      const operations: Operation[] = []
      const tap = await openTap({ sources: [source], follow: false, redact })
      for await (const operation of tap) operations.push(operation)
      expect(tap.stats()).toMatchObject({ lost: 0, corrupt: 0 })
      return operations
    }
    const [plain, redacted, captured] = [await read(rings.directory), await read(rings.directory, key), await read(folder.file(capture!))]
    const facts = (operations: Operation[]) =>
      operations.map(({ id, time, durationMs, outcome, status, kind }) => ({ id, time, durationMs, outcome, status, kind }))
    expect(facts(redacted)).toEqual(facts(plain))
    expect(captured.map(({ host: _, ...rest }) => rest)).toEqual(redacted.map(({ host: _, ...rest }) => rest))
    const [first, second, third] = redacted
    expect(first!.remoteName).toMatch(/^\\\\host-[a-z2-7]{13}\\share-[a-z2-7]{13}\\share-[a-z2-7]{13}$/)
    expect(third!.remoteName!.split('\\').slice(4, 6)).toEqual(first!.remoteName!.split('\\').slice(2, 4))
    expect(second!.remoteName).not.toBe(first!.remoteName)
    expect(redacted[6]!.remoteName).toMatch(/\\IPC\$$/)
    expect(first!.localName).toBe('P:')
    expect(first!.user).toMatch(/^user-[a-z2-7]{13}$/)
    expect(first!.process.image).toBe('explorer.exe')
  }, 60_000)

  it('takes names and pseudonyms in a filter, and refuses a part of a name', async () => {
    fill(ringOnDisk())
    const key = folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`)
    const found = async (filter: string) => {
      const tap = await openTap({ sources: [rings.directory], follow: false, redact: key, filter })
      const operations: Operation[] = []
      for await (const operation of tap) operations.push(operation)
      return operations
    }
    const [first, ...others] = await found(String.raw`remoteName glob "\\files01\*" && process.image != "berger-logon.exe"`)
    expect(others).toHaveLength(1)
    const [, server] = /^\\\\(host-\w{13})/.exec(first!.remoteName!)!
    expect(await found(String.raw`remoteName glob "\\${server}\*"`)).toHaveLength(3)
    expect(await found(`user in {"${SID}", "S-1-5-18"}`)).toHaveLength(NAMES.length)
    expect(await found(`user == "${first!.user}" && localName glob "?:"`)).toHaveLength(NAMES.length - 2)
    await expect(found('remoteName glob "*files*"')).rejects.toThrow(/"\*files\*" cannot be looked for/)
  })

  it('counts a damaged record as damaged, and shows nothing of it', async () => {
    const ring = rings.create({ slotCountLog2: 4 })
    ring.append(post(ring.append(pre())!))
    ring.append(pre())
    const bytes = readFileSync(rings.path())
    bytes[bytes.lastIndexOf('projects')] = 0x58
    writeFileSync(rings.path(), bytes)
    const key = folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`)
    const tap = await openTap({ sources: [rings.directory], follow: false, redact: key })
    for await (const _ of tap);
    expect(tap.stats()).toMatchObject({ corrupt: 1, delivered: 2 })
  })

  it('leaves no name in what browsers and Prometheus get', async () => {
    const ring = fill(ringOnDisk())
    const key = folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`)
    const token = folder.file('token')
    const server = mprtap('serve', '--label', 'server', '--token-file', token, '--redact', key, rings.directory)
    await server.until(({ stdout }) => stdout.includes('Metrics:'))
    const [url] = /http:[/]{2}127\.0\.0\.1:\d+[/]metrics/.exec(server.stdout)!
    const metrics = async () => (await fetch(url, { headers: { authorization: `Bearer ${readFileSync(token, 'utf8').trim()}` } })).text()
    let text = ''
    while (!/host-[a-z2-7]{13}/.test(text)) {
      fill(ring)
      text = await metrics()
    }
    expectNoSeed('the metrics', text)
    server.child.kill('SIGTERM')
    expect(await server.ended()).toBe(0)
    expectNoSeed('what serve says', server.stdout + server.stderr)
  }, 60_000)

  it('keeps redacted captures out of the folder that is read together with the rings', async () => {
    const key = folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`)
    const run = new Run(['record', '--redact', key, rings.directory], { XDG_STATE_HOME: folder.path })
    expect(await run.ended()).toBe(2)
    expect(run.stderr).toMatch(/Redacted captures do not belong into .*Name another folder with --to/)
  })

  it('gives a row of a snapshot the pseudonyms that records have', () => {
    const redactor = new Redactor({ bytes: new Uint8Array(32).fill(1), id: '0'.repeat(16) })
    const row = { remoteName: '\\\\files01\\payroll', localName: 'P:', user: SID, provider: 'contoso network' } as Observed
    const redacted = redactedObserved(redactor, row)
    expectNoSeed('a row', JSON.stringify(redacted))
    expect(redacted).toMatchObject({ remoteName: redactor.remoteName(row.remoteName), localName: 'P:', user: redactor.user(SID) })
  })

  it('refuses a key file that is none, one that is there already, and a named consumer', async () => {
    fill(ringOnDisk())
    const bad = await outputOf('report', '--redact', folder.write('bad', 'no key'), rings.directory)
    expect(bad).toMatchObject({ code: 2, text: expect.stringMatching(/not one that --redact-new makes/) })
    const there = await outputOf('report', '--redact-new', folder.file('bad'), rings.directory)
    expect(there).toMatchObject({ code: 2, text: expect.stringMatching(/there is a file of that name/) })
    const key = folder.write('key', `mprtap-redaction-key-1 ${'ab'.repeat(32)}\n`)
    await expect(openTap({ sources: [rings.directory], redact: key, from: { consumer: 'audit' } })).rejects.toThrow(/"redact"/)
  }, 60_000)
})

describe('a redactor', () => {
  const redactor = new Redactor({ bytes: new Uint8Array(32).fill(1), id: '0'.repeat(16) })

  it('gives a name of another kind, or with another key, another pseudonym', () => {
    const other = new Redactor({ bytes: new Uint8Array(32).fill(2), id: '1'.repeat(16) })
    const names = [redactor.user('a'), redactor.host('a'), redactor.share('a'), other.user('a'), other.host('a')].map((name) =>
      name.slice(-13),
    )
    expect(new Set(names).size).toBe(5)
    expect(redactor.host('FILES01')).toBe(redactor.host('files01'))
  })

  it('leaves of a path what every Windows has', () => {
    const path = redactor.path('C:\\Users\\berger\\AppData\\Local\\Müller\\payroll.dll')
    expect(path).toMatch(/^C:\\Users\\share-\w{13}\\AppData\\Local\\share-\w{13}\\share-\w{13}\.dll$/)
    expect(redactor.path('\\\\files01\\x\\y.dll')).toMatch(/^\\\\host-/)
    expect(redactor.path('C:\\Windows\\System32\\mprtap.old-0.dll')).toBe('C:\\Windows\\System32\\mprtap.old-0.dll')
  })

  it('finds a path in JSON too', () => {
    redactor.hide('D:\\Müller\\x', '(here)')
    expect(redactor.text(JSON.stringify({ path: 'D:\\Müller\\x' }))).toBe('{"path":"(here)"}')
    expect(redactor.foreignText(JSON.stringify({ path: 'E:\\Müller\\y z.dll' }))).not.toMatch(/Müller|\\y/)
  })

  it('leaves accounts that every Windows has', () => {
    expect(redactor.user('S-1-5-32-544')).toBe('S-1-5-32-544')
    expect(redactor.user('S-1-5-18')).toBe('S-1-5-18')
    expect(redactor.user(SID)).not.toContain('S-1-5-21')
  })

  it('redacts names in sentences that are not made of records', () => {
    const text = redactor.foreignText(`RDS07: \\\\files01\\quarterly of ${SID} (https://contoso.example/x)`)
    expect(text).not.toMatch(/files01|quarterly|S-1-5-21|contoso/)
  })
})
