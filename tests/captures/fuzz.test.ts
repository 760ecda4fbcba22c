import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CaptureSet } from '../../host/captures/capture-set.ts'
import type { Input } from '../../host/captures/input.ts'
import { ToolFolder } from './debian-tools.ts'
import { drain, drainLater } from './drain.ts'
import { CaptureFuzzer } from './fuzzer.ts'
import { RingCapture } from './ring-captures.ts'

const folder = new ToolFolder()

describe('captures that nobody meant to be read', () => {
  it('keep their promises in a thousand cases that are always the same', () => {
    const fuzzer = new CaptureFuzzer()
    for (let seed = 1; seed <= 1000; seed++) fuzzer.run(seed)
    // Mutations that stop at the first block would prove little.
    expect(fuzzer.handedOut).toBeGreaterThan(50_000)
    expect(fuzzer.faults).toBeGreaterThan(300)
  })

  it('keep them in cases that nobody has seen before, for two seconds', () => {
    const fuzzer = new CaptureFuzzer()
    const end = performance.now() + 2000
    // A failure names its case: node tests/captures/fuzz.mjs --case N runs it again.
    while (performance.now() < end) fuzzer.run(randomBytes(4).readUInt32LE())
    expect(fuzzer.cases).toBeGreaterThan(0)
  })

  it('with a block that claims four gigabytes are read within a fixed amount of memory, and end', () => {
    const made = new RingCapture()
    const section = made.bytes()
    const block = Buffer.alloc(12)
    block.writeUInt32LE(0x777, 0)
    block.writeUInt32LE(0xffff_fffc, 4)
    const { faults } = drain([['x', new Uint8Array(Buffer.concat([section, block, Buffer.alloc(100_000)]))]])
    expect(faults).toEqual([expect.stringMatching(/^x is cut short in the middle of a block/)])
  })

  it('without an end are read as long as anybody asks, and no further', () => {
    const made = new RingCapture()
    made.writer.blocks.interface({ name: 'x', description: 'not ours', hardware: '' })
    const head = made.writer.blocks.written().slice()
    made.writer.blocks.clear()
    made.writer.blocks.packet(0, 0, 0, 64)
    const packet = made.writer.blocks.written().slice()
    let reads = 0
    const endless: Input = {
      name: 'endless',
      failure: undefined,
      read(target) {
        if (reads++ === 0) {
          target.set(head)
          return head.length
        }
        // Foreign packets without end, a fixed number of reads at most in this test.
        if (reads > 1000) return -1
        target.set(packet)
        return packet.length
      },
      wait: async () => {},
      close() {},
    }
    const set = new CaptureSet([endless])
    expect(set.look()?.origins).toEqual([])
    expect(reads).toBe(1001)
    set.close()
  })

  it('that are small and unpack to very much are read within a fixed amount of memory', async () => {
    const made = new RingCapture()
    made.writer.blocks.interface({ name: 'x', description: 'not ours', hardware: '' })
    const head = made.writer.blocks.written().slice()
    made.writer.blocks.clear()
    for (let i = 0; i < 1000; i++) made.writer.blocks.packet(0, 0, 0, 60_000)
    const bomb = gzipSync(Buffer.concat([head, made.writer.blocks.written()]), { level: 9 })
    expect(bomb.length).toBeLessThan(200_000)
    const before = process.memoryUsage().arrayBuffers
    const { set } = await drainLater(CaptureSet.open([folder.write('bomb.pcapng.gz', bomb)]))
    expect(set.isEnded).toBe(true)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 << 20)
  })
})
