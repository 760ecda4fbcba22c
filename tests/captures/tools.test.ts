import { describe, expect, it } from 'vitest'
import { RingWriter } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from '../host/records.ts'
import { run, ToolFolder, tool } from './debian-tools.ts'
import { contentOf, RingCapture } from './ring-captures.ts'

const folder = new ToolFolder()

/** FILETIME ticks: 100 ns apart, so that a microsecond would not tell them apart. */
const TIME = 134_120_736_000_000_000n

function ringOf(sid: string, fileId: bigint, records: number): RingWriter {
  const ring = RingWriter.create({ sid, slotCountLog2: 6, fileId })
  for (let i = 0; i < records; i++) {
    const wallTime = TIME + BigInt(i)
    if (i % 2 === 0) ring.append(pre({ wallTime, localName: `${String.fromCharCode(65 + (i % 26))}:` }))
    else ring.append(post(BigInt(i - 1), { wallTime }))
  }
  return ring
}

/** Two rings on one host, one of which lost two records. */
function capture(host = 'RDS07', id = 1n): Uint8Array {
  const made = new RingCapture()
  const one = made.ring(ringOf(SID, id, 20), 0, { host })
  const other = made.ring(ringOf(OTHER_SID, id + 1n, 10), 0, { host, user: OTHER_SID })
  made.writer.accounts()
  one.records(6)
  one.missing(2, 'overrun')
  other.records(10)
  one.records(12)
  one.missing(1, 'corrupt')
  one.records(20)
  return made.bytes()
}

const contents = (bytes: Uint8Array) => contentOf(bytes).packets

