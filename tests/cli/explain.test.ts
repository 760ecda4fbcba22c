import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { statusOf } from '../../host/cli/commands/explain.ts'
import { evidenceFor } from '../../host/cli/evidence.ts'
import type { Operation } from '../../host/model/events.ts'
import { RingWriter, writeRings } from '../../host/testing/index.ts'
import { post, SID } from '../host/records.ts'
import { mprtap } from './command.ts'
import { operation, TIME } from './events.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mprtap-explain-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

type Fields = { readonly [Field in keyof Operation]?: Operation[Field] }
let number = 0
const at = (seconds: number, fields: Fields = {}) => operation({ id: `ab-${number++}`, time: TIME + seconds * 1_000, ...fields })
const failed = (seconds: number, status: number, fields: Fields = {}) =>
  at(seconds, { outcome: 'failed', status, error: { code: status, name: undefined }, ...fields })
const evidence = (...operations: Operation[]) => evidenceFor(operations.at(-1)!, operations, false).join('\n')

describe('a status', () => {
  it.each(['53', '0x35', '0X35', '-2147024843', '0x80070035', '2147942453', 'ERROR_BAD_NETPATH', 'error_bad_netpath', 'bad_netpath'])(
    '%s is 53',
    (text) => expect(statusOf(text)).toBe(53),
  )

  it.each(['', 'banana', '0x', '99999999999', '-99999999999', '5.3', '0x100000000'])('%j is none', (text) => {
    expect(() => statusOf(text)).toThrow(/is not a status that mprtap knows/)
  })
})

describe('what the records say', () => {
  it('tells who has the letter, since when, and what mapped it', () => {
    const holder = at(0, { localName: 'Z:', remoteName: '\\\\fs02\\x', process: { ...operation().process, image: 'logon.cmd', id: 42 } })
    const text = evidence(holder, failed(60, 85, { localName: 'z:' }))
    expect(text).toContain('z: is taken by \\\\fs02\\x since 2026-01-05 09:05:03.007, mapped by logon.cmd 42.')
  })

  it('takes no letter of another logon, and none that was removed, for the holder', () => {
    const other = at(0, { localName: 'Z:', logonId: '0x999' })
    expect(evidence(other, failed(60, 85, { localName: 'Z:' }))).toMatch(/do not say what has taken Z:/)
    const [added, removed] = [at(0, { localName: 'Z:' }), at(1, { localName: 'Z:', kind: 'cancel' })]
    expect(evidence(added!, removed!, failed(60, 85, { localName: 'Z:' }))).toMatch(
      /Z: was removed at .* They do not say what took it since/,
    )
  })

  it('tells how often a server that was not reached answered others in that minute', () => {
    const others = [1, 2, 3].map((i) => at(i, { user: `S-1-5-21-${i % 2}` }))
    const late = at(500)
    const dead = failed(10, 53)
    expect(evidenceFor(dead, [...others, dead, late], false).join('\n')).toContain('answered 3 other operations, of 2 users')
    expect(evidence(failed(0, 53), failed(1, 53))).toContain('answered nobody else')
    expect(evidence(failed(0, 53), failed(1, 53))).toContain('1 more operation did not reach it')
  })

  it('tells which connection to the server the logon has already, and that the user is not known', () => {
    const text = evidence(at(0, { localName: 'A:', remoteName: '\\\\FILES01\\a' }), failed(9, 1219))
    expect(text).toContain('already has A: -> \\\\FILES01\\a on the same server')
    expect(text).toContain('do not say as which user')
    expect(evidence(at(0, { localName: 'A:', remoteName: '\\\\other\\a' }), failed(9, 1219))).toContain('no other connection of this logon')
  })

  it('tells who removed what is not connected', () => {
    expect(evidence(at(0), at(1, { kind: 'cancel' }), failed(9, 2250, { kind: 'cancel' }))).toMatch(
      /P: was removed before, at .* by explorer\.exe 4711/,
    )
  })

  it('takes an HRESULT for the code that it holds', () => {
    const text = evidence(at(0, { localName: 'A:', remoteName: '\\\\files01\\a' }), failed(5, 1219), failed(9, 0x800704c3))
    expect(text).toContain('already has A:')
    expect(text).toContain('2 operations ended so')
  })

  it('escapes names', () => {
    const hostile = '\x1b[2J\u202e'
    const text = evidence(
      at(0, { localName: hostile, remoteName: hostile }),
      failed(1, 85, { localName: hostile, remoteName: hostile, user: hostile }),
    )
    expect(text).not.toContain('\x1b')
    expect(text).not.toContain('\u202e')
  })
})

