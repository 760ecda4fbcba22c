import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LEVEL_NOTIFICATION } from '../../assembly/abi.ts'
import { HEADER_FILE_ID } from '../../format/layout.ts'
import { Core } from '../../host/core/core.ts'
import type { Diagnostic } from '../../host/model/diagnostic.ts'
import { NO_ACCOUNT } from '../../host/reading/account.ts'
import { SourceSet } from '../../host/reading/source-set.ts'
import { RingOrigin } from '../../host/rings/ring-source.ts'
import { systemClock } from '../../host/system/clock.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { pre, SID } from './records.ts'
import { RingsOnDisk } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
const SLOTS = 8

/** The ring at one path, as a tap sees it. */
class OneRing {
  readonly #core: Core
  readonly #told: string[] = []
  #set: SourceSet | undefined

  constructor(core: Core) {
    this.#core = core
  }

  /** Looks for the ring; `from` counts the first time. Later a ring is read from its beginning, but for one that was refused. */
  open(from: 'now' | 'oldest' | 'beginning'): 'open' | 'empty' | { refusal: string } {
    const origins = [new RingOrigin(rings.path(), SID, true)]
    const finder = { isNamed: false, isLive: true, look: () => ({ origins, faults: new Map() }) }
    const settings = {
      from: from === 'now' ? from : 'oldest',
      onLoss: undefined,
      onDiagnostic: ({ text }: Diagnostic) => void this.#told.push(text),
    } as const
    this.#set ??= new SourceSet(this.#core, [finder], settings, systemClock)
    const before = this.#told.length
    this.#set.discover()
    if (this.isOpen) return 'open'
    return this.#told.length > before ? { refusal: this.#told.at(-1)! } : 'empty'
  }

  get isOpen(): boolean {
    return this.#set !== undefined && this.#set.open > 0
  }

  get told(): readonly string[] {
    return this.#told
  }

  /** The losses of the last turn. */
  lost: unknown

  turn(now: number): number {
    const reader = this.#set?.readers[0]
    if (!reader) return -1
    const rows = reader.turn(now)
    this.lost = reader.lost
    this.#set!.turned(reader)
    return rows
  }

  account() {
    return this.#set?.account() ?? NO_ACCOUNT
  }

  checkIdentity(): void {
    for (const reader of this.#set!.readers) reader.checkIdentity()
  }

  close(): void {
    this.#set?.close()
  }
}

let core: Core
let writer: RingWriter
let reader: OneRing

beforeEach(() => {
  writer = rings.create({ slotCountLog2: 3 })
  core = new Core(LEVEL_NOTIFICATION, { unfinishedAfterMs: 1000 })
  reader = new OneRing(core)
})
afterEach(() => reader.close())

const write = (count: number, to = writer) => {
  for (let i = 0; i < count; i++) to.append(pre())
}
// When the records were written is another story (tap-loss.test.ts).
const NOTHING = { ...NO_ACCOUNT, from: expect.any(Number), to: expect.any(Number) }

describe('a turn', () => {
  it('returns the rows of what was read, and -1 when there is nothing new', () => {
    reader.open('oldest')
    expect(reader.turn(0)).toBe(-1)
    write(3)
    expect(reader.turn(0)).toBe(3)
    expect(reader.turn(0)).toBe(-1)
  })

  it('that waits for a hole found nothing new: the tap may rest', () => {
    reader.open('oldest')
    writer.claim()
    write(1)
    expect([reader.turn(0), reader.turn(10), reader.turn(999)]).toEqual([-1, -1, -1])
    expect(reader.turn(1000)).toBe(1)
  })

  it('that delivers before a hole found something', () => {
    reader.open('oldest')
    write(2)
    writer.claim()
    expect([reader.turn(0), reader.turn(10)]).toEqual([2, -1])
  })

  it('that only counted losses found something, so that they are told', () => {
    reader.open('oldest')
    writer.claim()
    reader.turn(0)
    expect(reader.turn(1000)).toBe(0)
    expect(reader.account()).toEqual({ ...NOTHING, abandoned: 1 })
  })

  it('that looks after an abandoned record found nothing new: the tap may rest, as long as that record stays open', () => {
    reader.open('oldest')
    writer.claim()
    reader.turn(0)
    reader.turn(1000)
    expect([reader.turn(1001), reader.turn(1002), reader.turn(1003)]).toEqual([-1, -1, -1])
    writer.fill(0n, pre())
    writer.commit(0n)
    reader.turn(1004)
    expect(reader.account()).toEqual({ ...NOTHING, abandoned: 1, late: 1 })
  })

  it('after the file was set back is a turn like any other', () => {
    reader.open('oldest')
    write(4)
    reader.turn(0)
    writer.setHead(1n)
    expect([reader.turn(0), reader.turn(0)]).toEqual([0, -1])
    for (const sequence of [1n, 2n, 3n]) {
      writer.claim()
      writer.fill(sequence, pre())
      writer.commit(sequence)
    }
    expect(reader.turn(0)).toBe(3)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 7, rewinds: 1 })
  })

