import {
  COLUMN_CONTEXT_HIGH,
  COLUMN_CONTEXT_LOW,
  COLUMN_DURATION,
  COLUMN_FLAGS,
  COLUMN_IMAGE_NAME,
  COLUMN_KIND,
  COLUMN_LOCAL_NAME,
  COLUMN_LOGON_ID_HIGH,
  COLUMN_LOGON_ID_LOW,
  COLUMN_NOTIFY_STATUS,
  COLUMN_OUTCOME,
  COLUMN_PHASE,
  COLUMN_PROCESS_ID,
  COLUMN_PROCESS_START_TIME,
  COLUMN_PROVIDER,
  COLUMN_REMOTE_NAME,
  COLUMN_RESOURCE_TYPE,
  COLUMN_RING,
  COLUMN_SEQUENCE,
  COLUMN_SESSION_ID,
  COLUMN_STATUS,
  COLUMN_THREAD_ID,
  COLUMN_TIME,
  COLUMN_TIME_TICKS,
  COLUMN_TRAITS,
  F64_COLUMNS,
  FROM_OLDEST,
  LEVEL_NOTIFICATION,
  LEVEL_OPERATION,
  OUTCOME_CANCELLED,
  OUTCOME_FAILED,
  OUTCOME_SUCCEEDED,
  OUTCOME_UNFINISHED,
  PHASE_POST,
  PHASE_PRE,
  ROWS_MAX,
  TRAIT_HAS_STATUS,
  U32_COLUMNS,
} from '../../assembly/abi.ts'
import { Columns } from '../../assembly/columns.ts'
import { columnsAddress, configure, expire, newStringsAddress, take } from '../../assembly/index.ts'
import { Fields, firstLook, makeRing, open, turn, write, writeMany } from './ring-image.ts'
import { textOf } from './strings.ts'

// The addresses as abi.ts draws them, not as columns.ts computes them.
const U32S: usize = F64_COLUMNS * ROWS_MAX * 8
const U16S: usize = U32S + U32_COLUMNS * ROWS_MAX * 4
const U8S: usize = U16S + 4 * ROWS_MAX * 2

function f64At(column: usize, row: usize): f64 {
  return load<f64>(columnsAddress + (column * ROWS_MAX + row) * 8)
}

function u32At(column: usize, row: usize): u32 {
  return load<u32>(columnsAddress + U32S + (column * ROWS_MAX + row) * 4)
}

function u8At(column: usize, row: usize): u32 {
  return load<u8>(columnsAddress + U8S + column * ROWS_MAX + row)
}

function newString(index: usize): u32 {
  return load<u32>(newStringsAddress + (index << 2))
}

/** The text of a column, if this batch is the first of its epoch. */
function handed(column: u32, row: u32): string | null {
  const id = u32At(column, row)
  return id < 2 ? textOf(id) : textOf(newString(id - 2))
}

