import { LEVEL_NOTIFICATION, STRING_ID_ABSENT, STRING_ID_EMPTY, STRING_PLACES } from '../../assembly/abi.ts'
import { configure } from '../../assembly/index.ts'
import { Intern } from '../../assembly/intern.ts'
import { ARENA, ARENA_SIZE } from '../../assembly/memory.ts'
import { intern, laid, lay, textOf } from './strings.ts'

const known: string[] = []

/** `count` names (64 at most) that belong into the same bucket as 'name', found by trying, once. */
function crowd(count: i32): string[] {
  const target = bucketOf('name')
  for (let n: u32 = 0; known.length < 64; n++) {
    const candidate = n.toString()
    if (bucketOf(candidate) == target) known.push(candidate)
  }
  return known.slice(0, count)
}

function bucketOf(name: string): u64 {
  // A new table has 2^13 buckets.
  return (Intern.hash(laid, lay(name, 0), (<u32>name.length) << 1) >> 48) & 0x1fff
}

function recent(name: string): u32 {
  return Intern.recent(laid, lay(name, 0), (<u32>name.length) << 1)
}

describe('interning', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
  })

  it('gives equal strings equal ids, and different ones different ids', () => {
    const one = intern('\\\\files01\\a')
    expect(intern('\\\\files01\\b')).not.toBe(one)
    expect(intern('\\\\files01\\a')).toBe(one)
    expect(Intern.count()).toBe(2)
  })

  it('tells one byte a unit from two', () => {
    expect(intern('扡', 1)).not.toBe(intern('ab', 0))
  })

  it('gives a string that is stored wide without need the id of its own form, whichever came first', () => {
    const narrow = intern('ab', 0)
    expect(intern('ab', 1)).toBe(narrow)
    const wide = intern('\\\\files01\\é', 1)
    expect(intern('\\\\files01\\é', 0)).toBe(wide)
    expect(textOf(wide)).toBe('\\\\files01\\é')
    expect(Intern.count()).toBe(2)
  })

  it('takes no padding for a part of a string, in either form', () => {
    const narrow = intern('\\\\files01\\a', 0)
    const wide = intern('Жук', 1)
    lay('\\\\files01\\a', 0)
    store<u8>(laid + 15, 0xaa)
    expect(Intern.id(laid, 1, 11 << 1)).toBe(narrow)
    lay('Жук', 1)
    store<u8>(laid + 6, 1)
    expect(Intern.id(laid, 1, (3 << 1) | 1)).toBe(wide)
    lay('\\\\files01\\a', 1)
    store<u8>(laid + 31, 1)
    expect(Intern.id(laid, 2, (11 << 1) | 1)).toBe(narrow)
  })

  it('tells lengths apart that fill the same blocks', () => {
    const id = intern('a'.repeat(14))
    expect(intern('a'.repeat(15))).not.toBe(id)
    expect(intern('a'.repeat(16))).not.toBe(id)
    // A NUL is a unit, too.
    lay('a'.repeat(14), 0)
    expect(Intern.id(laid, 1, 15 << 1)).not.toBe(id)
  })

  it('keeps apart what differs in the last block only', () => {
    const id = intern('x'.repeat(31))
    expect(intern('x'.repeat(30))).not.toBe(id)
    expect(intern('x'.repeat(30) + 'y')).not.toBe(id)
    expect(intern('x'.repeat(31))).toBe(id)
  })

  it('tries the string that came last first, and is not misled by one of the same length or width', () => {
    const first = recent('Microsoft Windows Network')
    expect(recent('Microsoft Windows Network')).toBe(first)
    expect(recent('Microsoft Windows NetworK')).not.toBe(first)
    expect(recent('Web Client Network')).toBe(intern('Web Client Network'))
    expect(recent('Microsoft Windows Network')).toBe(first)
    Intern.beginEpoch()
    intern('another one')
    expect(textOf(recent('Microsoft Windows Network'))).toBe('Microsoft Windows Network')
  })

  it('finds every string again when its table has grown', () => {
    const ids: u32[] = []
    for (let n: u32 = 0; n < 20000; n++) {
      if ((n & 0xff) == 0) Intern.makeRoom()
      ids.push(intern(n.toString()))
    }
    for (let n: u32 = 0; n < 20000; n++) if (intern(n.toString()) != ids[n]) throw new Error(n.toString())
    expect(Intern.isFull()).toBe(false)
    expect(Intern.count()).toBe(20000)
  })

  it('finds a string again behind others of its bucket', () => {
    const names = crowd(63)
    const ids: u32[] = []
    for (let i = 0; i < names.length; i++) ids.push(intern(names[i]))
    const id = intern('name')
    for (let i = 0; i < names.length; i++) expect(intern(names[i])).toBe(ids[i])
    expect(intern('name')).toBe(id)
    expect(Intern.isFull()).toBe(false)
  })

  it('gives a string for which 64 others leave no bucket a true id, and asks for a new epoch', () => {
    const names = crowd(64)
    for (let i = 0; i < names.length; i++) intern(names[i])
    expect(Intern.isFull()).toBe(false)
    const one = intern('name')
    const two = intern('name')
    expect(Intern.isFull()).toBe(true)
    expect(textOf(one)).toBe('name')
    expect(textOf(two)).toBe('name')
    expect(Intern.same(one, two)).toBe(true)
    expect(Intern.same(one, intern(names[0]))).toBe(false)
    Intern.beginEpoch()
    expect(Intern.isFull()).toBe(false)
    expect(intern('name')).toBe(intern('name'))
  })

  it('wraps around the table’s end', () => {
    // Four strings for the last two buckets: two of them have to find a place in the first ones.
    const names: string[] = []
    for (let n: u32 = 0; names.length < 4; n++) if (bucketOf(n.toString()) >= 0x1ffe) names.push(n.toString())
    const ids: u32[] = []
    for (let i = 0; i < 4; i++) ids.push(intern(names[i]))
    for (let i = 0; i < 4; i++) {
      expect(intern(names[i])).toBe(ids[i])
      expect(textOf(ids[i])).toBe(names[i])
    }
    expect(Intern.count()).toBe(4)
  })

  it('never has an absent or an empty string equal another', () => {
    const id = intern('a')
    expect(Intern.same(STRING_ID_ABSENT, STRING_ID_ABSENT)).toBe(true)
    expect(Intern.same(STRING_ID_ABSENT, STRING_ID_EMPTY)).toBe(false)
    expect(Intern.same(STRING_ID_EMPTY, id)).toBe(false)
    expect(Intern.same(id, STRING_ID_ABSENT)).toBe(false)
  })

  it('compares beginnings by units, whatever their width', () => {
    const short = intern('ab')
    expect(Intern.beginAlike(short, intern('abc'))).toBe(true)
    expect(Intern.beginAlike(intern('abc'), short)).toBe(true)
    expect(Intern.beginAlike(short, intern('acc'))).toBe(false)
    expect(Intern.beginAlike(short, intern('abЖ', 1))).toBe(true)
    expect(Intern.beginAlike(intern('abЖ', 1), short)).toBe(true)
    expect(Intern.beginAlike(intern('aЖ', 1), intern('abЖ', 1))).toBe(false)
    expect(Intern.beginAlike(intern('aЖ', 1), intern('aЖc', 1))).toBe(true)
    expect(Intern.beginAlike(short, STRING_ID_EMPTY)).toBe(true)
    expect(Intern.beginAlike(short, STRING_ID_ABSENT)).toBe(false)
  })
})

