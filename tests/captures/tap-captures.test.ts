import { mkdirSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { CaptureSet } from '../../host/captures/capture-set.ts'
import { MemoryInput } from '../../host/captures/file-input.ts'
import { openTap, type TestSource } from '../../host/index.ts'
import type { Loss, TapStats } from '../../host/model/account.ts'
import type { Clock } from '../../host/model/clock.ts'
import { systemClock } from '../../host/system/clock.ts'
import { fileTimeOf, type RingWriter, writeRings } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { ToolFolder } from './debian-tools.ts'
import { RecorderProcess } from './recorders.ts'
import { RingCapture } from './ring-captures.ts'

const rings = new RingsOnDisk()
const folder = new ToolFolder()

function append(ring: RingWriter, records: number): void {
  for (let i = 0; i < records; i += 2) ring.append(post(ring.append(pre())!))
}

async function read(...sources: string[]): Promise<{ ids: string[]; stats: TapStats; losses: Loss[]; told: string[] }> {
  const losses: Loss[] = []
  const told: string[] = []
  const tap = await openTap({ sources, onLoss: (loss) => void losses.push(loss), onDiagnostic: ({ text }) => void told.push(text) })
  const ids: string[] = []
  for await (const operation of tap) ids.push(operation.id)
  return { ids, stats: tap.stats(), losses, told }
}

describe('a tap of captures', () => {
  it('yields the operations that a tap of the rings does', async () => {
    const path = folder.file('rings')
    writeRings(path, { seed: 3, operations: 2000, users: 10, slotCountLog2: 10 })
    const recorder = new RecorderProcess('--to', folder.file('logons.pcapng'), '--duration', '2', path)
    expect(await recorder.ended()).toBe(0)
    const [file] = recorder.stderr.match(/\/\S+\.pcapng/)!
    const tap = await openTap({ sources: [path], follow: false })
    const ids: string[] = []
    for await (const operation of tap) ids.push(operation.id)
    const captured = await read(file!)
    expect(captured.ids.length).toBe(2000)
    expect(new Set(captured.ids)).toEqual(new Set(ids))
    expect(captured.stats).toMatchObject({ corrupt: 0, lost: 0, delivered: tap.stats().delivered })
    expect(captured.told).toEqual([])
    writeFileSync(folder.file('packed.pcapng.gz'), gzipSync(folder.read(file!.slice(folder.path.length + 1))))
    expect(new Set((await read(folder.file('packed.pcapng.gz'))).ids)).toEqual(new Set(ids))
  })

  it('reads the captures of a folder that has no rings, and nothing else in it', async () => {
    const ring = rings.create()
    append(ring, 20)
    const made = new RingCapture()
    made.ring(ring, 0).records(20)
    mkdirSync(folder.file('kept'))
    folder.write('kept/logons-20260105T080000Z-1.pcapng', made.bytes())
    folder.write('kept/logons.positions.json', '{')
    folder.write('kept/notes.txt', 'no capture')
    expect(await read(folder.file('kept'))).toMatchObject({ ids: { length: 10 }, stats: { delivered: 20, lost: 0 }, told: [] })
  })

  it('counts loss as the capture has it, and what a filter left out as no loss', async () => {
    const ring = rings.create({ slotCountLog2: 10 })
    append(ring, 200)
    const made = new RingCapture()
    const captured = made.ring(ring, 10)
    captured.records(20)
    captured.missing(10, 'overrun')
    captured.missing(20, 'filtered')
    captured.missing(4, 'corrupt')
    captured.records(200)
    const { ids, stats, losses } = await read(folder.write('a.pcapng', made.bytes()))
    expect(ids).toHaveLength(78)
    expect(stats).toMatchObject({ overrun: 10, corrupt: 4, abandoned: 0, lost: 14 })
    expect(losses.reduce((sum, { count }) => sum + count, 0)).toBe(14)
    expect(losses[0]).toMatchObject({ first: 20 })
  })

  it('counts a record that somebody changed as corrupt, and goes on', async () => {
    const ring = rings.create({ slotCountLog2: 10 })
    append(ring, 100)
    const made = new RingCapture()
    made.ring(ring, 0).records(100)
    const bytes = made.bytes()
    const at = Buffer.from(bytes).lastIndexOf('projects')
    bytes[at] = 0x58
    const { ids, stats } = await read(folder.write('a.pcapng', bytes))
    expect(stats).toMatchObject({ corrupt: 1, delivered: 99 })
    expect(ids).toHaveLength(50)
  })

  it('tells a capture that is cut, and one that is none', async () => {
    const ring = rings.create({ slotCountLog2: 10 })
    append(ring, 100)
    const made = new RingCapture()
    made.ring(ring, 0).records(100)
    const { told, ids } = await read(folder.write('a.pcapng', made.bytes().subarray(0, 9000)))
    expect(ids.length).toBeGreaterThan(10)
    expect(told).toEqual([expect.stringMatching(/a\.pcapng is cut short in the middle of a block/)])
    const classic = await read(folder.write('b.pcap', Buffer.from('d4c3b2a1020004000000000000000000', 'hex')))
    expect(classic.told).toEqual([expect.stringMatching(/b\.pcap is a classic \.pcap file/)])
    await expect(openTap({ sources: [folder.file('none.pcapng')] })).rejects.toThrow(/none\.pcapng cannot be opened/)
  })

  it('yields the events of its rings by their times, although they stand ring after ring', async () => {
    const writers = [rings.create({ slotCountLog2: 10 }), rings.create({ sid: OTHER_SID, slotCountLog2: 10 })]
    for (let i = 0; i < 600; i++) writers[i % 2]!.append(post(0n, { wallTime: fileTimeOf(Date.UTC(2026, 0, 5, 8)) + BigInt(i) }))
    const made = new RingCapture()
    made.ring(writers[0]!, 0).records(300)
    made.ring(writers[1]!, 0, { user: OTHER_SID }).records(300)
    const tap = await openTap({ sources: [folder.write('a.pcapng', made.bytes())], level: 'notification' })
    const users: string[] = []
    for await (const { user } of tap) users.push(user)
    expect(users).toEqual(Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? SID : OTHER_SID)))
  })

  it('does not rest when all that is read ahead is of a ring that was found just now', async () => {
    const ring = rings.create({ slotCountLog2: 13 })
    append(ring, 5000)
    const made = new RingCapture()
    for (let i = 0; i < 12; i++) made.ring(ring, 0, { host: `RDS${i}` }).records(5000)
    let rests = 0
    const counted: Clock['timer'] = (...args) => {
      rests++
      return systemClock.timer(...args)
    }
    const clock: Clock = { ...systemClock, timer: counted }
    const source = { finder: new CaptureSet([new MemoryInput('a.pcapng', made.bytes())]), clock } as unknown as TestSource
    const tap = await openTap({ sources: [source], follow: false, statistics: true })
    await tap.drain({ final: true })
    expect(tap.stats()).toMatchObject({ delivered: 60_000, lost: 0 })
    expect(rests).toBe(0)
    await tap.close()
  })

  it('counts by group when it is drained', async () => {
    const ring = rings.create({ slotCountLog2: 13 })
    append(ring, 6000)
    const made = new RingCapture()
    made.ring(ring, 0).records(6000)
    const tap = await openTap({ sources: [folder.write('a.pcapng', made.bytes())], statistics: true })
    await tap.drain({ final: true })
    expect(tap.statistics('server')).toMatchObject([{ key: 'files01', operations: 3000 }])
    await tap.close()
  })
})
