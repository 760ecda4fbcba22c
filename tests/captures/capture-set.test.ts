import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CaptureSet } from '../../host/captures/capture-set.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from '../host/records.ts'
import { run, ToolFolder } from './debian-tools.ts'
import { drain, drainLater, records } from './drain.ts'
import { identityOf, RingCapture } from './ring-captures.ts'

const folder = new ToolFolder()
const TIME = 134_120_736_000_000_000n
const SECOND = 10_000_000n

interface RingOptions {
  readonly fileId?: bigint
  readonly sid?: string
  /** Wall time of each record. */
  readonly at?: (sequence: number) => bigint
  readonly image?: string
  readonly slotCountLog2?: number
}

function ringOf(
  count: number,
  { fileId = 1n, sid = SID, at = (n) => TIME + BigInt(n) * SECOND, image = 'explorer.exe', slotCountLog2 = 13 }: RingOptions = {},
): RingWriter {
  const ring = RingWriter.create({ sid, slotCountLog2, fileId })
  for (let i = 0; i < count; i++) {
    const fields = { wallTime: at(i), imageName: image }
    ring.append(i % 2 === 0 ? pre(fields) : post(BigInt(i - 1), fields))
  }
  return ring
}

/** A capture of sequences [first, end). */
function capture(ring: RingWriter, first: number, end: number, host = 'RDS07'): Uint8Array {
  const made = new RingCapture()
  const captured = made.ring(ring, first, { host })
  made.writer.accounts()
  captured.records(end)
  return made.bytes()
}

const KEY = `RDS07 ${identityOf(ringOf(0)).fileId}`

