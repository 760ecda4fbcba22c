import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LEVEL_NOTIFICATION } from '../../assembly/abi.ts'
import { Core } from '../../host/core/core.ts'
import { openTap } from '../../host/index.ts'
import { GoneProcesses } from '../../host/reading/gone-processes.ts'
import { Pace } from '../../host/reading/pace.ts'
import { Round } from '../../host/reading/round.ts'
import { SourceSet } from '../../host/reading/source-set.ts'
import { RingPath } from '../../host/rings/finders.ts'
import { systemClock } from '../../host/system/clock.ts'
import { OTHER_SID, pre } from './records.ts'
import { RingsOnDisk } from './rings-on-disk.ts'

// The clock and its timers are ours; files are read as ever.
const rings = new RingsOnDisk()
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] }))
afterEach(() => void vi.useRealTimers())

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const MINUTE = 60_000

describe('after a long silence', () => {
  it.each(['close()', 'an AbortSignal'])('%s ends a loop at once, without another look', async (how) => {
    rings.create()
    const controller = new AbortController()
    const tap = await openTap({ sources: [rings.directory], signal: controller.signal, longestRestMs: MINUTE })
    const waiting = tap[Symbol.asyncIterator]().next()
    await pass(10 * MINUTE)
    if (how === 'close()') await tap.close()
    else controller.abort()
    expect(await waiting).toMatchObject({ done: true })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('the first record is there half a second later at most', async () => {
    const ring = rings.create()
    const tap = await openTap({ sources: [rings.directory], level: 'notification' })
    const waiting = tap[Symbol.asyncIterator]().next()
    await pass(10 * MINUTE + 123)
    ring.append(pre())
    await pass(500)
    expect((await waiting).value).toMatchObject({ phase: 'pre' })
    await tap.close()
  })

  it('the next records come as soon as ever: there is news again', async () => {
    const ring = rings.create()
    const tap = await openTap({ sources: [rings.directory], level: 'notification' })
    const events = tap[Symbol.asyncIterator]()
    const first = events.next()
    await pass(10 * MINUTE)
    ring.append(pre())
    await pass(500)
    await first
    const second = events.next()
    await pass(9000)
    ring.append(pre())
    await pass(50)
    expect((await second).value).toMatchObject({ sequence: 1 })
    await tap.close()
  })

  it('what follows at once on the first record is there within milliseconds', async () => {
    const ring = rings.create()
    const tap = await openTap({ sources: [rings.directory], level: 'notification' })
    const events = tap[Symbol.asyncIterator]()
    const first = events.next()
    await pass(10 * MINUTE)
    ring.append(pre())
    await pass(500)
    await first
    const second = events.next()
    await pass(3)
    ring.append(pre())
    await pass(4)
    expect((await second).value).toMatchObject({ sequence: 1 })
    await tap.close()
  })

  it('a record whose writing has begun is waited for in short rests', async () => {
    const ring = rings.create()
    const tap = await openTap({ sources: [rings.directory], level: 'notification' })
    const waiting = tap[Symbol.asyncIterator]().next()
    await pass(10 * MINUTE)
    const sequence = ring.claim()
    await pass(550)
    ring.fill(sequence, pre())
    ring.commit(sequence)
    await pass(50)
    expect((await waiting).value).toMatchObject({ phase: 'pre' })
    await tap.close()
  })

  it('a ring that appears is found in a second and a half', async () => {
    const tap = await openTap({ sources: [rings.directory], level: 'notification' })
    const waiting = tap[Symbol.asyncIterator]().next()
    await pass(10 * MINUTE)
    rings.create().append(pre())
    await pass(1500)
    expect((await waiting).value).toMatchObject({ phase: 'pre' })
    await tap.close()
  })

  it('operations without a POST still become unfinished', async () => {
    const ring = rings.create()
    const tap = await openTap({ sources: [rings.directory], unfinishedAfterMs: 5 * MINUTE })
    const waiting = tap[Symbol.asyncIterator]().next()
    ring.append(pre())
    await pass(5 * MINUTE + 1550)
    expect((await waiting).value).toMatchObject({ outcome: 'unfinished' })
    await tap.close()
  })
})

describe('a ring that has been silent for long beside one that is busy', () => {
  it('is looked at twice a second, the busy one whenever there may be news', async () => {
    const [busy, silent] = [rings.create(), rings.create({ sid: OTHER_SID })]
    const core = new Core(LEVEL_NOTIFICATION, { unfinishedAfterMs: MINUTE })
    const finders = [rings.path(), rings.path({ sid: OTHER_SID })].map((path) => new RingPath(path))
    const set = new SourceSet(core, finders, { from: 'now', onLoss: undefined, onDiagnostic: undefined }, systemClock)
    set.discover()
    const nobody = new GoneProcesses(core, () => false)
    const round = new Round(core, set, new Pace(systemClock), nobody, systemClock, () => {})
    const [busyReader, silentReader] = set.readers
    const looks = { busy: new Set<number>(), silent: new Set<number>() }
    const until = performance.now() + 30_000
    let seen = 0
    let next = round.next((rows) => rows)
    while (performance.now() < until) {
      busy.append(pre())
      await pass(50)
      expect(await next).toBe(1)
      seen++
      next = round.next((rows) => rows)
      if (performance.now() < until - 10_000) continue
      looks.busy.add(busyReader!.lookedAt)
      looks.silent.add(silentReader!.lookedAt)
    }
    expect(looks.busy.size).toBeGreaterThan(150)
    expect([20, 21, 22, 23]).toContain(looks.silent.size)
    silent.append(pre())
    await pass(500)
    expect(await next).toBe(1)
    expect(core.account(1).next).toBe(1)
    expect(seen).toBe(600)
    round.stop()
    set.close()
  })
})
