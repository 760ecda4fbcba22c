// A capture into columns and into objects, against the rings that it was made of, tshark, MessagePack and NDJSON.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { Packr } from 'msgpackr'
import { dissectorScript } from '../../host/captures/dissector.ts'
import { openTap } from '../../host/index.ts'
import { collect, median } from '../lib/measure.ts'
import type { Figure } from '../scale/figure.ts'
import type { Corpus } from './corpus.ts'

/** Objects of a slice, as the peers get them. */
const SLICE = 256
/** Where objects are left for a while, as programs do. */
const kept: unknown[] = new Array(SLICE)

/** Processor time of `work`, ms: others may be at work on the machine. */
async function cost(work: () => Promise<void> | void): Promise<number> {
  collect()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

async function columns(sources: readonly string[]): Promise<void> {
  const tap = await openTap({ sources, follow: false })
  for await (const batch of tap.batches()) void batch.length
}

async function objects(sources: readonly string[]): Promise<void> {
  const tap = await openTap({ sources, follow: false })
  for await (const batch of tap.batches()) {
    let i = 0
    for (const operation of batch.objects()) kept[i++ % SLICE] = operation
  }
}

/** The same operations, encoded a slice at a time. */
async function encoded(capture: string): Promise<{ packr: Packr; packed: Buffer[]; lines: string[] }> {
  const packr = new Packr({ structures: [] })
  const packed: Buffer[] = []
  const lines: string[] = []
  const tap = await openTap({ sources: [capture], follow: false })
  for await (const batch of tap.batches()) {
    const operations = [...batch.objects()].map((operation) => JSON.parse(JSON.stringify(operation)))
    packed.push(Buffer.from(packr.pack(operations)))
    lines.push(...operations.map((operation) => JSON.stringify(operation)))
  }
  return { packr, packed, lines }
}

/** One pass of tshark with our dissector over the capture, fields only, ms of its processor time. */
function tshark(capture: string): number {
  const lua = 'build/bench/mprtap.lua'
  writeFileSync(lua, dissectorScript('bench'))
  const fields = ['sequence', 'remote_name', 'local_name', 'status', 'process_id', 'image_name'].flatMap((name) => ['-e', `mprtap.${name}`])
  const script = `bash -c 'tshark -X lua_script:${lua} -r "${capture}" -T fields ${fields.join(' ')} >/dev/null 2>/dev/null; times' | tail -1`
  const text = execFileSync('bash', ['-c', script], { encoding: 'utf8' })
  const seconds = [...text.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => 60 * Number(minutes) + Number(rest))
  return 1000 * seconds.reduce((sum, one) => sum + one, 0)
}

export async function reading({ rings, capture, records }: Corpus, rounds: number, tell: (text: string) => void): Promise<Figure[]> {
  const { packr, packed, lines } = await encoded(capture)
  const works: Record<string, () => Promise<void> | void> = {
    ring: () => columns([rings]),
    capture: () => columns([capture]),
    objects: () => objects([capture]),
    msgpackr: () => {
      for (const slice of packed) for (const [i, operation] of (packr.unpack(slice) as unknown[]).entries()) kept[i % SLICE] = operation
    },
    ndjson: () => {
      for (let i = 0; i < lines.length; i++) kept[i % SLICE] = JSON.parse(lines[i]!)
    },
  }
  const costs = new Map(Object.keys(works).map((name) => [name, [] as number[]]))
  // The first rounds only warm up.
  for (let round = -3; round < rounds; round++) {
    tell(`reading: round ${round}`)
    for (const [name, work] of Object.entries(works)) {
      const ms = await cost(work)
      if (round >= 0) costs.get(name)!.push(ms)
    }
  }
  tell('tshark')
  const others = tshark(capture)
  const ms = (name: string) => median(costs.get(name)!)
  const ns = (name: string): Figure => ({
    what: `${name}, processor time a record`,
    value: Math.round((1e6 * ms(name)) / records),
    unit: 'ns',
  })
  const ratio = (what: string, value: number, goal: string): Figure => ({
    what,
    value: Number(value.toPrecision(3)),
    unit: 'times',
    note: `goal: ${goal}`,
  })
  return [
    ns('ring'),
    ns('capture'),
    ns('objects'),
    ratio('capture into columns, against the same records in rings', ms('ring') / ms('capture'), '0.7'),
    ratio('capture into columns, against tshark -T fields with our dissector', others / ms('capture'), '50'),
    ratio('capture into objects, against msgpackr', ms('msgpackr') / ms('objects'), '2'),
    ratio('capture into objects, against NDJSON', ms('ndjson') / ms('objects'), '5'),
  ]
}
