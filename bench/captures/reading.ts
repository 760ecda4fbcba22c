// A capture into columns and into objects, against the rings that it was made of, tshark, MessagePack and NDJSON. Each of them begins with a file.

import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { Packr } from 'msgpackr'
import { dissectorScript } from '../../host/captures/dissector.ts'
import { openTap } from '../../host/index.ts'
import { collect, median } from '../lib/measure.ts'
import type { Figure } from '../scale/figure.ts'
import type { Corpus } from './corpus.ts'

/** Objects of a slice, as the peers get them. */
const SLICE = 256
/** Bytes of NDJSON that are read at a time. */
const PIECE = 1 << 18
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

/** The same operations in files of the peers: MessagePack a slice at a time, each with its length before it, and lines of JSON. */
async function encoded(capture: string): Promise<{ packr: Packr; packed: string; lines: string }> {
  const packr = new Packr({ structures: [] })
  const [packed, lines] = [`${capture}.msgpack`, `${capture}.ndjson`]
  const [packedFile, linesFile] = [openSync(packed, 'w'), openSync(lines, 'w')]
  const tap = await openTap({ sources: [capture], follow: false })
  for await (const batch of tap.batches()) {
    const operations = [...batch.objects()].map((operation) => JSON.parse(JSON.stringify(operation)))
    const slice = packr.pack(operations)
    writeSync(packedFile, Buffer.from(Uint32Array.of(slice.length).buffer))
    writeSync(packedFile, slice)
    writeSync(linesFile, operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''))
  }
  closeSync(packedFile)
  closeSync(linesFile)
  return { packr, packed, lines }
}

/** The file in one piece is the fastest way to read it, and the most memory. */
function unpack(packr: Packr, path: string): void {
  const bytes = readFileSync(path)
  for (let at = 0; at < bytes.length; ) {
    const begin = at + 4
    at = begin + bytes.readUInt32LE(at)
    for (const [i, operation] of (packr.unpack(bytes.subarray(begin, at)) as unknown[]).entries()) kept[i % SLICE] = operation
  }
}

/** Line by line: most lines are plain ASCII, which JSON.parse() reads faster than a large text that has other letters somewhere. */
function parse(path: string): void {
  const file = openSync(path, 'r')
  const piece = Buffer.alloc(PIECE)
  for (let rest = 0, i = 0; ; ) {
    const filled = rest + readSync(file, piece, rest, PIECE - rest, null)
    let at = 0
    for (let end = piece.indexOf(0x0a); end >= 0 && end < filled; end = piece.indexOf(0x0a, at)) {
      kept[i++ % SLICE] = JSON.parse(piece.toString('utf8', at, end))
      at = end + 1
    }
    if (at === 0) break
    rest = filled - at
    piece.copyWithin(0, at, filled)
  }
  closeSync(file)
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
    'objects of rings': () => objects([rings]),
    msgpackr: () => unpack(packr, packed),
    ndjson: () => parse(lines),
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
    ns('objects of rings'),
    ns('msgpackr'),
    ns('ndjson'),
    ratio('capture into columns, against the same records in rings', ms('ring') / ms('capture'), '0.7'),
    ratio('capture into columns, against tshark -T fields with our dissector', others / ms('capture'), '50'),
    ratio('capture into objects, against msgpackr', ms('msgpackr') / ms('objects'), '2'),
    ratio('capture into objects, against NDJSON', ms('ndjson') / ms('objects'), '5'),
  ]
}
