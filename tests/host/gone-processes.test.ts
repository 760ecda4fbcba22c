import { beforeEach, describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { GoneProcesses } from '../../host/reading/gone-processes.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { CoreDriver } from './core-driver.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'

let rings: RingWriter[]
let driver: CoreDriver
let gone: Set<number>
let asked: number[]
let goneProcesses: GoneProcesses

beforeEach(() => {
  rings = [SID, OTHER_SID].map((sid, i) => RingWriter.create({ sid, fileId: BigInt(i + 1), slotCountLog2: 12 }))
  driver = new CoreDriver(abi.LEVEL_OPERATION)
  for (const [i, ring] of rings.entries()) driver.open(i, ring.bytes)
  gone = new Set()
  asked = []
  const isGone = ({ id }: { id: number }) => {
    asked.push(id)
    return gone.has(id)
  }
  goneProcesses = new GoneProcesses(driver.core, isGone)
})

/** Reads both rings to their end. */
function read(now: number): void {
  for (const [i, ring] of rings.entries()) driver.drain(i, ring.bytes, now)
}

const look = (now: number) => driver.rows(goneProcesses.look(now)).map(({ processId, outcome }) => ({ processId, outcome }))
const unfinished = (processId: number) => ({ processId, outcome: abi.OUTCOME_UNFINISHED })

describe('an operation whose process is gone', () => {
  it('is unfinished as soon as its ring was read to the end after the process had gone', () => {
    for (const processId of [1, 2, 3]) rings[0]!.append(pre({ processId }))
    read(0)
    expect(look(1)).toEqual([])
    gone.add(2)
    expect(look(1000)).toEqual([])
    expect(look(1001)).toEqual([])
    read(1500)
    expect(look(2000)).toEqual([unfinished(2)])
    expect(look(2001)).toEqual([])
    expect(driver.core.totals()).toMatchObject({ unfinished: 1, waiting: 2 })
  })

  it('is what its POST says, if that was still in the ring', () => {
    const sequence = rings[0]!.append(pre({ processId: 2 }))!
    read(0)
    rings[0]!.append(post(sequence, { processId: 2 }))
    gone.add(2)
    expect(look(1)).toEqual([])
    expect(look(2)).toEqual([])
    read(3)
    expect(look(4)).toEqual([])
    expect(driver.core.totals()).toMatchObject({ unfinished: 0, succeeded: 1, waiting: 0 })
  })

  it('waits while there is more to be read', () => {
    rings[0]!.append(pre({ processId: 2 }))
    read(0)
    gone.add(2)
    look(1)
    for (let i = 0; i < 300; i++) rings[0]!.append(pre({ processId: 3 }))
    driver.turn(0, rings[0]!.bytes, 2)
    expect(look(3)).toEqual([])
    read(4)
    expect(look(5)).toEqual([unfinished(2)])
  })

  it('ends with those of every other process that is gone, in one look', () => {
    for (const processId of [1, 2, 3, 4]) rings[processId & 1]!.append(pre({ processId }))
    read(0)
    gone = new Set([1, 2, 4])
    expect(look(1)).toEqual([])
    read(2)
    expect(look(3)).toEqual([2, 4, 1].map(unfinished))
  })

  it('asks once for a process, however many operations it has begun; all of them end', () => {
    for (let threadId = 0; threadId < 600; threadId++) rings[0]!.append(pre({ processId: 2, threadId }))
    read(0)
    gone.add(2)
    look(1)
    expect(asked).toEqual([2])
    read(2)
    expect([3, 4, 5, 6].map((now) => look(now).length)).toEqual([256, 256, 88, 0])
  })

  it('is told from one of the same id that started at another time, and from one in another ring', () => {
    rings[0]!.append(pre({ processId: 2, processStartTime: 134_120_735_000_000_000n }))
    rings[0]!.append(pre({ processId: 2, processStartTime: 134_120_735_000_000_001n }))
    rings[1]!.append(pre({ processId: 2, processStartTime: 134_120_735_000_000_000n }))
    read(0)
    const { processes } = driver.core.waitingProcesses(0)
    const low = Number(134_120_735_000_000_000n & 0xffff_ffffn)
    const high = Number(134_120_735_000_000_000n >> 32n)
    expect(processes).toEqual([
      { id: 2, startLow: low, startHigh: high, ring: 0 },
      { id: 2, startLow: low + 1, startHigh: high, ring: 0 },
      { id: 2, startLow: low, startHigh: high, ring: 1 },
    ])
    expect(driver.core.endProcesses([processes[1]!])).toBe(1)
    expect(driver.core.waitingProcesses(0)).toEqual({ processes: [processes[0], processes[2]], looked: 2 })
  })

  it('is found among thousands: a look asks for a few dozen processes at most, and goes on from there', () => {
    for (let processId = 1; processId <= 1000; processId++) rings[0]!.append(pre({ processId }))
    read(0)
    gone.add(700)
    let found: unknown[] = []
    let looks = 0
    for (; found.length === 0 && looks < 100; looks++) {
      const before = asked.length
      found = look(2 * looks)
      expect(asked.length - before).toBeLessThanOrEqual(abi.PROCESSES_LISTED_MAX)
      read(2 * looks + 1)
    }
    expect(found).toEqual([unfinished(700)])
    expect(looks).toBeLessThan(40)
  })
})
