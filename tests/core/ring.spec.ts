import {
  FROM_NOW,
  FROM_OLDEST,
  FROM_SEQUENCE,
  LEVEL_NOTIFICATION,
  PLAN_BAD_HEAD,
  PLAN_REPLACED,
  RING_BAD_GEOMETRY,
  RING_BAD_HEAD,
  RING_EMPTY,
  RING_GOOD,
  RING_NO_FILE_ID,
  RING_NOT_A_RING,
  RING_OTHER_VERSION,
  RING_WRONG_SIZE,
  TURN_ABANDONED,
  TURN_CORRUPT,
  TURN_DELIVERED,
  TURN_FAULTS,
  TURN_GAVE_UP,
  TURN_HEAD,
  TURN_LATE,
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
import {
  HEADER_FAULTS,
  HEADER_FILE_ID,
  HEADER_GAVE_UP,
  HEADER_SIGNATURE,
  HEADER_SIZE,
  HOLE_WAIT_MS,
  RECORD_FLAGS,
  SLOT_SIZE,
  STATE_COMMITTED,
  STATE_NEVER,
  STATE_WRITING,
} from '../../format/layout.ts'
import {
  claim,
  commit,
  copyHeader,
  copySlots,
  count,
  Fields,
  fileSize,
  firstLook,
  head,
  header,
  makeRing,
  offset,
  open,
  setHead,
  slotOf,
  stamp,
  turn,
  write,
  writeMany,
} from './ring-image.ts'

const SLOTS: u64 = 8
const LIMIT: u64 = (<u64>1) << 53
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

/** A turn during whose copy head becomes `later`. */
function overtaken(later: u64): i32 {
  const planned = firstLook(0)
  copySlots(planned)
  setHead(later)
  copyHeader()
  const rows = <i32>take(0)
  expect(balanced()).toBe(true)
  return rows
}

function next(): u64 {
  return count(0, TURN_NEXT)
}

describe('Ring.open()', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
  })

  it('takes a good header', () => {
    expect(open(0, FROM_OLDEST)).toBe(RING_GOOD)
  })

  it('says what is wrong with a bad one, the first thing first', () => {
    store<u64>(header + HEADER_SIGNATURE, 0)
    expect(open(0, FROM_OLDEST)).toBe(RING_EMPTY)
    makeRing(3)
    store<u8>(header + HEADER_SIGNATURE, 0x6d)
    expect(open(0, FROM_OLDEST)).toBe(RING_NOT_A_RING)
    makeRing(3)
    store<u8>(header + HEADER_SIGNATURE, 2, 4)
    expect(open(0, FROM_OLDEST)).toBe(RING_OTHER_VERSION)
    makeRing(3)
    store<u8>(header + HEADER_SIGNATURE, 1, 6)
    expect(open(0, FROM_OLDEST)).toBe(RING_BAD_GEOMETRY)
    store<u8>(header + HEADER_SIGNATURE, 21, 6)
    expect(open(0, FROM_OLDEST)).toBe(RING_BAD_GEOMETRY)
    store<u8>(header + HEADER_SIGNATURE, 4, 6)
    expect(open(0, FROM_OLDEST)).toBe(RING_WRONG_SIZE)
    makeRing(3)
    store<u64>(header + HEADER_FILE_ID, 0)
    expect(open(0, FROM_OLDEST)).toBe(RING_NO_FILE_ID)
    makeRing(3)
    setHead(LIMIT)
    expect(open(0, FROM_OLDEST)).toBe(RING_BAD_HEAD)
    setHead(LIMIT - 1)
    expect(open(0, FROM_OLDEST)).toBe(RING_GOOD)
  })

  it('takes the file’s exact size and no other', () => {
    copyHeader()
    expect(Ring.open(0, fileSize() - 1, FROM_OLDEST, 0)).toBe(RING_WRONG_SIZE)
    expect(Ring.open(0, fileSize() + 1, FROM_OLDEST, 0)).toBe(RING_WRONG_SIZE)
    expect(Ring.open(0, NaN, FROM_OLDEST, 0)).toBe(RING_WRONG_SIZE)
    expect(Ring.open(0, fileSize(), FROM_OLDEST, 0)).toBe(RING_GOOD)
  })

  it('puts the cursor where it was told', () => {
    setHead(20)
    open(0, FROM_NOW)
    expect(next()).toBe(20)
    open(0, FROM_OLDEST)
    expect(next()).toBe(12)
    copyHeader()
    Ring.open(0, fileSize(), FROM_SEQUENCE, 5)
    expect(next()).toBe(5)
    Ring.open(0, fileSize(), FROM_SEQUENCE, -1)
    expect(next()).toBe(20)
    Ring.open(0, fileSize(), FROM_SEQUENCE, NaN)
    expect(next()).toBe(20)
    setHead(3)
    open(0, FROM_OLDEST)
    expect(next()).toBe(0)
  })

  it('begins with an empty account, whatever was counted under this number before', () => {
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

describe('Ring.plan()', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
    open(0, FROM_OLDEST)
  })

  it('asks for nothing while head stands still', () => {
    expect(firstLook(0)).toBe(0)
  })

  it('asks for what there is, from where it is, no further than the ring’s end', () => {
    writeMany(5)
    expect(firstLook(0)).toBe(5)
    expect(offset()).toBe(HEADER_SIZE)
    step()
    writeMany(6)
    expect(firstLook(0)).toBe(3)
    expect(offset()).toBe(HEADER_SIZE + 5 * SLOT_SIZE)
    step()
    expect(firstLook(0)).toBe(3)
    expect(offset()).toBe(HEADER_SIZE)
  })

  it('asks for a window at most', () => {
    makeRing(9)
    open(0, FROM_OLDEST)
    writeMany(300)
    expect(firstLook(0)).toBe(256)
  })

  it('bills what was lapped since the last look, by subtraction', () => {
    setHead(SLOTS)
    firstLook(0)
    expect(count(0, TURN_OVERRUN)).toBe(0)
    setHead(SLOTS + 1)
    firstLook(0)
    expect(count(0, TURN_OVERRUN)).toBe(1)
    expect(next()).toBe(1)
    expect(balanced()).toBe(true)
    setHead((<u64>1) << 32)
    firstLook(0)
    expect(count(0, TURN_OVERRUN)).toBe(((<u64>1) << 32) - SLOTS)
    expect(count(0, TURN_REWINDS)).toBe(0)
    expect(balanced()).toBe(true)
  })

  it('notices another signature and another file id, and leaves the account alone', () => {
    writeMany(2)
    store<u8>(header + HEADER_SIGNATURE, 9, 5)
    expect(firstLook(0)).toBe(PLAN_REPLACED)
    store<u8>(header + HEADER_SIGNATURE, 0, 5)
    store<u64>(header + HEADER_FILE_ID, 1)
    expect(firstLook(0)).toBe(PLAN_REPLACED)
    expect(next()).toBe(0)
    expect(count(0, TURN_HEAD)).toBe(0)
  })

  it('refuses a head that no writer reaches', () => {
    setHead(LIMIT)
    expect(firstLook(0)).toBe(PLAN_BAD_HEAD)
    expect(count(0, TURN_HEAD)).toBe(0)
  })

  it('flags a file that was set back and begins a new account at its head', () => {
    writeMany(6)
    step()
    setHead(4)
    expect(firstLook(0)).toBe(0)
    expect(count(0, TURN_REWINDS)).toBe(1)
    expect(count(0, TURN_START)).toBe(4)
    expect(count(0, TURN_START_TOTAL)).toBe(6)
    expect(next()).toBe(4)
    expect(balanced()).toBe(true)
  })

  it('flags a head that jumped further than writers can claim, and begins a new account one lap behind it', () => {
    writeMany(2)
    step()
    setHead(((<u64>1) << 32) + 3)
    firstLook(0)
    expect(count(0, TURN_REWINDS)).toBe(1)
    expect(count(0, TURN_OVERRUN)).toBe(0)
    expect(next()).toBe(((<u64>1) << 32) + 3 - SLOTS)
    expect(balanced()).toBe(true)
  })

  it('passes on what the header says about writers', () => {
    store<u64>(header + HEADER_GAVE_UP, 3)
    store<u64>(header + HEADER_FAULTS, 4)
    firstLook(0)
    expect(count(0, TURN_GAVE_UP)).toBe(3)
    expect(count(0, TURN_FAULTS)).toBe(4)
  })
})

