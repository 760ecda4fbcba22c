import { beforeEach, describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { HEADER_FILE_ID, HEADER_HEAD, HEADER_SIGNATURE, RECORD_FLAGS } from '../../format/layout.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import { FILE_ID, OTHER_SID, pre, SID } from './records.ts'

const NEVER = 0
const WRITING = 1
const COMMITTED = 2
const INVALID_STATE = 3
const SLOTS = 8

let ring: RingWriter
let driver: CoreDriver

beforeEach(() => {
  ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 3 })
  driver = new CoreDriver()
})

const write = (count: number) => {
  for (let i = 0; i < count; i++) ring.append(pre())
}
const open = (from: number = abi.FROM_OLDEST, sequence?: number) => driver.open(0, ring.bytes, from, sequence)
const sequences = (now = 0, during?: () => void) => driver.turn(0, ring.bytes, now, during).rows.map((row) => row.sequence)
const account = () => {
  expect(driver.balance(0)).toBe(0)
  const { next, delivered, overrun, abandoned, late, corrupt, pending, rewinds } = driver.account(0)
  return { next, delivered, overrun, abandoned, late, corrupt, pending, rewinds }
}
const NOTHING = { delivered: 0, overrun: 0, abandoned: 0, late: 0, corrupt: 0, pending: 0, rewinds: 0 }
/** A header field changed for good. */
const header = (offset: number, ...bytes: number[]) => ring.poke(offset, Uint8Array.from(bytes))
const u64 = (value: bigint) => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, value, true)
  return bytes
}
const scratch = (sequence: bigint) => ring.pokeRecord(sequence, RECORD_FLAGS, Uint8Array.of(0xaa))

describe('opening a ring', () => {
  it('takes a good one', () => expect(open()).toBe(abi.RING_GOOD))

  it('calls one empty whose signature is still zero, whatever else is there already', () => {
    header(HEADER_SIGNATURE, 0, 0, 0, 0, 0, 0, 0, 0)
    expect(open()).toBe(abi.RING_EMPTY)
  })

  it('refuses what does not begin with "MPRT"', () => {
    header(HEADER_SIGNATURE, 0x4d, 0x50, 0x52, 0x55)
    expect(open()).toBe(abi.RING_NOT_A_RING)
  })

  it('refuses another major version', () => {
    header(HEADER_SIGNATURE + 4, 2)
    expect(open()).toBe(abi.RING_OTHER_VERSION)
  })

  it('takes another minor version', () => {
    header(HEADER_SIGNATURE + 5, 9)
    expect(open()).toBe(abi.RING_GOOD)
  })

  it.each([0, 1, 21, 63, 64, 255])('refuses 2^%i slots, even when the file is as long as that would be', (log2) => {
    header(HEADER_SIGNATURE + 6, log2)
    expect(driver.open(0, ring.bytes, abi.FROM_OLDEST, 0, 4096 + 512 * 2 ** log2)).toBe(abi.RING_BAD_GEOMETRY)
  })

  it.each([2, 20])('takes 2^%i slots', (log2) => {
    header(HEADER_SIGNATURE + 6, log2)
    expect(driver.open(0, ring.bytes, abi.FROM_OLDEST, 0, 4096 + 512 * 2 ** log2)).toBe(abi.RING_GOOD)
  })

  it.each([-512, -1, 1, 512, Number.NaN])('refuses a file whose size is off by %i', (bytes) => {
    expect(driver.open(0, ring.bytes, abi.FROM_OLDEST, 0, ring.bytes.length + bytes)).toBe(abi.RING_WRONG_SIZE)
  })

  it('refuses a ring without a file id', () => {
    ring.poke(HEADER_FILE_ID, u64(0n))
    expect(open()).toBe(abi.RING_NO_FILE_ID)
  })

  it.each([2n ** 53n, 2n ** 61n, 2n ** 64n - 1n])('refuses head %d: no writer ever gets there', (head) => {
    ring.setHead(head)
    expect(open()).toBe(abi.RING_BAD_HEAD)
  })

  it('takes the highest head there can be', () => {
    ring.setHead(2n ** 53n - 1n)
    expect(open()).toBe(abi.RING_GOOD)
  })

  it('leaves the state of another ring alone', () => {
    write(3)
    open()
    sequences()
    const other = RingWriter.create({ sid: SID, slotCountLog2: 2 })
    other.append(pre())
    expect(driver.open(1, other.bytes)).toBe(abi.RING_GOOD)
    expect(driver.turn(1, other.bytes, 0).rows).toHaveLength(1)
    expect(account()).toMatchObject({ next: 3, delivered: 3 })
  })
})

