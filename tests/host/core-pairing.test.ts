import { beforeEach, describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { STRING_REMOTE_NAME } from '../../format/layout.ts'
import type { RecordInput } from '../../host/testing/index.ts'
import { contextOf, RingWriter } from '../../host/testing/index.ts'
import { crowdingProcess } from '../format/naive-ring.ts'
import { CoreDriver, operationOf, SEED } from './core-driver.ts'
import { FILE_ID, OTHER_SID, post, pre, record, SID } from './records.ts'
import { markUnreadable } from './unreadable.ts'

const LIMIT = 5000
/** PREs that can wait at once. */
const WAITING_MAX = 4096

let ring: RingWriter
let driver: CoreDriver
let now: number

beforeEach(() => {
  ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 10 })
  driver = new CoreDriver(abi.LEVEL_OPERATION, LIMIT)
  driver.open(0, ring.bytes)
  now = 0
})

const write = (input: RecordInput) => ring.append(input)!
const read = () => driver.drain(0, ring.bytes, now).map(operationOf)
const totals = () => driver.core.totals()

describe('a PRE and its POST', () => {
  it('are one operation, delivered when the POST comes: times and names of the PRE, status of the POST', () => {
    const sequence = write(pre({ ticks: 5_000_000n, flags: 9, ownerWindow: true }))
    expect(read()).toEqual([])
    expect(totals().waiting).toBe(1)
    write(post(sequence, { ticks: 5_123_456n, operationStatus: 53, wallTime: record.wallTime + 10_000_000n, flags: 1, sessionId: 7 }))
    expect(read()).toEqual([
      {
        ring: 0,
        sequence: 0,
        kind: 1,
        outcome: 2,
        time: 1_767_600_000_000,
        timeTicks: 0,
        processStartTime: 1_767_599_900_000,
        durationMs: 12.3456,
        completes: undefined,
        status: 53,
        flags: 9,
        resourceType: 1,
        logonId: record.logonId,
        processId: 4711,
        threadId: 4712,
        sessionId: 2,
        recordFlags: 2,
        remoteName: '\\\\files01\\projects',
        localName: 'P:',
        provider: undefined,
        imageName: 'explorer.exe',
        truncated: {},
        unreadable: [],
      },
    ])
    expect(totals()).toEqual({ succeeded: 0, failed: 1, cancelled: 0, unfinished: 0, notifications: 2, waiting: 0 })
  })

  it.each([
    [0, abi.OUTCOME_SUCCEEDED],
    [2108, abi.OUTCOME_SUCCEEDED],
    [2109, abi.OUTCOME_SUCCEEDED],
    [1223, abi.OUTCOME_CANCELLED],
    [1, abi.OUTCOME_FAILED],
    [2107, abi.OUTCOME_FAILED],
    [2110, abi.OUTCOME_FAILED],
    [0xc000006d, abi.OUTCOME_FAILED],
    [0xffffffff, abi.OUTCOME_FAILED],
  ])('with status %i end with outcome %i', (operationStatus, outcome) => {
    write(post(write(pre()), { operationStatus }))
    expect(read()).toMatchObject([{ status: operationStatus, outcome }])
  })

  it('of a cancel: the provider is the POST’s', () => {
    const sequence = write(pre({ kind: 'cancel', remoteName: 'P:', localName: null, force: true }))
    write(post(sequence, { kind: 'cancel', remoteName: 'P:', localName: null, force: true, provider: 'p'.repeat(400) }))
    expect(read()).toMatchObject([
      { kind: 2, localName: 'P:', remoteName: undefined, provider: 'p'.repeat(352), truncated: { provider: 400 }, recordFlags: 1 },
    ])
  })

  it('of which the second POST answers nothing: it stands alone', () => {
    const sequence = write(pre())
    write(post(sequence, { operationStatus: 53 }))
    write(post(sequence))
    expect(read()).toMatchObject([
      { sequence: 0, status: 53, durationMs: 25 },
      { sequence: 2, status: 0, durationMs: undefined, outcome: 1 },
    ])
  })

  it('interleave with those of other threads and processes in any order', () => {
    const starts = [1, 2, 3, 4, 5].map((threadId) => ({ threadId, sequence: write(pre({ threadId, remoteName: `\\\\s\\${threadId}` })) }))
    for (const { threadId, sequence } of [starts[3]!, starts[0]!, starts[4]!, starts[2]!, starts[1]!]) {
      write(post(sequence, { threadId, remoteName: `\\\\s\\${threadId}`, operationStatus: threadId }))
    }
    expect(read().map(({ sequence, status, threadId }) => [sequence, status, threadId])).toEqual([
      [3, 4, 4],
      [0, 1, 1],
      [4, 5, 5],
      [2, 3, 3],
      [1, 2, 2],
    ])
    expect(totals().waiting).toBe(0)
  })

  it('may lie windows and laps apart', () => {
    const sequence = write(pre())
    read()
    for (let i = 0; i < 1500; i++) {
      write(post(write(pre({ threadId: 1 })), { threadId: 1 }))
      if (i % 100 === 0) read()
    }
    read()
    write(post(sequence))
    expect(read()).toMatchObject([{ sequence: 0, durationMs: 25 }])
  })

  it('the PRE of which was overrun leave an operation without duration', () => {
    write(post(77n, { operationStatus: 67 }))
    expect(read()).toMatchObject([{ sequence: 0, status: 67, outcome: abi.OUTCOME_FAILED, durationMs: undefined }])
  })

  it.each([
    ['the counters run at different rates', { ticksPerSecond: 10_000_001n }],
    ['the counter ran backwards', { ticks: 999_999n }],
  ])('have no duration where %s', (_, fields) => {
    write(post(write(pre()), fields))
    expect(read()).toMatchObject([{ outcome: 1, durationMs: undefined }])
  })

  it('have no duration where the rate is zero', () => {
    write(post(write(pre({ ticksPerSecond: 0n })), { ticksPerSecond: 0n }))
    expect(read()).toMatchObject([{ outcome: 1, durationMs: undefined }])
  })

  it('have no duration where the counter ran backwards at a rate that makes a second of it', () => {
    const ticksPerSecond = 2n ** 64n - 1n
    write(post(write(pre({ ticks: 1n, ticksPerSecond })), { ticks: 0n, ticksPerSecond }))
    expect(read()).toMatchObject([{ outcome: 1, durationMs: undefined }])
  })

  it('have a duration of zero where no tick went by', () => {
    write(post(write(pre()), { ticks: record.ticks }))
    expect(read()).toMatchObject([{ durationMs: 0 }])
  })
})

