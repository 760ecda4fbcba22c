// Every field that the documentation calls valid arrives exactly as the caller passed it.

import { copyFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { BLOCK_SIZE, STRING_BLOCKS } from '../../format/layout.ts'
import { sidOfRingName } from '../../host/rings/ring-folder.ts'
import { bed, word } from './bed.ts'

beforeEach(() => bed.fresh())

/** Units of a remote name that fit beside a local name and an image name of one block each. */
const ROOM = (STRING_BLOCKS - 2) * BLOCK_SIZE
const name = (unit: string, units: number) => `\\\\fs01\\${unit.repeat(units - 7)}`

describe('names', () => {
  it.each([
    ['plain', '\\\\fs01\\projects'],
    ['Latin-1', '\\\\fs01\\Kundenaufträge'],
    ['Cyrillic', '\\\\файлы\\проекты'],
    ['CJK', '\\\\fs01\\共有資料'],
    ['an emoji', '\\\\fs01\\🚀launch'],
    ['a lone high surrogate', '\\\\fs01\\a\ud800b'],
    ['a lone low surrogate', '\\\\fs01\\\udc00'],
    ['control and bidirectional characters', '\\\\fs01\\a\u001b[31m\u202eb'],
    ['one byte a unit, MAX_PATH with its terminator', name('é', 259)],
    ['one byte a unit, MAX_PATH without', name('é', 260)],
    ['two bytes a unit, as long as fits', name('д', ROOM / 2)],
  ])('%s: the remote name arrives unit for unit', async (_, remoteName) => {
    await bed.run([`add K: ${word(remoteName)}`])
    const notifications = await bed.notifications(2)
    expect(notifications.map((n) => [n.phase, n.remoteName, n.localName, n.truncated])).toEqual([
      ['pre', remoteName, 'K:', undefined],
      ['post', remoteName, 'K:', undefined],
    ])
  })

  it.each([
    ['one byte a unit', 'é', ROOM],
    ['two bytes a unit', '資', ROOM / 2],
  ])('longer than fits, %s: it is cut, and its full length is kept', async (_, unit, stored) => {
    const remoteName = name(unit, 1000)
    await bed.run([`add K: ${word(remoteName)}`])
    const [operation] = await bed.operations(1)
    expect(operation?.remoteName).toBe(remoteName.slice(0, stored))
    expect(operation?.truncated).toEqual({ remoteName: 1000 })
    expect(operation?.localName).toBe('K:')
  })

  it.each([
    ['NULL', null, undefined],
    ['empty', '', ''],
    ['a drive', 'K:', 'K:'],
    ['a drive in lower case', 'k:', 'k:'],
    ['a printer', 'LPT1', 'LPT1'],
    ['no device at all', 'ж:', 'ж:'],
  ])('a local name that is %s arrives as that', async (_, passed, recorded) => {
    await bed.run([`add ${word(passed)} \\\\fs01\\projects`])
    const [operation] = await bed.operations(1)
    expect(operation?.localName).toBe(recorded)
  })

  it('what an ANSI function was given arrives as UTF-16', async () => {
    await bed.run(['add K: \\\\fs01\\Auftr{e4}ge'], { options: ['--ansi'] })
    const [operation] = await bed.operations(1)
    expect(operation?.remoteName).toBe('\\\\fs01\\Aufträge')
  })

  it.each([
    ['a device', 'cancel K:', { localName: 'K:', remoteName: undefined }],
    ['a resource', 'cancel \\\\fs01\\projects', { localName: undefined, remoteName: '\\\\fs01\\projects' }],
  ])('the one name of a cancel, when it is of %s', async (_, command, names) => {
    await bed.run([command])
    const [operation] = await bed.operations(1)
    expect(operation).toMatchObject({ kind: 'cancel' })
    expect({ localName: operation?.localName, remoteName: operation?.remoteName }).toEqual(names)
  })
})

describe('flags, types and the owner window', () => {
  it('flags arrive bit by bit, with names or without', async () => {
    const flags = [0, 0x1, 0x4, 0x1d, 0x20000, 0x7ffff]
    await bed.run(flags.map((value) => `add - \\\\fs01\\projects any ${value}`))
    const notifications = await bed.notifications(2 * flags.length)
    expect(notifications.map((n) => n.flags)).toEqual(flags.flatMap((value) => [value, value]))
  })

  it('the type of resource arrives; a cancel has none', async () => {
    await bed.run(['add - \\\\fs01\\a any', 'add - \\\\fs01\\b disk', 'add - \\\\fs01\\c print', 'cancel \\\\fs01\\a'])
    const operations = await bed.operations(4)
    expect(operations.map((o) => o.resourceType)).toEqual(['any', 'disk', 'print', undefined])
  })

  it('fForce and the flags of a cancel arrive; an add has no force', async () => {
    await bed.run(['add K: \\\\fs01\\a', 'cancel K: 1', 'cancel K: force'])
    const operations = await bed.operations(3)
    expect(operations.map((o) => [o.force, o.flags])).toEqual([
      [undefined, 0],
      [false, 1],
      [true, 0],
    ])
  })

  it('an owner window is noted, and none is', async () => {
    await bed.run(['add3 K: \\\\fs01\\a', 'add L: \\\\fs01\\a', 'add1 M: \\\\fs01\\a', 'cancel1 K:'])
    const operations = await bed.operations(4)
    expect(operations.map((o) => o.ownerWindow)).toEqual([true, false, false, false])
  })
})

describe('the process', () => {
  it('is named by its image, its id and its start, and each thread by its own id', async () => {
    const before = Date.now()
    await bed.run(['add - \\\\fs01\\{p}-{t}', 'cancel \\\\fs01\\{p}-{t}'], { options: ['--threads', '3'] })
    const notifications = await bed.notifications(12)
    const threadsOf = new Map<string, Set<number>>()
    for (const { remoteName, process, time, sessionId, logonId, user } of notifications) {
      const [processId, thread] = remoteName!.slice(7).split('-')
      threadsOf.set(thread!, (threadsOf.get(thread!) ?? new Set()).add(process.threadId))
      expect(process).toMatchObject({ id: Number(processId), image: 'client.exe', bits: 64 })
      expect(process.startTime).toBeLessThanOrEqual(time)
      expect(process.startTime).toBeGreaterThan(before - 60_000)
      expect(time).toBeLessThan(Date.now() + 60_000)
      // Wine has one session, and no logon sessions.
      expect({ sessionId, logonId, user }).toEqual({ sessionId: 1, logonId: '0x0', user: sidOfRingName(basename(bed.rings()[0]!)) })
    }
    expect([...threadsOf.values()].map((ids) => ids.size)).toEqual([1, 1, 1])
    expect(new Set([...threadsOf.values()].flatMap((ids) => [...ids])).size).toBe(3)
  })

  it('has its name in any script', async () => {
    const program = join(bed.programs, 'Anmeldung-登录-вход.exe')
    copyFileSync(bed.client, program)
    await bed.run(['add K: \\\\fs01\\a'], { program })
    const [operation] = await bed.operations(1)
    expect(operation?.process.image).toBe('Anmeldung-登录-вход.exe')
  })
})

describe('how an operation ends', () => {
  it.each([
    [53, 'ERROR_BAD_NETPATH', 'failed', '\\\\gone\\a'],
    [67, 'ERROR_BAD_NET_NAME', 'failed', '\\\\fs01\\nosuch'],
    [86, 'ERROR_INVALID_PASSWORD', 'failed', '\\\\fs01\\badpw'],
    [170, 'ERROR_BUSY', 'failed', '\\\\fs01\\busy-1'],
    [1219, 'ERROR_SESSION_CREDENTIAL_CONFLICT', 'failed', '\\\\fs01\\conflict'],
    [1223, 'ERROR_CANCELLED', 'cancelled', '\\\\fs01\\cancelled'],
    [1326, 'ERROR_LOGON_FAILURE', 'failed', '\\\\fs01\\denied'],
    [0x80070035, 'ERROR_BAD_NETPATH', 'failed', '\\\\fs01\\error-2147942453'],
    [0xfffffffd, undefined, 'failed', '\\\\fs01\\error-4294967293'],
  ])('the POST carries the status %i, which the caller got as well', async (status, error, outcome, remoteName) => {
    const [call] = await bed.run([`add K: ${remoteName}`])
    expect(call?.status).toBe(status)
    const [operation] = await bed.operations(1)
    expect(operation).toMatchObject({ outcome, status, error: { code: status } })
    expect(operation?.error?.name).toBe(error)
  })

  it('a device that is in use already is 85', async () => {
    await bed.run(['add K: \\\\fs01\\a', 'add K: \\\\fs01\\b'])
    const [, operation] = await bed.operations(2)
    expect(operation).toMatchObject({ outcome: 'failed', error: { code: 85, name: 'ERROR_ALREADY_ASSIGNED' } })
  })

  it.each([0, 2108, 2109])('the status %i is a success', async (status) => {
    await bed.run([`add K: \\\\fs01\\error-${status}`])
    const [operation] = await bed.operations(1)
    expect(operation).toMatchObject({ outcome: 'succeeded', status })
    expect(operation?.error).toBeUndefined()
  })

  it('a PRE has no status', async () => {
    await bed.run(['add K: \\\\gone\\a'])
    const [pre, post] = await bed.notifications(2)
    expect([pre?.status, pre?.error, post?.status]).toEqual([undefined, undefined, 53])
  })

  it('lasts as long as the server took, by the clock of the records', async () => {
    await bed.run(['add K: \\\\slow-400ms\\a', 'add L: \\\\fs01\\a', 'add M: \\\\gone-200ms\\a'])
    const [slow, quick, gone] = await bed.operations(3)
    // The two clocks involved may differ by some parts in a thousand.
    expect(slow?.durationMs).toBeGreaterThan(399)
    expect(gone?.durationMs).toBeGreaterThan(199)
    for (const operation of [slow, quick, gone]) expect(operation?.durationMs).toBeLessThan(20_000)
    expect(quick?.durationMs).toBeGreaterThanOrEqual(0)
    expect(quick!.durationMs!).toBeLessThan(slow!.durationMs!)
  })

  it('the provider is named by the POST of a cancel that succeeded, and nowhere else', async () => {
    await bed.run(['add - \\\\fs01\\openfiles', 'cancel \\\\fs01\\openfiles', 'cancel \\\\fs01\\openfiles force'])
    const notifications = await bed.notifications(6)
    expect(notifications.map((n) => [n.kind, n.phase, n.status, n.provider])).toEqual([
      ['add', 'pre', undefined, undefined],
      ['add', 'post', 0, undefined],
      ['cancel', 'pre', undefined, undefined],
      ['cancel', 'post', 2401, undefined],
      ['cancel', 'pre', undefined, undefined],
      ['cancel', 'post', 0, 'mprtap test network'],
    ])
  })

  it('what MPR does not notify of leaves no trace: a restored connection, a call that it refuses itself', async () => {
    const calls = await bed.run(['add R: \\\\fs01\\kept disk 1', 'cancel R:', 'restore R:', 'add - \\\\fs01\\a any 0x80000', 'cancel R: 1'])
    expect(calls.map(({ status }) => status)).toEqual([0, 0, 0, 87, 0])
    const operations = await bed.operations(3)
    expect(operations.map((o) => o.kind)).toEqual(['add', 'cancel', 'cancel'])
    expect(bed.head()).toBe(6)
  })
})
