// A tap of a source that a test controls: nothing waits for real.
import { expect, it } from 'vitest'
import { type Loss, openTap } from '../../host/index.ts'
import { FakeClock, FakeSource } from '../../host/testing/index.ts'

it('an operation is delivered when the clock goes on, with the id that write() gave', async () => {
  const source = new FakeSource({ startTime: Date.UTC(2026, 5, 1) })
  const tap = await openTap({ sources: [source] })
  const events = tap[Symbol.asyncIterator]()
  const next = events.next()
  await source.clock.advance(1_000)
  const id = source.write({ remoteName: '\\\\fs01\\home', outcome: 'failed' })
  await source.clock.advance(50)
  const { value } = await next
  expect(value).toMatchObject({ id, remoteName: '\\\\fs01\\home', outcome: 'failed', time: Date.UTC(2026, 5, 1, 0, 0, 1) })
  await tap.close()
})

it('five minutes pass at once: an operation without an end is unfinished', async () => {
  const source = new FakeSource()
  const tap = await openTap({ sources: [source] })
  source.write({ outcome: 'unfinished' })
  const next = tap[Symbol.asyncIterator]().next()
  await source.clock.advance(299_000)
  expect(tap.stats()).toMatchObject({ waiting: 1, unfinished: 0 })
  await source.clock.advance(3_000)
  expect((await next).value).toMatchObject({ outcome: 'unfinished' })
  await tap.close()
})

it('what is overwritten before the tap looks is a loss', async () => {
  const source = new FakeSource({ slotCountLog2: 2 })
  const losses: Loss[] = []
  const tap = await openTap({ sources: [source], onLoss: (loss) => void losses.push(loss) })
  for (let i = 0; i < 10; i++) source.write()
  const next = tap[Symbol.asyncIterator]().next()
  await source.clock.advance(50)
  await next
  expect(losses.reduce((sum, { count }) => sum + count, 0)).toBe(tap.stats().lost)
  expect(tap.stats().overrun).toBe(16)
  await tap.close()
})

it('two sources are one tap', async () => {
  const one = new FakeSource({ user: 'S-1-5-18' })
  const other = new FakeSource()
  const tap = await openTap({ sources: [one, other] })
  one.write()
  other.write()
  const events = tap[Symbol.asyncIterator]()
  const both = Promise.all([events.next(), events.next()])
  await one.clock.advance(100)
  expect((await both).map(({ value }) => value.user).sort()).toEqual(['S-1-5-18', 'S-1-5-21-1004336348-1177238915-682003330-1001'])
  await tap.close()
})

it('the clock runs what falls due in its order, each at its time', async () => {
  const clock = new FakeClock(1_000)
  const seen: [string, number][] = []
  const note = (name: string) => () => void seen.push([name, clock.wall()])
  clock.timer(note('late'), 20)
  const repeated = clock.timer(() => {
    note('again')()
    if (clock.now() < 15) repeated.again(6)
  }, 6)
  clock.timer(note('never'), 10).stop()
  void clock.sleep(7).then(note('slept'))
  await clock.advance(100)
  expect(seen).toEqual([
    ['again', 1_006],
    ['slept', 1_007],
    ['again', 1_012],
    ['again', 1_018],
    ['late', 1_020],
  ])
  expect(clock.now()).toBe(100)
  await expect(clock.advance(-1)).rejects.toMatchObject({ code: 'MPRTAP_INVALID_ARGUMENT' })
})

it.each([[{}], [{ clock: {}, finder: {} }], [7], ['']])('%o is no source', async (source) => {
  await expect(openTap({ sources: [source as never] })).rejects.toMatchObject({ code: 'MPRTAP_INVALID_ARGUMENT' })
})