describe('where a cursor begins', () => {
  it('now: at head; what is there already is not delivered and not lost', () => {
    write(5)
    open(abi.FROM_NOW)
    expect(sequences()).toEqual([])
    write(2)
    expect(sequences()).toEqual([5, 6])
    expect(account()).toEqual({ ...NOTHING, next: 7, delivered: 2 })
  })

  it('oldest: at the first sequence of a ring that has not gone round yet', () => {
    write(5)
    open()
    expect(sequences()).toEqual([0, 1, 2, 3, 4])
  })

  it('oldest: one lap behind head in one that has; what was overwritten before is nobody’s loss', () => {
    write(SLOTS + 3)
    open()
    expect(driver.drain(0, ring.bytes).map((row) => row.sequence)).toEqual([3, 4, 5, 6, 7, 8, 9, 10])
    expect(account()).toEqual({ ...NOTHING, next: 11, delivered: 8 })
  })

  it('a sequence: there, and what was overwritten since is overrun', () => {
    write(SLOTS + 3)
    open(abi.FROM_SEQUENCE, 1)
    expect(driver.drain(0, ring.bytes)).toHaveLength(8)
    expect(account()).toEqual({ ...NOTHING, next: 11, delivered: 8, overrun: 2 })
  })

  it.each([-1, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY])('a sequence that cannot be (%d): at head', (sequence) => {
    write(3)
    open(abi.FROM_SEQUENCE, sequence)
    expect(account()).toEqual({ ...NOTHING, next: 3 })
  })

  it('a sequence beyond head: the file was set back meanwhile', () => {
    write(3)
    open(abi.FROM_SEQUENCE, 7)
    sequences()
    expect(account()).toEqual({ ...NOTHING, next: 3, rewinds: 1 })
  })
})

describe('a turn', () => {
  it('has nothing to copy while head stands still', () => {
    open()
    expect(driver.plan(0, ring.bytes).planned).toBe(0)
  })

  it('copies no further than the ring’s end, then goes on at its beginning', () => {
    write(6)
    open(abi.FROM_NOW)
    write(5)
    expect(driver.plan(0, ring.bytes).planned).toBe(2)
    expect(sequences()).toEqual([6, 7])
    expect(sequences()).toEqual([8, 9, 10])
  })

  it('copies one window at most', () => {
    ring = RingWriter.create({ sid: SID, slotCountLog2: 10 })
    write(700)
    open()
    expect([sequences().length, sequences().length, sequences().length, sequences().length]).toEqual([256, 256, 188, 0])
  })

  it('counts what head has run ahead of it as pending', () => {
    open()
    write(5)
    driver.plan(0, ring.bytes)
    expect(account()).toEqual({ ...NOTHING, next: 0, pending: 5 })
  })

  it.each([
    ['signature', HEADER_SIGNATURE + 6],
    ['file id', HEADER_FILE_ID],
  ])('notices that the %s is another one', (_, offset) => {
    open()
    write(1)
    header(offset, 99)
    expect(driver.plan(0, ring.bytes).planned).toBe(abi.PLAN_REPLACED)
    expect(account()).toEqual({ ...NOTHING, next: 0 })
  })

  it('leaves a ring alone whose head cannot be, and goes on when it can be again', () => {
    open()
    write(2)
    const head = ring.head
    ring.setHead(2n ** 53n)
    expect(driver.plan(0, ring.bytes).planned).toBe(abi.PLAN_BAD_HEAD)
    ring.setHead(head)
    expect(sequences()).toEqual([0, 1])
    expect(account()).toEqual({ ...NOTHING, next: 2, delivered: 2 })
  })
})

