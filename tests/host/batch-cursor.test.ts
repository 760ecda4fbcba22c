import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Notification, type Operation, openTap } from '../../host/index.ts'
import { type RecordInput, RingWriter, writeRings } from '../../host/testing/index.ts'
import { cases } from '../sweeps.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { RingsOnDisk } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
type Level = 'operation' | 'notification'

/** Every field that an event of this level states, as it is, not as JSON would have it. */
const SHARED = [
  ...[
    'type',
    'id',
    'host',
    'kind',
    'time',
    'timestamp',
    'status',
    'error',
    'remoteName',
    'localName',
    'provider',
    'flags',
    'resourceType',
    'force',
    'ownerWindow',
  ],
  ...['process', 'impersonated', 'sessionId', 'logonId', 'user', 'truncated', 'unreadable', 'sequence'],
]
const FIELDS: Readonly<Record<Level, readonly string[]>> = {
  operation: [...SHARED, 'outcome', 'durationMs', 'completes'],
  notification: [...SHARED, 'phase', 'notifyStatus', 'context'],
}
const PROCESS_FIELDS = ['id', 'threadId', 'image', 'startTime', 'bits'] as const

function fieldsOf(event: object, level: Level): Record<string, unknown> {
  const read = event as Record<string, unknown>
  const process = read.process as Record<string, unknown>
  const fields = Object.fromEntries(FIELDS[level].map((name) => [name, read[name]]))
  return { ...fields, process: Object.fromEntries(PROCESS_FIELDS.map((name) => [name, process[name]])) }
}

/** All rows by three ways: events, the cursor, plain objects. Events come by their time, batches a ring after the other (docs/order.md). */
async function read(directory: string, level: Level) {
  const options = { sources: [directory], follow: false, level }
  const events: Record<string, unknown>[] = []
  for await (const event of await openTap(options)) events.push(fieldsOf(event, level))
  const rows: Record<string, unknown>[] = []
  const objects: Record<string, unknown>[] = []
  for await (const batch of (await openTap(options)).batches()) {
    const row = batch.cursor()
    for (let i = 0; row.next(); i++) {
      rows.push(fieldsOf(row, level))
      objects.push(fieldsOf(batch.object(i), level))
    }
  }
  return { events: byRing(events), rows: byRing(rows), objects: byRing(objects) }
}

function byRing(rows: readonly Record<string, unknown>[]) {
  return rows.toSorted((a, b) => (a.user === b.user ? Number(a.sequence) - Number(b.sequence) : String(a.user) < String(b.user) ? -1 : 1))
}

const text = fc.option(fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('', '\\\\s\\a', 'P:', 'x'.repeat(500))))
const u32 = fc.nat({ max: 0xffffffff })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const fields: fc.Arbitrary<Partial<RecordInput>> = fc.record({
  kind: fc.constantFrom('add', 'cancel'),
  remoteName: text,
  localName: text,
  imageName: text,
  flags: u32,
  resourceType: fc.oneof(u32, fc.nat({ max: 3 })),
  force: fc.boolean(),
  ownerWindow: fc.boolean(),
  pointer32: fc.boolean(),
  impersonated: fc.boolean(),
  processId: u32,
  threadId: u32,
  sessionId: u32,
  logonId: u64,
})
const call = fc.record({
  fields,
  provider: text,
  status: fc.oneof(u32, fc.constantFrom(0, 53, 1223, 2108)),
  ticks: fc.nat({ max: 1e9 }),
  ends: fc.boolean(),
})

describe.each<Level>(['operation', 'notification'])('a cursor over a batch of %ss', (level) => {
  // Many taps are opened one after the other: slow on a busy machine.
  it('has, row by row and field by field, what events and plain objects have', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 1, maxLength: 160, size: 'max' }),
        fc.array(fc.boolean(), { minLength: 160, maxLength: 160 }),
        async (calls, other) => {
          const [one, two] = [SID, OTHER_SID].map((sid) => RingWriter.create({ sid, slotCountLog2: 9 })) as [RingWriter, RingWriter]
          let notifications = 0
          for (const [i, { fields, provider, status, ticks, ends }] of calls.entries()) {
            const ring = other[i] ? one : two
            const sequence = ring.append(pre(fields))!
            if (ends) ring.append(post(sequence, { ...fields, provider, operationStatus: status, ticks: BigInt(ticks) }))
            notifications += ends ? 2 : 1
          }
          writeFileSync(rings.path(), one.bytes)
          writeFileSync(rings.path({ sid: OTHER_SID }), two.bytes)
          const { events, rows, objects } = await read(rings.directory, level)
          // Every POST finds its PRE, also where the provider's name left the other names less room in one of them.
          expect(events).toHaveLength(level === 'notification' ? notifications : calls.length)
          expect(rows).toEqual(events)
          expect(objects).toEqual(events)
        },
      ),
      { numRuns: cases(20) },
    )
  })

  it('likewise over generated traffic, in many batches', async () => {
    const { operations, notifications } = writeRings(rings.directory, { seed: 5, operations: 1500, slotCountLog2: 12 })
    const { events, rows } = await read(rings.directory, level)
    expect(rows).toHaveLength(level === 'operation' ? operations : notifications)
    expect(rows).toEqual(events)
  })
})