describe('a POST does not answer a PRE', () => {
  it.each<[string, Partial<RecordInput>]>([
    ['of another context', { context: 2n }],
    ['of another process', { processId: 1 }],
    ['of another thread', { threadId: 1 }],
    ['of another process with the same id', { processStartTime: 1n }],
    ['of another kind', { kind: 'cancel' }],
    ['of another remote name', { remoteName: '\\\\files01\\other' }],
    ['whose remote name is the same, but absent', { remoteName: null }],
    ['when it says that the PRE was not written', { context: 2n ** 64n - 1n }],
  ])('%s', (_, fields) => {
    const sequence = write(pre())
    write(post(sequence, fields))
    expect(read()).toMatchObject([{ sequence: 1, durationMs: undefined }])
    expect(totals().waiting).toBe(1)
  })

  it('of another ring, whatever it says: one user cannot end what another began', () => {
    const other = RingWriter.create({ sid: OTHER_SID, slotCountLog2: 4 })
    driver.open(1, other.bytes)
    const sequence = write(pre())
    read()
    other.append(post(sequence, { operationStatus: 5 }))
    expect(driver.drain(1, other.bytes)).toMatchObject([{ ring: 1, sequence: 0, status: 5, durationMs: undefined }])
    write(post(sequence))
    expect(read()).toMatchObject([{ ring: 0, sequence: 0, status: 0, durationMs: 25 }])
  })
})

