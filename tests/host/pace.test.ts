import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Pace } from '../../host/reading/pace.ts'
import { systemClock } from '../../host/system/clock.ts'

/** A ring that had news last, and was looked at last, at these times. */
const ring = (newsAt: number, lookedAt = newsAt) => ({ newsAt, lookedAt })
const rests = (pace: Pace, rings: readonly ReturnType<typeof ring>[], ...times: number[]) => times.map((now) => pace.nextRest(rings, now))
const SILENT = 20_000

describe('the rest between two looks in vain', () => {
  it('doubles from 1 ms to 50 ms while any ring had news in the last ten seconds', () => {
    const pace = new Pace(systemClock)
    expect(rests(pace, [ring(-SILENT), ring(0)], 0, 1, 3, 7, 15, 31, 63, 113, 9999)).toEqual([1, 2, 4, 8, 16, 32, 50, 50, 50])
  })

  it('doubles on to 500 ms when all rings have been silent for ten seconds', () => {
    const pace = new Pace(systemClock)
    rests(pace, [ring(0)], 0, 1, 3, 7, 15, 31, 63)
    expect(rests(pace, [ring(0)], 9999, 10_000, 10_100, 10_300, 10_700, 60_000)).toEqual([50, 100, 200, 400, 500, 500])
  })

  it('is short again after work, and at most 50 ms as long as that was news', () => {
    const pace = new Pace(systemClock)
    const rings = [ring(-SILENT)]
    while (pace.nextRest(rings, 0) < 500);
    pace.busy(1)
    rings[0]!.newsAt = 1000
    expect(rests(pace, rings, 1000, 1001)).toEqual([1, 2])
  })

  it('is at most 50 ms as soon as something is being written, even if there is nothing to read yet', () => {
    const pace = new Pace(systemClock)
    while (pace.nextRest([ring(-SILENT)], 0) < 500);
    expect(pace.nextRest([ring(0)], 0)).toBe(50)
  })

  it('is as long as was chosen at most', () => {
    const chosen = (longest: number, newsAt: number) => {
      const pace = new Pace(systemClock, longest)
      return Math.max(...rests(pace, [ring(newsAt)], ...new Array(20).fill(0)))
    }
    expect([chosen(2000, -SILENT), chosen(2000, 0), chosen(20, -SILENT), chosen(20, 0)]).toEqual([2000, 50, 20, 20])
  })

  it('is longer for who is in no hurry, also while there is news', () => {
    const pace = new Pace(systemClock, 500, 300)
    const now = Math.ceil(systemClock.now())
    expect(rests(pace, [ring(now)], now, now + 300, now + 800)).toEqual([300, 300, 300])
    pace.busy(10)
    expect(rests(pace, [ring(now)], now + 1300)).toEqual([300])
  })

  it('is no longer for who is in no hurry than few records take, as fast as the last ones came', () => {
    const pace = new Pace(systemClock, 500, 300)
    const now = Math.ceil(systemClock.now())
    rests(pace, [ring(now)], now)
    pace.busy(2000)
    pace.busy(1200)
    expect(rests(pace, [ring(now)], now + 500, now + 510, now + 530)).toEqual([10, 300, 300])
    pace.busy(1e9)
    expect(rests(pace, [ring(now)], now + 1000)).toEqual([1])
  })

  it('is the longest where there is no ring', () => {
    const pace = new Pace(systemClock)
    expect(Math.max(...rests(pace, [], ...new Array(20).fill(0)))).toBe(500)
  })
})

describe('the turn of a ring', () => {
  it('comes with every pass while it had news in the last ten seconds', () => {
    const pace = new Pace(systemClock)
    expect([0, 1, 9999].map((now) => pace.isDue(ring(0, now), 1, now))).toEqual([true, true, true])
  })

  it('comes with the last pass within 500 ms when it has been silent for longer', () => {
    const pace = new Pace(systemClock)
    const silent = ring(0, 20_000)
    expect([20_000, 20_100, 20_449, 20_450, 20_500].map((now) => pace.isDue(silent, 1, now))).toEqual([false, false, false, true, true])
  })

  it('comes more seldom where there are so many that even so they would cost much: one a millisecond', () => {
    const pace = new Pace(systemClock)
    const silent = ring(0, 20_000)
    expect([20_450, 20_949, 20_950].map((now) => pace.isDue(silent, 1000, now))).toEqual([false, false, true])
    expect(pace.isDue(ring(15_000, 20_000), 1000, 20_001)).toBe(true)
  })
})

describe('rest()', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  it('looks again and again until there is something to see, and no longer', async () => {
    const pace = new Pace(systemClock)
    const looks: number[] = []
    const started = performance.now()
    const over = pace.rest([ring(started)], () => looks.push(performance.now() - started) === 9)
    await vi.advanceTimersByTimeAsync(1000)
    await over
    expect(looks).toEqual([1, 3, 7, 15, 31, 63, 113, 163, 213])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends at once when it is woken, however long it was to last, and looks no more', async () => {
    const pace = new Pace(systemClock, 60_000)
    let looks = 0
    const over = pace.rest([], () => ++looks < 0)
    await vi.advanceTimersByTimeAsync(200_000)
    const before = looks
    pace.wake()
    await over
    await vi.advanceTimersByTimeAsync(200_000)
    expect(looks).toBe(before)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('of two loops ends for both', async () => {
    const pace = new Pace(systemClock)
    const both = Promise.all([pace.rest([], () => false), pace.rest([], () => false)])
    await vi.advanceTimersByTimeAsync(5000)
    pace.wake()
    await both
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends when a look in vain wakes it', async () => {
    const pace = new Pace(systemClock)
    const over = pace.rest([], () => {
      pace.wake()
      return false
    })
    await vi.advanceTimersByTimeAsync(1)
    await over
    expect(vi.getTimerCount()).toBe(0)
  })

  it('throws what a look throws', async () => {
    const pace = new Pace(systemClock)
    const over = pace.rest([], () => {
      throw new Error('mine')
    })
    const refused = expect(over).rejects.toThrow('mine')
    await vi.advanceTimersByTimeAsync(1)
    await refused
    expect(vi.getTimerCount()).toBe(0)
  })
})
