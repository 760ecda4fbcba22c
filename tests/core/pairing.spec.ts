import { LEVEL_OPERATION, TRAIT_HAS_STATUS } from '../../assembly/abi.ts'
import { configure } from '../../assembly/index.ts'
import { Intern } from '../../assembly/intern.ts'
import { WINDOW } from '../../assembly/memory.ts'
import { Pairing, PENDING_MAX } from '../../assembly/pairing.ts'
import { Record } from '../../assembly/record.ts'
import {
  ROW_CONTEXT,
  ROW_DURATION,
  ROW_FULL_UNITS,
  ROW_IMAGE_NAME,
  ROW_LOCAL_NAME,
  ROW_PROCESS_ID,
  ROW_PROVIDER,
  ROW_REMOTE_NAME,
  ROW_SEQUENCE,
  ROW_STATUS,
  ROW_THREAD_ID,
  ROW_TRAITS,
} from '../../assembly/row.ts'
import { KIND_CANCEL, RECORD_FLAG_POINTER32, SLOT_SIZE } from '../../format/layout.ts'
import { FILE_ID, Fields, putRecord } from './ring-image.ts'
import { textOf } from './strings.ts'

/** The row of a record, in a slot of the window of its own. */
function rowOf(fields: Fields, sequence: u64, ring: u32 = 0): usize {
  const slot = WINDOW + (<usize>sequence & 0xff) * SLOT_SIZE
  putRecord(slot, fields, FILE_ID, sequence)
  assert(Record.decode(slot, FILE_ID, sequence, ring, false), 'the record is good')
  return slot
}

function begin(fields: Fields, sequence: u64, now: f64 = 0): void {
  Pairing.add(rowOf(fields, sequence), now)
}

/** The PRE that the POST of `sequence` finds, or 0. */
function end(fields: Fields, sequence: u64, ring: u32 = 0): usize {
  return Pairing.find(rowOf(fields.asPostOf(sequence), sequence + 100, ring))
}

function ofThread(threadId: u32): Fields {
  const fields = new Fields()
  fields.threadId = threadId
  return fields
}

function named(remoteName: string | null, localName: string | null = 'P:'): Fields {
  const fields = new Fields()
  fields.remoteName = remoteName
  fields.localName = localName
  return fields
}

function cancelOf(name: string): Fields {
  const fields = named(name, null)
  fields.kind = KIND_CANCEL
  return fields
}

function threadOf(row: usize): u32 {
  return load<u32>(row + ROW_THREAD_ID)
}

describe('a POST', () => {
  beforeEach(() => {
    configure(LEVEL_OPERATION, 1000, 1)
  })

  it('finds its PRE, and nothing when there is none', () => {
    expect(end(new Fields(), 7)).toBe(0)
    begin(new Fields(), 7)
    const pre = end(new Fields(), 7)
    expect(pre).not.toBe(0)
    expect(load<u64>(pre + ROW_SEQUENCE)).toBe(7)
    Pairing.remove(pre)
    expect(end(new Fields(), 7)).toBe(0)
  })

  it('does not find one of another context, process, start time, thread, kind, name or ring', () => {
    begin(new Fields(), 7)
    expect(end(new Fields(), 8)).toBe(0)
    const process = new Fields()
    process.processId++
    expect(end(process, 7)).toBe(0)
    const start = new Fields()
    start.startTime++
    expect(end(start, 7)).toBe(0)
    expect(end(ofThread(1), 7)).toBe(0)
    const kind = new Fields()
    kind.kind = KIND_CANCEL
    expect(end(kind, 7)).toBe(0)
    expect(end(named('\\\\files01\\other'), 7)).toBe(0)
    expect(end(named(null), 7)).toBe(0)
    expect(end(named(''), 7)).toBe(0)
    expect(end(new Fields(), 7, 1)).toBe(0)
    expect(end(new Fields(), 7)).not.toBe(0)
  })

  it('does not find one of another context in the same bucket: of 50,000 contexts, about six are in it', () => {
    begin(new Fields(), 7)
    const post = rowOf(new Fields().asPostOf(7), 9)
    let found = 0
    for (let context: u64 = 0; context < 50000; context++) {
      store<u64>(post + ROW_CONTEXT, context)
      if (Pairing.find(post) != 0) found++
    }
    expect(found).toBe(1)
  })

  it('does not find one of another process or thread in the same bucket', () => {
    begin(new Fields(), 7)
    const post = rowOf(new Fields().asPostOf(7), 9)
    let found = 0
    for (let id: u32 = 0; id < 50000; id++) {
      store<u32>(post + ROW_PROCESS_ID, id)
      if (Pairing.find(post) != 0) found++
    }
    store<u32>(post + ROW_PROCESS_ID, 4711)
    for (let id: u32 = 0; id < 50000; id++) {
      store<u32>(post + ROW_THREAD_ID, id)
      if (Pairing.find(post) != 0) found++
    }
    // Process 4711, thread 4712 was met twice.
    expect(found).toBe(2)
  })

  it('of an add may name another letter than its PRE, that of a cancel may not', () => {
    begin(named('\\\\files01\\a', null), 1)
    expect(end(named('\\\\files01\\a', 'Z:'), 1)).not.toBe(0)
    begin(cancelOf('P:'), 2)
    expect(end(cancelOf('Z:'), 2)).toBe(0)
    expect(end(cancelOf('P:'), 2)).not.toBe(0)
  })

  it('of a 32-bit process is found by 31 bits of its context', () => {
    const sequences: u64[] = [0, 0x7ffffffe, 0x80000000, 0x17ffffff0, (<u64>1) << 60]
    for (let i = 0; i < sequences.length; i++) {
      const fields = ofThread(i)
      fields.recordFlags = RECORD_FLAG_POINTER32
      begin(fields, sequences[i])
    }
    for (let i = sequences.length - 1; i >= 0; i--) {
      const fields = ofThread(i)
      fields.recordFlags = RECORD_FLAG_POINTER32
      const pre = end(fields, sequences[i])
      expect(pre).not.toBe(0)
      expect(load<u64>(pre + ROW_SEQUENCE)).toBe(sequences[i])
      Pairing.remove(pre)
    }
  })

  it('of a 64-bit process needs all 64', () => {
    begin(new Fields(), 0x100000007)
    expect(end(new Fields(), 7)).toBe(0)
    expect(end(new Fields(), 0x100000007)).not.toBe(0)
  })

  it('finds the newer of two PREs that look alike', () => {
    begin(new Fields(), 7, 1)
    begin(new Fields(), 7, 2)
    const newer = end(new Fields(), 7)
    expect(Pairing.arrived(newer)).toBe(2)
    Pairing.remove(newer)
    expect(Pairing.arrived(end(new Fields(), 7))).toBe(1)
  })
})