describe('the second look at head', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
    open(0, FROM_OLDEST)
    writeMany(8)
  })

  it('drops nothing while the copy cannot have been overwritten', () => {
    expect(overtaken(SLOTS)).toBe(8)
    expect(count(0, TURN_OVERRUN)).toBe(0)
  })

  it('drops as many as were claimed a lap later, good or not', () => {
    expect(overtaken(SLOTS + 3)).toBe(5)
    expect(count(0, TURN_OVERRUN)).toBe(3)
    expect(next()).toBe(8)
    expect(count(0, TURN_PENDING)).toBe(3)
  })

  it('drops all, and moves on by more, when laps went by', () => {
    expect(overtaken(3 * SLOTS + 1)).toBe(0)
    expect(count(0, TURN_OVERRUN)).toBe(2 * SLOTS + 1)
    expect(next()).toBe(2 * SLOTS + 1)
  })

  it('makes the copy void when head went back, or jumped: the next turn judges', () => {
    expect(overtaken(7)).toBe(0)
    expect(next()).toBe(0)
    setHead(SLOTS)
    expect(overtaken(((<u64>1) << 32) + 1)).toBe(0)
    expect(next()).toBe(0)
    expect(count(0, TURN_OVERRUN)).toBe(0)
    expect(count(0, TURN_REWINDS)).toBe(0)
    setHead(SLOTS)
    expect(step()).toBe(8)
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

  it('wants a committed record copied again, once, before it is corrupt', () => {
    const state = stateOf(0)
    expect(Ring.refuse(state, STATE_COMMITTED, 0, false)).toBe(SLOT_STOP)
    expect(count(0, TURN_CORRUPT)).toBe(0)
    expect(Ring.refuse(state, STATE_COMMITTED, 0, false)).toBe(SLOT_SKIP)
    expect(count(0, TURN_CORRUPT)).toBe(1)
    expect(Ring.refuse(state, (1 << 2) | STATE_COMMITTED, 0, false)).toBe(SLOT_STOP)
  })

  it('passes over a newer stamp, in whatever state', () => {
    const state = stateOf(0)
    expect(Ring.refuse(state, (1 << 2) | STATE_WRITING, 0, false)).toBe(SLOT_SKIP)
    expect(Ring.refuse(state, (9 << 2) | STATE_COMMITTED, 0, false)).toBe(SLOT_SKIP)
    expect(Ring.refuse(state, 0xffffffffffffffff, 0, false)).toBe(SLOT_SKIP)
    expect(count(0, TURN_OVERRUN)).toBe(3)
    expect(balanced()).toBe(true)
  })

  it('waits for everything else', () => {
    const state = stateOf(0)
    expect(Ring.refuse(state, STATE_NEVER, 100, false)).toBe(SLOT_STOP)
    expect(Ring.refuse(state, STATE_WRITING, 100 + WAIT - 1, false)).toBe(SLOT_STOP)
    expect(Ring.refuse(state, STATE_WRITING, 100 + WAIT, false)).toBe(SLOT_SKIP)
    expect(Ring.refuse(state, 3, 100 + WAIT, false)).toBe(SLOT_SKIP)
    expect(count(0, TURN_ABANDONED)).toBe(2)
    expect(balanced()).toBe(true)
  })
})

