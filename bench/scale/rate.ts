// How many notifications a second writers can write before a tap on the same machine loses the first.

import { openTap } from '../../host/api/index.ts'
import { makeRing, startWriter } from '../lib/rings.ts'
import type { Figure } from './main.ts'

/** Steps of all writers together, notifications a second. */
const RATES = [25_000, 50_000, 100_000, 200_000, 400_000, 600_000, 800_000, 1_000_000, 1_500_000, 2_000_000, 3_000_000, 4_000_000]
let rings = 0

async function survives(folder: string, writers: number, slotsLog2: number, rate: number, seconds: number): Promise<boolean> {
  const path = makeRing(folder, slotsLog2, 5000 + rings++)
  const tap = await openTap({ rings: [path], from: 'now' })
  const each = Math.round((rate * seconds) / writers)
  let ended = false
  const started = performance.now()
  const writing = Promise.all(Array.from({ length: writers }, () => startWriter(path, rate / writers, each))).then((unwritten) => {
    ended = true
    return unwritten.reduce((sum, one) => sum + one, 0)
  })
  const late = writing.then(() => performance.now() - started > 1000 * (1.25 * seconds + 0.2))
  // The tap is iterated as fast as it goes; it ends when the writers have and nothing is left.
  const finish = setInterval(() => {
    const { pending, notifications, lost } = tap.stats()
    if (ended && pending === 0 && notifications + lost > 0) void tap.close()
  }, 20)
  for await (const batch of tap.batches()) void batch.length
  clearInterval(finish)
  const unwritten = await writing
  // Writers that cannot keep up with the rate themselves prove nothing about it.
  return !(await late) && unwritten === 0 && tap.stats().lost === 0
}

export async function sustainedRate(folder: string, writers: number, slotsLog2: number, seconds: number): Promise<Figure> {
  let best = 0
  for (const rate of RATES) {
    // A busy machine can spoil one try.
    if (!(await survives(folder, writers, slotsLog2, rate, seconds)) && !(await survives(folder, writers, slotsLog2, rate, seconds))) break
    best = rate
  }
  const slots = (2 ** slotsLog2).toLocaleString('en-US')
  return { what: `rate without loss, ${writers} writer${writers === 1 ? '' : 's'} on one ring of ${slots} slots`, value: best, unit: '/s' }
}
