import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Level } from '../../host/filter/fields.ts'
import { field, type Notification, type Operation, openTap, parseFilter, type Tap } from '../../host/index.ts'
import { writeRings } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { type Event, matches } from './reference-filter.ts'
import { RingsOnDisk, take, until } from './rings-on-disk.ts'

const ROOT = join(import.meta.dirname, '../..')
const CLI = join(ROOT, 'build/cli.js')
const rings = new RingsOnDisk()

const name = ({ user, sequence }: Event) => `${user} ${sequence}`

/** Every event of the tap up to the moment at which it has read so many notifications. */
async function all(tap: Tap<Operation> | Tap<Notification>, notifications: number): Promise<Event[]> {
  const events: Event[] = []
  const iterator: AsyncIterator<Event> = tap[Symbol.asyncIterator]()
  const reading = (async () => {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) events.push(next.value)
  })()
  await until(() => tap.stats().notifications === notifications)
  // What has been read is handed out without waiting for anything: all of it, before the event loop comes round.
  await new Promise(setImmediate)
  await tap.close()
  await reading
  return events
}

describe('openTap with a filter', () => {
  it.each<[Level, string]>([
    ['operation', 'outcome == "failed" && durationMs > 20ms'],
    ['operation', '!(kind == add && localName glob "?:") || user == "S-1-5-18"'],
    ['operation', 'process.image in {"net.exe", "cmd.exe"} && remoteName glob "*0*" || error.name glob "*netpath"'],
    ['notification', 'phase == post && status in {0, 53, 1223} && flags has CONNECT_UPDATE_PROFILE'],
    ['notification', 'phase == pre && (ownerWindow == true || process.bits == 32)'],
  ])('delivers the %ss that match and no others: %s', async (level, filter) => {
    const { notifications, operations, unfinished } = writeRings(rings.directory, { seed: 6, operations: 400, users: 3 })
    const open = (options: object) => openTap({ sources: [rings.directory], from: 'oldest', level, ...options })
    const events = await all(await open({}), notifications)
    const expected = events.filter((event) => matches(parseFilter(filter, level), event)).map(name)
    expect(events.length).toBe(level === 'operation' ? operations - unfinished : notifications)
    expect(expected.length).toBeGreaterThan(5)
    const kept = await all(await open({ filter }), notifications)
    expect(kept.map(name).sort()).toEqual(expected.sort())
  })

  it('asks operations that stay unfinished as well', async () => {
    const ring = rings.create()
    for (const remoteName of ['\\\\a\\1', '\\\\b\\1', '\\\\a\\2']) ring.append(pre({ remoteName }))
    const filter = 'outcome == unfinished && remoteName glob "\\\\A\\*" && !durationMs present && !status present'
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', filter, unfinishedAfterMs: 1 })
    const events = await take(tap[Symbol.asyncIterator](), 2)
    expect(events.map(({ remoteName }) => remoteName)).toEqual(['\\\\a\\1', '\\\\a\\2'])
    await tap.close()
    expect(tap.stats()).toMatchObject({ operations: 2, unfinished: 2, notifications: 3 })
  })

  it('takes what the builder made, too', async () => {
    const ring = rings.create()
    for (const status of [0, 5, 53]) ring.append(post(ring.append(pre())!, { operationStatus: status }))
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', filter: field('status').oneOf([5, 53]) })
    expect((await all(tap, 6)).map((event) => event.status)).toEqual([5, 53])
  })

  it('knows the users of rings apart, also of one that appears later', async () => {
    const first = rings.create({ sid: SID })
    first.append(pre())
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', level: 'notification', filter: `user == "${OTHER_SID}"` })
    const events = tap[Symbol.asyncIterator]()
    const next = events.next()
    await until(() => tap.stats().notifications === 1)
    const second = rings.create({ sid: OTHER_SID })
    second.append(pre({ remoteName: '\\\\other\\x' }))
    expect((await next).value).toMatchObject({ user: OTHER_SID, remoteName: '\\\\other\\x' })
    await tap.close()
  })
})