describe('columns', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
    makeRing(9)
    open(3, FROM_OLDEST)
  })

  it('have every field of a record in its place', () => {
    write(new Fields())
    const fields = new Fields().asPostOf(0xabcdef0123456788)
    fields.status = 0xfffffff0
    fields.flags = 0xfffffff1
    fields.processId = 0xfffffff2
    fields.threadId = 0xfffffff3
    fields.sessionId = 0xfffffff4
    fields.resourceType = 0xfffffff5
    fields.logonId = 0xfedcba9876543210
    fields.recordFlags = 7 // after asPostOf(): the context keeps its 64 bits
    fields.wallTime = 116444736000000000 + 17676000000005000
    fields.startTime = 116444736000000000 - 10000
    fields.provider = 'p'
    write(fields)
    expect(turn(3, 0)).toBe(2)
    expect(f64At(COLUMN_SEQUENCE, 1)).toBe(1)
    expect(f64At(COLUMN_TIME, 1)).toBe(1767600000000)
    expect(u32At(COLUMN_TIME_TICKS, 1)).toBe(5000)
    expect(isNaN(f64At(COLUMN_DURATION, 1))).toBe(true)
    expect(f64At(COLUMN_PROCESS_START_TIME, 1)).toBe(-1)
    expect(u32At(COLUMN_STATUS, 1)).toBe(0xfffffff0)
    expect(u32At(COLUMN_FLAGS, 1)).toBe(0xfffffff1)
    expect(u32At(COLUMN_TRAITS, 1)).toBe(TRAIT_HAS_STATUS | 7)
    expect(u32At(COLUMN_PROCESS_ID, 1)).toBe(0xfffffff2)
    expect(u32At(COLUMN_THREAD_ID, 1)).toBe(0xfffffff3)
    expect(u32At(COLUMN_SESSION_ID, 1)).toBe(0xfffffff4)
    expect(u32At(COLUMN_RESOURCE_TYPE, 1)).toBe(0xfffffff5)
    expect(u32At(COLUMN_LOGON_ID_HIGH, 1)).toBe(0xfedcba98)
    expect(u32At(COLUMN_LOGON_ID_LOW, 1)).toBe(0x76543210)
    expect(u32At(COLUMN_RING, 1)).toBe(3)
    expect(u32At(COLUMN_NOTIFY_STATUS, 1)).toBe(2)
    expect(u32At(COLUMN_CONTEXT_HIGH, 1)).toBe(0xabcdef01)
    expect(u32At(COLUMN_CONTEXT_LOW, 1)).toBe(0x23456789)
    expect(handed(COLUMN_REMOTE_NAME, 1)).toBe('\\\\files01\\projects')
    expect(handed(COLUMN_LOCAL_NAME, 1)).toBe('P:')
    expect(handed(COLUMN_PROVIDER, 1)).toBe('p')
    expect(handed(COLUMN_IMAGE_NAME, 1)).toBe('explorer.exe')
    expect(u8At(COLUMN_KIND, 1)).toBe(1)
    expect(u8At(COLUMN_PHASE, 1)).toBe(PHASE_POST)
    expect(u8At(COLUMN_OUTCOME, 1)).toBe(0)
    expect(u8At(COLUMN_PHASE, 0)).toBe(PHASE_PRE)
    expect(u32At(COLUMN_TRAITS, 0)).toBe(0)
  })

  it('have the full lengths of names, four a row', () => {
    write(new Fields())
    write(new Fields())
    turn(3, 0)
    expect(load<u64>(columnsAddress + U16S, 8)).toBe(18 | (2 << 16) | ((<u64>12) << 48))
  })

  it('have room for a whole window, each row in its own place', () => {
    for (let i: u32 = 0; i < 256; i++) {
      const fields = new Fields()
      fields.threadId = i
      fields.remoteName = i.toString()
      fields.localName = 'l' + i.toString()
      fields.provider = 'p' + i.toString()
      fields.imageName = 'i' + i.toString()
      write(fields)
    }
    expect(turn(3, 0)).toBe(256)
    expect(Columns.newStrings()).toBe(1024)
    for (let i: u32 = 0; i < 256; i++) {
      assert(u32At(COLUMN_THREAD_ID, i) == i, 'thread')
      assert(f64At(COLUMN_SEQUENCE, i) == <f64>i, 'sequence')
      assert(u32At(COLUMN_REMOTE_NAME, i) == 4 * i + 2, 'ids count up from 2, the remote name first')
      assert(u32At(COLUMN_IMAGE_NAME, i) == 4 * i + 5, 'the image name fourth')
      assert(textOf(newString(4 * i)) == i.toString(), 'the remote name is the first that is new')
      assert(textOf(newString(4 * i + 3)) == 'i' + i.toString(), 'the image name is the fourth')
    }
  })

  it('name a string as new once', () => {
    write(new Fields())
    writeMany(1)
    turn(3, 0)
    expect(Columns.newStrings()).toBe(3)
    writeMany(1)
    turn(3, 0)
    expect(Columns.newStrings()).toBe(0)
  })

  it('never name absent and empty strings as new', () => {
    const fields = new Fields()
    fields.remoteName = ''
    fields.localName = null
    fields.imageName = ''
    write(fields)
    turn(3, 0)
    expect(Columns.newStrings()).toBe(0)
  })

  it('are empty after a turn without rows', () => {
    write(new Fields())
    turn(3, 0)
    expect(<i32>take(3)).toBe(0)
    expect(Columns.newStrings()).toBe(0)
  })
})

function outcomeOf(status: u32): u32 {
  const pre = new Fields()
  const sequence = write(pre)
  const post = new Fields().asPostOf(sequence)
  post.status = status
  write(post)
  expect(turn(3, 0)).toBe(1)
  expect(u32At(COLUMN_STATUS, 0)).toBe(status)
  return u8At(COLUMN_OUTCOME, 0)
}

describe('operations', () => {
  beforeEach(() => {
    configure(LEVEL_OPERATION, 1000, 1)
    makeRing(9)
    open(3, FROM_OLDEST)
  })

  it('end as their status says', () => {
    expect(outcomeOf(0)).toBe(OUTCOME_SUCCEEDED)
    expect(outcomeOf(2108)).toBe(OUTCOME_SUCCEEDED)
    expect(outcomeOf(2109)).toBe(OUTCOME_SUCCEEDED)
    expect(outcomeOf(1223)).toBe(OUTCOME_CANCELLED)
    expect(outcomeOf(53)).toBe(OUTCOME_FAILED)
    expect(outcomeOf(0xffffffff)).toBe(OUTCOME_FAILED)
  })

  it('are rows when their POST comes, in the order of the POSTs', () => {
    const first = new Fields()
    first.threadId = 1
    const second = new Fields()
    second.threadId = 2
    write(first)
    write(second)
    expect(turn(3, 0)).toBe(0)
    const end = new Fields()
    end.threadId = 2
    write(end.asPostOf(1))
    const begin = new Fields()
    begin.threadId = 1
    write(begin.asPostOf(0))
    expect(turn(3, 0)).toBe(2)
    expect(u32At(COLUMN_THREAD_ID, 0)).toBe(2)
    expect(u32At(COLUMN_THREAD_ID, 1)).toBe(1)
    expect(f64At(COLUMN_DURATION, 0)).toBe(25)
  })

  it('expire in batches of as many rows as there are, the oldest first', () => {
    for (let i: u32 = 0; i < 300; i++) {
      const fields = new Fields()
      fields.threadId = i
      write(fields)
    }
    turn(3, 10)
    turn(3, 20)
    firstLook(3, 1009)
    expect(<i32>expire(1009)).toBe(0)
    firstLook(3, 1010)
    expect(<i32>expire(1010)).toBe(256)
    expect(u8At(COLUMN_OUTCOME, 0)).toBe(OUTCOME_UNFINISHED)
    expect(u32At(COLUMN_TRAITS, 0)).toBe(0)
    expect(Columns.newStrings()).toBe(3)
    expect(<i32>expire(1010)).toBe(0)
    firstLook(3, 1020)
    expect(<i32>expire(1020)).toBe(44)
    expect(u32At(COLUMN_THREAD_ID, 0)).toBe(256)
  })
})
