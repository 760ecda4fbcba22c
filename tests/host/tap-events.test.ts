import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { STRING_IMAGE_NAME, STRING_PROVIDER, STRING_REMOTE_NAME } from '../../format/layout.ts'
import { type Notification, type Operation, openTap } from '../../host/index.ts'
import type { RecordInput } from '../../host/testing/index.ts'
import { post, pre, record, SID, TIME } from './records.ts'
import { RingsOnDisk, take } from './rings-on-disk.ts'
import { markUnreadable } from './unreadable.ts'

const rings = new RingsOnDisk()

/** The operation that a PRE and a POST make, read through a tap. */
async function operation(fields: Partial<RecordInput>, end: Partial<RecordInput> = {}): Promise<Operation> {
  const ring = rings.create({ fileId: 0xabcdn })
  ring.append(post(ring.append(pre(fields))!, { ...fields, ...end }))
  const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
  for await (const event of tap) return event
  throw new Error('no event')
}

/** The notifications of the given records. */
async function notifications(...inputs: RecordInput[]): Promise<Notification[]> {
  const ring = rings.create({ fileId: 0xabcdn })
  for (const input of inputs) ring.append(input)
  const tap = await openTap({ sources: [rings.directory], from: 'oldest', level: 'notification' })
  const events = await take(tap[Symbol.asyncIterator](), inputs.length)
  await tap.close()
  return events
}

const ADD = {
  type: 'operation',
  id: 'cdab000000000000-0',
  host: undefined,
  kind: 'add',
  outcome: 'failed',
  time: TIME,
  timestamp: '2026-01-05T08:00:00.0000000Z',
  durationMs: 1234.5678,
  status: 53,
  error: { code: 53, name: 'ERROR_BAD_NETPATH' },
  remoteName: '\\\\files01\\projects',
  localName: 'P:',
  provider: undefined,
  flags: 0x89,
  resourceType: 'disk',
  force: undefined,
  ownerWindow: true,
  process: { id: 4711, threadId: 4712, image: 'explorer.exe', startTime: TIME - 100_000, bits: 64 },
  impersonated: false,
  sessionId: 2,
  logonId: '0x10000bd8e',
  user: SID,
  truncated: undefined,
  unreadable: undefined,
  sequence: 0,
  completes: undefined,
}