describe('a cursor', () => {
  /** A tap with three operations in the first batch, and one in the second as soon as it is asked for. */
  async function twoBatches() {
    const ring = rings.create()
    const write = (threadId: number) => ring.append(post(ring.append(pre({ threadId }))!, { threadId }))
    for (const threadId of [1, 2, 3]) write(threadId)
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    const batches = tap.batches()
    const batch = (await batches.next()).value!
    const next = async () => {
      write(4)
      return (await batches.next()).value!
    }
    return { tap, batch, next }
  }
  const threads = (row: Operation & { next(): boolean }) => {
    const seen: number[] = []
    while (row.next()) seen.push(row.process.threadId)
    return seen
  }
  const stale = (why: string) => expect.objectContaining({ code: 'MPRTAP_STALE_ROW', message: expect.stringContaining(why) })

  it('is one object for all rows of all batches of a tap, its process included; asked for again, it begins again', async () => {
    const { tap, batch, next } = await twoBatches()
    const row = batch.cursor()
    expect(threads(row)).toEqual([1, 2, 3])
    expect(batch.cursor()).toBe(row)
    row.next()
    const { process } = row
    row.next()
    expect(row.process).toBe(process)
    expect(threads(batch.cursor())).toEqual([1, 2, 3])
    const second = await next()
    expect(second.cursor()).toBe(row)
    expect(threads(row)).toEqual([4])
    await tap.close()
  })

  it('is on no row before next() was called, and after the last: reading from it throws', async () => {
    const { tap, batch } = await twoBatches()
    const row = batch.cursor()
    expect(() => row.time).toThrow(stale('on no row'))
    while (row.next());
    for (const read of [() => row.remoteName, () => row.user, () => row.process.id, () => JSON.stringify(row)])
      expect(read).toThrow(stale('on no row'))
    expect(row.next()).toBe(false)
    expect(row.next()).toBe(false)
    await tap.close()
  })

  it('throws as soon as another batch was asked for, whichever field is read, its process included, and next() too', async () => {
    const { tap, batch, next } = await twoBatches()
    const row = batch.cursor()
    row.next()
    const { process, remoteName } = row
    await next()
    for (const name of FIELDS.operation.filter((field) => !['type', 'process'].includes(field)))
      expect(() => (row as unknown as Record<string, unknown>)[name], name).toThrow(stale('has passed'))
    for (const name of PROCESS_FIELDS) expect(() => process[name], name).toThrow(stale('has passed'))
    expect(() => row.next()).toThrow(stale('has passed'))
    expect(() => JSON.stringify(row)).toThrow(stale('has passed'))
    expect(remoteName).toBe('\\\\files01\\projects')
    await tap.close()
  })

  it('throws already while the next batch is waited for, and after drain(), which reads over it', async () => {
    const { tap, batch } = await twoBatches()
    const row = batch.cursor()
    row.next()
    const waiting = tap.batches().next()
    expect(() => row.time).toThrow(stale('has passed'))
    await tap.close()
    await waiting

    const again = await openTap({ sources: [rings.directory], from: 'oldest' })
    const drained = (await again.batches().next()).value!.cursor()
    drained.next()
    await again.drain()
    expect(() => drained.time).toThrow(stale('has passed'))
    await again.close()
  })

  it('stays as it is when the tap is closed: what was read last is valid', async () => {
    const { tap, batch } = await twoBatches()
    const row = batch.cursor()
    await tap.close()
    expect(threads(row)).toEqual([1, 2, 3])
  })

  it('of notifications has their fields', async () => {
    rings.create().append(pre())
    const tap = await openTap({ sources: [rings.directory], from: 'oldest', level: 'notification' })
    for await (const batch of tap.batches()) {
      const row: Notification & { next(): boolean } = batch.cursor()
      expect([row.next(), row.phase, row.type, row.next()]).toEqual([true, 'pre', 'notification', false])
      break
    }
  })
})

describe('docs/batches.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/batches.md'), 'utf8')
  const samples = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!)

  it.each(samples)('has a sample that finds the slow one, or the failed one: %s', async (code) => {
    const ring = rings.create()
    const map = (remoteName: string, fields: Partial<RecordInput>) =>
      ring.append(post(ring.append(pre({ remoteName }))!, { remoteName, ...fields }))
    map('\\\\s\\fast', {})
    map('\\\\s\\slow and failed', { ticks: 100_000_000n, operationStatus: 53 })
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    const printed: unknown[][] = []
    const log = (...values: unknown[]) => {
      printed.push(values)
      void tap.close()
    }
    const run = new Function('tap', 'console', `return (async () => {${code}})()`) as (tap: unknown, console: unknown) => Promise<void>
    await run(tap, { log })
    expect(printed.map(([name]) => name)).toEqual(['\\\\s\\slow and failed'])
  })
})