describe('a name that is cut', () => {
  const cancel = (fields: Partial<RecordInput> = {}) => ({ kind: 'cancel' as const, localName: null, imageName: 'i'.repeat(64), ...fields })

  it.each([
    ['in both, in the POST earlier: its provider needs room', 'Я'.repeat(200), 160],
    ['in the POST only', 'Я'.repeat(150), 150],
    ['to one byte a unit', 'r'.repeat(400), 320],
    ['in the POST before its only unit that needs two bytes', `${'r'.repeat(170)}Я${'r'.repeat(20)}`, 160],
  ])('%s, does not keep the PRE from its POST; the longer part is delivered', (_, remoteName, units) => {
    const sequence = write(pre(cancel({ remoteName })))
    write(post(sequence, cancel({ remoteName, provider: 'Microsoft Windows Network' })))
    expect(read()).toMatchObject([{ remoteName: remoteName.slice(0, units), durationMs: 25, provider: 'Microsoft Windows Network' }])
  })

  it('does not keep the PRE of a cancel from its POST when the name is a local one', () => {
    const sequence = write(pre(cancel({ localName: 'l'.repeat(400), remoteName: null })))
    write(post(sequence, cancel({ localName: 'l'.repeat(400), remoteName: null, provider: 'Microsoft Windows Network' })))
    expect(read()).toMatchObject([{ localName: 'l'.repeat(320), durationMs: 25 }])
  })

  it.each([
    ['is of another length', 'l'.repeat(401)],
    ['differs in what both have', `m${'l'.repeat(399)}`],
  ])('keeps it where the other local name %s', (_, localName) => {
    const sequence = write(pre(cancel({ localName: 'l'.repeat(400), remoteName: null })))
    write(post(sequence, cancel({ localName, remoteName: null, provider: 'Microsoft Windows Network' })))
    expect(read()).toMatchObject([{ sequence: 1, durationMs: undefined }])
  })

  it.each([
    ['is of another length', 'Я'.repeat(201)],
    ['differs in what both have', `Ж${'Я'.repeat(199)}`],
    ['is of another width', 'r'.repeat(200)],
  ])('keeps it where the other name %s', (_, remoteName) => {
    const sequence = write(pre(cancel({ remoteName: 'Я'.repeat(200) })))
    write(post(sequence, cancel({ remoteName, provider: 'Microsoft Windows Network' })))
    expect(read()).toMatchObject([{ sequence: 1, durationMs: undefined }])
  })

  it('keeps it where the other has the same bytes in another width', () => {
    const sequence = write(pre({ remoteName: 'a'.repeat(400), localName: null }))
    write(post(sequence, { remoteName: '\u6161'.repeat(400), localName: null }))
    expect(read()).toMatchObject([{ sequence: 1, durationMs: undefined }])
  })

  it('keeps it where nothing was cut and the names are of different length', () => {
    const sequence = write(pre({ remoteName: '\\files01a' }))
    write(post(sequence, { remoteName: '\\files01ab' }))
    expect(read()).toMatchObject([{ sequence: 1, durationMs: undefined }])
  })
})