describe('an operation', () => {
  it('of an add has every field that its type states, and no other', async () => {
    const event = await operation({ flags: 0x89, ownerWindow: true }, { operationStatus: 53, ticks: record.ticks + 12_345_678n })
    for (const [field, value] of Object.entries(ADD)) expect({ [field]: event[field as keyof Operation] }).toEqual({ [field]: value })
    expect(event).toEqual(ADD)
  })

  it('as JSON leaves absent values out and writes the rest in one order', async () => {
    const event = await operation({ flags: 0x89, ownerWindow: true }, { operationStatus: 53, ticks: record.ticks + 12_345_678n })
    expect(JSON.stringify(event)).toBe(
      '{"type":"operation","id":"cdab000000000000-0","kind":"add","outcome":"failed","time":1767600000000,"timestamp":"2026-01-05T08:00:00.0000000Z","durationMs":1234.5678,"status":53,' +
        '"error":{"code":53,"name":"ERROR_BAD_NETPATH"},"remoteName":"\\\\\\\\files01\\\\projects","localName":"P:","flags":137,' +
        '"resourceType":"disk","ownerWindow":true,"process":{"id":4711,"threadId":4712,"image":"explorer.exe",' +
        `"startTime":1767599900000,"bits":64},"impersonated":false,"sessionId":2,"logonId":"0x10000bd8e","user":"${SID}","sequence":0}`,
    )
  })

  it('is shown by console.log with its fields', async () => {
    const event = await operation({})
    expect(inspect(event)).toContain("remoteName: '\\\\\\\\files01\\\\projects'")
    expect(inspect(event)).toContain("outcome: 'succeeded'")
  })

  it('of a cancel has a force and no resource type; the device it names is the local name', async () => {
    const event = await operation(
      { kind: 'cancel', remoteName: 'P:', localName: null, force: true, resourceType: 0 },
      { provider: 'Microsoft Windows Network' },
    )
    expect(event).toMatchObject({
      kind: 'cancel',
      force: true,
      localName: 'P:',
      provider: 'Microsoft Windows Network',
      outcome: 'succeeded',
    })
    expect(event.resourceType).toBeUndefined()
    expect(event.remoteName).toBeUndefined()
    expect(event.error).toBeUndefined()
  })

  it('of a cancel without force says so', async () => {
    expect((await operation({ kind: 'cancel', remoteName: '\\\\files01\\a', localName: null })).force).toBe(false)
  })

  it.each([
    [0, 'any'],
    [1, 'disk'],
    [2, 'print'],
    [8, 8],
    [0xffffffff, 0xffffffff],
  ])('has resource type %i as %j', async (resourceType, expected) => {
    expect((await operation({ resourceType })).resourceType).toBe(expected)
  })

  it.each([
    [0, 'succeeded', undefined],
    [2108, 'succeeded', undefined],
    [2109, 'succeeded', undefined],
    [1223, 'cancelled', { code: 1223, name: 'ERROR_CANCELLED' }],
    [0x800704c7, 'cancelled', { code: 0x800704c7, name: 'ERROR_CANCELLED' }],
    [0x8007083c, 'succeeded', undefined],
    [0x80070000, 'failed', { code: 0x80070000, name: undefined }],
    [0x800804c7, 'failed', { code: 0x800804c7, name: undefined }],
    [1326, 'failed', { code: 1326, name: 'ERROR_LOGON_FAILURE' }],
    [4_000_000_000, 'failed', { code: 4_000_000_000, name: undefined }],
  ])('with status %i %s', async (operationStatus, outcome, error) => {
    const event = await operation({}, { operationStatus })
    expect({ status: event.status, outcome: event.outcome, error: event.error }).toEqual({ status: operationStatus, outcome, error })
  })

  it('of a thread that impersonates says so', async () => expect((await operation({ impersonated: true })).impersonated).toBe(true))

  it('of a 32-bit process says so', async () => expect((await operation({ pointer32: true })).process.bits).toBe(32))

  it('without names, and with empty ones, tells the two apart', async () => {
    const event = await operation({ remoteName: null, localName: '', imageName: null })
    expect(event.remoteName).toBeUndefined()
    expect(event.localName).toBe('')
    expect(event.process.image).toBeUndefined()
  })

  it.each([
    [0n, '0x0'],
    [0x3e7n, '0x3e7'],
    [0xffffffffn, '0xffffffff'],
    [0x1_0000_0000n, '0x100000000'],
    [2n ** 64n - 1n, '0xffffffffffffffff'],
  ])('has logon id %d as %s', async (logonId, text) => expect((await operation({ logonId })).logonId).toBe(text))

  it('whose names were cut tells how long they were', async () => {
    const event = await operation(
      { remoteName: '\\\\'.padEnd(500, 'r'), localName: 'l'.repeat(40), imageName: 'i'.repeat(100) },
      { provider: 'p'.repeat(50) },
    )
    expect(event.truncated).toEqual({ remoteName: 500, localName: 40, provider: 50, image: 100 })
    expect(event.remoteName).toHaveLength(304)
  })

  it('whose names could not be read to their end tells which; the provider’s is the POST’s', async () => {
    const ring = rings.create({ fileId: 0xabcdn })
    const sequence = ring.append(pre())!
    markUnreadable(ring, sequence, STRING_REMOTE_NAME)
    markUnreadable(ring, sequence, STRING_IMAGE_NAME)
    markUnreadable(ring, ring.append(post(sequence, { provider: 'Micro' }))!, STRING_PROVIDER)
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    const [event] = await take(tap[Symbol.asyncIterator](), 1)
    await tap.close()
    expect(event!.unreadable).toEqual(['remoteName', 'provider', 'image'])
    expect(JSON.parse(JSON.stringify(event))).toMatchObject({ unreadable: ['remoteName', 'provider', 'image'], provider: 'Micro' })
    expect(event!.truncated).toBeUndefined()
  })

  it('whose names are just as long as there is room has nothing cut', async () => {
    expect((await operation({ remoteName: 'r'.repeat(260), localName: 'P:' })).truncated).toBeUndefined()
  })

  it('whose PRE was lost has what the POST has, and no duration', async () => {
    const ring = rings.create({ fileId: 0xabcdn })
    ring.append(post(41n, { operationStatus: 67 }))
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    const [event] = await take(tap[Symbol.asyncIterator](), 1)
    expect(event).toMatchObject({ outcome: 'failed', status: 67, sequence: 0, time: TIME, remoteName: record.remoteName })
    expect(event!.durationMs).toBeUndefined()
    await tap.close()
  })

  it('whose POST does not come is unfinished: no status, no error, no duration', async () => {
    const ring = rings.create({ fileId: 0xabcdn })
    ring.append(pre({ operationStatus: 99 }))
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', unfinishedAfterMs: 20 })
    const [event] = await take(tap[Symbol.asyncIterator](), 1)
    expect(event).toMatchObject({ outcome: 'unfinished', remoteName: record.remoteName })
    expect([event!.status, event!.error, event!.durationMs]).toEqual([undefined, undefined, undefined])
    expect(JSON.parse(JSON.stringify(event))).not.toHaveProperty('status')
    await tap.close()
    expect(tap.stats()).toMatchObject({ operations: 1, unfinished: 1, waiting: 0 })
  })
})

