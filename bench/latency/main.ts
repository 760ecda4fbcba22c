// npm run bench -- latency: from a writer's clock, read just before it commits, to the iteration of a tap in another process.

import { openTap } from '../../host/index.ts'
import { environment } from '../lib/environment.ts'
import { exactNow, exactTime } from '../lib/exact-time.ts'
import { median, percentile } from '../lib/measure.ts'
import { makeRing, startWriter, withFolder } from '../lib/rings.ts'

interface Load {
  readonly name: string
  /** Rings, each with a writer and a tap of its own. */
  readonly rings: number
  /** Notifications a second on each ring. */
  readonly rate: number
  readonly seconds: number
}

const quick = process.argv.includes('--quick')
const LOADS: readonly Load[] = [
  { name: 'busy, 50,000 notifications/s', rings: 1, rate: 50_000, seconds: quick ? 1 : 4 },
  { name: 'steady, 200 notifications/s', rings: 1, rate: 200, seconds: quick ? 2 : 8 },
  // Slower than a tap looks while there was news lately, and no multiple of it.
  { name: 'after a third of a second, 3.1 notifications/s', rings: 1, rate: 3.1, seconds: quick ? 4 : 25 },
  // Many, since each waits so long; no two at the same pace.
  { name: 'after a silence of 11 to 13 s', rings: 24, rate: 1 / 11, seconds: quick ? 22 : 88 },
]

const tell = (text: string) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`))

async function latenciesOf(path: string, rate: number, count: number): Promise<number[]> {
  // A loss ends it: it would wait for the lost records for ever.
  const tap = await openTap({ sources: [path], from: 'now', level: 'notification', onLoss: () => void tap.close() })
  const times: number[] = []
  const written = startWriter(path, rate, count)
  for await (const notification of tap) {
    times.push(exactNow() - exactTime(notification.timestamp))
    if (times.length === count) break
  }
  await written
  if (times.length < count)
    throw new Error('records were lost, since something else kept the processors busy: this is no measure of latency')
  return times
}

async function latencies(folder: string, { rings, rate, seconds }: Load, firstUser: number): Promise<number[]> {
  const count = Math.round(rate * seconds)
  const each = Array.from({ length: rings }, (_, i) =>
    latenciesOf(makeRing(folder, rings === 1 ? 16 : 6, firstUser + i), rate / (1 + i / 150), count),
  )
  const times = await Promise.all(each)
  // The first ones find code that is not compiled yet.
  return times.flatMap((ofRing) => ofRing.slice(Math.floor(count / 10)))
}

const figures = await withFolder(async (folder) => {
  const found: { what: string; value: number; unit: string }[] = []
  for (const [i, load] of LOADS.entries()) {
    tell(load.name)
    const times = await latencies(folder, load, 1000 * (i + 1))
    const add = (what: string, ms: number) => found.push({ what: `${load.name}: ${what}`, value: ms, unit: 'ms' })
    add('median', median(times))
    add('p99', percentile(times, 0.99))
  }
  tell('')
  return found
})
process.stdout.write(`${JSON.stringify({ figures, environment: environment(), quick })}\n`)