describe('a reader that is lapped', () => {
  it('between two turns: by subtraction, no record more than was overwritten', () => {
    open()
    write(SLOTS + 5)
    expect(driver.drain(0, ring.bytes).map((row) => row.sequence)).toEqual([5, 6, 7, 8, 9, 10, 11, 12])
    expect(account()).toEqual({ ...NOTHING, next: 13, delivered: 8, overrun: 5 })
  })

  it('during the copy: only the prefix that may have been overwritten', () => {
    open()
    write(SLOTS)
    expect(sequences(0, () => write(3))).toEqual([3, 4, 5, 6, 7])
    expect(account()).toEqual({ ...NOTHING, next: 8, delivered: 5, overrun: 3, pending: 3 })
    expect(sequences()).toEqual([8, 9, 10])
  })

  it('during the copy, by whole laps: nothing of the copy counts, and no record is lost that is still there', () => {
    open()
    write(SLOTS)
    expect(sequences(0, () => write(2 * SLOTS + 1))).toEqual([])
    expect(account()).toEqual({ ...NOTHING, next: 17, overrun: 17, pending: 8 })
    expect(driver.drain(0, ring.bytes)).toHaveLength(8)
  })

  it('drops a record that was overwritten during the copy although its bytes are whole', () => {
    open()
    write(SLOTS)
    // Head says lapped, the slot does not yet: the copy could be older or newer than the claim.
    expect(sequences(0, () => ring.claim())).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(account()).toMatchObject({ overrun: 1 })
  })

  it('a stamp of a newer sequence is an overrun even where head does not say so', () => {
    write(4)
    open()
    ring.stamp(1n, COMMITTED, 1n + BigInt(SLOTS))
    ring.stamp(2n, WRITING, 2n + BigInt(SLOTS))
    expect([sequences(), sequences()]).toEqual([[0], [3]])
    expect(account()).toEqual({ ...NOTHING, next: 4, delivered: 2, overrun: 2 })
  })

  it.each([
    ['set back', -3n],
    ['far ahead', 2n ** 33n],
  ])('a head that is %s by the second look: the copy is not used, the next turn judges', (_, by) => {
    open()
    write(4)
    const { head } = ring
    expect(sequences(0, () => ring.setHead(head + by))).toEqual([])
    expect(account()).toMatchObject({ next: 0, delivered: 0, overrun: 0, rewinds: 0 })
    ring.setHead(head)
    expect(sequences()).toEqual([0, 1, 2, 3])
  })
})