describe('a completed row', () => {
  beforeEach(() => {
    configure(LEVEL_OPERATION, 1000, 1)
  })

  it('has the POST’s status and provider, and the rest of the PRE', () => {
    begin(cancelOf('\\\\files01\\a'), 7)
    const fields = cancelOf('\\\\files01\\a').asPostOf(7)
    fields.status = 53
    fields.provider = 'Microsoft Windows Network'
    const post = rowOf(fields, 9)
    store<u16>(post + ROW_FULL_UNITS, 99, 4)
    store<u32>(post + ROW_TRAITS, load<u32>(post + ROW_TRAITS) | 0xff00)
    const pre = Pairing.find(post)
    store<u32>(pre + ROW_TRAITS, load<u32>(pre + ROW_TRAITS) | 0x400)
    Pairing.complete(pre, post)
    expect(load<u32>(pre + ROW_STATUS)).toBe(53)
    expect(load<u64>(pre + ROW_SEQUENCE)).toBe(7)
    expect(textOf(load<u32>(pre + ROW_PROVIDER))).toBe('Microsoft Windows Network')
    expect(textOf(load<u32>(pre + ROW_REMOTE_NAME))).toBe('\\\\files01\\a')
    // Of the POST's traits only those of the provider: it is the provider's full length, too.
    expect(load<u32>(pre + ROW_TRAITS)).toBe(TRAIT_HAS_STATUS | 0x4400)
    expect(<u32>load<u16>(pre + ROW_FULL_UNITS, 4)).toBe(99)
    expect(<u32>load<u16>(pre + ROW_FULL_UNITS)).toBe(11)
  })

  it('has none of what the PRE said about a provider: its pointer means nothing there', () => {
    begin(new Fields(), 7)
    const post = rowOf(new Fields().asPostOf(7), 9)
    const pre = Pairing.find(post)
    store<u32>(pre + ROW_TRAITS, load<u32>(pre + ROW_TRAITS) | 0x4f00)
    Pairing.complete(pre, post)
    expect(load<u32>(pre + ROW_TRAITS)).toBe(TRAIT_HAS_STATUS | 0x0b00)
  })

  it('has the time between, by the records’ own clock', () => {
    begin(new Fields(), 7)
    const fields = new Fields().asPostOf(7)
    fields.ticks = 1000000 + 12345678
    const post = rowOf(fields, 9)
    const pre = Pairing.find(post)
    Pairing.complete(pre, post)
    expect(load<f64>(pre + ROW_DURATION)).toBe(1234.5678)
  })

  it('has none when the clocks are two, stand still, or run backwards', () => {
    for (let i = 0; i < 3; i++) {
      const before = ofThread(i)
      if (i == 1) before.ticksPerSecond = 0
      begin(before, 7)
      const fields = ofThread(i).asPostOf(7)
      if (i == 0) fields.ticksPerSecond++
      if (i == 1) fields.ticksPerSecond = 0
      if (i == 2) fields.ticks = before.ticks - 1
      const post = rowOf(fields, 9)
      const pre = Pairing.find(post)
      Pairing.complete(pre, post)
      expect(isNaN(load<f64>(pre + ROW_DURATION))).toBe(true)
    }
  })
})