describe('a notification', () => {
  const PRE = {
    type: 'notification',
    id: 'cdab000000000000-0',
    host: undefined,
    kind: 'add',
    phase: 'pre',
    time: TIME,
    timestamp: '2026-01-05T08:00:00.0000000Z',
    notifyStatus: 1,
    status: undefined,
    error: undefined,
    context: '0x0',
    remoteName: '\\\\files01\\projects',
    localName: 'P:',
    provider: undefined,
    flags: 0,
    resourceType: 'disk',
    force: undefined,
    ownerWindow: false,
    process: { id: 4711, threadId: 4712, image: 'explorer.exe', startTime: TIME - 100_000, bits: 64 },
    impersonated: false,
    sessionId: 2,
    logonId: '0x10000bd8e',
    user: SID,
    truncated: undefined,
    unreadable: undefined,
    sequence: 0,
  }

  it('has every field that its type states, and no other', async () => {
    const [event] = await notifications(pre({ operationStatus: 99 }))
    for (const [field, value] of Object.entries(PRE)) expect({ [field]: event![field as keyof Notification] }).toEqual({ [field]: value })
    expect(event).toEqual(PRE)
    expect(JSON.stringify(event)).toBe(
      '{"type":"notification","id":"cdab000000000000-0","kind":"add","phase":"pre","time":1767600000000,"timestamp":"2026-01-05T08:00:00.0000000Z","notifyStatus":1,"context":"0x0",' +
        '"remoteName":"\\\\\\\\files01\\\\projects","localName":"P:","flags":0,"resourceType":"disk","ownerWindow":false,' +
        '"process":{"id":4711,"threadId":4712,"image":"explorer.exe","startTime":1767599900000,"bits":64},"impersonated":false,"sessionId":2,' +
        `"logonId":"0x10000bd8e","user":"${SID}","sequence":0}`,
    )
  })

  it('of a POST has status, error and context', async () => {
    const events = await notifications(
      pre(),
      post(0n, { operationStatus: 1326 }),
      post(0xabcdef012345n),
      post(1n, { operationStatus: 1223 }),
    )
    expect(events.map(({ phase, status, error, context }) => ({ phase, status, error, context }))).toEqual([
      { phase: 'pre', status: undefined, error: undefined, context: '0x0' },
      { phase: 'post', status: 1326, error: { code: 1326, name: 'ERROR_LOGON_FAILURE' }, context: '0x1' },
      { phase: 'post', status: 0, error: undefined, context: '0xabcdef012346' },
      { phase: 'post', status: 1223, error: { code: 1223, name: 'ERROR_CANCELLED' }, context: '0x2' },
    ])
  })

  it('with bits that nobody knows keeps them as they are', async () => {
    const [event] = await notifications({ ...post(0n), notifyStatus: 0x80000102 })
    expect(event).toMatchObject({ phase: 'post', notifyStatus: 0x80000102 })
  })

  it('with both bits is a POST', async () => {
    const [event] = await notifications({ ...post(0n), notifyStatus: 3 })
    expect(event).toMatchObject({ phase: 'post', notifyStatus: 3, status: 0 })
  })
})

describe('names from strangers', () => {
  it.each([
    'Бухгалтерия',
    '経理部',
    'party 🎉',
    '\ud800 alone',
    'alone \udc00',
    'Geschäftsführung ÿ',
    '\x1b[2J\x1b]0;title\x07',
    '\x01\x02\x7f\x80\x9f',
    '\u202egnp.exe',
    '{"injected": true}\n{"type":"operation"}',
    '__proto__',
    'constructor',
    '\ufeff\ufffe\uffff',
  ])('%j arrive exactly as they were passed', async (text) => {
    const event = await operation({ remoteName: text, localName: text, imageName: text }, { provider: text })
    expect([event.remoteName, event.localName, event.process.image, event.provider]).toEqual([text, text, text, text])
    const json = JSON.parse(JSON.stringify(event))
    expect([json.remoteName, json.process.image]).toEqual([text, text])
    expect(JSON.stringify(event).split('\n')).toHaveLength(1)
  })
})

describe('an event stays as it is', () => {
  it('when later batches come, and when string ids become void: more names than the core’s table holds', async () => {
    const ring = rings.create({ slotCountLog2: 12 })
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', level: 'notification' })
    const iterator = tap[Symbol.asyncIterator]()
    const kept: Notification[] = []
    const count = 45_000
    for (let n = 0; n < count; n += 1000) {
      for (let i = n; i < n + 1000; i++) ring.append(post(0n, { remoteName: `\\\\s\\${i}`, threadId: i, processId: i }))
      kept.push(...(await take(iterator, 1000)))
    }
    await tap.close()
    const wrong = kept.filter(
      ({ remoteName, localName, process, sequence, user }, i) =>
        remoteName !== `\\\\s\\${i}` || localName !== 'P:' || process.threadId !== i || sequence !== i || user !== SID,
    )
    expect(wrong).toEqual([])
    expect(kept).toHaveLength(count)
    expect(tap.stats()).toMatchObject({ notifications: count, lost: 0 })
  })

  it('when further rings are found', async () => {
    const ring = rings.create({ fileId: 0xabcdn })
    ring.append(post(0n))
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    const iterator = tap[Symbol.asyncIterator]()
    const [event] = await take(iterator, 1)
    const waiting = iterator.next()
    rings.create({ sid: 'S-1-5-18' }).append(post(0n))
    expect((await waiting).value).toMatchObject({ user: 'S-1-5-18' })
    expect(event!.user).toBe(SID)
    await tap.close()
  })
})