describe("Debian's tools and our captures", () => {
  it('capinfos counts our packets and names the rings', () => {
    const report = run('capinfos', folder.write('a.pcapng', capture()))
    expect(report).toContain('File encapsulation:  USER 0')
    expect(report).toMatch(/Number of packets: {3}33\n/)
    expect(report).toContain('Number of interfaces in file: 2')
    expect(report).toContain(`Description = mprtap ring host=RDS07 user=${SID} file=0100000000000000`)
    expect(report).toContain('Time ticks per second = 10000000')
    expect(report).toContain('Number of stat entries = 1')
    expect(report).toContain('Capture application: mprtap 0.0.0')
  })

  it('tshark reads the interface statistics, the drop count and times of 100 ns', () => {
    const file = folder.write('a.pcapng', capture())
    const blocks = run('tshark', '-X', 'read_format:MIME Files Format', '-r', file, '-V')
    expect(blocks).toMatch(/Number of Delivered to the User Packets: 17/)
    expect(blocks).toMatch(/Number of Dropped Packets by OS: 2/)
    expect(blocks).toMatch(/Number of Dropped Packets: 1/)
    expect(run('tshark', '-r', file, '-Y', 'frame.drop_count > 0', '-T', 'fields', '-e', 'frame.drop_count')).toBe('2\n1\n')
    const times = run('tshark', '-r', file, '-Y', 'frame.len > 150 && frame.interface_id == 0', '-T', 'fields', '-e', 'frame.time_epoch')
    expect(times.split('\n').slice(0, 3)).toEqual(['1767600000.000000000', '1767600000.000000100', '1767600000.000000200'])
  })

  it('what editcap rewrites reads back with the same records and the same loss', () => {
    run('editcap', folder.write('a.pcapng', capture()), folder.file('b.pcapng'))
    expect(contents(folder.read('b.pcapng'))).toEqual(contents(capture()))
  })

  it('so does what editcap cuts into pieces', () => {
    run('editcap', '-c', '7', folder.write('a.pcapng', capture()), folder.file('b.pcapng'))
    const pieces = run('sh', '-c', `ls ${folder.path}/b_*`).trim().split('\n')
    expect(pieces).toHaveLength(5)
    const joined = new Map<string, string[]>()
    for (const piece of pieces)
      for (const [key, packets] of contents(folder.read(piece.slice(folder.path.length + 1))))
        joined.set(key, [...(joined.get(key) ?? []), ...packets])
    expect(joined).toEqual(contents(capture()))
  })

  it('so does what tshark writes, and what it writes of one ring', () => {
    const file = folder.write('a.pcapng', capture())
    run('tshark', '-r', file, '-w', folder.file('b.pcapng'))
    expect(contents(folder.read('b.pcapng'))).toEqual(contents(capture()))
    run('tshark', '-r', file, '-Y', `frame.interface_name == "${SID}"`, '-w', folder.file('c.pcapng'))
    expect([...contents(folder.read('c.pcapng'))]).toEqual([...contents(capture())].slice(0, 1))
  })

  it('so does what mergecap makes of two hosts, whose rings it keeps apart', () => {
    const a = folder.write('a.pcapng', capture('RDS07', 1n))
    const b = folder.write('b.pcapng', capture('RDS08', 1n))
    run('mergecap', '-w', folder.file('c.pcapng'), a, b)
    const merged = contents(folder.read('c.pcapng'))
    expect(merged.size).toBe(4)
    for (const part of [capture('RDS07', 1n), capture('RDS08', 1n)])
      for (const [key, packets] of contents(part)) expect(new Set(merged.get(key))).toEqual(new Set(packets))
  })

  it('so does what reordercap sorts', () => {
    run('reordercap', folder.write('a.pcapng', capture()), folder.file('b.pcapng'))
    const sorted = contents(folder.read('b.pcapng'))
    for (const [key, packets] of contents(capture())) expect(new Set(sorted.get(key))).toEqual(new Set(packets))
  })

  it('all of them say that a capture is cut short, and read what is before the cut', () => {
    const whole = capture()
    const file = folder.write('a.pcapng', whole.subarray(0, whole.length - 500))
    for (const [name, status, ...args] of [
      ['capinfos', 1],
      ['tshark', 2, '-r'],
      ['mergecap', 2, '-w', folder.file('b.pcapng')],
    ] as const) {
      const result = tool(name, ...(args as readonly string[]), file)
      expect(result.status).toBe(status)
      expect(result.stderr).toContain('cut short in the middle of a packet')
    }
    expect(contentOf(whole.subarray(0, whole.length - 500)).reader.fault?.text).toContain('is cut short')
  })

  it('a capture joined from two is two sections for tshark, each with its interfaces', () => {
    const file = folder.write('a.pcapng', Buffer.concat([capture('RDS07'), capture('RDS08', 5n)]))
    const fields = run(
      'tshark',
      '-r',
      file,
      '-Y',
      'frame.len > 150',
      '-T',
      'fields',
      '-e',
      'frame.section_number',
      '-e',
      'frame.interface_id',
    )
    const count = (section: number, index: number) => fields.split('\n').filter((line) => line === `${section}\t${index}`).length
    expect([count(1, 0), count(1, 1), count(2, 0), count(2, 1)]).toEqual([17, 10, 17, 10])
  })

  it('an interface that comes after packets is taken by all but reordercap, which says so', () => {
    const made = new RingCapture()
    const one = made.ring(ringOf(SID, 1n, 20), 0)
    one.records(4)
    made.ring(ringOf(OTHER_SID, 2n, 10), 0, { user: OTHER_SID }).records(10)
    one.records(20)
    const whole = made.bytes()
    const file = folder.write('a.pcapng', whole)
    run('editcap', file, folder.file('b.pcapng'))
    run('mergecap', '-w', folder.file('c.pcapng'), file)
    for (const name of ['b.pcapng', 'c.pcapng']) expect(contents(folder.read(name))).toEqual(contents(whole))
    expect(tool('reordercap', file, folder.file('d.pcapng'))).toMatchObject({ status: 1, stderr: expect.stringContaining('interface_id') })
  })
})
