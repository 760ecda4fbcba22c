import { rmSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventId } from '../../host/events/event-id.ts'
import { openTap } from '../../host/index.ts'
import { post, pre } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'

const rings = new RingsOnDisk()

describe('the id of an event', () => {
  it('is the ring file id, a dash and the sequence, whatever came before', () => {
    const fileId = fc.constantFrom('0000000000000001', '00000000000000ff', 'ffffffffffffffff')
    const ring = fc.constantFrom(0, 1, 63, 64, 2047)
    const sequence = fc.oneof(fc.nat({ max: 5000 }), fc.maxSafeNat(), fc.constantFrom(999, 1000, 1001, 999_999, 2 ** 53 - 1))
    fc.assert(
      fc.property(fileId, ring, sequence, (id, number, at) => eventId(id, number, at) === `${id}-${at}`),
      { numRuns: 5000 },
    )
  })

  it('is that of the PRE; of the POST where the PRE was lost', async () => {
    const ring = rings.create({ fileId: 0x1122334455667788n })
    ring.append(pre({ threadId: 1 }))
    ring.append(pre({ threadId: 2 }))
    ring.append(post(1n, { threadId: 2 }))
    ring.append(post(99n, { threadId: 3 }))
    const ids: string[] = []
    for await (const operation of await openTap({ sources: [rings.directory], from: 'oldest' })) {
      ids.push(operation.id)
      if (ids.length === 2) break
    }
    expect(ids).toEqual(['8877665544332211-1', '8877665544332211-3'])
  })

  it('tells records of a ring from those of the file that takes its place', async () => {
    rings.create({ fileId: 1n }).append(post(99n))
    const tap = await openTap({ sources: [rings.directory], from: 'oldest' })
    const iterator = tap[Symbol.asyncIterator]()
    const first = await iterator.next()
    rmSync(rings.path())
    rings.create({ fileId: 2n }).append(post(99n))
    const second = await iterator.next()
    expect([first.value.id, second.value.id]).toEqual(['0100000000000000-0', '0200000000000000-0'])
    await tap.close()
  })
})
