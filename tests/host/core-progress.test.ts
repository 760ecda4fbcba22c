import { beforeEach, describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { SLOT_SIZE, STATE_COMMITTED, STATE_WRITING } from '../../format/layout.ts'
import { compileFilter } from '../../host/filter/compile.ts'
import { parseFilter } from '../../host/filter/parser.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import { FILE_ID, OTHER_SID, post, pre, SID } from './records.ts'

const LIMIT = 5000

let ring: RingWriter
let driver: CoreDriver

beforeEach(() => {
  ring = RingWriter.create({ sid: SID, fileId: FILE_ID, slotCountLog2: 6 })
  driver = new CoreDriver(abi.LEVEL_OPERATION, LIMIT)
  driver.open(0, ring.bytes)
})

const read = (now = 0) => driver.turn(0, ring.bytes, now).rows.map((row) => row.sequence)
const after = (rows: number) => ({ next: driver.core.position(rows), waiting: driver.core.waiting(rows) })
const here = (...sequences: number[]) => sequences.map((sequence) => ({ ring: 0, sequence }))

describe('in the middle of a batch', () => {
  it('of notifications the cursor stands behind the last one handed out', () => {
    driver = new CoreDriver(abi.LEVEL_NOTIFICATION)
    driver.open(0, ring.bytes)
    for (let i = 0; i < 5; i++) ring.append(pre())
    expect(read()).toEqual([0, 1, 2, 3, 4])
    expect([0, 1, 4, 5].map(after)).toEqual([0, 1, 4, 5].map((next) => ({ next, waiting: [] })))
  })

  it('of operations it stands behind the last POST handed out, and the PREs read up to there are waiting', () => {
    const first = ring.append(pre({ threadId: 1 }))!
    const second = ring.append(pre({ threadId: 2 }))!
    ring.append(post(second, { threadId: 2 }))
    ring.append(pre({ threadId: 3 }))
    ring.append(post(first, { threadId: 1 }))
    expect(read()).toEqual([1, 0])
    expect(after(0)).toEqual({ next: 0, waiting: [] })
    expect(after(1)).toEqual({ next: 3, waiting: here(0) })
    expect(after(2)).toEqual({ next: 5, waiting: here(3) })
  })

  it('what the filter refused behind the last row is read again with its PRE, what it refused before is not', () => {
    driver.core.setFilter(compileFilter(parseFilter('status == 53')))
    const sequences = [0, 53, 0, 53, 0].map((status, threadId) => ({ status, threadId, pre: ring.append(pre({ threadId }))! }))
    for (const { status, threadId, pre } of sequences) ring.append(post(pre, { threadId, operationStatus: status }))
    expect(read()).toEqual([1, 3])
    expect(after(1)).toEqual({ next: 7, waiting: here(3, 4, 2).sort((a, b) => a.sequence - b.sequence) })
  })

  it('of unfinished operations those not handed out are waiting still', () => {
    for (let threadId = 0; threadId < 3; threadId++) ring.append(pre({ threadId }))
    read()
    expect(driver.expire(LIMIT).map((row) => row.sequence)).toEqual([0, 1, 2])
    expect(driver.core.waiting(1)).toEqual(here(1, 2))
    expect(driver.core.waiting(3)).toEqual([])
  })

  it('PREs of other rings are waiting with the number of their ring', () => {
    const other = RingWriter.create({ sid: OTHER_SID, slotCountLog2: 6 })
    driver.open(1, other.bytes)
    other.append(pre())
    driver.turn(1, other.bytes, 0)
    ring.append(post(7n))
    ring.append(post(8n))
    read()
    expect(after(1)).toEqual({ next: 1, waiting: [{ ring: 1, sequence: 0 }] })
  })
})

describe('a turn', () => {
  it('counts what is lost before it delivers, never behind: a later loss is left to the next turn', () => {
    ring.claim()
    ring.append(post(50n))
    ring.claim()
    ring.append(post(51n))
    read(0)
    expect(read(1000)).toEqual([1])
    expect(driver.account(0)).toMatchObject({ next: 2, delivered: 1, abandoned: 1 })
    expect(read(1000)).toEqual([3])
    expect(driver.account(0)).toMatchObject({ next: 4, delivered: 2, abandoned: 2 })
  })
})

describe('a PRE that was waiting when its reader ended', () => {
  const readmit = (sequence: number, from = ring) => {
    const offset = driver.core.offsetOf(0, sequence)
    driver.core.window.set(from.bytes.subarray(offset, offset + SLOT_SIZE))
    return driver.core.readmit(0, sequence, 0)
  }

  it('waits for its POST again, and they are one operation', () => {
    const sequence = ring.append(pre())!
    driver.open(0, ring.bytes, abi.FROM_SEQUENCE, 1)
    expect(readmit(0)).toBe(true)
    ring.append(post(sequence))
    const { rows } = driver.turn(0, ring.bytes, 0)
    expect(rows).toMatchObject([{ sequence: 0, durationMs: 25 }])
  })

  it('is refused when its slot holds anything else: another record, a spoiled one, a POST', () => {
    for (let i = 0; i < 70; i++) ring.append(i === 65 ? post(1n) : pre())
    driver.open(0, ring.bytes, abi.FROM_SEQUENCE, 70)
    ring.pokeRecord(66n, 40, Buffer.from('x'))
    expect([readmit(0), readmit(5), readmit(65), readmit(66), readmit(67)]).toEqual([false, false, false, false, true])
    expect(driver.core.totals().waiting).toBe(1)
  })

  it('is refused while it is still being written, however whole it looks', () => {
    ring.append(pre())
    driver.open(0, ring.bytes, abi.FROM_SEQUENCE, 1)
    ring.stamp(0n, STATE_WRITING)
    expect(readmit(0)).toBe(false)
    ring.stamp(0n, STATE_COMMITTED)
    expect(readmit(0)).toBe(true)
  })

  it('is refused when there is no place left: who waits there stays', () => {
    ring = RingWriter.create({ sid: SID, slotCountLog2: 13 })
    driver.open(0, ring.bytes)
    for (let i = 0; i < 4_097; i++) ring.append(pre({ threadId: i }))
    driver.open(0, ring.bytes, abi.FROM_SEQUENCE, 1)
    driver.drain(0, ring.bytes)
    expect(readmit(0)).toBe(false)
    expect(driver.core.waiting(abi.ALL_ROWS)).toEqual(here(...Array.from({ length: 4_096 }, (_, i) => 1 + i)))
  })

  it('gets a new epoch when its names are those for which there is no room', () => {
    const ARENA_BYTES = 4 * 1024 * 1024
    const long = (n: number) => `\\\\s\\${n}`.padEnd(340, 'x')
    const bytes = () => driver.core.stringTable().bytes
    ring = RingWriter.create({ sid: SID, slotCountLog2: 14 })
    const others = RingWriter.create({ sid: OTHER_SID, slotCountLog2: 14 })
    driver.open(0, ring.bytes)
    driver.open(1, others.bytes)
    // Not enough for a new epoch, yet too much for the names of 4,096 PREs beside.
    for (let i = 0; i < 9_500; i++) others.append(post(99_999n, { remoteName: long(i) }))
    driver.drain(1, others.bytes)
    const epoch = driver.core.turn.epoch
    for (let i = 0; i < 4_096; i++) ring.append(pre({ remoteName: long(100_000 + i) }))
    driver.open(0, ring.bytes, abi.FROM_SEQUENCE, 4_096)
    for (let i = 0; i < 4_096; i++) expect(readmit(i)).toBe(true)
    expect(driver.core.turn.epoch).toBe(epoch + 1)
    expect(bytes()).toBeLessThan(ARENA_BYTES)
    expect(driver.expire(1e9).map((row) => row.remoteName)).toEqual(Array.from({ length: 256 }, (_, i) => long(100_000 + i)))
  })
})