  it('looks at head once more after the copy: what may have been overwritten meanwhile is not delivered', () => {
    reader.open('oldest')
    write(SLOTS)
    // Three writers claim between the first look and the copy, and have not written yet.
    const plan = core.plan.bind(core)
    Object.assign(core, {
      plan(ring: number, now: number) {
        const planned = plan(ring, now)
        for (let i = 0; i < 3; i++) writer.claim()
        return planned
      },
    })
    expect(reader.turn(0)).toBe(SLOTS - 3)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: SLOTS - 3, overrun: 3, pending: 3 })
  })

  it('of a reader that is not open found nothing', () => expect(reader.turn(0)).toBe(-1))
})

describe('an opening', () => {
  it('from now skips what is there, from oldest does not', () => {
    write(3)
    expect(reader.open('now')).toBe('open')
    expect(reader.turn(0)).toBe(-1)
    reader.close()
    const second = new OneRing(new Core(LEVEL_NOTIFICATION, { unfinishedAfterMs: 1000 }))
    second.open('oldest')
    expect(second.turn(0)).toBe(3)
    second.close()
  })

  it.each([
    ['not a ring', (bytes: Buffer) => bytes.write('nope'), 'is not a ring'],
    ['of another version', (bytes: Buffer) => bytes.writeUInt8(2, 4), 'another format version'],
    ['of impossible geometry', (bytes: Buffer) => bytes.writeUInt8(1, 6), 'impossible number of slots'],
    ['without file id', (bytes: Buffer) => bytes.fill(0, 8, 16), 'no file id'],
    ['with a head that cannot be', (bytes: Buffer) => bytes.writeUInt8(0x20, 519), 'more records than can ever'],
    ['of another size', (bytes: Buffer) => bytes.writeUInt8(4, 6), 'not as long as its header says'],
  ])('refuses one that is %s, with a reason', (_, damage, reason) => {
    const bytes = readFileSync(rings.path())
    damage(bytes)
    writeFileSync(rings.path(), bytes)
    expect(reader.open('oldest')).toMatchObject({ refusal: expect.stringContaining(reason) })
    expect(reader.isOpen).toBe(false)
  })

  it('calls an empty file, and one of zeros, empty', () => {
    writeFileSync(rings.path(), '')
    expect(reader.open('oldest')).toBe('empty')
    writeFileSync(rings.path(), Buffer.alloc(4096 + 512 * 4))
    expect(reader.open('oldest')).toBe('empty')
  })

  it('of a file that was never opened begins at its oldest record, even if it was refused or empty before', () => {
    write(SLOTS + 5)
    const good = readFileSync(rings.path())
    const unfinished = Buffer.from(good).fill(0, 0, 8)
    writeFileSync(rings.path(), unfinished)
    expect(reader.open('now')).toBe('empty')
    truncateSync(rings.path(), good.length - 1)
    writeFileSync(rings.path(), good.subarray(0, -1))
    expect(reader.open('oldest')).toMatchObject({ refusal: expect.any(String) })
    writeFileSync(rings.path(), good)
    reader.open('oldest')
    expect([reader.turn(0), reader.turn(0), reader.turn(0)]).toEqual([3, 5, -1])
    expect(reader.account()).toEqual({ ...NOTHING, delivered: SLOTS, overwritten: 5 })
  })

  it('names a missing file as such', () => {
    rmSync(rings.path())
    const missing = { refusal: expect.stringMatching(/does not exist/), isMissing: true, cause: { code: 'ENOENT' } }
    expect(new RingOrigin(rings.path(), SID, true).open()).toMatchObject(missing)
  })

  it('does not take a directory for a ring', () => {
    rmSync(rings.path())
    mkdirSync(rings.path())
    expect(reader.open('oldest')).toMatchObject({ refusal: expect.stringContaining('EINVAL') })
  })
})

