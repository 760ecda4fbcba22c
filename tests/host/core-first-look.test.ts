// Rule 1 of RING.md section 6: what a reader makes of a head, the core and the reference alike, at the bounds of each case.

import { describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import { FILE_ID, pre, SID } from './records.ts'
import { ReferenceReader } from './reference-reader.ts'

const SLOTS = 8n
/** Records that were read before. */
const NEXT = 10n

const cases: readonly [what: string, head: bigint, expected: { next: bigint; overrun: bigint; rewinds: bigint }][] = [
  ['nothing new', NEXT, { next: NEXT, overrun: 0n, rewinds: 0n }],
  ['one lap is there as a whole', NEXT + SLOTS, { next: NEXT, overrun: 0n, rewinds: 0n }],
  ['one more than a lap: an overrun of one', NEXT + SLOTS + 1n, { next: NEXT + 1n, overrun: 1n, rewinds: 0n }],
  ['2^32 further: still an overrun', NEXT + 2n ** 32n, { next: NEXT + 2n ** 32n - SLOTS, overrun: 2n ** 32n - SLOTS, rewinds: 0n }],
  [
    'one more than 2^32: a new account, and no overrun',
    NEXT + 2n ** 32n + 1n,
    { next: NEXT + 2n ** 32n + 1n - SLOTS, overrun: 0n, rewinds: 1n },
  ],
  ['the last head that there can be: a new account', 2n ** 53n - 1n, { next: 2n ** 53n - 1n - SLOTS, overrun: 0n, rewinds: 1n }],
  ['2^53: the ring is left alone', 2n ** 53n, { next: NEXT, overrun: 0n, rewinds: 0n }],
  ['2^64 - 1: the same', 2n ** 64n - 1n, { next: NEXT, overrun: 0n, rewinds: 0n }],
  ['one less: a rewind', NEXT - 1n, { next: NEXT - 1n, overrun: 0n, rewinds: 1n }],
  ['zero: a rewind', 0n, { next: 0n, overrun: 0n, rewinds: 1n }],
]

function ringAt(next: bigint): RingWriter {
  const ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 3 })
  ring.setHead(next - 2n)
  for (let i = 0; i < 2; i++) ring.append(pre())
  return ring
}

describe('a head seen at the first look', () => {
  it.each(cases)('%s', (_, head, expected) => {
    const ring = ringAt(NEXT)
    const header = () => Buffer.from(ring.bytes.subarray(0, 704))
    const driver = new CoreDriver()
    driver.open(0, ring.bytes, abi.FROM_NOW)
    const reference = new ReferenceReader(0, header(), 'now', 256)
    ring.setHead(head)
    driver.plan(0, ring.bytes)
    reference.look(header())
    const { next, overrun, rewinds } = driver.account(0)
    expect({ next: BigInt(next), overrun: BigInt(overrun), rewinds: BigInt(rewinds) }).toEqual(expected)
    expect(reference.account).toMatchObject(expected)
  })
})