describe('what a filter refuses', () => {
  it('makes no batch, and no string of it is decoded', async () => {
    const ring = rings.create()
    for (let i = 0; i < 600; i++) ring.append(pre({ remoteName: `\\\\fs01\\${i}`, localName: `L${i}`, imageName: `${i}.exe` }))
    const filter = 'remoteName glob "*\\417" && process.image glob "*.exe" && user glob "S-*"'
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', level: 'notification', filter })
    let batches = 0
    for await (const batch of tap.batches()) {
      batches++
      expect(batch.length).toBe(1)
      expect(batch.strings.filter((text) => text !== undefined).sort()).toEqual(['', '417.exe', 'L417', '\\\\fs01\\417'])
      break
    }
    expect(batches).toBe(1)
  })

  it('decodes nothing of an operation whose end is refused', async () => {
    const ring = rings.create()
    for (let i = 0; i < 100; i++) ring.append(post(ring.append(pre({ remoteName: `\\\\a\\${i}` }))!, { remoteName: `\\\\a\\${i}` }))
    ring.append(post(ring.append(pre({ remoteName: '\\\\b\\b' }))!, { remoteName: '\\\\b\\b', operationStatus: 53 }))
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', filter: 'outcome == failed' })
    for await (const batch of tap.batches()) {
      expect(batch.strings.filter((text) => text?.startsWith('\\\\'))).toEqual(['\\\\b\\b'])
      break
    }
  })

  it('leaves its strings to the first record that is kept', async () => {
    const ring = rings.create()
    for (let i = 0; i < 300; i++) ring.append(pre({ threadId: i }))
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', level: 'notification', filter: 'process.threadId == 299' })
    expect((await take(tap[Symbol.asyncIterator](), 1))[0]).toMatchObject({ remoteName: '\\\\files01\\projects', localName: 'P:' })
    await tap.close()
  })
})

describe('mprtap watch --filter', () => {
  const watch = (...args: string[]) => {
    const command = [CLI, 'watch', rings.directory, '--from', 'oldest', '--json', ...args]
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', timeout: 20_000 })
    return {
      status,
      stderr,
      objects: stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    }
  }

  const write = (sid: string, statuses: number[]) => {
    const ring = rings.create({ sid })
    for (const operationStatus of statuses) ring.append(post(ring.append(pre())!, { operationStatus }))
  }

  it('shows the operations that match', () => {
    write(SID, [0, 53, 1223])
    write(OTHER_SID, [53, 5, 53])
    const { status, objects } = watch('--count', '2', '--filter', `user == "${OTHER_SID}" && error.name == ERROR_BAD_NETPATH`)
    expect(status).toBe(0)
    expect(objects).toMatchObject([
      { type: 'operation', user: OTHER_SID, status: 53, sequence: 0 },
      { type: 'operation', user: OTHER_SID, status: 53, sequence: 4 },
      { type: 'summary', operations: 2 },
    ])
  })

  it.each([
    ['outcome == cancelled', [1223, 0x800704c7]],
    ['outcome == failed', [53, 0x80070035]],
    ['error.name == ERROR_CANCELLED', [1223, 0x800704c7]],
    ['error.code >= 1', [53, 1223, 0x80070035, 0x800704c7]],
    ['outcome == succeeded', [0, 2108, 0x8007083c]],
    ['status == 1223', [1223]],
  ])('%s finds the HRESULT with the code that it holds, and a status as it came', (filter, found) => {
    write(SID, [0, 53, 1223, 2108, 0x80070035, 0x800704c7, 0x8007083c])
    const { objects } = watch('--count', String(found.length), '--filter', filter)
    expect(objects.filter(({ type }) => type === 'operation').map(({ status }) => status)).toEqual(found)
  })

  it('shows the notifications that match', () => {
    write(SID, [0, 53])
    const { status, objects } = watch('--count', '2', '--notifications', '--filter', 'phase == post && logonId == 0x10000bd8e')
    expect(status).toBe(0)
    expect(objects).toMatchObject([{ phase: 'post', sequence: 1 }, { phase: 'post', sequence: 3, status: 53 }, { type: 'summary' }])
  })

  it.each([
    [['--filter', 'phase == post'], 'mprtap: Column 1: phase is a field of notifications; this tap delivers operations.\n'],
    [
      ['--notifications', '--filter', 'outcome == failed'],
      'mprtap: Column 1: outcome is a field of operations; this tap delivers notifications.\n',
    ],
    [['--filter', 'outcome = failed'], 'mprtap: Column 9: "=" has no meaning here. Did you mean ==?\n'],
    [['--filter', ''], /^mprtap: Option '--filter <expression>' argument '' is invalid\. It is empty\./],
    [['--filter', 'user == "\u202e\x1b[2J'], /^mprtap: The text that begins at column 9 has no closing "\.\n$/],
    [['--filter', 'status == "\u202e\x1b[2J"'], /^mprtap: Column 11: expected a number for status, found "[ -~]*"\.\n$/],
  ])('%j exits with 2 and one line', (args, text) => {
    const { status, stderr, objects } = watch(...args)
    expect({ status, objects }).toEqual({ status: 2, objects: [] })
    if (text instanceof RegExp) expect(stderr).toMatch(text)
    else expect(stderr).toBe(text)
  })
})
