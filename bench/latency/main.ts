// npm run bench -- latency: from a writer's clock, read just before it commits, to the iteration of a tap in another process.

import { openTap } from '../../host/api/index.ts'
import { environment } from '../lib/environment.ts'
import { median, percentile } from '../lib/measure.ts'
import { makeRing, startWriter, withFolder } from '../lib/rings.ts'

interface Load {
  readonly name: string
  /** Notifications a second. */
  readonly rate: number
  readonly seconds: number
}

const quick = process.argv.includes('--quick')
const LOADS: readonly Load[] = [
  { name: 'busy, 50,000 notifications/s', rate: 50_000, seconds: quick ? 1 : 4 },
  { name: 'steady, 200 notifications/s', rate: 200, seconds: quick ? 2 : 8 },
  // Slower than the longest rest of a tap, and no multiple of it.
  { name: 'after idle, 3.1 notifications/s', rate: 3.1, seconds: quick ? 4 : 25 },
]

/** Wall clock with a fraction, epoch ms: Date.now() has whole ones only. */
const offset = performance.timeOrigin
const now = () => offset + performance.now()

async function latencies(path: string, { rate, seconds }: Load): Promise<number[]> {
  const tap = await openTap({ rings: [path], from: 'now', level: 'notification' })
  const count = Math.round(rate * seconds)
  const times: number[] = []
  const written = startWriter(path, rate, count)
  for await (const notification of tap) {
    times.push(now() - notification.time)
    if (times.length === count) break
  }
  await written
  if (tap.stats().lost > 0) throw new Error('records were lost: this is no measure of latency')
  // The first ones find code that is not compiled yet.
  return times.slice(Math.floor(count / 10))
}

const figures = await withFolder(async (folder) => {
  const found: { what: string; value: number; unit: string }[] = []
  for (const [i, load] of LOADS.entries()) {
    const times = await latencies(makeRing(folder, 14, 1104 + i), load)
    const add = (what: string, ms: number) => found.push({ what: `${load.name}: ${what}`, value: ms, unit: 'ms' })
    add('median', median(times))
    add('p99', percentile(times, 0.99))
  }
  return found
})
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