describe('mprtap explain', () => {
  it.each(['53', '-2147024843', 'error_bad_netpath'])(
    '%s says what it means, what brings it about, and what to type next',
    async (what) => {
      const run = mprtap('explain', what)
      expect(await run.ended()).toBe(0)
      expect(run.lines[0]).toBe('53  ERROR_BAD_NETPATH  (as an HRESULT 0x80070035)')
      expect(run.stdout).toMatch(/\nLikely causes\n {2}- /)
      expect(run.stdout).toMatch(/\nCheck next\n {2}1\. /)
      expect(run.stdout).toMatch(/ Test-NetConnection SERVER -Port 445\n/)
      expect(run.stdout).not.toContain('In the records')
      expect(run.stderr).toBe('')
    },
  )

  it.each([
    ['0xC0000022', '3221225506  a status without a name here  (0xC0000022)', 'NTSTATUS'],
    ['-1073741790', '3221225506  a status without a name here  (0xC0000022)', 'NTSTATUS'],
    ['0x80090308', '2148074248  a status without a name here  (0x80090308)', 'NTSTATUS'],
    ['0x00010000', '65536  a status without a name here  (0x00010000)', 'NTSTATUS'],
    ['65535', '65535  a status without a name here  (as an HRESULT 0x8007ffff)', 'net helpmsg'],
    ['0', '0  ERROR_SUCCESS', ''],
  ])('takes %s for no other form than it has', async (what, title, advice) => {
    const run = mprtap('explain', '--', what)
    expect(await run.ended()).toBe(0)
    expect(run.lines[0]).toBe(title)
    expect(run.stdout).toContain(advice)
  })

  it('adds what the records know, with the names in the commands', async () => {
    writeRings(folder, { seed: 3, operations: 400, users: 3 })
    const run = mprtap('explain', '53', folder)
    expect(await run.ended()).toBe(0)
    const [, server] = /-> \\\\([\w.-]+)\\.* failed after/.exec(run.stdout.replace(/\n {5}/g, ' '))!
    expect(run.stdout).toContain(`Test-NetConnection ${server} -Port 445`)
  })

  it('last is the newest failure', async () => {
    writeRings(folder, { seed: 3, operations: 400, users: 3 })
    const run = mprtap('explain', 'LAST', folder)
    expect(await run.ended()).toBe(0)
    expect(run.stdout).toMatch(/In the records\n {2}- {2}\d{4}-.* failed after/)
  })

  it('takes no name from a stranger into a command where a shell could take it for something else', async () => {
    mkdirSync(join(folder, 'users'))
    const ring = RingWriter.create({ sid: SID }, join(folder, 'users', `${SID}.v1.ring`))
    ring.append(post(99n, { remoteName: '\\\\a;calc\\x', operationStatus: 53 }))
    const run = mprtap('explain', '53', folder)
    expect(await run.ended()).toBe(0)
    expect(run.stdout).toContain('Test-NetConnection SERVER -Port 445')
    ring.close()
  })

  it('fails with 2 on what is no status', async () => {
    const run = mprtap('explain', 'banana')
    expect(await run.ended()).toBe(2)
    expect(run.stderr).toMatch(/^mprtap: "banana" is not a status that mprtap knows\./)
  })
})
