// Programs without types may give anything to anything: each function of the package answers, or refuses with an MprtapError.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openForwarder } from '../../host/forwarding/index.ts'
import * as mprtap from '../../host/index.ts'
import * as testing from '../../host/testing/index.ts'
import { pre } from './records.ts'

const folder = mkdtempSync(join(tmpdir(), 'mprtap-arguments-'))
afterAll(() => rmSync(folder, { recursive: true }))

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic
const { proxy, revoke } = Proxy.revocable({}, {})
revoke()

/** Throws, and not even an Error. */
const refuse = () => {
  throw null
}
const thrower = new Proxy({}, { get: refuse, has: refuse, ownKeys: refuse, getPrototypeOf: refuse, getOwnPropertyDescriptor: refuse })

const VALUES: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
  ['not a number', Number.NaN],
  ['a number without end', Number.POSITIVE_INFINITY],
  ['a bigint', 5n],
  ['a symbol', Symbol('x')],
  ['true', true],
  ['a text', 'nonsense'],
  ['an empty text', ''],
  ['a list', [5]],
  ['a list of nothing', [null]],
  ['an object', { nonsense: 5n }],
  ['an object without a prototype', Object.create(null)],
  ['an object that contains itself', cyclic],
  ['a proxy that was revoked', proxy],
  ['an object that throws whatever is asked of it', thrower],
  ['a frozen object', Object.freeze({ nonsense: 1 })],
  ['an instance of a class', new (class Nonsense {})()],
  ['a date that is none', new Date(Number.NaN)],
  ['a function', () => 5],
]

const ring = testing.RingWriter.create({ sid: 'S-1-5-18', slotCountLog2: 2 })
const source = new testing.FakeSource()