describe('Ring.refuse() in a turn that has delivered', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
    open(0, FROM_OLDEST)
    writeMany(8)
    firstLook(0)
  })

  it('leaves every loss to the next turn, so that a turn’s losses come before its records', () => {
    const state = stateOf(0)
    expect(Ring.refuse(state, (9 << 2) | STATE_COMMITTED, 0, true)).toBe(SLOT_STOP)
    expect(Ring.refuse(state, STATE_NEVER, 100, true)).toBe(SLOT_STOP)
    expect(Ring.refuse(state, STATE_NEVER, 100 + WAIT, true)).toBe(SLOT_STOP)
    expect(count(0, TURN_OVERRUN) + count(0, TURN_ABANDONED)).toBe(0)
    expect(Ring.refuse(state, STATE_NEVER, 100 + WAIT, false)).toBe(SLOT_SKIP)
    expect(count(0, TURN_ABANDONED)).toBe(1)
  })
})

describe('holes', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
    open(0, FROM_OLDEST)
  })

  it('share one wait below the head that was seen when it began', () => {
    claim()
    write(new Fields())
    claim()
    expect(step(5)).toBe(0)
    claim()
    expect(step(5 + WAIT)).toBe(1)
    expect(count(0, TURN_ABANDONED)).toBe(1)
    expect(step(5 + WAIT)).toBe(0)
    expect(count(0, TURN_ABANDONED)).toBe(2)
    expect(next()).toBe(3)
    expect(step(4 + 2 * WAIT)).toBe(0)
    expect(next()).toBe(3)
    step(5 + 2 * WAIT)
    expect(count(0, TURN_ABANDONED)).toBe(3)
  })

  it('are forgotten when they are delivered, lapped, or set back', () => {
    const hole = claim()
    step(0)
    commit(hole, new Fields())
    expect(step(1)).toBe(1)
    claim()
    step(10)
    expect(step(WAIT + 9)).toBe(0)
    setHead(head() + SLOTS)
    firstLook(0)
    step(WAIT + 9)
    expect(count(0, TURN_ABANDONED)).toBe(0)
    expect(count(0, TURN_OVERRUN)).toBe(1)
  })

  it('that commit after they were abandoned are late, once each, and never delivered', () => {
    claim()
    claim()
    step(0)
    step(WAIT)
    expect(count(0, TURN_ABANDONED)).toBe(2)
    commit(1, new Fields())
    for (let i = 0; i < 6; i++) expect(step(WAIT + 1)).toBe(0)
    expect(count(0, TURN_LATE)).toBe(1)
    commit(0, new Fields())
    for (let i = 0; i < 6; i++) expect(step(WAIT + 2)).toBe(i == 0 ? 0 : -1)
    expect(count(0, TURN_LATE)).toBe(2)
    expect(count(0, TURN_DELIVERED)).toBe(0)
  })

  it('that are overwritten are watched no longer', () => {
    claim()
    step(0)
    step(WAIT)
    stamp(0, SLOTS, STATE_WRITING)
    expect(step(WAIT + 1)).toBe(0)
    expect(step(WAIT + 2)).toBe(-1)
    expect(count(0, TURN_LATE)).toBe(0)
  })

  it('are watched up to a bound, however many there are', () => {
    makeRing(9)
    open(0, FROM_OLDEST)
    for (let i = 0; i < 300; i++) claim()
    step(0)
    step(WAIT)
    step(WAIT)
    expect(count(0, TURN_ABANDONED)).toBe(300)
    for (let i: u64 = 0; i < 300; i++) commit(i, new Fields())
    let looks = 0
    while (step(WAIT + 1) == 0) looks++
    expect(looks).toBe(64)
    expect(count(0, TURN_LATE)).toBe(64)
  })
})