describe('a hole', () => {
  it.each([
    ['never written', NEVER, 0n],
    ['being written', WRITING, 2n],
    ['of the lap before', COMMITTED, 2n - 8n],
    ['in a state that does not exist', INVALID_STATE, 2n],
  ])('%s: what stands before it is delivered, the rest waits', (_, state, stamped) => {
    write(2 + SLOTS)
    open(abi.FROM_SEQUENCE, SLOTS)
    ring.claim()
    write(1)
    ring.stamp(2n + BigInt(SLOTS), state, stamped === 0n ? 0n : stamped + BigInt(SLOTS))
    expect(sequences()).toEqual([8, 9])
    expect(sequences(999)).toEqual([])
    expect(account()).toEqual({ ...NOTHING, next: 10, delivered: 2, pending: 2 })
  })

  it('is waited for 1,000 ms from when it was seen, then abandoned', () => {
    open()
    ring.claim()
    write(1)
    expect(sequences(5000)).toEqual([])
    expect(sequences(5999)).toEqual([])
    expect(sequences(6000)).toEqual([1])
    expect(account()).toEqual({ ...NOTHING, next: 2, delivered: 1, abandoned: 1 })
  })

  it('that commits in time is delivered in its place', () => {
    open()
    const hole = ring.claim()
    write(1)
    sequences(0)
    ring.fill(hole, pre())
    ring.commit(hole)
    expect(sequences(999)).toEqual([0, 1])
    expect(account()).toEqual({ ...NOTHING, next: 2, delivered: 2 })
  })

  it('shares its wait with all holes below the head seen when the wait began', () => {
    open()
    ring.claim()
    write(1)
    ring.claim()
    write(1)
    ring.claim()
    sequences(0)
    expect([sequences(1000), sequences(1000), sequences(1000)]).toEqual([[1], [3], []])
    expect(account()).toEqual({ ...NOTHING, next: 5, delivered: 2, abandoned: 3 })
  })

  it('does not share it with one that was claimed later', () => {
    open()
    ring.claim()
    sequences(0)
    ring.claim()
    write(1)
    expect(sequences(1000)).toEqual([])
    expect(account()).toMatchObject({ next: 1, abandoned: 1 })
    expect(sequences(1999)).toEqual([])
    expect(sequences(2000)).toEqual([2])
    expect(account()).toMatchObject({ next: 3, abandoned: 2 })
  })

  it('shares the wait even when the first hole commits meanwhile', () => {
    open()
    const first = ring.claim()
    ring.claim()
    write(1)
    sequences(0)
    ring.fill(first, pre())
    ring.commit(first)
    expect(sequences(600)).toEqual([0])
    expect(sequences(1000)).toEqual([2])
    expect(account()).toMatchObject({ abandoned: 1 })
  })

  it('begins a wait of its own once the cursor is past the holes of the one before', () => {
    open()
    const first = ring.claim()
    sequences(0)
    ring.fill(first, pre())
    ring.commit(first)
    sequences(500)
    ring.claim()
    expect(sequences(900)).toEqual([])
    sequences(1500)
    expect(account()).toMatchObject({ abandoned: 0 })
    sequences(1900)
    expect(account()).toMatchObject({ abandoned: 1 })
  })

  it('that was lapped is an overrun, and its wait ends', () => {
    open()
    ring.claim()
    sequences(0)
    write(SLOTS + 1)
    expect(driver.drain(0, ring.bytes, 10)).toHaveLength(8)
    const second = ring.claim()
    sequences(20)
    sequences(1010)
    expect(account()).toMatchObject({ next: Number(second), overrun: 2, abandoned: 0 })
    sequences(1020)
    expect(account()).toMatchObject({ abandoned: 1 })
  })

  it('once abandoned is final: a late commit is counted, not delivered', () => {
    open()
    const hole = ring.claim()
    sequences(0)
    sequences(1000)
    ring.fill(hole, pre())
    ring.commit(hole)
    expect(sequences(1001)).toEqual([])
    expect(sequences(1002)).toEqual([])
    expect(account()).toEqual({ ...NOTHING, next: 1, abandoned: 1, late: 1 })
  })

  it('that stays open or is overwritten is never counted late', () => {
    open()
    ring.claim()
    sequences(0)
    sequences(1000)
    for (let i = 0; i < 5; i++) sequences(1100 + i)
    expect(account()).toMatchObject({ abandoned: 1, late: 0 })
    write(SLOTS)
    driver.drain(0, ring.bytes, 1200)
    for (let i = 0; i < 5; i++) sequences(1300 + i)
    expect(account()).toMatchObject({ abandoned: 1, late: 0, delivered: 8 })
    // Nothing is watched any more.
    expect(driver.plan(0, ring.bytes).planned).toBe(0)
  })

  it('is one of many that commit late: each is counted once', () => {
    open()
    for (let i = 0; i < 6; i++) ring.claim()
    sequences(0)
    sequences(1000)
    for (const sequence of [4n, 1n, 2n]) {
      ring.fill(sequence, pre())
      ring.commit(sequence)
    }
    for (let i = 0; i < 30; i++) expect(sequences(1001 + i)).toEqual([])
    expect(account()).toEqual({ ...NOTHING, next: 6, abandoned: 6, late: 3 })
  })
})

describe('of a hundred holes', () => {
  it('the 64 newest are watched for a late commit', () => {
    ring = RingWriter.create({ sid: SID, slotCountLog2: 8 })
    open()
    for (let i = 0; i < 100; i++) ring.claim()
    sequences(0)
    sequences(1000)
    for (let i = 30n; i < 100n; i += 10n) {
      ring.fill(i, pre())
      ring.commit(i)
    }
    for (let i = 0; i < 200; i++) sequences(1001 + i)
    // 30 is older than the 64 newest; 40 to 90 are not.
    expect(account()).toEqual({ ...NOTHING, next: 100, abandoned: 100, late: 6 })
  })
})

describe('a record whose checksum fails', () => {
  it('is copied again before it is called corrupt; the records before it are delivered', () => {
    write(3)
    scratch(1n)
    open()
    expect(sequences()).toEqual([0])
    expect(account()).toMatchObject({ next: 1, corrupt: 0, pending: 2 })
    expect(sequences()).toEqual([2])
    expect(account()).toEqual({ ...NOTHING, next: 3, delivered: 2, corrupt: 1 })
  })

  it('in the first copy only is delivered: it was the copy that was torn', () => {
    write(2)
    const good = Uint8Array.from(ring.bytes)
    scratch(0n)
    open()
    expect(sequences()).toEqual([])
    ring.poke(0, good)
    expect(sequences()).toEqual([0, 1])
    expect(account()).toEqual({ ...NOTHING, next: 2, delivered: 2 })
  })

  it('each gets its own second copy', () => {
    write(3)
    for (const sequence of [0n, 1n, 2n]) scratch(sequence)
    open()
    const corrupt = [0, 1, 2, 3].map(() => {
      sequences()
      return account().corrupt
    })
    expect(corrupt).toEqual([0, 1, 2, 3])
  })

  it('was written for another sequence: a stalled writer’s record in a newer slot', () => {
    write(SLOTS)
    const old = Uint8Array.from(ring.bytes.subarray(ring.slotOffset(0n) + 8, ring.slotOffset(1n)))
    write(1)
    open(abi.FROM_SEQUENCE, SLOTS)
    ring.pokeRecord(8n, 8, old)
    sequences()
    sequences()
    expect(account()).toMatchObject({ next: 9, corrupt: 1, delivered: 0 })
  })

  it('was written for another file', () => {
    const other = RingWriter.create({ sid: SID, slotCountLog2: 3 })
    other.append(pre())
    write(1)
    ring.poke(4096, other.bytes.subarray(4096, 4096 + 512))
    open()
    sequences()
    sequences()
    expect(account()).toMatchObject({ next: 1, corrupt: 1, delivered: 0 })
  })
})

