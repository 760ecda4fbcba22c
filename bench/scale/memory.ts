// Memory of a host over very many records, with names that nobody has seen before among them, so that the string table is emptied and filled
// again and again.

import { openTap } from '../../host/index.ts'
import { collect } from '../lib/measure.ts'
import { makeRing, openWriter } from '../lib/rings.ts'
import type { Figure } from './figure.ts'

const CHUNK = 512
const MIB = 2 ** 20

interface Memory {
  readonly rss: number
  /** What JavaScript holds, outside its heap included. */
  readonly held: number
}

function memory(): Memory {
  collect()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss: rss / MIB, held: (heapUsed + external) / MIB }
}

export async function memoryOver(folder: string, records: number): Promise<Figure[]> {
  const path = makeRing(folder, 10, 7000)
  const write = openWriter(path)
  const tap = await openTap({ sources: [path], from: 'now' })
  const samples: Memory[] = []
  let written = 0
  let epochs = 0
  const writeMore = () => {
    write(CHUNK)
    written += CHUNK
  }
  const started = performance.now()
  writeMore()
  for await (const batch of tap.batches()) {
    epochs = batch.epoch
    if (tap.stats().notifications < written) continue
    if (written >= records) break
    if (samples.length < Math.floor((10 * written) / records)) samples.push(memory())
    writeMore()
  }
  const { lost, notifications } = tap.stats()
  if (lost > 0 || notifications !== written) throw new Error(`${notifications} of ${written} notifications arrived, ${lost} were lost`)
  const first = samples[0]!
  const last = memory()
  const million = `${(written / 1e6).toFixed(0)} million records`
  return [
    { what: `memory (RSS) after a tenth of ${million}`, value: first.rss, unit: 'MiB' },
    { what: `memory (RSS) after ${million}`, value: last.rss, unit: 'MiB' },
    { what: `heap and external memory after a tenth of ${million}`, value: first.held, unit: 'MiB' },
    { what: `heap and external memory after ${million}`, value: last.held, unit: 'MiB' },
    { what: 'times that the string table was emptied meanwhile', value: epochs, unit: '' },
    { what: 'writing and reading them in one process took', value: (1e6 * (performance.now() - started)) / written, unit: 'ns per record' },
  ]
}
