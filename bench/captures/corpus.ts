// Rings full of traffic, and a capture of them.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openRecorder } from '../../host/recording/record.ts'
import type { Recorded } from '../../host/recording/recorder.ts'
import { writeRings } from '../../host/testing/index.ts'

export interface Corpus {
  /** The folder of rings. */
  readonly rings: string
  readonly capture: string
  readonly records: number
}

/** Records sources until as many records are in the captures, or `seconds` are over. */
export async function record(sources: readonly string[], to: string, enough: number, seconds = 600): Promise<Recorded> {
  const stop = new AbortController()
  const { recorder, close } = await openRecorder({
    sources,
    to,
    rotation: { bytes: 1e13 },
    application: 'mprtap bench',
    comment: 'bench',
    signal: stop.signal,
    tell: () => {},
    onFile: () => {},
  })
  const timer = setTimeout(() => stop.abort(), 1000 * seconds)
  const poll = setInterval(() => {
    if (recorder.recorded.records >= enough) stop.abort()
  }, 5)
  const recorded = await recorder.run()
  clearTimeout(timer)
  clearInterval(poll)
  close()
  return recorded
}

export async function makeCorpus(folder: string, operations: number): Promise<Corpus> {
  const rings = join(folder, 'rings')
  const { notifications: records } = writeRings(rings, { seed: 1, operations, users: 20, slotCountLog2: 17 })
  await record([rings], join(folder, 'corpus.pcapng'), records)
  const [capture] = readdirSync(folder).filter((name) => name.endsWith('.pcapng'))
  return { rings, capture: join(folder, capture!), records }
}