describe('a turn', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(3)
    open(0, FROM_OLDEST)
  })

  it('stops at a record whose copy is bad, and goes on when the next copy is good', () => {
    writeMany(3)
    const flags = load<u32>(slotOf(1) + RECORD_FLAGS)
    store<u32>(slotOf(1) + RECORD_FLAGS, ~flags)
    expect(step()).toBe(1)
    store<u32>(slotOf(1) + RECORD_FLAGS, flags)
    expect(step()).toBe(2)
    expect(count(0, TURN_CORRUPT)).toBe(0)
  })

  it('convicts a record on its second bad copy, and delivers those behind it', () => {
    writeMany(3)
    store<u32>(slotOf(1) + RECORD_FLAGS, 0xffffffff)
    expect(step()).toBe(1)
    expect(step()).toBe(1)
    expect(count(0, TURN_CORRUPT)).toBe(1)
    expect(count(0, TURN_DELIVERED)).toBe(2)
  })

  it('never takes more than was planned, whatever lies in the window behind it', () => {
    writeMany(8)
    setHead(2)
    expect(firstLook(0)).toBe(2)
    memory.copy(WINDOW, slotOf(0), 8 * SLOT_SIZE)
    copyHeader()
    expect(<i32>take(0)).toBe(2)
    expect(next()).toBe(2)
  })

  it('without a plan takes nothing', () => {
    writeMany(2)
    step()
    memory.copy(WINDOW, slotOf(0), 2 * SLOT_SIZE)
    expect(<i32>take(0)).toBe(0)
    expect(balanced()).toBe(true)
  })

  it('of one ring leaves the accounts of others alone', () => {
    writeMany(3)
    open(1, FROM_OLDEST)
    step()
    expect(count(0, TURN_DELIVERED)).toBe(3)
    expect(count(1, TURN_DELIVERED)).toBe(0)
    expect(turn(1, 0)).toBe(3)
    expect(count(0, TURN_DELIVERED)).toBe(3)
  })

  it('keeps the account balanced through everything at once', () => {
    let now: f64 = 0
    for (let round = 0; round < 200; round++) {
      writeMany(round % 5)
      if (round % 3 == 0) claim()
      if (round % 7 == 0) store<u32>(slotOf(head() - 1) + RECORD_FLAGS, 0xffffffff)
      if (round % 11 == 0) stamp(head() - 1, head() + 20, STATE_COMMITTED)
      if (round % 13 == 0) writeMany(20)
      if (round % 50 == 49) setHead(next() - 2)
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
