// What rings cost that have nothing to say: the pass over them while one has news, and the processor time of a tap at rest.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LEVEL_NOTIFICATION } from '../../assembly/abi.ts'
import { Core } from '../../host/core/core.ts'
import { openTap } from '../../host/index.ts'
import { LONGEST_REST_MS } from '../../host/model/defaults.ts'
import { SourceSet } from '../../host/reading/source-set.ts'
import { RingPath } from '../../host/rings/finders.ts'
import { systemClock } from '../../host/system/clock.ts'
import { generateTraffic, RingWriter } from '../../host/testing/index.ts'
import { collect, median } from '../lib/measure.ts'
import { makeRing } from '../lib/rings.ts'
import type { Figure } from './figure.ts'

/** 64 slots: a thousand of them fit any disk. */
const SLOTS_LOG2 = 6
/** How long it takes until rings count as silent and a tap has found its longest rest, and V8 has cleared up after it, ms. */
const SETTLING_MS = 20_000
/** A multiple of what a tap at rest does once a second, s. */
const SLICE_S = 4

const counted = (rings: number) => `${rings.toLocaleString('en-US')} ring${rings === 1 ? '' : 's'}`

function makeRings(folder: string, rings: number): { directory: string; paths: string[] } {
  const directory = join(folder, `${rings}-rings`)
  mkdirSync(join(directory, 'users'), { recursive: true })
  return { directory, paths: Array.from({ length: rings }, (_, i) => makeRing(join(directory, 'users'), SLOTS_LOG2, 2000 + i)) }
}

/** One look at every ring, of which one has a new record. */
export function passCost(folder: string, rings: number, passes: number): Figure {
  const { paths } = makeRings(folder, rings)
  const core = new Core(LEVEL_NOTIFICATION, { unfinishedAfterMs: 300_000 })
  const finders = paths.map((path) => new RingPath(path))
  const set = new SourceSet(core, finders, { from: 'now', onLoss: undefined, onDiagnostic: undefined }, systemClock)
  set.discover()
  const { record } = generateTraffic({ seed: 1, operations: 1 }).next().value!
  const writer = RingWriter.open(paths[Math.floor(rings / 2)]!)
  const times: number[] = []
  for (let pass = 0; pass < passes; pass++) {
    writer.append(record)
    const before = performance.now()
    let rows = 0
    for (const reader of set.readers) rows += Math.max(0, reader.turn(before))
    times.push(performance.now() - before)
    if (rows !== 1) throw new Error(`a pass over ${rings} rings found ${rows} records instead of 1`)
  }
  set.close()
  writer.close()
  return { what: `a pass over ${counted(rings)}, one of which changed`, value: 1000 * median(times), unit: 'µs' }
}

/**
 * Processor time of this process while it does nothing else, in percent of one core: the median of slices, since V8 clears up once, some time later,
 * after what the benchmarks before have left.
 */
async function cpuOver(seconds: number): Promise<number> {
  const slices: number[] = []
  for (let over = 0; over < seconds; over += SLICE_S) {
    const before = process.cpuUsage()
    const started = performance.now()
    await sleep(1000 * SLICE_S)
    const { user, system } = process.cpuUsage(before)
    slices.push((100 * (user + system)) / (1000 * (performance.now() - started)))
  }
  return median(slices)
}

export async function idleCpu(folder: string, rings: number, seconds: number): Promise<Figure> {
  const tap = await openTap({ sources: [join(folder, `${rings}-rings`)], from: 'now' })
  const waiting = tap[Symbol.asyncIterator]().next()
  collect()
  await sleep(SETTLING_MS)
  const value = await cpuOver(seconds)
  await tap.close()
  await waiting
  return { what: `a tap in a silence with ${counted(rings)}, of one core`, value, unit: '%' }
}

/** What it costs to wake Node as often, and to do nothing then. */
export async function idleTimer(seconds: number): Promise<Figure> {
  const timer = setInterval(() => {}, LONGEST_REST_MS)
  collect()
  await sleep(SETTLING_MS)
  const value = await cpuOver(seconds)
  clearInterval(timer)
  return { what: `a timer of ${LONGEST_REST_MS} ms alone, of one core`, value, unit: '%' }
}