describe('captures as sources', () => {
  it('hand out records and gaps of every ring in the order of their sequences', () => {
    const [a, b] = [ringOf(1000), ringOf(700, { fileId: 2n, sid: OTHER_SID })]
    const made = new RingCapture()
    const [one, other] = [made.ring(a, 0), made.ring(b, 100, { user: OTHER_SID })]
    made.writer.accounts()
    one.records(300)
    other.records(400)
    one.missing(10, 'overrun')
    one.missing(5, 'corrupt')
    one.records(1000)
    other.missing(1_000_000_000, 'filtered')
    const { rings, slots, faults } = drain([made.bytes()])
    expect(rings.get(KEY)).toEqual([...records(0, 300), 'overrun 300-309', 'corrupt 310-314', ...records(315, 1000)])
    expect([...rings.values()][1]).toEqual([...records(100, 400), 'filtered 400-1000000399'])
    expect(faults).toEqual([])
    for (const [i, slot] of slots.get(KEY)!.entries()) {
      const at = a.slotOffset(BigInt(i < 300 ? i : i + 15))
      expect(Buffer.from(slot.subarray(0, 160)).equals(a.bytes.subarray(at, at + 160))).toBe(true)
    }
  })

  it('that overlap hand out each record once', () => {
    const ring = ringOf(3000)
    const { rings, set } = drain([capture(ring, 0, 2000), capture(ring, 1500, 3000), capture(ring, 1500, 3000)])
    expect(rings.get(KEY)).toEqual(records(0, 3000))
    expect(set.tally).toMatchObject({ repeated: 2000, reused: 0, late: 0 })
  })

  it('that follow each other are joined, whatever their order on the command line', () => {
    const ring = ringOf(3000)
    const parts = [capture(ring, 2000, 3000), capture(ring, 0, 1000), capture(ring, 1000, 2000)]
    expect(drain(parts).rings.get(KEY)).toEqual(records(0, 3000))
  })

  it('with a hole between them count what nobody has as abandoned, however large it is', () => {
    const ring = ringOf(8000)
    const { rings } = drain([capture(ring, 0, 1000), capture(ring, 5000, 8000)])
    expect(rings.get(KEY)).toEqual([...records(0, 1000), 'abandoned 1000-4999', ...records(5000, 8000)])
  })

  it('fill with one what a filter left out of the other', () => {
    const ring = ringOf(100)
    const made = new RingCapture()
    const captured = made.ring(ring, 0)
    captured.records(10)
    made.writer.missing(captured.captured, 50, 'filtered', {
      high: Number((TIME - 116_444_736_000_000_000n + 60n * SECOND) >> 32n),
      low: Number((TIME - 116_444_736_000_000_000n + 60n * SECOND) & 0xffff_ffffn),
    })
    captured.records(100)
    expect(drain([made.bytes()]).rings.get(KEY)).toEqual([...records(0, 10), 'filtered 10-59', ...records(60, 100)])
    expect(drain([made.bytes(), capture(ring, 0, 100)]).rings.get(KEY)).toEqual(records(0, 100))
  })

  it('keep rings of two hosts with the same file id apart', () => {
    const ring = ringOf(50)
    const { rings } = drain([capture(ring, 0, 50, 'RDS07'), capture(ring, 0, 50, 'RDS08')])
    expect([...rings.values()]).toEqual([records(0, 50), records(0, 50)])
  })

  it('tell a ring whose sequences were used again, and hand out both', () => {
    const [a, b] = [ringOf(100), ringOf(60, { image: 'other.exe', at: (n) => TIME + 200n * SECOND + BigInt(n) * SECOND })]
    const { rings, set, faults } = drain([capture(a, 0, 100), capture(b, 0, 60)])
    expect([...rings.values()]).toEqual([records(0, 100), records(0, 60)])
    expect(set.tally.reused).toBe(1)
    expect(faults).toEqual([expect.stringMatching(/^1 records have the id of another record: a ring was set back/)])
  })

  it('read the same when the clock went back by an hour', () => {
    const at = (n: number) => TIME + BigInt(n) * SECOND - (n > 500 ? 3600n * SECOND : 0n)
    const ring = ringOf(1000, { at })
    expect(drain([capture(ring, 0, 1000)]).rings.get(KEY)).toEqual(records(0, 1000))
    expect(drain([capture(ring, 0, 700), capture(ring, 300, 1000)]).rings.get(KEY)).toEqual(records(0, 1000))
  })

  it('that reordercap sorted by time are read in the order of sequences', () => {
    // Neighbours change places, as writers do that ran side by side.
    const ring = ringOf(1000, { at: (n) => TIME + BigInt(n ^ 3) * SECOND })
    const file = folder.write('a.pcapng', capture(ring, 0, 1000))
    run('reordercap', file, folder.file('b.pcapng'))
    expect(Buffer.from(folder.read('b.pcapng'))).not.toEqual(Buffer.from(folder.read('a.pcapng')))
    const { rings, set } = drain([folder.read('b.pcapng')])
    expect(rings.get(KEY)).toEqual(records(0, 1000))
    expect(set.tally).toMatchObject({ late: 0, repeated: 0 })
  })

  it('merged by mergecap read as they do side by side', () => {
    const ring = ringOf(2000)
    const a = folder.write('a.pcapng', capture(ring, 0, 1500))
    const b = folder.write('b.pcapng', capture(ring, 1000, 2000))
    run('mergecap', '-w', folder.file('c.pcapng'), a, b)
    const merged = drain([folder.read('c.pcapng')])
    expect(merged.rings).toEqual(drain([folder.read('a.pcapng'), folder.read('b.pcapng')]).rings)
    expect(merged.set.tally.repeated).toBe(500)
  })

  it('cut short hand out what is before the cut, and say where it is', () => {
    const ring = ringOf(100)
    const whole = capture(ring, 0, 100)
    const { rings, faults } = drain([['x.pcapng', whole.subarray(0, 8000)]])
    const handedOut = rings.get(KEY)!.length
    expect(handedOut).toBeGreaterThan(20)
    expect(rings.get(KEY)).toEqual(records(0, handedOut))
    expect(faults).toEqual([
      expect.stringMatching(
        /^x\.pcapng is cut short in the middle of a block, \d+ bytes into it \(byte \d+\); what is before that is read\.$/,
      ),
    ])
  })

  it('with a record that a snapshot length cut do not complete it with another', () => {
    const ring = ringOf(100)
    const file = folder.write('a.pcapng', capture(ring, 0, 100))
    run('editcap', '-s', '150', file, folder.file('b.pcapng'))
    const { slots } = drain([folder.read('b.pcapng')])
    for (const slot of slots.get(KEY)!) expect(slot.subarray(142).every((byte) => byte === 0)).toBe(true)
  })

  it('say what accounts were called, the latest look-up first', () => {
    const ring = ringOf(10)
    const made = new RingCapture()
    const captured = made.ring(ring, 0)
    for (const [name, lookedUp] of [
      ['FARM\\new', 3n],
      ['FARM\\old', 2n],
    ] as const)
      made.writer.name(captured.captured, { sid: SID, name, lookedUp })
    captured.records(10)
    expect(drain([made.bytes()]).set.names.get(SID)).toEqual({ sid: SID, name: 'FARM\\new', lookedUp: 3n })
  })

  it('with thousands of rings hold back no more than they must', () => {
    const made = new RingCapture()
    const rings = Array.from({ length: 2100 }, (_, i) => ringOf(4, { fileId: BigInt(i + 1), slotCountLog2: 3 }))
    const captured = rings.map((ring) => made.ring(ring, 0))
    for (let end = 1; end <= 4; end++) for (const one of captured) one.records(end)
    const { rings: read, faults } = drain([made.bytes()])
    expect(read.size).toBe(2048)
    for (const content of read.values()) expect(content).toEqual(records(0, 4))
    expect(faults).toEqual(['There are more than 2048 rings in the captures; 208 packets of those that came last are not read.'])
  })

  it('are read compressed, whole or cut, and by way of a window of any size', async () => {
    const ring = ringOf(5000)
    const whole = capture(ring, 0, 5000)
    const packed = gzipSync(whole)
    for (const [bytes, isCut] of [
      [packed, false],
      [packed.subarray(0, packed.length >> 1), true],
      [Buffer.concat([packed, packed]), false],
    ] as const) {
      const set = CaptureSet.open([folder.write('a.pcapng.gz', bytes)])
      const { rings, faults } = await drainLater(set, 7)
      const content = rings.get(KEY)!
      expect(content).toEqual(records(0, content.length))
      if (!isCut) expect(content).toHaveLength(5000)
      else expect(faults).toEqual([expect.stringMatching(/a\.pcapng\.gz is cut short: its compressed data has no end/)])
    }
  })

  it('refuse what is no plain file, and what is not there', () => {
    run('mkfifo', folder.file('fifo'))
    expect(() => CaptureSet.open([folder.file('fifo')])).toThrow(/fifo is not a plain file; to read from a pipe give "-"/)
    expect(() => CaptureSet.open([folder.file('none')])).toThrow(/none cannot be opened \(there is no such file\)\.$/)
    expect(() => CaptureSet.open([folder.path])).toThrow(/is not a plain file/)
    const { faults, rings } = drain([['noise.pcapng', randomBytes(1000)]])
    expect(faults).toEqual(['noise.pcapng is not a pcapng file (byte 0); what is before that is read.'])
    expect(rings.size).toBe(0)
  })
})
