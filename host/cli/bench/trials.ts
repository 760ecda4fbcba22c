// What `mprtap bench` measures: each trial reads everything once and says how many records that were.

import { closeSync, fstatSync, readSync, statSync } from 'node:fs'
import { HEADER_SIZE, SLOT_SIZE } from '../../../format/layout.ts'
import { openTap, type TapOptions } from '../../index.ts'
import { listRings } from '../../rings/ring-folder.ts'
import { openForReading } from '../../system/open-for-reading.ts'
import { decodeOrdinarily } from './ordinary.ts'

export interface Pass {
  readonly records: number
  /** Without what is paid once: opening the sources, making the core. */
  readonly ms: number
}

export interface Trial {
  readonly name: string
  /** What it does, for the table. */
  readonly label: string
  /** Reads everything once. */
  run(): Pass | Promise<Pass>
}

/** Of the rings that are held in memory for what needs no tap, together. */
const HELD_MAX = 256 * 1024 * 1024
/** Objects stay for a while, as in programs: what nobody keeps might never be made. */
const kept: unknown[] = new Array(256)

/** What mprtap does, through the tap that everybody uses, at the level of notifications: no record is read twice or left out. */
export function tapTrials(sources: readonly string[], signal: AbortSignal): Trial[] {
  const notifications = (options: Partial<TapOptions>) =>
    openTap({ sources, follow: false, from: 'oldest', level: 'notification', signal, ...options } as TapOptions & { level: 'notification' })
  const columns = async () => {
    const tap = await notifications({})
    const begun = performance.now()
    for await (const batch of tap.batches()) kept[batch.length & 255] = batch.columns.time[0]
    return { records: tap.stats().notifications, ms: performance.now() - begun }
  }
  const objects = async () => {
    const tap = await notifications({})
    const begun = performance.now()
    let count = 0
    for await (const batch of tap.batches()) for (const event of batch.objects()) kept[count++ & 255] = event
    return { records: tap.stats().notifications, ms: performance.now() - begun }
  }
  const filtered = async () => {
    const tap = await openTap({ sources, follow: false, from: 'oldest', signal, filter: 'outcome == "failed"' })
    const begun = performance.now()
    let count = 0
    for await (const batch of tap.batches()) for (const event of batch.objects()) kept[count++ & 255] = event
    return { records: tap.stats().notifications, ms: performance.now() - begun }
  }
  const counted = async () => {
    const tap = await openTap({ sources, follow: false, from: 'oldest', signal, statistics: ['share'] })
    const begun = performance.now()
    await tap.drain({ final: true })
    kept[0] = tap.statistics('share')
    const ms = performance.now() - begun
    const { notifications: records } = tap.stats()
    await tap.close()
    return { records, ms }
  }
  return [
    { name: 'columns', label: 'mprtap, columns', run: columns },
    { name: 'objects', label: 'mprtap, an object a record', run: objects },
    { name: 'filter', label: 'mprtap, operations that failed', run: filtered },
    { name: 'count', label: 'mprtap, counts by share', run: counted },
  ]
}

/** What there is to compare with, over the same rings. Nothing, where no source is a ring: captures have no slots that lie in place. */
export function otherTrials(sources: readonly string[]): Trial[] {
  const rings = heldRings(sources)
  if (rings.length === 0) return []
  const target = new Uint8Array(Math.max(...rings.map(({ length }) => length)))
  const slotsOf = ({ length }: Uint8Array) => Math.floor((length - HEADER_SIZE) / SLOT_SIZE)
  const copy = () => {
    const begun = performance.now()
    for (const ring of rings) target.set(ring)
    return { records: rings.reduce((sum, ring) => sum + slotsOf(ring), 0), ms: performance.now() - begun }
  }
  const decode = () => {
    const begun = performance.now()
    let count = 0
    for (const ring of rings) {
      const view = new DataView(ring.buffer, ring.byteOffset, ring.length)
      const slots = slotsOf(ring)
      for (let slot = HEADER_SIZE, end = slot + slots * SLOT_SIZE; slot < end; slot += SLOT_SIZE) {
        // Never written.
        if (view.getUint32(slot, true) === 0 && view.getUint32(slot + 4, true) === 0) continue
        kept[count++ & 255] = decodeOrdinarily(ring, view, slot)
      }
    }
    return { records: count, ms: performance.now() - begun }
  }
  return [
    { name: 'ordinary', label: 'ordinary JavaScript, an object a slot, unverified', run: decode },
    { name: 'copy', label: 'copying the slots, nothing else', run: copy },
  ]
}

function heldRings(sources: readonly string[]): Uint8Array[] {
  const rings: Uint8Array[] = []
  let left = HELD_MAX
  for (const path of sources.flatMap(ringsOf)) {
    const bytes = readRing(path, left)
    left -= bytes?.length ?? 0
    if (bytes) rings.push(bytes)
  }
  return rings
}

function ringsOf(source: string): readonly string[] {
  if (!statSync(source, { throwIfNoEntry: false })?.isDirectory()) return source.endsWith('.ring') ? [source] : []
  return listRings(source).paths
}

/** A ring's bytes; `undefined` where it has no slots, or is larger than `most`. */
function readRing(path: string, most: number): Uint8Array | undefined {
  const file = openForReading(path)
  try {
    const info = fstatSync(file)
    if (!info.isFile() || info.size < HEADER_SIZE + SLOT_SIZE || info.size > most) return undefined
    const bytes = new Uint8Array(info.size)
    return bytes.subarray(0, readSync(file, bytes))
  } finally {
    closeSync(file)
  }
}
