import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MprtapError, type Operation, openTap } from '../../host/index.ts'
import type { Diagnostic } from '../../host/model/diagnostic.ts'
import { RingWriter, writeRings } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { openFiles, RingsOnDisk, take } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
const open = (options: object = {}) => openTap({ sources: [rings.directory], ...options })

/** What openTap() throws. */
async function refusal(options: object): Promise<MprtapError> {
  const error = await openTap(options).then(
    async (tap) => {
      await tap.close()
      return undefined
    },
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(MprtapError)
  return error as MprtapError
}

describe('openTap', () => {
  it('from now delivers what is written from now on, and nothing older', async () => {
    const ring = rings.create()
    ring.append(post(ring.append(pre({ remoteName: '\\\\old\\old' }))!, { remoteName: '\\\\old\\old' }))
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    ring.append(post(ring.append(pre())!))
    expect((await take(events, 1))[0]!.remoteName).toBe('\\\\files01\\projects')
    await tap.close()
    expect(tap.stats()).toMatchObject({ operations: 1, notifications: 2 })
  })

  it('from oldest delivers what is in the rings, then what comes', async () => {
    const ring = rings.create()
    ring.append(post(ring.append(pre({ remoteName: '\\\\old\\old' }))!, { remoteName: '\\\\old\\old' }))
    const tap = await open({ from: 'oldest' })
    const events = tap[Symbol.asyncIterator]()
    await take(events, 1)
    ring.append(post(ring.append(pre())!))
    expect((await take(events, 1))[0]!.remoteName).toBe('\\\\files01\\projects')
    await tap.close()
  })

  it('at level notification delivers each call', async () => {
    const ring = rings.create()
    ring.append(post(ring.append(pre())!, { operationStatus: 53 }))
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', level: 'notification' })
    const events = await take(tap[Symbol.asyncIterator](), 2)
    expect(events.map(({ type, phase, status }) => ({ type, phase, status }))).toEqual([
      { type: 'notification', phase: 'pre', status: undefined },
      { type: 'notification', phase: 'post', status: 53 },
    ])
    await tap.close()
    expect(tap.stats()).toMatchObject({ operations: 0, notifications: 2 })
  })

  it('reads the users’ and the administrators’ rings, and says whose event it is', async () => {
    const mine = rings.create()
    const theirs = rings.create({ sid: 'S-1-5-18', folder: 'administrators' })
    mine.append(post(mine.append(pre())!))
    theirs.append(post(theirs.append(pre())!))
    const tap = await open({ from: 'oldest' })
    const events = await take(tap[Symbol.asyncIterator](), 2)
    expect(events.map((event) => event.user).sort()).toEqual([SID, 'S-1-5-18'].sort())
    expect(tap.stats().rings).toBe(2)
    await tap.close()
    expect(tap.stats().rings).toBe(0)
  })

  it('does with one of the two folders', async () => {
    rmSync(join(rings.directory, 'administrators'), { recursive: true })
    rings.create()
    const tap = await open()
    expect(tap.stats().rings).toBe(1)
    await tap.close()
  })

  it('reads rings whose usual name somebody else had taken', async () => {
    for (const variant of ['', '.1', '.2', '.3']) {
      const ring = rings.create({ variant })
      ring.append(post(ring.append(pre({ remoteName: `\\\\s\\${variant}` }))!, { remoteName: `\\\\s\\${variant}` }))
    }
    const tap = await open({ from: 'oldest' })
    const events = await take(tap[Symbol.asyncIterator](), 4)
    expect(events.map((event) => event.remoteName).sort()).toEqual(['\\\\s\\', '\\\\s\\.1', '\\\\s\\.2', '\\\\s\\.3'])
    expect(new Set(events.map((event) => event.user))).toEqual(new Set([SID]))
    await tap.close()
  })

  it('leaves files alone that are not named as rings of this version', async () => {
    rings.create()
    for (const name of [`${SID}.v2.ring`, `${SID}.v1.4.ring`, `${SID}.v1.ring.bad`, `${OTHER_SID}.v1`, 'S-1-5.v1.ring', 'x.v1.ring']) {
      writeFileSync(join(rings.directory, 'users', name), 'x')
    }
    const faults: string[] = []
    const tap = await open({ onDiagnostic: ({ text }: Diagnostic) => faults.push(text) })
    expect(tap.stats().rings).toBe(1)
    expect(faults).toEqual([])
    await tap.close()
  })

  it('reads rings by path, in the order given, each once, whatever they are called', async () => {
    const ring = rings.create()
    const path = join(rings.directory, 'other name')
    rings.create({ sid: OTHER_SID })
    renameSync(rings.path({ sid: OTHER_SID }), path)
    ring.append(post(ring.append(pre())!))
    const tap = await openTap({ sources: [path, rings.path(), path], from: 'oldest' })
    expect(tap.stats().rings).toBe(2)
    expect((await take(tap[Symbol.asyncIterator](), 1))[0]!.user).toBe(SID)
    await tap.close()
  })

  it('delivers of generated traffic exactly what was written: every operation, with its outcome', async () => {
    const truth = writeRings(rings.directory, { seed: 7, operations: 3000, slotCountLog2: 13 })
    expect(truth.overwritten).toBe(0)
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', unfinishedAfterMs: 1 })
    let count = 0
    const outcomes: Record<string, number> = { succeeded: 0, failed: 0, cancelled: 0, unfinished: 0 }
    for await (const operation of tap) {
      outcomes[operation.outcome]!++
      if (++count === truth.operations) break
    }
    const { succeeded, failed, cancelled, unfinished, operations, notifications } = truth
    expect(outcomes).toEqual({ succeeded, failed, cancelled, unfinished })
    expect(tap.stats()).toMatchObject({
      succeeded,
      failed,
      cancelled,
      unfinished,
      operations,
      notifications,
      lost: 0,
      pending: 0,
      waiting: 0,
    })
  })
})

describe('a tap with much to read', () => {
  /** A ring full of records, made in memory: writing them one by one into a file takes longer. */
  const backlog = (place: { sid?: string }, slotCountLog2: number) => {
    const ring = RingWriter.create({ sid: place.sid ?? SID, slotCountLog2 })
    for (let i = 0; i < ring.slotCount; i++) ring.append(post(0n))
    ring.save(rings.path(place))
    return ring.slotCount
  }

  it('lets every ring have its turn: one with a long backlog does not keep the others waiting', async () => {
    const many = backlog({ sid: 'S-1-5-18' }, 13)
    rings.create({ sid: OTHER_SID }).append(post(0n))
    const tap = await open({ from: 'oldest' })
    const events = await take(tap[Symbol.asyncIterator](), many + 1)
    const at = events.findIndex((event) => event.user === OTHER_SID)
    expect(at).toBeGreaterThanOrEqual(0)
    expect(at).toBeLessThanOrEqual(16 * 256)
    await tap.close()
  })

  it('lets the rest of the process have its turn, too', async () => {
    const many = backlog({}, 16)
    const tap = await open({ from: 'oldest' })
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await take(tap[Symbol.asyncIterator](), many)
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
    await tap.close()
  })
})

describe('openTap refuses', () => {
  it.each([
    [{ from: 'yesterday' }, 'from'],
    [{ from: 0 }, 'from'],
    [{ level: 'both' }, 'level'],
    [{ unfinishedAfterMs: 0 }, 'unfinishedAfterMs'],
    [{ unfinishedAfterMs: -1 }, 'unfinishedAfterMs'],
    [{ unfinishedAfterMs: Number.NaN }, 'unfinishedAfterMs'],
    [{ unfinishedAfterMs: 'x' }, 'unfinishedAfterMs'],
    [{ longestRestMs: 0 }, 'longestRestMs'],
    [{ longestRestMs: 60_001 }, 'longestRestMs'],
    [{ longestRestMs: Number.NaN }, 'longestRestMs'],
    [{ longestRestMs: 'x' }, 'longestRestMs'],
    [{ sources: 'path' }, 'sources'],
    [{ sources: [7] }, 'sources[0]'],
    [{ sources: [''] }, 'sources[0]'],
    [{ follow: 'no' }, 'follow'],
  ])('%j, naming the option', async (options, name) => {
    const error = await refusal({ sources: [rings.directory], ...options })
    expect(error.code).toBe('MPRTAP_INVALID_ARGUMENT')
    expect(error.message).toContain(`"${name}"`)
  })

  it('to guess a directory off Windows', async () => {
    expect((await refusal({})).code).toBe('MPRTAP_INVALID_ARGUMENT')
  })

  it('a directory that is not there, or has no rings’ folders', async () => {
    for (const directory of [join(rings.directory, 'nowhere'), join(rings.directory, 'users')]) {
      const error = await refusal({ sources: [directory] })
      expect(error).toMatchObject({ code: 'MPRTAP_FOLDER_MISSING', cause: { code: 'ENOENT' } })
      expect(error.message).toContain(directory)
    }
  })

  it.each([
    ['missing', () => undefined, 'does not exist'],
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path]), 'EINVAL'],
    ['garbage', (path: string) => writeFileSync(path, 'garbage'.repeat(1000)), 'is not a ring'],
    ['shorter than a header', (path: string) => writeFileSync(path, 'MPRT'), 'not as long'],
  ])('a ring named by path that is %s, and closes those it had opened', async (_, make, reason) => {
    rings.create()
    const path = join(rings.directory, 'other.ring')
    make(path)
    const before = openFiles()
    const error = await refusal({ sources: [rings.path(), path] })
    expect(error.code).toBe('MPRTAP_RING_INVALID')
    expect(error.message).toContain(path)
    expect(error.message).toContain(reason)
    expect(openFiles()).toEqual(before)
  })
})