describe('a name that could not be read to its end', () => {
  const cancel = (fields: Partial<RecordInput> = {}) => ({ kind: 'cancel' as const, localName: null, ...fields })
  const LONG = `\\\\files01\\${'r'.repeat(390)}`
  const whole = { pre: false, post: false }

  it.each([
    ['the POST, after some units', {}, '\\\\files01\\projects', '\\\\fil', { ...whole, post: true }],
    ['the POST, at once', {}, '\\\\files01\\projects', '', { ...whole, post: true }],
    ['the POST, after all units but the end', {}, '\\\\files01\\projects', '\\\\files01\\projects', { ...whole, post: true }],
    ['the PRE', {}, '\\\\files01', '\\\\files01\\projects', { ...whole, pre: true }],
    ['both, at different ends', {}, '\\\\files01', '\\\\files01\\proj', { pre: true, post: true }],
    ['a cancel of a device', cancel(), 'F:', 'F', { ...whole, post: true }],
    ['a cancel of a device, at once', cancel(), 'F:', '', { ...whole, post: true }],
    ['a cancel of a port', cancel(), 'COM1:', 'COM', { ...whole, post: true }],
    ['a cancel of a device, the PRE', cancel(), 'L', 'LPT1', { ...whole, pre: true }],
    ['before the only unit that needs two bytes', {}, '\\\\files01\\Я', '\\\\files01', { ...whole, post: true }],
    ['a PRE that was cut', {}, LONG, LONG.slice(0, 300), { ...whole, post: true }],
    ['a POST that was cut', {}, LONG, `${LONG}longer`.slice(0, 399), { ...whole, post: true }],
  ])('does not keep them apart: %s', (_, fields, preName, postName, isUnread) => {
    const sequence = write(pre({ ...fields, remoteName: preName }))
    if (isUnread.pre) markUnreadable(ring, sequence, STRING_REMOTE_NAME)
    const end = write(post(sequence, { ...fields, remoteName: postName }))
    if (isUnread.post) markUnreadable(ring, end, STRING_REMOTE_NAME)
    expect(read()).toMatchObject([{ sequence: 0, durationMs: 25 }])
  })

  it.each([
    ['what was read differs', {}, '\\\\files01\\projects', '\\\\fax', { ...whole, post: true }],
    ['more was read than the other has', {}, '\\\\files01', '\\\\files01\\p', { ...whole, post: true }],
    ['more was read of the PRE than the POST has', {}, '\\\\files01\\p', '\\\\files01', { ...whole, pre: true }],
    ['another device', cancel(), 'F:', 'G', { ...whole, post: true }],
    ['it is as long as the other, which was read to its end', {}, '\\\\files01', '\\\\files02', { ...whole, post: true }],
  ])('keeps them apart where %s', (_, fields, preName, postName, isUnread) => {
    const sequence = write(pre({ ...fields, remoteName: preName }))
    if (isUnread.pre) markUnreadable(ring, sequence, STRING_REMOTE_NAME)
    const end = write(post(sequence, { ...fields, remoteName: postName }))
    if (isUnread.post) markUnreadable(ring, end, STRING_REMOTE_NAME)
    expect(read()).toMatchObject([{ sequence: 1, durationMs: undefined }])
  })

  it('keeps it apart from a POST that has no name', () => {
    const sequence = write(pre())
    markUnreadable(ring, sequence, STRING_REMOTE_NAME)
    write(post(sequence, { remoteName: null }))
    expect(read()).toMatchObject([{ sequence: 1, durationMs: undefined }])
  })
})

describe('an operation for which the system chooses the letter', () => {
  it.each([null, ''])('is paired although the POST names a letter and the PRE named %j', (localName) => {
    const sequence = write(pre({ localName }))
    write(post(sequence, { localName: 'Z:' }))
    expect(read()).toMatchObject([{ sequence: 0, durationMs: 25 }])
  })
})

describe('a 32-bit process', () => {
  const at = (head: bigint) => {
    ring.setHead(head)
    driver.open(0, ring.bytes, abi.FROM_NOW)
  }

  it.each([0n, 2n ** 31n - 2n, 2n ** 31n, 2n ** 32n + 5n, 2n ** 40n - 2n])(
    'is paired by 31 bits of the context, at sequence %d',
    (head) => {
      at(head)
      const sequence = write(pre({ pointer32: true }))
      expect(sequence).toBe(head)
      expect(contextOf(sequence, true)).toBeLessThan(2n ** 31n)
      write(post(sequence, { pointer32: true }))
      expect(read()).toMatchObject([{ sequence: Number(head), durationMs: 25, recordFlags: 4 }])
    },
  )

  it('cannot be paired where those bits are all zero: its context says that there is no PRE', () => {
    at(2n ** 31n - 1n)
    const sequence = write(pre({ pointer32: true }))
    expect(contextOf(sequence, true)).toBe(0xffffffffn)
    write(post(sequence, { pointer32: true }))
    expect(read()).toMatchObject([{ durationMs: undefined }])
    expect(totals().waiting).toBe(1)
  })

  it('does not take the PRE of a 64-bit one that would have the same 31 bits', () => {
    at(2n ** 31n + 6n)
    const sequence = write(pre())
    write(post(sequence, { pointer32: true }))
    expect(read()).toMatchObject([{ durationMs: undefined }])
  })
})

