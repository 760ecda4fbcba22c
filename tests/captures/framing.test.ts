import { describe, expect, it } from 'vitest'
import { BLOCK_ENDED, BLOCK_READ, BlockReader } from '../../host/captures/block-reader.ts'
import { BlockWriter } from '../../host/captures/block-writer.ts'
import { CAPTURE_ENDED, CaptureReader } from '../../host/captures/capture-reader.ts'
import { Chunks } from '../../host/captures/chunk.ts'
import { MemoryInput } from '../../host/captures/file-input.ts'
import { describeRing, parseDescription } from '../../host/captures/identity.ts'
import { optionsIn } from '../../host/captures/options.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { post, pre, SID } from '../host/records.ts'
import { bigEndian } from './big-endian.ts'
import { contentOf, HOST, identityOf, RingCapture } from './ring-captures.ts'

function ringOf(records: number): RingWriter {
  const ring = RingWriter.create({ sid: SID, slotCountLog2: 6, fileId: 0xabcd_ef01_2345_6789n })
  for (let i = 0; i < records; i += 2) {
    const sequence = ring.append(pre())!
    ring.append(post(sequence))
  }
  return ring
}

function captureOf(records: number): Uint8Array {
  const capture = new RingCapture()
  const ring = capture.ring(ringOf(records), 0)
  ring.records(4)
  ring.missing(2, 'overrun')
  ring.records(records)
  return capture.bytes()
}

describe('a capture of ours', () => {
  it('says again what was written', () => {
    const { packets, reader } = contentOf(captureOf(20))
    const [key, content] = [...packets][0]!
    expect(key).toBe(`${HOST} ${SID} 8967452301efcdab`)
    expect(content.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      ...[0, 1, 2, 3].map((sequence) => `record ${sequence}`),
      'overrun 4-5',
      ...Array.from({ length: 14 }, (_, i) => `record ${6 + i}`),
    ])
    expect(reader.fault).toBeUndefined()
    expect(reader.comments).toEqual(['mprtap record'])
  })

  it('reads the same in the other byte order', () => {
    const capture = captureOf(20)
    expect(contentOf(bigEndian(capture)).packets).toEqual(contentOf(capture).packets)
  })

  it('reads the same when two are joined, each section with interfaces of its own', () => {
    const one = captureOf(20)
    const joined = Buffer.concat([one, bigEndian(one)])
    const [content] = contentOf(joined).packets.values()
    const [once] = contentOf(one).packets.values()
    expect(content).toEqual([...once!, ...once!])
  })

  it('is read as 1.0 when it says 1.2, and passed over when it says anything else', () => {
    const capture = captureOf(20)
    const versioned = (major: number, minor: number) => {
      const copy = Buffer.from(capture)
      copy.writeUInt16LE(major, 12)
      copy.writeUInt16LE(minor, 14)
      return contentOf(Buffer.concat([copy, capture]))
    }
    const [once] = contentOf(capture).packets.values()
    expect([...versioned(1, 2).packets.values()][0]).toEqual([...once!, ...once!])
    for (const [major, minor] of [
      [1, 1],
      [2, 0],
      [0, 9],
      [1, 3],
    ] as const) {
      expect([...versioned(major, minor).packets.values()][0]).toEqual(once)
    }
  })

  it('passes over blocks of types that it does not know, however large', () => {
    const capture = captureOf(20)
    const strange = (size: number) => {
      const block = Buffer.alloc(size)
      block.writeUInt32LE(0x777, 0)
      block.writeUInt32LE(size, 4)
      block.writeUInt32LE(size, size - 4)
      return block
    }
    const section = capture.subarray(0, new DataView(capture.buffer).getUint32(4, true))
    const mixed = Buffer.concat([section, strange(12), strange(5 << 20), capture.subarray(section.length), strange(16)])
    expect(contentOf(mixed).packets).toEqual(contentOf(capture).packets)
  })

  it('cut at any byte, reads up to the cut and says where it is', () => {
    const capture = captureOf(10)
    const whole = [...contentOf(capture).packets.values()][0]!
    const blocks = new BlockReader(new MemoryInput('', capture), new Chunks())
    const ends = [0]
    while (blocks.next() === BLOCK_READ) ends.push(blocks.offset + blocks.view.getUint32(blocks.start + 4, true))
    for (let length = 0; length < capture.length; length++) {
      const { packets, reader } = contentOf(capture.subarray(0, length))
      const content = [...packets.values()][0] ?? []
      expect(content).toEqual(whole.slice(0, content.length))
      const lastEnd = ends.filter((end) => end <= length).at(-1)!
      if (lastEnd === length && length > 0) expect(reader.fault).toBeUndefined()
      else expect(reader.fault?.offset).toBe(lastEnd)
    }
  })

  it('tells a second length that is another one before anything of that block is believed', () => {
    const capture = captureOf(10)
    capture[capture.length - 1] = 1
    const { reader } = contentOf(capture)
    expect(reader.fault?.text).toBe('has a block with two different lengths')
  })

  it('is told from a classic .pcap file and from what is no capture', () => {
    const fault = (bytes: Uint8Array) => {
      const reader = new CaptureReader(new MemoryInput('x', bytes))
      expect(reader.next()).toBe(CAPTURE_ENDED)
      return reader.fault!.text
    }
    for (const magic of ['d4c3b2a1', 'a1b2c3d4', '4d3cb2a1', 'a1b23c4d'])
      expect(fault(Buffer.from(`${magic}020004000000000000000000`, 'hex'))).toMatch(
        /^is a classic \.pcap file, which cannot say which ring/,
      )
    expect(fault(Buffer.from('{"not":"a capture"}'))).toBe('is not a pcapng file')
    expect(fault(new Uint8Array())).toBe('is empty')
  })

  it('takes a hundred thousand interfaces', () => {
    const capture = new RingCapture()
    const ring = ringOf(2)
    for (let i = 0; i < 100_000; i++) capture.writer.blocks.interface({ name: `n${i}`, description: 'not ours', hardware: '' })
    const bytes = capture.writer.blocks
    capture.writer.rings.length = 100_000
    const captured = capture.ring(ring, 0)
    captured.records(2)
    expect(captured.captured.index).toBe(100_000)
    const { packets, reader } = contentOf(bytes.written().slice())
    expect([...packets.values()][0]).toHaveLength(2)
    expect(reader.passedOver).toEqual({ foreign: 0, newer: 0, malformed: 0 })
  })
})

