import { truncateSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type GroupBy, openTap, type TapOptions } from '../../host/index.ts'
import { type RecordInput, type RingWriter, writeRings } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { RingsOnDisk, take, until } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
const open = (options: TapOptions = {}) =>
  openTap({ sources: [rings.directory], from: 'oldest', statistics: true, ...options } as TapOptions & { level?: 'operation' })
const map = (ring: RingWriter, fields: Partial<RecordInput> = {}) => ring.append(post(ring.append(pre(fields))!, fields))
const ALL: GroupBy[] = ['server', 'share', 'error', 'image', 'user']

describe('statistics of a tap', () => {
  it('are the largest groups first, equal ones in the order in which they came', async () => {
    const ring = rings.create()
    for (const server of ['a', 'b', 'c', 'c', 'b', 'd', 'c']) map(ring, { remoteName: `\\\\${server}\\x` })
    const tap = await open()
    await tap.drain()
    expect(tap.statistics('server').map(({ key, operations }) => [key, operations])).toEqual([
      ['c', 3],
      ['b', 2],
      ['a', 1],
      ['d', 1],
    ])
    await tap.close()
  })

  it('name errors as Windows does, or by number, and count a cancelled operation as one', async () => {
    const ring = rings.create()
    for (const operationStatus of [0, 53, 1223, 2108, 53, 31_337]) map(ring, { operationStatus })
    const tap = await open()
    await tap.drain()
    expect(tap.statistics('error')).toMatchObject([
      { key: 'ERROR_BAD_NETPATH', operations: 2, failed: 2, cancelled: 0 },
      { key: 'ERROR_CANCELLED', operations: 1, failed: 0, cancelled: 1 },
      { key: '31337', operations: 1, failed: 1 },
    ])
    await tap.close()
  })

  it('count an error code and the HRESULT that holds it as one error; each event keeps its own status', async () => {
    const ring = rings.create()
    const statuses = [53, 0x80070035, 1223, 0x800704c7, 0x80077a69, 31_337, 0x80070035]
    for (const operationStatus of statuses) map(ring, { operationStatus })
    const tap = await open()
    const seen: (number | undefined)[] = []
    for await (const operation of tap) {
      seen.push(operation.status)
      if (seen.length === statuses.length) break
    }
    expect(seen).toEqual(statuses)
    expect(tap.statistics('error')).toMatchObject([
      { key: 'ERROR_BAD_NETPATH', operations: 3, failed: 3, cancelled: 0 },
      { key: 'ERROR_CANCELLED', operations: 2, failed: 0, cancelled: 2 },
      { key: '31337', operations: 2, failed: 2 },
    ])
    expect(tap.statistics('user')).toMatchObject([{ failed: 5, cancelled: 2 }])
    await tap.close()
  })

  it('name users by their SIDs, with operations that name no server', async () => {
    map(rings.create())
    const other = rings.create({ sid: OTHER_SID })
    for (let i = 0; i < 2; i++) map(other, { kind: 'cancel', remoteName: 'F:', localName: null })
    const tap = await open()
    await tap.drain()
    expect(tap.statistics('user').map(({ key, operations }) => [key, operations])).toEqual([
      [OTHER_SID, 2],
      [SID, 1],
    ])
    expect(tap.statistics('server').map(({ operations }) => operations)).toEqual([1])
    await tap.close()
  })

  it('are the same whether a loop reads the rings or a drain, stay after close(), and agree with the totals', async () => {
    const truth = writeRings(rings.directory, { seed: 3, operations: 500, users: 3, slotCountLog2: 11 })
    const drained = await open()
    await drained.drain({ final: true })
    const looped = await open({ unfinishedAfterMs: 1 })
    let count = 0
    for await (const _ of looped) if (++count === truth.operations) break
    for (const by of ALL) {
      const byKey = (groups: ReturnType<typeof looped.statistics>) => new Map(groups.map((group) => [group.key?.toUpperCase(), group]))
      const groups = byKey(drained.statistics(by))
      // A loop takes the rings' operations in another order than a drain: the last digit of a mean depends on it.
      const comparable = ({ durationMs, ...group }: typeof groups extends Map<unknown, infer Group> ? Group : never) => ({
        ...group,
        key: 0,
        durationMs: durationMs && { ...durationMs, mean: Number(durationMs.mean.toFixed(6)) },
      })
      expect([...byKey(looped.statistics(by)).entries()].sort().map(([key, group]) => [key, comparable(group)])).toEqual(
        [...groups.entries()].sort().map(([key, group]) => [key, comparable(group)]),
      )
    }
    await drained.close()
    const { operations, succeeded, failed, cancelled, unfinished } = truth
    for (const tap of [drained, looped]) {
      expect(tap.stats()).toMatchObject({ operations, succeeded, failed, cancelled, unfinished, waiting: 0, lost: 0 })
      const sum = { operations: 0, succeeded: 0, failed: 0, cancelled: 0, unfinished: 0 }
      for (const group of tap.statistics('user')) for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += group[key]
      expect(sum).toEqual({ operations, succeeded, failed, cancelled, unfinished })
      expect(tap.statistics('error').reduce((all, group) => all + group.operations, 0)).toBe(failed + cancelled)
    }
  })

  it('are of what the filter lets through', async () => {
    const ring = rings.create()
    for (const operationStatus of [0, 53, 0, 67]) map(ring, { operationStatus, remoteName: `\\\\s${operationStatus}\\x` })
    const tap = await open({ filter: 'outcome == "failed"' })
    await tap.drain()
    expect(tap.statistics('server').map(({ key }) => key)).toEqual(['s53', 's67'])
    expect(tap.stats().operations).toBe(2)
    await tap.close()
  })

  it('are none unless they were asked for', async () => {
    map(rings.create())
    for (const statistics of [false, undefined]) {
      const tap = await open({ statistics })
      await tap.drain()
      expect(tap.stats().operations).toBe(1)
      for (const by of ALL) expect(tap.statistics(by)).toEqual([])
      await tap.close()
    }
  })

  it('are by what was asked for alone, where that was named', async () => {
    map(rings.create())
    const all = await open()
    const some = await open({ statistics: ['share', 'error', 'share'] })
    await all.drain()
    await some.drain()
    for (const by of ['share', 'error'] as const) expect(some.statistics(by)).toEqual(all.statistics(by))
    for (const by of ['server', 'image', 'user'] as const) {
      expect(() => some.statistics(by)).toThrow(
        expect.objectContaining({ code: 'MPRTAP_INVALID_ARGUMENT', message: expect.stringContaining(`counts nothing by ${by}`) }),
      )
    }
    await all.close()
    await some.close()
  })

  it('are by what there is, not by anything else', async () => {
    const tap = await open()
    for (const by of ['servers', '', 'toString', undefined, 0]) {
      expect(() => tap.statistics(by as GroupBy)).toThrow(
        expect.objectContaining({ code: 'MPRTAP_INVALID_ARGUMENT', message: expect.stringContaining('server, share, error, image, user') }),
      )
    }
    await tap.close()
  })

  it.each([
    [{ level: 'notification', statistics: true }, /"statistics" and "level" exclude each other/],
    [{ statistics: 1 }, /"statistics" is 1/],
    [{ statistics: 'server' }, /"statistics" is "server"/],
    [{ statistics: ['share', 'shares'] }, /"share", "error", "image", "user"/],
    [{ statistics: ['share'], level: 'notification' }, /"statistics" and "level"/],
  ])('are refused with %j', async (options, text) => {
    const refused = openTap({ sources: [rings.directory], ...options } as TapOptions)
    await expect(refused).rejects.toMatchObject({ code: 'MPRTAP_INVALID_ARGUMENT', message: expect.stringMatching(text) })
  })
})