describe('an operation without POST', () => {
  it('is unfinished after the time set, and not before', () => {
    write(pre({ operationStatus: 99 }))
    now = 100
    read()
    expect(driver.expire(100 + LIMIT - 1)).toEqual([])
    expect(driver.expire(100 + LIMIT)).toMatchObject([
      { sequence: 0, outcome: abi.OUTCOME_UNFINISHED, status: undefined, durationMs: undefined, remoteName: record.remoteName },
    ])
    expect(totals()).toMatchObject({ unfinished: 1, waiting: 0 })
    expect(driver.expire(10 * LIMIT)).toEqual([])
  })

  it('is reported in the order in which it began', () => {
    for (let i = 0; i < 5; i++) {
      write(pre({ threadId: i }))
      now = i
      read()
    }
    write(post(2n, { threadId: 2 }))
    read()
    expect(driver.expire(LIMIT + 3).map((row) => row.threadId)).toEqual([0, 1, 3])
    expect(driver.expire(LIMIT + 4).map((row) => row.threadId)).toEqual([4])
  })

  it('is reported in batches that have room', () => {
    for (let i = 0; i < 600; i++) write(pre({ threadId: i }))
    read()
    expect([0, 1, 2, 3].map(() => driver.expire(LIMIT).length)).toEqual([256, 256, 88, 0])
  })

  it('whose POST comes after all: that is a row of its own, which says what it completes; the operation is counted once', () => {
    const sequence = write(pre())
    write(pre({ threadId: 1 }))
    read()
    expect(driver.expire(LIMIT)).toHaveLength(2)
    expect(totals()).toMatchObject({ unfinished: 2, succeeded: 0 })
    write(post(sequence))
    expect(read()).toMatchObject([{ sequence: 2, outcome: 1, durationMs: 25, completes: Number(sequence) }])
    expect(totals()).toMatchObject({ unfinished: 1, succeeded: 1, waiting: 0 })
    write(post(sequence))
    expect(read()).toMatchObject([{ sequence: 3, durationMs: undefined, completes: undefined }])
    expect(totals()).toMatchObject({ unfinished: 1, succeeded: 2 })
  })

  it('is not unfinished while its POST may be waiting in the ring: what was promised since is read first', () => {
    const sequence = write(pre())
    read()
    write(post(sequence))
    // The tap was stopped for long. Nobody has looked since.
    expect(driver.rows(driver.core.expire(10 * LIMIT))).toEqual([])
    now = 10 * LIMIT
    expect(read()).toMatchObject([{ sequence: 0, outcome: 1, durationMs: 25 }])
    expect(totals()).toMatchObject({ unfinished: 0, succeeded: 1 })
  })

  it('of a ring that is written faster than it is read ends all the same: what a look has seen is read at some time', () => {
    write(pre())
    read()
    for (let i = 0; i < 300; i++) write(post(99_999n))
    driver.turn(0, ring.bytes, LIMIT)
    expect(driver.rows(driver.core.expire(LIMIT))).toEqual([])
    for (let i = 0; i < 300; i++) write(post(99_999n))
    driver.turn(0, ring.bytes, LIMIT + 1)
    expect(driver.account(0).pending).toBeGreaterThan(0)
    expect(driver.rows(driver.core.expire(LIMIT + 1))).toMatchObject([{ sequence: 0, outcome: abi.OUTCOME_UNFINISHED }])
  })

  it('of a ring that was left ends in its time', () => {
    write(pre())
    read()
    driver.core.closeRing(0)
    expect(driver.rows(driver.core.expire(LIMIT - 1))).toEqual([])
    expect(driver.rows(driver.core.expire(LIMIT))).toHaveLength(1)
  })
})