describe('the description of an interface', () => {
  it('carries host, user and file id, whatever the host is called', () => {
    const ring = identityOf(ringOf(2))
    for (const host of ['RDS07', 'a b', 'x user=y file=z', 'ü€😀', '%41', '', "it's", 'a\u0000b\u001b[31m', 'redacted=0011']) {
      const text = describeRing({ ...ring, host })
      expect(text).toMatch(/^[^\p{C} ]*( [^\p{C} ]*)*$/u)
      expect(parseDescription(text)).toEqual({ ...ring, host })
    }
    const redacted = { ...ring, redacted: '0123456789abcdef' }
    expect(parseDescription(describeRing(redacted))).toEqual(redacted)
  })

  it('is refused when it is not exactly one of ours', () => {
    const good = describeRing(identityOf(ringOf(2)))
    for (const text of [
      '',
      'eth0',
      `${good} `,
      ` ${good}`,
      good.toUpperCase(),
      good.replace('8967', '896'),
      good.replace(/[0-9a-f]{16}$/, '0'.repeat(16)),
      good.replace(HOST, '%ff'),
    ])
      expect(parseDescription(text)).toBeUndefined()
  })
})

describe('what is written', () => {
  it('cuts a text that is too long between two characters', () => {
    const writer = new BlockWriter()
    writer.section({ os: 'x', application: `${'a'.repeat(4095)}ü`, comments: [] })
    const blocks = new BlockReader(new MemoryInput('', writer.written()), new Chunks())
    expect(blocks.next()).toBe(BLOCK_READ)
    const texts = [...optionsIn(blocks.bytes, blocks.start + 24, blocks.end, true)].map(({ value }) => value.length)
    expect(texts).toEqual([1, 4095])
    expect(blocks.next()).toBe(BLOCK_ENDED)
  })
})
