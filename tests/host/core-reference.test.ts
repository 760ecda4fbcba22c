// The core beside the reference reader, over rings that a random history of writers, crashes and vandals has made.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as abi from '../../assembly/abi.ts'
import { STRING_REMOTE_NAME } from '../../format/layout.ts'
import { type RecordInput, RingWriter } from '../../host/testing/index.ts'
import { cases } from '../sweeps.ts'
import { CoreDriver, operationOf } from './core-driver.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { ReferencePairing } from './reference-pairing.ts'
import { ReferenceReader } from './reference-reader.ts'
import type { Row } from './reference-record.ts'
import { markUnreadable } from './unreadable.ts'

const UNFINISHED_AFTER = 3000
const NAMES = ['\\\\files01\\a', '\\\\files01\\b', '\\\\файлы\\в', 'F:', '', null, `\\\\${'long'.repeat(60)}`, 'Я'.repeat(170)]

/** What happens to a ring between two looks. Numbers choose among what there is, modulo. */
type Event =
  | { do: 'begin'; process: number; kind: 'add' | 'cancel'; name: number; pointer32: boolean }
  | { do: 'end'; which: number; status: number; read: number | undefined }
  | { do: 'claim' | 'claimAndBegin' }
  | { do: 'finish'; which: number }
  | { do: 'flip'; back: number; offset: number; bit: number }
  | { do: 'stamp'; back: number; ahead: number; state: number }
  | { do: 'setHead'; by: number }
  | { do: 'newFile' }

type Step = { ring: number; event: Event } | { look: number; later: number; during: Event[] } | { expire: number }

