// What only the core's own functions can show: tests/host/core-ring.test.ts tells the rest of a ring's story, with the release build.
import {
  FROM_OLDEST,
  LEVEL_NOTIFICATION,
  TURN_ABANDONED,
  TURN_CORRUPT,
  TURN_DELIVERED,
  TURN_HEAD,
  TURN_NEXT,
  TURN_OVERRUN,
  TURN_PENDING,
  TURN_REWINDS,
  TURN_START,
  TURN_START_TOTAL,
} from '../../assembly/abi.ts'
import { configure, take } from '../../assembly/index.ts'
import { WINDOW } from '../../assembly/memory.ts'
import { Ring, SLOT_SKIP, SLOT_STOP } from '../../assembly/ring.ts'
import { stateOf } from '../../assembly/ring-state.ts'
import { HOLE_WAIT_MS, RECORD_FLAGS, SLOT_SIZE, STATE_COMMITTED, STATE_NEVER, STATE_WRITING } from '../../format/layout.ts'
import { claim, copyHeader, count, firstLook, head, makeRing, open, setHead, slotOf, stamp, turn, writeMany } from './ring-image.ts'

const WAIT: f64 = HOLE_WAIT_MS

/** Every sequence between start and next has one fate; nothing else is counted. */
function balanced(): bool {
  const fates = count(0, TURN_DELIVERED) + count(0, TURN_OVERRUN) + count(0, TURN_ABANDONED) + count(0, TURN_CORRUPT)
  return fates - count(0, TURN_START_TOTAL) == count(0, TURN_NEXT) - count(0, TURN_START)
}

/** A turn, after which the account has to be balanced. */
function step(now: f64 = 0): i32 {
  const rows = turn(0, now)
  expect(balanced()).toBe(true)
  return rows
}

describe('Ring.open()', () => {
  it('begins with an empty account, whatever was counted under this number before', () => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
    writeMany(3)
    open(0, FROM_OLDEST)
    step()
    expect(count(0, TURN_DELIVERED)).toBe(3)
    open(0, FROM_OLDEST)
    expect(count(0, TURN_DELIVERED)).toBe(0)
    expect(count(0, TURN_HEAD)).toBe(3)
    expect(count(0, TURN_PENDING)).toBe(3)
  })
})

describe('Ring.refuse()', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
    open(0, FROM_OLDEST)
    writeMany(8)
    firstLook(0)
  })

  it('passes over a newer stamp, in whatever state', () => {
    const state = stateOf(0)
    expect(Ring.refuse(state, (1 << 2) | STATE_WRITING, 0, false)).toBe(SLOT_SKIP)
    expect(Ring.refuse(state, (9 << 2) | STATE_COMMITTED, 0, false)).toBe(SLOT_SKIP)
    expect(Ring.refuse(state, 0xffffffffffffffff, 0, false)).toBe(SLOT_SKIP)
    expect(count(0, TURN_OVERRUN)).toBe(3)
    expect(balanced()).toBe(true)
  })

  it('leaves every loss to the next turn when this one has delivered, so that a turn’s losses come before its records', () => {
    const state = stateOf(0)
    expect(Ring.refuse(state, (9 << 2) | STATE_COMMITTED, 0, true)).toBe(SLOT_STOP)
    expect(Ring.refuse(state, STATE_NEVER, 100, true)).toBe(SLOT_STOP)
    expect(Ring.refuse(state, STATE_NEVER, 100 + WAIT, true)).toBe(SLOT_STOP)
    expect(count(0, TURN_OVERRUN) + count(0, TURN_ABANDONED)).toBe(0)
    expect(Ring.refuse(state, STATE_NEVER, 100 + WAIT, false)).toBe(SLOT_SKIP)
    expect(count(0, TURN_ABANDONED)).toBe(1)
  })
})

describe('a turn', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
    open(0, FROM_OLDEST)
  })

  it('never takes more than was planned, whatever lies in the window after it', () => {
    writeMany(8)
    setHead(2)
    expect(firstLook(0)).toBe(2)
    memory.copy(WINDOW, slotOf(0), 8 * SLOT_SIZE)
    copyHeader()
    expect(<i32>take(0)).toBe(2)
    expect(count(0, TURN_NEXT)).toBe(2)
  })

  it('without a plan takes nothing', () => {
    writeMany(2)
    step()
    memory.copy(WINDOW, slotOf(0), 2 * SLOT_SIZE)
    expect(<i32>take(0)).toBe(0)
    expect(balanced()).toBe(true)
  })

  it('keeps the account balanced through everything at once', () => {
    let now: f64 = 0
    for (let round = 0; round < 200; round++) {
      writeMany(round % 5)
      if (round % 3 == 0) claim()
      if (round % 7 == 0) store<u32>(slotOf(head() - 1) + RECORD_FLAGS, 0xffffffff)
      if (round % 11 == 0) stamp(head() - 1, head() + 20, STATE_COMMITTED)
      if (round % 13 == 0) writeMany(20)
      if (round % 50 == 49) setHead(count(0, TURN_NEXT) - 2)
      for (let look = 0; look < 3; look++) {
        now += round % 4 == 0 ? WAIT : 50
        step(now)
      }
    }
    expect(count(0, TURN_REWINDS)).toBe(4)
    expect(count(0, TURN_OVERRUN)).toBeGreaterThan(0)
    expect(count(0, TURN_CORRUPT)).toBeGreaterThan(0)
    expect(count(0, TURN_ABANDONED)).toBeGreaterThan(0)
    expect(count(0, TURN_DELIVERED)).toBeGreaterThan(100)
  })
})
