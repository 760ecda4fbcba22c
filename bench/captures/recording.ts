// What recording costs: bytes, and the rate up to which nothing is lost.

import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PACKET_BODY } from '../../format/capture-layout.ts'
import { CAPTURE_PACKET, CaptureReader } from '../../host/captures/capture-reader.ts'
import { openInput } from '../../host/captures/file-input.ts'
import { openTap } from '../../host/index.ts'
import { makeRing, startWriter } from '../lib/rings.ts'
import type { Figure } from '../scale/figure.ts'
import { type Corpus, record } from './corpus.ts'

const WRITERS = 4
const SLOTS_LOG2 = 16
/** Of all writers together, notifications a second. */
const RATES = [100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 800_000, 1_000_000, 1_250_000, 1_500_000, 2_000_000]

/** Bytes of the capture beyond what its records use in the rings. */
export function writing({ capture }: Corpus): Figure {
  const reader = new CaptureReader(openInput(capture))
  let used = 0
  let records = 0
  for (; reader.next() === CAPTURE_PACKET; records++) used += reader.end - reader.start - PACKET_BODY
  reader.close()
  const value = Number(((statSync(capture).size - used) / records).toPrecision(4))
  return { what: 'capture, bytes a record over its used bytes', value, unit: 'bytes', note: 'goal: at most 48' }
}

/** Rings that lie there full: how fast they go into a capture, against a tap that reads them into columns. */
export async function atRest(folder: string, { rings, records }: Corpus): Promise<Figure> {
  const tapMs: number[] = []
  const recordMs: number[] = []
  for (let round = 0; round < 5; round++) {
    let started = performance.now()
    const tap = await openTap({ sources: [rings], follow: false })
    for await (const batch of tap.batches()) void batch.length
    tapMs.push(performance.now() - started)
    const to = join(folder, `rest-${round}.pcapng`)
    started = performance.now()
    await record([rings], to, records)
    recordMs.push(performance.now() - started)
    for (const name of readdirSync(folder).filter((file) => file.startsWith('rest-'))) rmSync(join(folder, name))
  }
  const value = Number((Math.min(...tapMs) / Math.min(...recordMs)).toPrecision(3))
  return { what: 'rings at rest into a capture, against a tap of them', value, unit: 'times', note: 'best of 5 each' }
}

/** Whether `read` keeps up with the writers; `read` ends when told to, and says how many records it lost. */
async function keepsUp(
  folder: string,
  rate: number,
  seconds: number,
  read: (paths: string[], enough: number) => Promise<number>,
): Promise<boolean> {
  const paths = Array.from({ length: WRITERS }, (_, i) => makeRing(folder, SLOTS_LOG2, 7000 + i))
  const each = Math.round((rate * seconds) / WRITERS)
  const reading = read(paths, WRITERS * each)
  const started = performance.now()
  const unwritten = await Promise.all(paths.map((path) => startWriter(path, rate / WRITERS, each)))
  const isInTime = performance.now() - started < 1000 * (1.25 * seconds + 0.3)
  const lost = await reading
  for (const path of paths) rmSync(path)
  return isInTime && lost === 0 && unwritten.every((count) => count === 0)
}

async function tapOf(paths: string[], enough: number): Promise<number> {
  const tap = await openTap({ sources: paths, from: 'now' })
  const finish = setInterval(() => {
    const { notifications, lost } = tap.stats()
    if (notifications + lost >= enough) void tap.close()
  }, 20)
  const late = setTimeout(() => void tap.close(), 10_000)
  for await (const batch of tap.batches()) void batch.length
  clearInterval(finish)
  clearTimeout(late)
  return tap.stats().lost
}

async function highest(folder: string, seconds: number, read: (paths: string[], enough: number) => Promise<number>): Promise<number> {
  let best = 0
  for (const rate of RATES) {
    let isKept = false
    for (let attempt = 0; attempt < 3 && !isKept; attempt++) isKept = await keepsUp(folder, rate, seconds, read)
    if (!isKept) return best
    best = rate
  }
  return best
}

export async function recordingRate(folder: string, seconds: number, tell: (text: string) => void): Promise<Figure[]> {
  const to = join(folder, 'rate.pcapng')
  const recording = async (paths: string[], enough: number) => {
    const { lost } = await record(paths, to, enough, 10)
    for (const name of readdirSync(folder).filter((file) => file.startsWith('rate-'))) rmSync(join(folder, name))
    return lost
  }
  tell('the rate of a tap')
  const tap = await highest(folder, seconds, tapOf)
  tell('the rate of a recorder')
  const recorder = await highest(folder, seconds, recording)
  tell('1,000 operations a second')
  const before = process.cpuUsage()
  await keepsUp(folder, 2000, 5, recording)
  const { user, system } = process.cpuUsage(before)
  const what = `${WRITERS} writers, rings of ${(2 ** SLOTS_LOG2).toLocaleString('en-US')} slots, one fdatasync a second`
  return [
    { what: `rate without loss of a tap, ${what}`, value: tap, unit: '/s' },
    { what: 'rate without loss of a recorder, the same', value: recorder, unit: '/s' },
    { what: 'recorder against tap', value: Number((recorder / tap).toPrecision(3)), unit: 'times', note: 'goal: 0.6' },
    { what: 'processor time of recording 1,000 operations a second', value: Number(((user + system) / 5e4).toPrecision(2)), unit: '%' },
  ]
}