type Call = (value: never) => unknown
const CALLS: Readonly<Record<string, Call>> = {
  'openTap()': async (value) => {
    // Nothing at all asks for this machine, and so does an object with nothing in it.
    if (value !== undefined) await (await mprtap.openTap(value)).close()
  },
  'openTap({ filter })': async (value) => (await mprtap.openTap({ sources: [source], filter: value })).close(),
  'openTap({ signal })': async (value) => (await mprtap.openTap({ sources: [source], signal: value })).close(),
  'openTap({ from: { consumer } })': async (value) => (await mprtap.openTap({ sources: [folder], from: { consumer: value } })).close(),
  'pruneRings()': (value) => mprtap.pruneRings(value),
  'pruneRings({ folder })': (value) => value !== undefined && mprtap.pruneRings({ folder: value }),
  'pruneRings({ user })': (value) => mprtap.pruneRings({ folder, user: value }),
  'pruneRings({ olderThanMs })': (value) => mprtap.pruneRings({ folder, olderThanMs: value }),
  'pruneRings({ checkpointFolder })': (value) => mprtap.pruneRings({ folder, checkpointFolder: value }),
  'pruneRings({ dryRun })': (value) => mprtap.pruneRings({ folder, dryRun: value }),
  'pruneRings({ onDiagnostic })': (value) => mprtap.pruneRings({ folder, onDiagnostic: value }),
  'pruneRings({ signal })': (value) => mprtap.pruneRings({ folder, signal: value }),
  'snapshot()': (value) => mprtap.snapshot(value),
  'parseFilter()': (value) => mprtap.parseFilter(value),
  'parseFilter(, level)': (value) => mprtap.parseFilter('kind == "add"', value),
  'field()': (value) => mprtap.field(value),
  'field().equals()': (value) => mprtap.field('remoteName').equals(value),
  'field().oneOf()': (value) => mprtap.field('remoteName').oneOf(value),
  'field().glob()': (value) => mprtap.field('remoteName').glob(value),
  'field().has()': (value) => mprtap.field('flags').has(value),
  'field().lessThan()': (value) => mprtap.field('time').lessThan(value),
  'the field of a condition': (value) => mprtap.field(value as 'remoteName').present(),
  'all()': (value) => mprtap.all(value),
  'any()': (value) => mprtap.any(value),
  'not()': (value) => mprtap.not(value),
  'a filter of all()': async (value) => (await mprtap.openTap({ sources: [source], filter: mprtap.all(value) })).close(),
  'a filter of not()': async (value) => (await mprtap.openTap({ sources: [source], filter: mprtap.not(value) })).close(),
  'flagNames()': (value) => mprtap.flagNames(value),
  'statusName()': (value) => mprtap.statusName(value),
  'explainStatus()': (value) => mprtap.explainStatus(value),
  'safeText()': (value) => mprtap.safeText(value),
  'safeJson()': (value) => mprtap.safeJson(value),
  'safeJson(, options)': (value) => mprtap.safeJson({}, value),
  'operationJson()': (value) => mprtap.operationJson(value),
  'notificationJson()': (value) => mprtap.notificationJson(value),
  'openForwarder()': (value) => openForwarder(value),
  'openForwarder({ stdout })': async (value) => (await openForwarder({ to: '-', tell: () => {}, stdout: value })).close(),
  'openForwarder({ signal })': async (value) => (await openForwarder({ to: '-', tell: () => {}, signal: value })).close(),
  'contextOf()': (value) => testing.contextOf(value, false),
  'fileTimeOf()': (value) => testing.fileTimeOf(value),
  'ringFileName()': (value) => testing.ringFileName(value),
  'ringFileName(, alternative)': (value) => testing.ringFileName('S-1-5-18', value),
  'generateTraffic()': (value) => testing.generateTraffic(value).next(),
  'writeRings()': (value) => testing.writeRings(value, { seed: 1, operations: -1 }),
  'writeRings(, options)': (value) => testing.writeRings(join(folder, 'none'), value),
  'followTraffic()': (value) => testing.followTraffic(value, { seed: 1, operations: -1 }),
  'followTraffic(, options)': (value) => testing.followTraffic(join(folder, 'none'), value),
  'followTraffic(, { signal })': (value) =>
    testing.followTraffic(join(folder, String(Math.random())), { seed: 1, operations: 0, signal: value }),
  'writeOperation()': (value) => testing.writeOperation(value, { outcome: 'nonsense' as never }),
  'writeOperation(, operation)': (value) => testing.writeOperation(join(folder, 'one'), value),
  'new FakeClock()': (value) => new testing.FakeClock(value),
  'FakeClock.advance()': (value) => new testing.FakeClock().advance(value),
  'new FakeSource()': (value) => new testing.FakeSource(value),
  'FakeSource.write()': (value) => source.write(value),
  'FakeSource.append()': (value) => source.append(value),
  'RingWriter.create()': (value) => testing.RingWriter.create(value),
  'RingWriter.create(, path)': (value) => {
    // Without a path, or with a good one, there is nothing wrong.
    if (value !== undefined && value !== 'nonsense') testing.RingWriter.create({ sid: 'S-1-5-18', slotCountLog2: 2 }, value)
  },
  // A text names a file, and that it is not there is the system's error.
  'RingWriter.open()': (value) => typeof value !== 'string' && testing.RingWriter.open(value),
  'RingWriter.append()': (value) => ring.append(value),
  'RingWriter.begin()': (value) => ring.begin(value),
  'RingWriter.fill()': (value) => ring.fill(value, pre()),
  'RingWriter.fill(, record)': (value) => ring.fill(0n, value),
  'RingWriter.commit()': (value) => ring.commit(value),
  'RingWriter.stamp()': (value) => ring.stamp(0n, value),
  'RingWriter.setHead()': (value) => ring.setHead(value),
  'RingWriter.poke()': (value) => ring.poke(value, new Uint8Array(1)),
  'RingWriter.poke(, bytes)': (value) => ring.poke(0, value),
  'RingWriter.slotOffset()': (value) => ring.slotOffset(value),
  'RingWriter.save()': (value) => {
    if (value !== 'nonsense') ring.save(value)
  },
}

describe.each(Object.entries(CALLS))('%s', (_name, call) => {
  it.each(VALUES)('with %s answers, or throws an MprtapError', async (_, value) => {
    const error = await Promise.resolve()
      .then(() => call(value as never))
      .then(
        () => undefined,
        (reason: unknown) => reason,
      )
    if (error !== undefined) expect(error).toBeInstanceOf(mprtap.MprtapError)
  })
})
