// How many notifications a second writers can write before a tap on the same machine loses the first.

import { rmSync } from 'node:fs'
import { openTap } from '../../host/index.ts'
import { makeRing, startWriter } from '../lib/rings.ts'
import type { Figure } from './figure.ts'

/** Steps of all writers together, notifications a second. */
const RATES = [25_000, 50_000, 100_000, 200_000, 400_000, 600_000, 800_000, 1_000_000, 1_500_000, 2_000_000, 3_000_000, 4_000_000]
let rings = 0

/** What came of a try: nothing was lost, something was, or the writers themselves cannot write that fast, which proves nothing about a tap. */
type Outcome = 'kept' | 'lost' | 'too fast for the writers'

async function tryRate(folder: string, writers: number, slotsLog2: number, rate: number, seconds: number): Promise<Outcome> {
  const path = makeRing(folder, slotsLog2, 5000 + rings++)
  const tap = await openTap({ sources: [path], from: 'now' })
  const each = Math.round((rate * seconds) / writers)
  let written = Number.POSITIVE_INFINITY
  const started = performance.now()
  const writing = Promise.all(Array.from({ length: writers }, () => startWriter(path, rate / writers, each))).then((unwritten) => {
    const inVain = unwritten.reduce((sum, one) => sum + one, 0)
    written = writers * each - inVain
    return { inVain, tookLong: performance.now() - started > 1000 * (1.25 * seconds + 0.2) }
  })
  // The tap is iterated as fast as it goes, until all that was written is there or counted as lost.
  const finish = setInterval(() => {
    const { notifications, lost } = tap.stats()
    if (notifications + lost >= written) void tap.close()
  }, 20)
  for await (const batch of tap.batches()) void batch.length
  clearInterval(finish)
  const { inVain, tookLong } = await writing
  rmSync(path)
  if (tap.stats().lost > 0 || inVain > 0) return 'lost'
  return tookLong ? 'too fast for the writers' : 'kept'
}

/** The best of a few tries: a busy machine can spoil one. */
async function bestOf(tries: number, attempt: () => Promise<Outcome>): Promise<Outcome> {
  let outcome: Outcome = 'lost'
  for (let i = 0; i < tries && outcome !== 'kept'; i++) outcome = await attempt()
  return outcome
}

/** The highest rate at which nothing is lost, and what ended the climb. */
export async function sustainedRate(folder: string, writers: number, slotsLog2: number, seconds: number): Promise<Figure> {
  const slots = (2 ** slotsLog2).toLocaleString('en-US')
  const what = `rate without loss, ${writers} writer${writers === 1 ? '' : 's'} on one ring of ${slots} slots`
  let best = 0
  for (const rate of RATES) {
    const outcome = await bestOf(3, () => tryRate(folder, writers, slotsLog2, rate, seconds))
    if (outcome !== 'kept') return { what, value: best, unit: '/s', note: `${rate.toLocaleString('en-US')} /s: ${outcome}` }
    best = rate
  }
  return { what, value: best, unit: '/s', note: 'the highest that was tried' }
}