describe('a file that goes away', () => {
  beforeEach(() => {
    reader.open('oldest')
    write(2)
    reader.turn(0)
  })

  it('by truncation: the reader closes; when the same file is back it goes on where it was', () => {
    const bytes = readFileSync(rings.path())
    truncateSync(rings.path(), 100)
    expect(reader.turn(0)).toBe(-1)
    expect(reader.isOpen).toBe(false)
    writeFileSync(rings.path(), bytes)
    write(2)
    reader.open('oldest')
    expect(reader.turn(0)).toBe(2)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 4 })
  })

  it.each([
    ['to its header', 4096],
    ['to nothing, after a look at its head', 0],
    ['to the middle of the next slot', 4096 + 2 * 512 + 256],
  ])('by truncation %s: what was promised is waited for, counted as abandoned, and told; then it is left', (_, length) => {
    write(3)
    // The tap looks at the head, and is interrupted before it copies.
    core.header.set(readFileSync(rings.path()).subarray(0, core.header.length))
    core.plan(0, 0)
    truncateSync(rings.path(), length)
    expect([reader.turn(0), reader.turn(999)]).toEqual([-1, -1])
    expect(reader.account()).toMatchObject({ delivered: 2, pending: 3 })
    expect(reader.turn(1000)).toBe(0)
    expect(reader.lost).toEqual([{ first: 2, count: 3, reason: 'abandoned' }])
    expect(reader.turn(1001)).toBe(-1)
    expect(reader.isOpen).toBe(false)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 2, abandoned: 3 })
    const told = expect.stringMatching(/ was truncated.*3 of the records that it promised are lost/)
    reader.open('oldest')
    reader.open('oldest')
    expect(reader.told.filter((text) => text.includes('promised'))).toEqual([told])
  })

  it('by truncation to the middle: what is left is delivered, the rest is lost', () => {
    write(4)
    truncateSync(rings.path(), 4096 + 4 * 512 + 100)
    expect(reader.turn(0)).toBe(2)
    expect(reader.turn(1)).toBe(-1)
    expect(reader.turn(1001)).toBe(0)
    expect(reader.turn(1002)).toBe(-1)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 4, abandoned: 2 })
    expect(reader.isOpen).toBe(false)
  })

  it('by truncation, and comes back before a second is over: nothing is lost', () => {
    write(3)
    const bytes = readFileSync(rings.path())
    truncateSync(rings.path(), 4096)
    expect(reader.turn(0)).toBe(-1)
    writeFileSync(rings.path(), bytes)
    expect(reader.turn(999)).toBe(3)
    expect(reader.turn(1000)).toBe(-1)
    expect(reader.open('oldest')).toBe('open')
    write(1)
    expect(reader.turn(1001)).toBe(1)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 6 })
    expect(reader.told).toEqual([])
  })

  it('because it was emptied and another ring begun in it: what the first had promised is lost, and nothing of the second', () => {
    write(4)
    core.header.set(readFileSync(rings.path()).subarray(0, core.header.length))
    core.plan(0, 0)
    const second = RingWriter.create({ sid: SID, slotCountLog2: 3 })
    write(7, second)
    writeFileSync(rings.path(), second.bytes)
    expect(reader.turn(0)).toBe(-1)
    expect(reader.turn(1000)).toBe(0)
    expect(reader.turn(1001)).toBe(-1)
    reader.open('beginning')
    expect(reader.turn(1002)).toBe(7)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 9, abandoned: 4 })
  })

  it('because its head cannot be: what stood before that head is read first', () => {
    write(2)
    core.header.set(readFileSync(rings.path()).subarray(0, core.header.length))
    core.plan(0, 0)
    writer.setHead(2n ** 53n)
    expect(reader.turn(0)).toBe(2)
    expect(reader.turn(0)).toBe(-1)
    expect(reader.isOpen).toBe(false)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 4 })
  })

  it('is called emptied when it is and stays so, unlike one that never was a ring, or is being made anew', () => {
    truncateSync(rings.path(), 0)
    reader.turn(0)
    expect(reader.open('beginning')).toBe('empty')
    expect(reader.open('beginning')).toMatchObject({ refusal: expect.stringContaining('was emptied') })
  })

  it('because its header becomes another ring’s: that one is read from its beginning, and the account goes on', () => {
    const id = Buffer.alloc(8, 7)
    writer.poke(HEADER_FILE_ID, id)
    expect(reader.turn(0)).toBe(-1)
    expect(reader.isOpen).toBe(false)
    rmSync(rings.path())
    const second = rings.create({ slotCountLog2: 4 })
    write(3, second)
    expect(reader.open('oldest')).toBe('open')
    expect(reader.turn(0)).toBe(3)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 5 })
  })

  it('because its head cannot be: the reader closes, and the next opening says why', () => {
    const { head } = writer
    writer.setHead(2n ** 53n)
    expect(reader.turn(0)).toBe(-1)
    expect(reader.isOpen).toBe(false)
    expect(reader.open('oldest')).toMatchObject({ refusal: expect.stringContaining('more records than can ever') })
    writer.setHead(head)
    write(1)
    expect(reader.open('oldest')).toBe('open')
    expect(reader.turn(0)).toBe(1)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 3 })
  })

  it('is noticed when another file has its path, once all records of the old one are read', () => {
    write(2)
    renameSync(rings.path(), `${rings.path()}.bad`)
    const second = rings.create({ slotCountLog2: 4 })
    write(1, second)
    reader.checkIdentity()
    expect(reader.turn(0)).toBe(2)
    expect(reader.turn(0)).toBe(-1)
    expect(reader.isOpen).toBe(false)
    reader.open('oldest')
    expect(reader.turn(0)).toBe(1)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 5 })
  })

  it('is not left while a record in it is still being written: what stands behind it is read first', () => {
    writer.claim()
    write(1)
    rmSync(rings.path())
    reader.checkIdentity()
    expect([reader.turn(0), reader.turn(500)]).toEqual([-1, -1])
    expect(reader.isOpen).toBe(true)
    expect(reader.turn(1000)).toBe(1)
    expect(reader.turn(1001)).toBe(-1)
    expect(reader.isOpen).toBe(false)
    expect(reader.account()).toEqual({ ...NOTHING, delivered: 3, abandoned: 1 })
  })

  it('is noticed when nothing has its path', () => {
    rmSync(rings.path())
    reader.checkIdentity()
    reader.turn(0)
    expect(reader.isOpen).toBe(false)
  })

  it('is not noticed while it is still the same', () => {
    reader.checkIdentity()
    reader.turn(0)
    expect(reader.isOpen).toBe(true)
  })
})
