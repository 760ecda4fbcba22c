import assert from 'node:assert'
import { Console } from 'node:console'
import { PassThrough } from 'node:stream'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type Notification, type Operation, openTap } from '../../host/index.ts'
import { post, pre, SID, TIME } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'

const rings = new RingsOnDisk()

/** What a loop over a tap yields for a mapping that failed, and for its two calls. */
async function eventsOf(level: 'operation' | 'notification'): Promise<(Operation | Notification)[]> {
  const ring = rings.create({ fileId: 0xabcdn })
  ring.append(post(ring.append(pre())!, { operationStatus: 53 }))
  const tap = await openTap({ sources: [rings.directory], from: 'oldest', level })
  const events: (Operation | Notification)[] = []
  for await (const event of tap) {
    events.push(event)
    if (events.length === (level === 'operation' ? 1 : 2)) break
  }
  return events
}

/** Written out, so that a field that is added or lost shows here. */
const FAILED = {
  type: 'operation',
  id: 'cdab000000000000-0',
  host: undefined,
  kind: 'add',
  outcome: 'failed',
  time: TIME,
  status: 53,
  error: { code: 53, name: 'ERROR_BAD_NETPATH' },
  remoteName: '\\\\files01\\projects',
  localName: 'P:',
  user: SID,
  sequence: 0,
  completes: undefined,
}

describe('an event of a loop over a tap', () => {
  it('is a plain object: what spreads, clones, logs or compares objects sees every field', async () => {
    const [event] = await eventsOf('operation')
    expect(Object.getPrototypeOf(event)).toBe(Object.prototype)
    expect({ ...event }).toMatchObject(FAILED)
    expect(structuredClone(event)).toEqual(event)
    expect(JSON.parse(JSON.stringify(event))).toMatchObject({ id: FAILED.id, error: FAILED.error, process: { bits: 64 } })
    assert.deepEqual(event, { ...event })
    assert.throws(() => assert.deepEqual(event, {}))
    expect(Object.entries(event!)).toContainEqual(['remoteName', '\\\\files01\\projects'])
    expect(inspect(event)).toContain("remoteName: '\\\\\\\\files01\\\\projects'")
  })

  it('is a line of console.table', async () => {
    const stream = new PassThrough()
    new Console(stream).table(await eventsOf('operation'), ['outcome', 'remoteName'])
    expect(String(stream.read())).toMatch(/failed.*files01/)
  })

  it.each(['operation', 'notification'] as const)('has, for every %s, the same keys in the same order', async (level) => {
    const ring = rings.create({ sid: 'S-1-5-18' })
    ring.append(post(ring.append(pre({ kind: 'cancel', force: true, resourceType: 0 }))!, { kind: 'cancel', provider: 'A' }))
    ring.append(post(99n))
    const keys = new Set<string>()
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', level })
    for await (const batch of tap.batches()) {
      for (const event of batch.objects()) keys.add(JSON.stringify([Object.keys(event), Object.keys(event.process)]))
      break
    }
    expect(keys.size).toBe(1)
  })
})

describe('a batch', () => {
  it('makes one row, or all rows, into the objects that a loop yields', async () => {
    const [event] = await eventsOf('operation')
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    for await (const batch of tap.batches()) {
      expect(batch.objects()).toEqual([event])
      expect(batch.object(0)).toEqual(event)
      break
    }
  })

  it.each([-1, 1, 0.5, Number.NaN])('refuses row %s, which it does not have, instead of making up an event', async (row) => {
    await eventsOf('operation')
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    for await (const batch of tap.batches()) {
      expect(() => batch.object(row)).toThrow(expect.objectContaining({ code: 'MPRTAP_INVALID_ARGUMENT' }))
      break
    }
  })
})
