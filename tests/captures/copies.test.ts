// A ring that lies in several places at once: in captures, in its folder, in a copy of it.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openTap } from '../../host/index.ts'
import type { TapStats } from '../../host/model/account.ts'
import type { RingWriter } from '../../host/testing/index.ts'
import { mprtap } from '../cli/command.ts'
import { OTHER_SID, post, pre, SID } from '../host/records.ts'
import { RingsOnDisk } from '../host/rings-on-disk.ts'
import { run, ToolFolder } from './debian-tools.ts'
import { fileIdText, RingCapture } from './ring-captures.ts'

const rings = new RingsOnDisk()
const folder = new ToolFolder()

function append(ring: RingWriter, records: number): void {
  for (let i = 0; i < records; i += 2) ring.append(post(ring.append(pre())!))
}

async function read(...sources: string[]): Promise<{ sequences: number[]; ids: string[]; stats: TapStats; told: string[] }> {
  const told: string[] = []
  const tap = await openTap({ sources, follow: false, level: 'notification', onDiagnostic: ({ text }) => void told.push(text) })
  const ids: string[] = []
  for await (const notification of tap) ids.push(notification.id)
  return { ids, sequences: ids.map((id) => Number(id.split('-')[1])), stats: tap.stats(), told }
}

/** A folder with the ring as it is now. */
function copyOf(ring: RingWriter, name: string): string {
  const path = folder.file(name)
  mkdirSync(`${path}/users`, { recursive: true })
  writeFileSync(`${path}/users/${SID}.v1.ring`, ring.bytes)
  return path
}

const all = (first: number, end: number) => Array.from({ length: end - first }, (_, i) => first + i)

describe('a ring that lies in several places', () => {
  it('is read once, in the order of its sequences: from a capture, an older copy and the ring itself', async () => {
    const ring = rings.create({ slotCountLog2: 7 })
    append(ring, 100)
    const made = new RingCapture()
    const captured = made.ring(ring, 0)
    captured.records(100)
    append(ring, 100)
    captured.records(150)
    captured.missing(30, 'filtered')
    captured.records(190)
    const copy = copyOf(ring, 'copy')
    append(ring, 100)
    const capture = folder.write('a.pcapng', made.bytes())
    for (const sources of [
      [capture, copy, rings.path()],
      [rings.path(), capture, copy],
      [copy, rings.directory, capture, copy],
    ]) {
      const { sequences, stats, told } = await read(...sources)
      expect(sequences).toEqual(all(0, 300))
      expect(stats).toMatchObject({ delivered: 300, lost: 0 })
      expect(told).toEqual([])
    }
  })

  it('is read once without captures, and what none of the copies has is lost', async () => {
    const ring = rings.create({ slotCountLog2: 5 })
    append(ring, 40)
    const copy = copyOf(ring, 'copy')
    append(ring, 100)
    const { sequences, stats } = await read(rings.path(), copy)
    expect(sequences).toEqual([...all(8, 40), ...all(108, 140)])
    expect(stats).toMatchObject({ overrun: 68, delivered: 64 })
  })

  it('is waited for until its capture has come to it: another ring is read first there', async () => {
    const other = rings.create({ slotCountLog2: 10, folder: 'administrators' })
    append(other, 1000)
    const ring = rings.create({ slotCountLog2: 7 })
    append(ring, 200)
    const made = new RingCapture()
    made.ring(other, 0).records(1000)
    const captured = made.ring(ring, 100)
    captured.records(200)
    append(ring, 100)
    const { ids, stats } = await read(rings.path(), folder.write('a.pcapng', made.bytes()))
    const mine = ids.filter((id) => id.startsWith(fileIdText(ring.fileId)))
    expect(mine.map((id) => Number(id.split('-')[1]))).toEqual(all(100, 300))
    expect(stats).toMatchObject({ delivered: 1200, lost: 0 })
  })

  it('tells records that another one has the id of, and reads both', async () => {
    const ring = rings.create({ slotCountLog2: 7 })
    append(ring, 100)
    const made = new RingCapture()
    made.ring(ring, 0).records(100)
    const again = rings.create({ slotCountLog2: 7, fileId: ring.fileId, folder: 'administrators' })
    for (let i = 0; i < 60; i += 2) again.append(post(again.append(pre({ processId: 99 }))!))
    const { sequences, told, stats } = await read(folder.write('a.pcapng', made.bytes()), copyOf(again, 'again'))
    // The PREs differ; the POSTs are the same records.
    const twice = all(0, 100).flatMap((sequence) => (sequence < 60 && sequence % 2 === 0 ? [sequence, sequence] : [sequence]))
    expect(sequences.sort((a, b) => a - b)).toEqual(twice)
    expect(stats).toMatchObject({ lost: 0 })
    expect(told).toEqual([expect.stringMatching(/has other records under ids that are read already/)])
  })
})

