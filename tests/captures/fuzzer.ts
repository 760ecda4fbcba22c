// Captures that were mutated, cut, repeated and joined, and those of other people: whatever they say, reading ends, within a bounded number of packets,
// and what is handed out of a ring is in the order of its sequences, each once.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RingWriter } from '../../host/testing/index.ts'
import { Random } from '../../host/testing/random.ts'
import { post, pre, SID } from '../host/records.ts'
import { type Drained, drain } from './drain.ts'
import { RingCapture } from './ring-captures.ts'

const samples = join(import.meta.dirname, 'samples')
/** Numbers that lengths and counts are broken with. */
const EDGES = [0, 1, 3, 4, 11, 12, 16, 127, 128, 511, 512, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff]

export class CaptureFuzzer {
  cases = 0
  handedOut = 0
  faults = 0
  readonly #corpus: Uint8Array[]

  constructor() {
    const others = readdirSync(samples).filter((name) => name.endsWith('.pcapng'))
    this.#corpus = [ours(1n), ours(2n), ...others.map((name) => new Uint8Array(readFileSync(join(samples, name))))]
  }

  /** Runs one case. @throws Error when a promise was broken; the seed makes the case again. */
  run(seed: number): void {
    const random = new Random(seed)
    // Mostly ours: what is not of our kind is passed over early.
    const pick = () => this.#corpus[random.below(3) > 0 ? random.below(2) : random.below(this.#corpus.length)]!
    const captures = Array.from({ length: 1 + random.below(3) }, () => mutated(random, pick(), pick()))
    try {
      this.#check(drain(captures, 1 + random.below(300)))
    } catch (error) {
      throw new Error(`case ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
    }
    this.cases++
  }

  #check({ rings, faults }: Drained): void {
    this.faults += faults.length
    for (const [key, lines] of rings) {
      let next = -1
      for (const line of lines) {
        const [, first, last = first] = /^\w+ (\d+)(?:-(\d+))?$/.exec(line) ?? []
        if (first === undefined || (next >= 0 && Number(first) !== next) || Number(last) < Number(first))
          throw new Error(`${key}: ${line} after ${next - 1}`)
        next = Number(last) + 1
        this.handedOut++
      }
    }
  }
}

function ours(fileId: bigint): Uint8Array {
  const ring = RingWriter.create({ sid: SID, slotCountLog2: 8, fileId })
  for (let i = 0; i < 100; i += 2) ring.append(post(ring.append(pre())!))
  const made = new RingCapture()
  const captured = made.ring(ring, 0)
  made.writer.accounts()
  captured.records(40)
  captured.missing(5, 'overrun')
  captured.records(70)
  captured.missing(2, 'filtered')
  captured.records(100)
  made.writer.name(captured.captured, { sid: SID, name: 'FARM\\user', lookedUp: 1n })
  return made.bytes()
}

function mutated(random: Random, capture: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = Buffer.from(capture)
  for (let count = random.below(6); count > 0 && bytes.length > 16; count--) {
    const at = random.below(bytes.length)
    const word = at & ~3
    const kind = random.below(8)
    if (kind === 0) bytes[at] = random.below(256)
    else if (kind === 1) bytes[at]! ^= 1 << random.below(8)
    else if (kind === 2 && word + 4 <= bytes.length) bytes.writeUInt32LE(EDGES[random.below(EDGES.length)]!, word)
    else if (kind === 3) bytes = bytes.subarray(0, at)
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, word), other.subarray(random.below(other.length) & ~3)])
    else if (kind === 5) bytes = Buffer.concat([bytes, other])
    else if (kind === 6) bytes = Buffer.concat([bytes.subarray(0, word), bytes.subarray(Math.max(word - 200, 0))])
    else bytes.copyWithin(at, random.below(bytes.length), random.below(bytes.length))
  }
  return new Uint8Array(bytes)
}