describe('waiting PREs', () => {
  beforeEach(() => {
    configure(LEVEL_OPERATION, 1000, 1)
  })

  it('are known by age', () => {
    expect(Pairing.oldest()).toBe(0)
    for (let i: u32 = 0; i < 5; i++) begin(ofThread(i), i, i)
    expect(Pairing.waiting()).toBe(5)
    expect(threadOf(Pairing.oldest())).toBe(0)
    expect(Pairing.arrived(Pairing.oldest())).toBe(0)
  })

  it('can be taken out from the front, the back and the middle, and the order of the others stays', () => {
    for (let i: u32 = 0; i < 6; i++) begin(ofThread(i), i)
    Pairing.remove(end(ofThread(3), 3))
    Pairing.remove(end(ofThread(0), 0))
    Pairing.remove(end(ofThread(5), 5))
    begin(ofThread(6), 6)
    const expected: u32[] = [1, 2, 4, 6]
    for (let i = 0; i < 4; i++) {
      expect(threadOf(Pairing.oldest())).toBe(expected[i])
      Pairing.remove(Pairing.oldest())
    }
    expect(Pairing.oldest()).toBe(0)
    expect(Pairing.waiting()).toBe(0)
  })

  it('fill the table, and each that leaves makes room for one', () => {
    for (let i: u32 = 0; i < PENDING_MAX; i++) {
      if (Pairing.isFull()) throw new Error('full too early')
      begin(ofThread(i), i)
    }
    expect(Pairing.isFull()).toBe(true)
    for (let i: u32 = 0; i < 500; i++) {
      const pre = end(ofThread(i * 7), i * 7)
      if (pre == 0) throw new Error('lost')
      Pairing.remove(pre)
      begin(ofThread(10000 + i), 10000 + i)
      if (!Pairing.isFull()) throw new Error('not full again')
    }
    expect(Pairing.waiting()).toBe(PENDING_MAX)
    expect(threadOf(Pairing.oldest())).toBe(1)
  })

  it('of one bucket are found as far as a chain is followed; all of them can be taken out', () => {
    // The same context, process and thread: one bucket. Only the newest 32 are looked at.
    for (let i: u32 = 0; i < 100; i++) {
      const fields = named('\\\\files01\\' + i.toString())
      begin(fields, 7)
    }
    expect(end(named('\\\\files01\\99'), 7)).not.toBe(0)
    expect(end(named('\\\\files01\\68'), 7)).not.toBe(0)
    expect(end(named('\\\\files01\\67'), 7)).toBe(0)
    for (let i = 0; i < 100; i++) Pairing.remove(Pairing.oldest())
    expect(Pairing.waiting()).toBe(0)
    begin(new Fields(), 7)
    expect(end(new Fields(), 7)).not.toBe(0)
  })

  it('of one bucket can be taken out in any order, and the others are found', () => {
    const order: i32[] = [3, 0, 7, 6, 1, 4, 5, 2]
    for (let i = 0; i < 8; i++) begin(named(i.toString()), 7)
    for (let i = 0; i < 8; i++) {
      Pairing.remove(end(named(order[i].toString()), 7))
      for (let j = 0; j < 8; j++) {
        const found = end(named(order[j].toString()), 7) != 0
        expect(found).toBe(j > i)
      }
    }
  })

  it('keep their names when an epoch begins', () => {
    const fields = named('\\\\файлы\\а', '')
    fields.imageName = 'x'.repeat(100)
    begin(fields, 7)
    Intern.beginEpoch()
    Pairing.rename()
    const row = Pairing.oldest()
    expect(textOf(load<u32>(row + ROW_REMOTE_NAME))).toBe('\\\\файлы\\а')
    expect(textOf(load<u32>(row + ROW_LOCAL_NAME))).toBe('')
    expect(textOf(load<u32>(row + ROW_PROVIDER))).toBe(null)
    expect(textOf(load<u32>(row + ROW_IMAGE_NAME))).toBe('x'.repeat(100))
    const post = named('\\\\файлы\\а', '')
    post.imageName = 'x'.repeat(100)
    expect(end(post, 7)).toBe(row)
  })

  it('given up wait no longer, and are known to their POSTs', () => {
    begin(new Fields(), 7)
    const row = Pairing.oldest()
    Pairing.giveUp(row, true)
    expect(Pairing.waiting()).toBe(0)
    const pre = end(new Fields(), 7)
    expect(pre).toBe(row)
    expect(Pairing.isGivenUp(pre)).toBe(true)
    expect(Pairing.wasCounted(pre)).toBe(true)
  })
})