const number = (max: number) => fc.nat({ max })
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('begin' as const),
      process: number(3),
      kind: fc.constantFrom('add' as const, 'cancel' as const),
      name: number(99),
      pointer32: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: number(9),
      status: fc.constantFrom(0, 53, 1223, 2108),
      read: fc.option(number(12), { nil: undefined, freq: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('claim' as const, 'claimAndBegin' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('finish' as const), which: number(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flip' as const), back: number(20), offset: number(511), bit: number(7) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('stamp' as const),
      back: number(20),
      ahead: fc.integer({ min: -40, max: 40 }),
      state: number(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('setHead' as const), by: fc.constantFrom(-30, -3, -1, 2, 40, 2 ** 33, 2 ** 53) }) },
)
const nothing: fc.Arbitrary<Event[]> = fc.constant([])
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ ring: number(1), event }) },
  { weight: 1, arbitrary: fc.record({ ring: number(1), event: fc.constant<Event>({ do: 'newFile' }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      look: number(1),
      later: fc.constantFrom(0, 1, 400, 999, 1000, 2500),
      during: fc.oneof({ weight: 3, arbitrary: nothing }, { weight: 1, arbitrary: fc.array(event, { maxLength: 12, size: 'max' }) }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ expire: fc.constantFrom(0, 1000, 4000) }) },
)

/** One ring with what its writers are in the middle of. */
class Subject {
  writer: RingWriter
  readonly #sid: string
  readonly #log2: number
  #started: { sequence: bigint; fields: object }[] = []
  #holes: bigint[] = []

  constructor(sid: string, log2: number) {
    this.#sid = sid
    this.#log2 = log2
    this.writer = RingWriter.create({ sid, slotCountLog2: log2, fileId: 5n })
  }

  apply(event: Event): void {
    const { writer } = this
    switch (event.do) {
      case 'begin': {
        const { process, kind, pointer32 } = event
        const fields = { kind, pointer32, processId: process, threadId: event.name, remoteName: NAMES[event.name % NAMES.length]! }
        const sequence = writer.append(pre(fields))
        if (sequence !== undefined) this.#started.push({ sequence, fields })
        return
      }
      case 'end': {
        const [started] = this.#started.splice(event.which % (this.#started.length || 1), 1)
        const success = event.status === 0 ? { provider: 'Microsoft Windows Network' } : {}
        if (!started) return
        const fields = { ...started.fields, ...success, operationStatus: event.status }
        if (event.read === undefined) writer.append(post(started.sequence, fields))
        else this.#appendUnread(post(started.sequence, fields), event.read)
        return
      }
      case 'claim':
      case 'claimAndBegin': {
        const sequence = writer.claim()
        if (event.do === 'claimAndBegin') writer.begin(sequence)
        this.#holes.push(sequence)
        return
      }
      case 'finish': {
        const [sequence] = this.#holes.splice(event.which % (this.#holes.length || 1), 1)
        if (sequence === undefined) return
        writer.fill(sequence, pre({ threadId: 1000 }))
        writer.commit(sequence)
        return
      }
      case 'flip': {
        const at = writer.slotOffset(this.#back(event.back)) + event.offset
        writer.poke(at, Uint8Array.of(writer.bytes[at]! ^ (1 << event.bit)))
        return
      }
      case 'stamp': {
        const sequence = this.#back(event.back)
        writer.stamp(sequence, event.state, BigInt.asUintN(62, sequence + BigInt(event.ahead)))
        return
      }
      case 'setHead':
        writer.setHead(BigInt.asUintN(64, writer.head + BigInt(event.by) < 0n ? 0n : writer.head + BigInt(event.by)))
        return
      case 'newFile':
        this.writer = RingWriter.create({ sid: this.#sid, slotCountLog2: this.#log2, fileId: writer.fileId + 1n })
        this.#holes = []
    }
  }

  /** A record whose name could be read for some units only. */
  #appendUnread(input: RecordInput, units: number): void {
    const sequence = this.writer.append({ ...input, remoteName: input.remoteName?.slice(0, units) ?? null })
    if (sequence !== undefined && input.remoteName !== null) markUnreadable(this.writer, sequence, STRING_REMOTE_NAME)
  }

  #back(distance: number): bigint {
    const { head } = this.writer
    return head > BigInt(distance) ? head - BigInt(distance) - 1n : 0n
  }

  get header(): Buffer {
    return Buffer.from(this.writer.bytes.slice(0, 704))
  }
}

/** Two rings, read by the core and by the reference at the same moments. */
class Comparison {
  readonly #level: number
  readonly #driver: CoreDriver
  readonly #subjects: Subject[]
  readonly #pairing = new ReferencePairing()
  readonly #references: ReferenceReader[]
  #now = 0
  delivered = 0

  constructor(level: number, log2: number) {
    this.#level = level
    this.#driver = new CoreDriver(level, UNFINISHED_AFTER)
    this.#subjects = [new Subject(SID, log2), new Subject(OTHER_SID, log2)]
    this.#references = this.#subjects.map((_, ring) => this.#open(ring))
  }

  #open(ring: number): ReferenceReader {
    const { bytes } = this.#subjects[ring]!.writer
    expect(this.#driver.open(ring, bytes)).toBe(abi.RING_GOOD)
    const pairing = this.#level === abi.LEVEL_OPERATION ? this.#pairing : undefined
    return new ReferenceReader(ring, this.#subjects[ring]!.header, 'oldest', this.#driver.core.windowSlots, pairing)
  }

  run(step: Step): void {
    if ('event' in step) this.#subjects[step.ring]!.apply(step.event)
    else if ('look' in step) this.#look(step.look, step.later, step.during)
    else this.#expire(step.expire)
  }

  #look(ring: number, later: number, during: readonly Event[]): void {
    this.#now += later
    const subject = this.#subjects[ring]!
    const reference = this.#references[ring]!
    const expected = reference.look(subject.header)
    const { planned, offset } = this.#driver.plan(ring, subject.writer.bytes, this.#now)
    if (expected === 'replaced') {
      expect(planned).toBe(abi.PLAN_REPLACED)
      // A new file whose head cannot be is left alone, and tried again.
      if (subject.writer.head < 2n ** 53n) this.#references[ring] = this.#open(ring)
      else expect(this.#driver.open(ring, subject.writer.bytes)).toBe(abi.RING_BAD_HEAD)
      return
    }
    if (expected === 'bad head') {
      expect(planned).toBe(abi.PLAN_BAD_HEAD)
      return
    }
    const lateLook = expected.slots === 0 && planned === 1
    if (!lateLook) expect(planned).toBe(expected.slots)
    if (planned > 0) {
      const { bytes } = subject.writer
      const window = Buffer.from(bytes.slice(offset, offset + planned * 512))
      if (lateLook) expect(reference.abandonedSequences.map((sequence) => subject.writer.slotOffset(sequence))).toContain(offset)
      else expect(offset).toBe(subject.writer.slotOffset(expected.from))
      this.#driver.core.window.set(window)
      for (const event of during) subject.apply(event)
      this.#driver.core.head.set(subject.writer.bytes.subarray(512, 520))
      const rows = this.#driver.rows(this.#driver.core.take(ring))
      this.#compare(rows, lateLook ? [] : reference.take(window, expected.from, subject.header, this.#now))
    }
    this.#checkAccount(ring)
  }

  #expire(later: number): void {
    this.#now += later
    const { core } = this.#driver
    const expected = this.#pairing.expire(this.#now, UNFINISHED_AFTER, (ring) => core.account(ring).readAt)
    this.#compare(this.#driver.rows(core.expire(this.#now)), expected)
  }

  #compare(rows: Row[], expected: Row[]): void {
    const view = this.#level === abi.LEVEL_OPERATION ? operationOf : (row: Row) => row
    expect(rows.map(view)).toEqual(expected.map(view))
    expect(this.#driver.core.totals().waiting).toBe(this.#pairing.waiting)
    this.delivered += rows.length
  }

  #checkAccount(ring: number): void {
    const { account, balance } = this.#references[ring]!
    const { late, startTotal: _, pending, ...core } = this.#driver.account(ring)
    expect(core).toEqual(Object.fromEntries(Object.entries(account).map(([key, value]) => [key, Number(value)])))
    expect(pending).toBe(Number(account.head - account.next))
    expect(balance).toBe(0n)
    // The core's own numbers are exact; as f64s they are up to 2^53.
    if (account.head < 2n ** 53n) expect(this.#driver.balance(ring)).toBe(0)
    expect(late).toBeLessThanOrEqual(core.abandoned)
  }
}

describe('the core and the reference reader agree, turn by turn, on rows and account', () => {
  for (const [name, level] of [
    ['notifications', abi.LEVEL_NOTIFICATION],
    ['operations', abi.LEVEL_OPERATION],
  ] as const) {
    for (const log2 of [2, 4]) {
      it(`${name}, two rings of ${2 ** log2} slots`, () => {
        let delivered = 0
        const property = fc.property(fc.array(step, { maxLength: 150, size: 'max' }), (steps) => {
          const comparison = new Comparison(level, log2)
          for (const one of steps) comparison.run(one)
          delivered += comparison.delivered
        })
        fc.assert(property, { numRuns: cases(80) })
        expect(delivered).toBeGreaterThan(cases(100))
      })
    }
  }

  it('windows smaller than the ring: bursts of hundreds, holes and laps', () => {
    const burst = fc.record({ ring: number(1), count: fc.nat({ max: 900 }), hole: fc.boolean() })
    const looks = fc.array(fc.record({ look: number(1), later: fc.constantFrom(0, 1000), during: nothing }), { maxLength: 4 })
    const property = fc.property(fc.array(fc.tuple(burst, looks), { maxLength: 8, size: 'max' }), (rounds) => {
      const comparison = new Comparison(abi.LEVEL_NOTIFICATION, 9)
      for (const [{ ring, count, hole }, after] of rounds) {
        for (let i = 0; i < count; i++) {
          comparison.run({ ring, event: { do: 'begin', process: i, kind: 'add', name: i, pointer32: false } })
        }
        if (hole) comparison.run({ ring, event: { do: 'claim' } })
        for (const look of after) comparison.run(look)
      }
    })
    fc.assert(property, { numRuns: cases(12) })
  })
})

describe('late commits', () => {
  it('are counted exactly, once the ring is quiet, as long as 64 or fewer are watched', () => {
    const property = fc.property(fc.uniqueArray(number(49), { maxLength: 50, size: 'max' }), (committed) => {
      const { writer } = new Subject(SID, 6)
      const driver = new CoreDriver()
      driver.open(0, writer.bytes)
      const holes = Array.from({ length: 50 }, () => writer.claim())
      driver.turn(0, writer.bytes, 0)
      driver.turn(0, writer.bytes, 1000)
      for (const i of committed) {
        writer.fill(holes[i]!, pre())
        writer.commit(holes[i]!)
      }
      for (let i = 0; i < 500; i++) driver.turn(0, writer.bytes, 1001 + i)
      expect(driver.account(0)).toMatchObject({ abandoned: 50, late: committed.length, delivered: 0 })
    })
    fc.assert(property, { numRuns: cases(30) })
  })
})