describe('an epoch', () => {
  beforeEach(() => {
    configure(LEVEL_NOTIFICATION, 1000, 1)
  })

  it('changes when a new one begins, and forgets every string', () => {
    const before = Intern.epoch()
    intern('a')
    Intern.beginEpoch()
    expect(Intern.epoch()).toBe(before + 1)
    expect(Intern.count()).toBe(0)
    expect(Intern.bytes()).toBe(32)
  })

  it('keeps survivors: their new ids read the same', () => {
    const ids: u32[] = []
    const names: string[] = ['\\\\files01\\a', 'é', 'x'.repeat(352), 'long enough for two blocks']
    for (let i = 0; i < names.length; i++) ids.push(intern(names[i]))
    const wide = intern('Ж\ud800', 1)
    Intern.beginEpoch()
    for (let i = names.length - 1; i >= 0; i--) {
      const id = Intern.survive(ids[i])
      expect(textOf(id)).toBe(names[i])
      expect(intern(names[i])).toBe(id)
    }
    expect(textOf(Intern.survive(wide))).toBe('Ж\ud800')
    expect(Intern.survive(STRING_ID_ABSENT)).toBe(STRING_ID_ABSENT)
    expect(Intern.survive(STRING_ID_EMPTY)).toBe(STRING_ID_EMPTY)
  })

  it('is over when the next window might not fit: by number', () => {
    let early = false
    for (let n: u32 = 0; n < 32768 - 1024; n++) {
      if (Intern.isFull()) early = true
      Intern.makeRoom()
      intern(n.toString())
    }
    expect(early).toBe(false)
    intern('one more')
    expect(Intern.isFull()).toBe(true)
  })

  it('is over when the next window might not fit: by bytes, so that no id can outgrow its bits', () => {
    // A window at most: 256 records with four strings and 24 blocks.
    const window: u32 = 256 * (4 * 16 + 384)
    const users: u32 = 2048 * (16 + 192)
    let n: u32 = 0
    while (Intern.bytes() + 368 + window + users <= ARENA_SIZE) {
      intern((n++).toString().padStart(352, 'x'))
      Intern.makeRoom()
    }
    expect(Intern.isFull()).toBe(false)
    for (let i: u32 = 0; i < 256; i++) {
      intern('a' + (n++).toString().padStart(15, 'a'))
      intern('b' + (n++).toString().padStart(15, 'b'))
      intern('c' + (n++).toString().padStart(15, 'c'))
      intern((n++).toString().padStart(336, 'd'))
    }
    expect(Intern.isFull()).toBe(true)
    // Filters on users then bring the SIDs of all rings.
    let last: u32 = 0
    for (let i: u32 = 0; i < 2048; i++) last = intern((n++).toString().padStart(192, 'u'))
    expect(Intern.bytes()).toBeLessThanOrEqual(ARENA_SIZE)
    expect(last).toBeLessThan(STRING_PLACES)
    expect(Intern.at(last)).toBeLessThan(ARENA + ARENA_SIZE)
  })
})