describe('a capture that is given more than once', () => {
  /** Two rings and their losses in one capture. */
  function capture(): string {
    const made = new RingCapture()
    const lanes = [SID, OTHER_SID].map((sid) => {
      const ring = rings.create({ sid, slotCountLog2: 9 })
      append(ring, 400)
      return made.ring(ring, 0, { user: sid })
    })
    for (const end of [50, 150, 151, 400])
      for (const { records, missing, captured } of lanes) {
        records(end)
        if (captured.position < 400) missing(10, 'abandoned')
      }
    return folder.write('a.pcapng', made.bytes())
  }
  const tools: [string, (path: string) => string[]][] = [
    ['under its own name twice', (path) => [path, path]],
    ['under another name', (path) => [folder.write('b.pcapng', folder.read('a.pcapng')), path]],
    ['by way of another path', (path) => [`${folder.path}/./a.pcapng`, path]],
    ['compressed as well', (path) => [path, folder.write('a.pcapng.gz', gzipSync(readFileSync(path)))]],
    ['as editcap has rewritten it', (path) => [path, written('editcap', path, folder.file('b.pcapng'))]],
    ['as mergecap has merged it with itself', (path) => [path, written('mergecap', '-w', folder.file('b.pcapng'), path, path)]],
    [
      'joined with itself by mergecap, one after the other',
      (path) => [written('mergecap', '-a', '-w', folder.file('b.pcapng'), path, path)],
    ],
    ['as reordercap has sorted it', (path) => [path, written('reordercap', path, folder.file('b.pcapng'))]],
    ['in pieces that editcap has cut', (path) => [path, ...pieces(path)]],
  ]
  function written(name: string, ...args: string[]): string {
    run(name, ...args)
    return args.find((arg) => arg.endsWith('b.pcapng'))!
  }
  function pieces(path: string): string[] {
    run('editcap', '-c', '100', path, folder.file('b.pcapng'))
    return readdirSync(folder.path)
      .filter((name) => name.startsWith('b_'))
      .map((name) => folder.file(name))
  }

  it.each(tools)('%s, is read once', async (_, copies) => {
    const path = capture()
    const once = await read(path)
    expect([new Set(once.ids).size, once.stats.lost, once.told]).toEqual([740, 60, []])
    const twice = await read(...copies(path))
    expect(twice.ids.toSorted()).toEqual(once.ids.toSorted())
    expect(twice.told).toEqual([])
    expect(twice.stats).toMatchObject({ delivered: 740, lost: 60 })
  })
})

describe('the captures that record keeps', () => {
  it('are what every reading verb reads when no source is named', async () => {
    const ring = rings.create({ slotCountLog2: 7 })
    append(ring, 98)
    ring.append(post(ring.append(pre())!, { operationStatus: 53 }))
    const made = new RingCapture()
    made.ring(ring, 0).records(100)
    mkdirSync(folder.file('state/mprtap/captures'), { recursive: true })
    copyFileSync(folder.write('a.pcapng', made.bytes()), folder.file('state/mprtap/captures/mprtap-20260105T080000Z-1.pcapng'))
    process.env.XDG_STATE_HOME = folder.file('state')
    try {
      const { stats } = await read()
      expect(stats).toMatchObject({ delivered: 100, lost: 0 })
      for (const args of [
        ['report'],
        ['logons'],
        ['history', 'files01'],
        ['top'],
        ['explain', 'last'],
        ['report', '--html', folder.file('r.html')],
      ]) {
        const run = mprtap(...args)
        expect([args, await run.ended(), run.stderr]).toEqual([args, 0, expect.not.stringMatching(/No source/)])
        expect(run.stdout + run.stderr).not.toMatch(/^0 (?:operations|logons|rows)|No operation has/)
      }
      const watch = mprtap('watch', '--from', 'oldest', '--count', '3')
      expect(await watch.ended()).toBe(0)
      expect(watch.lines).toHaveLength(3)
    } finally {
      delete process.env.XDG_STATE_HOME
    }
  })
})