describe('a tap opens where there is nothing to read yet', () => {
  it('on a directory without rings', async () => {
    const tap = await open()
    expect(tap.stats()).toMatchObject({ rings: 0, operations: 0, lost: 0, pending: 0 })
    await tap.close()
  })

  it('on a ring by path that is all zeros', async () => {
    writeFileSync(rings.path(), Buffer.alloc(4096 + 512 * 4))
    const tap = await openTap({ sources: [rings.path()] })
    expect(tap.stats().rings).toBe(0)
    await tap.close()
  })
})

describe('batches', () => {
  it('hand out the rows of a turn as columns, with string ids', async () => {
    const ring = rings.create()
    for (let i = 0; i < 300; i++) ring.append(post(ring.append(pre({ threadId: i }))!, { threadId: i, operationStatus: i }))
    const tap = await open({ from: 'oldest' })
    let rows = 0
    const remoteNames = new Set<number>()
    for await (const batch of tap.batches()) {
      for (let row = 0; row < batch.length; row++, rows++) {
        expect(batch.columns.threadId[row]).toBe(rows)
        expect(batch.columns.status[row]).toBe(rows)
        expect(batch.users[batch.columns.user[row]!]).toBe(SID)
        expect(batch.strings[batch.columns.remoteName[row]!]).toBe('\\\\files01\\projects')
        expect(batch.strings[batch.columns.provider[row]!]).toBeUndefined()
        remoteNames.add(batch.columns.remoteName[row]!)
      }
      if (rows === 300) break
    }
    expect(remoteNames.size).toBe(1)
  })

  it('say in their columns what events say in their fields', async () => {
    writeRings(rings.directory, { seed: 11, operations: 400, slotCountLog2: 12 })
    const options = { sources: [rings.directory], follow: false }
    // Events come by their time, batches a ring after the other (docs/order.md).
    const events = new Map<string, Operation>()
    for await (const event of await openTap(options)) events.set(`${event.user} ${event.sequence}`, event)
    const kinds = [undefined, 'add', 'cancel']
    const outcomes = [undefined, 'succeeded', 'failed', 'cancelled', 'unfinished']
    let rows = 0
    for await (const { length, columns, strings, users } of (await openTap(options)).batches()) {
      for (let i = 0; i < length; i++, rows++) {
        const event = events.get(`${users[columns.user[i]!]} ${columns.sequence[i]}`)!
        const { process } = event
        expect({
          sequence: columns.sequence[i],
          time: columns.time[i],
          durationMs: Number.isNaN(columns.durationMs[i]) ? undefined : columns.durationMs[i],
          process: {
            id: columns.processId[i],
            threadId: columns.threadId[i],
            startTime: columns.processStartTime[i],
            image: strings[columns.image[i]!],
            bits: columns.traits[i]! & 4 ? 32 : 64,
          },
          sessionId: columns.sessionId[i],
          flags: columns.flags[i],
          remoteName: strings[columns.remoteName[i]!],
          localName: strings[columns.localName[i]!],
          provider: strings[columns.provider[i]!],
          kind: kinds[columns.kind[i]!],
          outcome: outcomes[columns.outcome[i]!],
          user: users[columns.user[i]!],
        }).toEqual({
          sequence: event.sequence,
          time: event.time,
          durationMs: event.durationMs,
          process,
          sessionId: event.sessionId,
          flags: event.flags,
          remoteName: event.remoteName,
          localName: event.localName,
          provider: event.provider,
          kind: event.kind,
          outcome: event.outcome,
          user: event.user,
        })
        if (event.status !== undefined) expect(columns.status[i]).toBe(event.status)
        if (event.kind === 'add') expect(['any', 'disk', 'print'][columns.resourceType[i]!]).toBe(event.resourceType)
      }
    }
    expect(rows).toBe(400)
    expect(events.size).toBe(400)
  })

  it('read the same strings array as long as the epoch is the same: each distinct string is decoded once', async () => {
    const ring = rings.create()
    const tap = await open({ from: 'oldest' })
    const batches = tap.batches()
    const write = () => ring.append(post(ring.append(pre())!))
    write()
    const first = (await batches.next()).value!
    const { strings, epoch } = first
    const id = first.columns.remoteName[0]!
    write()
    const second = (await batches.next()).value!
    expect(second.strings).toBe(strings)
    expect(second.epoch).toBe(epoch)
    expect(second.columns.remoteName[0]).toBe(id)
    await batches.return()
  })
})