describe('drain()', () => {
  it('hands nothing out; a loop goes on behind it', async () => {
    const ring = rings.create()
    for (let i = 0; i < 300; i++) map(ring, { threadId: i })
    const tap = await open()
    await tap.drain()
    expect(tap.stats()).toMatchObject({ operations: 300, pending: 0 })
    map(ring, { remoteName: '\\\\new\\one' })
    const [event] = await take(tap[Symbol.asyncIterator](), 1)
    expect(event!.remoteName).toBe('\\\\new\\one')
    await tap.drain()
    map(ring, { remoteName: '\\\\new\\two' })
    expect((await take(tap[Symbol.asyncIterator](), 1))[0]!.remoteName).toBe('\\\\new\\two')
    expect(tap.statistics('server').map(({ key, operations }) => [key, operations])).toEqual([
      ['files01', 300],
      ['new', 2],
    ])
    await tap.close()
  })

  it('lets operations wait for their POST, as often as it is called', async () => {
    const ring = rings.create()
    const sequence = ring.append(pre())!
    const tap = await open()
    for (let i = 0; i < 3; i++) await tap.drain()
    expect(tap.stats()).toMatchObject({ operations: 0, waiting: 1 })
    ring.append(post(sequence))
    await tap.drain()
    expect(tap.stats()).toMatchObject({ operations: 1, succeeded: 1, waiting: 0 })
    expect(tap.statistics('server')).toMatchObject([{ operations: 1, durationMs: { count: 1, mean: 25 } }])
    await tap.close()
  })

  it('with final counts them as unfinished, however many there are', async () => {
    const ring = rings.create({ slotCountLog2: 12 })
    for (let i = 0; i < 1000; i++) ring.append(pre({ threadId: i }))
    const tap = await open()
    await tap.drain({ final: true })
    expect(tap.stats()).toMatchObject({ operations: 1000, unfinished: 1000, waiting: 0 })
    expect(tap.statistics('image')).toMatchObject([{ key: 'explorer.exe', unfinished: 1000, durationMs: undefined }])
    await tap.close()
  })

  it('reads rings that came since the tap was opened', async () => {
    const tap = await open()
    await tap.drain()
    expect(tap.statistics('user')).toEqual([])
    map(rings.create())
    await tap.drain()
    expect(tap.statistics('user')).toMatchObject([{ key: SID, operations: 1 }])
    await tap.close()
  })

  it('passes over records that are corrupt, and counts them', async () => {
    const ring = rings.create()
    for (let i = 0; i < 50; i++) ring.append(post(99n, { threadId: i }))
    for (let i = 10n; i < 30n; i++) ring.pokeRecord(i, 40, Uint8Array.of(1, 2, 3))
    const tap = await open()
    await tap.drain()
    expect(tap.stats()).toMatchObject({ operations: 30, corrupt: 20, pending: 0 })
    await tap.close()
  })

  it('waits for a record that is being written, in several rings at once', async () => {
    const slow = [rings.create(), rings.create({ sid: OTHER_SID })]
    const holes = slow.map((ring) => {
      map(ring)
      const sequence = ring.claim()
      ring.begin(sequence)
      map(ring)
      return sequence
    })
    const tap = await open()
    const drained = tap.drain()
    await until(() => tap.stats().operations === 2)
    for (const [i, ring] of slow.entries()) {
      ring.fill(holes[i]!, post(99n, { remoteName: '\\\\slow\\x' }))
      ring.commit(holes[i]!)
    }
    await drained
    expect(tap.statistics('server').map(({ key, operations }) => [key, operations])).toEqual([
      ['files01', 4],
      ['slow', 2],
    ])
    expect(tap.stats()).toMatchObject({ lost: 0, pending: 0 })
    await tap.close()
  })

  it('goes on when nobody completes it, and counts it as abandoned', async () => {
    const ring = rings.create()
    for (let i = 0; i < 3; i++) {
      map(ring)
      ring.claim()
    }
    map(ring)
    const tap = await open()
    await tap.drain()
    expect(tap.stats()).toMatchObject({ operations: 4, lost: 3, abandoned: 3, pending: 0 })
    await tap.close()
  })

  it('ends beside a writer that never rests', async () => {
    const ring = rings.create({ slotCountLog2: 4 })
    // Never to where one turn could catch up: at the ring's end a turn ends, and here is always some more behind it.
    const overwrite = () => {
      for (let i = 0; i < 40 || ring.head % 16n !== 6n; i++) ring.append(post(99n))
    }
    const tap = await open({ onLoss: overwrite })
    overwrite()
    await tap.drain()
    expect(tap.stats().overrun).toBeGreaterThan(0)
    await tap.close()
  })

  it('ends where a ring is set back or cut short on the way', async () => {
    const [back, cut] = [rings.create(), rings.create({ sid: OTHER_SID })]
    for (const ring of [back, cut]) {
      map(ring)
      ring.claim()
      map(ring)
    }
    const tap = await open()
    const drained = tap.drain()
    await until(() => tap.stats().operations === 2)
    back.setHead(1n)
    truncateSync(rings.path({ sid: OTHER_SID }), 4096)
    await drained
    expect(tap.stats()).toMatchObject({ operations: 2, rewinds: 1, pending: 0, abandoned: 3 })
    await tap.close()
  })

  it('has nothing to do where there are no rings', async () => {
    const tap = await open()
    await tap.drain({ final: true })
    expect(tap.stats()).toMatchObject({ operations: 0, rings: 0 })
    for (const by of ALL) expect(tap.statistics(by)).toEqual([])
    await tap.close()
  })

  it('is refused by a closed tap', async () => {
    const tap = await open()
    await tap.close()
    await expect(tap.drain()).rejects.toMatchObject({ code: 'MPRTAP_CLOSED' })
  })

  it.each(['abort', 'close'] as const)('ends on %s, with what it has; what waits is not called unfinished', async (way) => {
    const ring = rings.create()
    map(ring)
    ring.append(pre())
    ring.claim()
    map(ring)
    const controller = new AbortController()
    const tap = await open({ signal: controller.signal })
    const drained = tap.drain({ final: true })
    await until(() => tap.stats().operations === 1)
    if (way === 'abort') controller.abort()
    else await tap.close()
    await drained
    expect(tap.stats()).toMatchObject({ operations: 1, unfinished: 0, waiting: 1, rings: 0 })
    expect(tap.statistics('server')).toMatchObject([{ operations: 1 }])
  })

  it('does nothing on a tap that was aborted before', async () => {
    map(rings.create())
    const tap = await open({ signal: AbortSignal.abort() })
    await tap.drain({ final: true })
    expect(tap.stats()).toMatchObject({ operations: 0, rings: 0 })
  })

  it('passes on what onLoss throws', async () => {
    const ring = rings.create({ slotCountLog2: 2 })
    const tap = await open({
      onLoss: () => {
        throw new Error('too much lost')
      },
    })
    for (let i = 0; i < 4; i++) map(ring)
    await expect(tap.drain()).rejects.toThrow('too much lost')
    await tap.close()
  })
})