describe('a file that was set back', () => {
  it('is flagged, and a new account begins at its head', () => {
    write(6)
    open()
    sequences()
    ring.setHead(2n)
    expect(sequences()).toEqual([])
    expect(account()).toEqual({ ...NOTHING, next: 2, delivered: 6, rewinds: 1 })
    expect(driver.account(0)).toMatchObject({ start: 2, startTotal: 6 })
  })

  it('forgets the holes it waited for, and those it watched', () => {
    open()
    ring.claim()
    sequences(0)
    sequences(1000)
    const second = ring.claim()
    sequences(1100)
    ring.setHead(0n)
    sequences(1200)
    ring.setHead(2n)
    ring.stamp(0n, NEVER)
    ring.stamp(second, NEVER)
    sequences(2150)
    expect(account()).toMatchObject({ abandoned: 1, rewinds: 1 })
    sequences(3150)
    expect(account()).toMatchObject({ abandoned: 3, rewinds: 1, late: 0 })
  })

  it('has to show a bad record twice in the new account', () => {
    write(2)
    scratch(1n)
    open()
    expect(sequences()).toEqual([0])
    ring.setHead(0n)
    sequences()
    // In the new account nothing is delivered before it.
    ring.stamp(0n, COMMITTED, BigInt(SLOTS))
    ring.setHead(2n)
    sequences()
    expect(account()).toMatchObject({ next: 1, overrun: 1, corrupt: 0, rewinds: 1 })
    sequences()
    expect(account()).toMatchObject({ next: 2, corrupt: 1 })
  })

  it('does not call a record late that has the sequence of one that was abandoned before', () => {
    open()
    ring.claim()
    sequences(0)
    sequences(1000)
    ring.setHead(0n)
    sequences(1001)
    write(1)
    expect(sequences(1002)).toEqual([0])
    for (let i = 0; i < 5; i++) sequences(1003 + i)
    expect(account()).toEqual({ ...NOTHING, next: 1, delivered: 1, abandoned: 1, rewinds: 1 })
  })

  it('or jumped ahead further than writers can claim: the same, one lap behind the new head', () => {
    write(2)
    open()
    sequences()
    ring.setHead(2n ** 40n)
    sequences()
    expect(account()).toMatchObject({ next: 2 ** 40 - SLOTS, delivered: 2, overrun: 0, rewinds: 1 })
  })

  it('a jump that writers could have claimed is an overrun, however large', () => {
    open()
    ring.setHead(2n ** 32n)
    sequences()
    expect(account()).toMatchObject({ next: 2 ** 32 - SLOTS, overrun: 2 ** 32 - SLOTS, rewinds: 0 })
  })
})

describe('whose a ring is', () => {
  it('is no longer than a SID can be, whatever the host says', () => {
    const other = RingWriter.create({ sid: OTHER_SID, slotCountLog2: 2 })
    open()
    driver.open(1, other.bytes)
    const before = driver.account(1)
    driver.core.setUser(0, 'S'.repeat(2000))
    expect(driver.account(1)).toEqual(before)
    other.append(pre())
    expect(driver.drain(1, other.bytes)).toHaveLength(1)
  })
})

describe('counters of the header', () => {
  it('what writers gave up and faulted on is passed on', () => {
    open()
    ring.poke(640, u64(3n))
    ring.poke(648, u64(4n))
    driver.plan(0, ring.bytes)
    expect(driver.core.turn).toMatchObject({ gaveUp: 3, faults: 4 })
  })

  it('head alone is read for the second look', () => expect(HEADER_HEAD).toBe(512))
})