describe('PREs that were given up', () => {
  it('are remembered, 1,024 of them, of each owner his share', () => {
    const second = RingWriter.create({ sid: OTHER_SID, slotCountLog2: 10 })
    driver.open(1, second.bytes)
    write(pre())
    read()
    for (let i = 0; i < 1200; i++) {
      second.append(pre({ threadId: i }))
      if (i % 500 === 499) driver.drain(1, second.bytes)
    }
    driver.drain(1, second.bytes)
    while (driver.expire(LIMIT).length > 0);
    write(post(0n))
    expect(read()).toMatchObject([{ completes: 0 }])
    for (const sequence of [176, 177]) second.append(post(BigInt(sequence), { threadId: sequence }))
    expect(driver.drain(1, second.bytes).map(({ completes }) => completes)).toEqual([undefined, 177])
  })

  it('are named as before after a new epoch', () => {
    const remoteName = '\\\\files01\\ждёт'
    write(pre({ remoteName }))
    read()
    driver.expire(LIMIT)
    const { epoch } = driver.core.turn
    for (let n = 0; driver.core.turn.epoch === epoch; n += 500) {
      for (let i = 0; i < 500; i++) write(post(99_999n, { remoteName: `\\\\s\\${n + i}` }))
      read()
    }
    write(post(0n, { remoteName }))
    expect(read()).toMatchObject([{ completes: 0, remoteName }])
  })
})

describe('a table full of waiting operations', () => {
  beforeEach(() => {
    for (let i = 0; i < WAITING_MAX; i++) {
      write(pre({ threadId: i, remoteName: `\\\\s\\${i}` }))
      if (i % 500 === 499) read()
    }
    read()
  })

  it('holds 4,096', () => expect(totals()).toMatchObject({ waiting: WAITING_MAX, unfinished: 0 }))

  it('of one ring gives up the oldest for each further one, and keeps those after it', () => {
    for (let i = 0; i < 300; i++) write(pre({ threadId: 10_000 + i }))
    expect(read().map(({ threadId, outcome }) => ({ threadId, outcome }))).toEqual(
      Array.from({ length: 300 }, (_, i) => ({ threadId: i, outcome: abi.OUTCOME_UNFINISHED })),
    )
    write(post(300n, { threadId: 300, remoteName: '\\\\s\\300' }))
    write(post(10n, { threadId: 10, remoteName: '\\\\s\\10' }))
    expect(read()).toMatchObject([
      { sequence: 300, durationMs: 25, completes: undefined },
      { sequence: WAITING_MAX + 301, durationMs: 25, completes: 10 },
    ])
    expect(totals()).toMatchObject({ waiting: WAITING_MAX - 1, unfinished: 299 })
  })

  it('can be emptied in any order and filled again', () => {
    const order = Array.from({ length: WAITING_MAX }, (_, i) => (i * 1_237) % WAITING_MAX)
    let durations = 0
    for (const [n, i] of order.entries()) {
      write(post(BigInt(i), { threadId: i, remoteName: `\\\\s\\${i}` }))
      if (n % 400 === 399) durations += read().filter((row) => row.durationMs === 25 && row.sequence === row.threadId).length
    }
    durations += read().filter((row) => row.durationMs === 25).length
    expect(durations).toBe(WAITING_MAX)
    expect(totals()).toMatchObject({ waiting: 0, succeeded: WAITING_MAX, unfinished: 0 })
    write(post(write(pre())))
    expect(read()).toHaveLength(1)
  })
})

describe('rings that share a full table', () => {
  const users = [0, 1, 2].map((user) => ({ user, ring: RingWriter.create({ sid: `${OTHER_SID}${user}`, slotCountLog2: 13 }) }))
  const ringOf = (user: number) => users[user]!.ring
  const drain = (user: number) => driver.drain(user, ringOf(user).bytes, now)
  /** Lets a user begin so many operations. Returns those that were given up for them: whose, and which. */
  function begin(user: number, count: number): [user: number, threadId: number][] {
    const given: [number, number][] = []
    for (let i = 0; i < count; i++) {
      ringOf(user).append(pre({ threadId: Number(ringOf(user).head) }))
      if (i % 500 === 499 || i === count - 1) given.push(...drain(user).map((row): [number, number] => [row.ring, row.threadId]))
    }
    return given
  }

  beforeEach(() => {
    for (const place of users) {
      place.ring = RingWriter.create({ sid: `${OTHER_SID}${place.user}`, slotCountLog2: 13 })
      driver.open(place.user, place.ring.bytes)
    }
  })

  it('who floods it pushes out his own, the oldest first, and nobody else’s, who had been waiting for longer', () => {
    begin(0, 100)
    expect(begin(1, WAITING_MAX + 1000)).toEqual(Array.from({ length: 1100 }, (_, i) => [1, i]))
    for (let i = 0; i < 100; i++) ringOf(0).append(post(BigInt(i), { threadId: i }))
    expect(drain(0).filter(({ durationMs }) => durationMs === 25)).toHaveLength(100)
    expect(totals()).toMatchObject({ waiting: WAITING_MAX - 100, unfinished: 1100 })
  })

  it('who comes late finds room: the one with the most gives way', () => {
    begin(1, 1000)
    begin(0, WAITING_MAX - 1000)
    expect(begin(2, 50)).toEqual(Array.from({ length: 50 }, (_, i) => [0, i]))
  })

  it('several who flood it have as much of it in the end', () => {
    begin(0, 3000)
    begin(1, 6000)
    const given = begin(2, 1000)
    expect(totals().waiting).toBe(WAITING_MAX)
    const left = [0, 1, 2].map((user) => drain(user) && driver.core.waiting(abi.ALL_ROWS).filter(({ ring }) => ring === user).length)
    expect(left).toEqual([1548, 1548, 1000])
    expect(given.filter(([user]) => user === 2)).toEqual([])
  })

  it('what ended, by a POST or by its time, weighs nothing', () => {
    begin(0, 3000)
    for (let i = 0; i < 3000; i++) {
      ringOf(0).append(post(BigInt(i), { threadId: i }))
      if (i % 500 === 499) drain(0)
    }
    begin(1, 2500)
    now = LIMIT
    for (let i = 0; i < 10; i++) driver.expire(now)
    begin(0, 2000)
    begin(2, 2096)
    expect(totals()).toMatchObject({ waiting: WAITING_MAX, unfinished: 2500 })
    expect(begin(1, 100).map(([user]) => user)).toEqual([...Array.from({ length: 96 }, () => 2), 0, 2, 0, 2])
  })
})

describe('a PRE around which its own user crowds others', () => {
  /** Begins an operation whose PRE the core looks for in one place with all others of that process. */
  const crowd = (sequence: number) => {
    const process = { processId: crowdingProcess(SEED), threadId: record.threadId }
    expect(Number(write(pre(process)))).toBe(sequence)
    return process
  }

  it.each([
    [31, 25],
    [32, undefined],
  ])('is found behind %i newer ones, or not: a POST is looked up in 32 steps at most', (newer, durationMs) => {
    const processes = Array.from({ length: 1 + newer }, (_, i) => crowd(i))
    read()
    write(post(0n, processes[0]))
    expect(read()).toMatchObject([{ durationMs }])
    write(post(BigInt(newer), processes[newer]))
    expect(read()).toMatchObject([{ durationMs: 25 }])
  })
})

describe('notifications', () => {
  it('are not paired, and not counted as operations', () => {
    const notifications = new CoreDriver(abi.LEVEL_NOTIFICATION)
    notifications.open(0, ring.bytes)
    write(post(write(pre()), { operationStatus: 53 }))
    expect(notifications.drain(0, ring.bytes)).toMatchObject([
      { phase: 'pre', outcome: 0, status: undefined, durationMs: undefined, context: 0n },
      { phase: 'post', outcome: 0, status: 53, durationMs: undefined, context: 1n },
    ])
    expect(notifications.core.totals()).toEqual({ succeeded: 0, failed: 0, cancelled: 0, unfinished: 0, notifications: 2, waiting: 0 })
  })
})
