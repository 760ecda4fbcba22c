import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RingWriter } from '../../host/testing/index.ts'
import { SmallDisk } from '../../scripts/lib/small-disk.mjs'
import { OTHER_SID, post, pre } from '../host/records.ts'
import { RingsOnDisk, until } from '../host/rings-on-disk.ts'
import { run, ToolFolder } from './debian-tools.ts'
import { killRecorders } from './killed-recorders.ts'
import { countsIn, eachOnce, RecorderProcess } from './recorders.ts'
import { contentOf } from './ring-captures.ts'

const rings = new RingsOnDisk()
const folder = new ToolFolder()

function append(ring: RingWriter, records: number): void {
  for (let i = 0; i < records; i += 2) ring.append(post(ring.append(pre())!))
}

/** How many records the captures in this folder hold so far. */
const recordsIn = (path: string) => [...countsIn(path, 'logons').values()].reduce((sum, counts) => sum + counts.size, 0)

const captures = (name = 'logons') =>
  readdirSync(folder.path)
    .filter((file) => file.startsWith(`${name}-`))
    .sort()

describe('mprtap record', () => {
  it('keeps what is in the rings and what comes, and goes on where it ended', async () => {
    const [ring, other] = [
      rings.create({ slotCountLog2: 12 }),
      rings.create({ sid: OTHER_SID, folder: 'administrators', slotCountLog2: 12 }),
    ]
    append(ring, 100)
    append(other, 20)
    const first = new RecorderProcess('--to', folder.file('logons.pcapng'), rings.directory)
    await first.says('Recording to')
    append(ring, 500)
    await until(() => recordsIn(folder.path) === 620)
    expect(await first.kill('SIGTERM')).toBe(0)
    append(ring, 400)
    const second = new RecorderProcess('--to', folder.file('logons.pcapng'), '--duration', '2', rings.directory)
    expect(await second.ended()).toBe(0)
    expect(first.stdout + second.stdout).toMatch(/^620 records in 1 file, 0 lost\n400 records in 1 file, 0 lost\n$/)
    const counts = [...countsIn(folder.path, 'logons').values()]
    expect(counts).toContainEqual(eachOnce(1000))
    expect(counts).toContainEqual(eachOnce(20))
    expect(captures()).toEqual([expect.stringMatching(/^logons-\d{8}T\d{6}Z-1\.pcapng$/), expect.stringMatching(/-2\.pcapng$/)])
    run('capinfos', folder.file(captures()[0]!))
  })

  it('killed at any time, leaves captures that together hold each record once', async () => {
    const found = await killRecorders(folder.path, 8, 20260105)
    expect(found.written).toBeGreaterThan(1000)
    expect(found.captures).toBeGreaterThan(1)
    expect(found).toMatchObject({ killed: 8, once: found.written, missing: 0, repeated: 0, gaps: 0 })
  }, 120_000)

  it('goes on where it was when its captures were moved away, and records a ring anew only when nothing says where it stood', async () => {
    const ring = rings.create({ slotCountLog2: 10 })
    const positions = folder.file('logons.positions.json')
    const record = async () => {
      const recorder = new RecorderProcess('--to', folder.file('logons.pcapng'), '--duration', '1', rings.directory)
      expect(await recorder.ended()).toBe(0)
      const found = [...countsIn(folder.path, 'logons').values()].flatMap((counts) => [...counts.keys()])
      for (const name of captures()) rmSync(folder.file(name))
      return { found, stderr: recorder.stderr }
    }
    append(ring, 100)
    expect((await record()).found).toEqual(range('record', 0, 100))
    append(ring, 100)
    expect((await record()).found).toEqual(range('record', 100, 200))
    // It is not believed about a ring that was set back.
    const good = readFileSync(positions, 'utf8')
    writeFileSync(positions, good.replace(/"lastChecksum":"[0-9a-f]{16}"/, '"lastChecksum":"00000000000000ff"'))
    append(ring, 100)
    expect((await record()).found).toEqual(range('record', 0, 300))
    for (const damaged of ['{', '{"format":2,"rings":[]}', good.replace('"next":200', '"next":-1')]) {
      writeFileSync(positions, damaged)
      const { found, stderr } = await record()
      expect(found).toEqual(range('record', 0, 300))
      expect(stderr).toMatch(/logons\.positions\.json cannot be read \(.*recorded from their oldest record\./)
    }
    expect(readFileSync(positions, 'utf8')).not.toContain('S-1-5')
  }, 60_000)

  it('says what was overwritten before it came, and what it lost while it was away', async () => {
    const ring = rings.create({ slotCountLog2: 6 })
    append(ring, 100)
    const record = async () => {
      expect(await new RecorderProcess('--to', folder.file('logons.pcapng'), '--duration', '1', rings.directory).ended()).toBe(0)
    }
    await record()
    append(ring, 100)
    await record()
    const [counts] = [...countsIn(folder.path, 'logons').values()]
    // What was overwritten before the first recorder came is nobody's loss.
    expect([...counts!.keys()]).toEqual([...range('record', 36, 100), 'overrun 100-135', ...range('record', 136, 200)])
    expect(new Set(counts!.values())).toEqual(new Set([1]))
  })

  it('begins another file when one is full, and keeps as many closed ones as asked for', async () => {
    const ring = rings.create({ slotCountLog2: 12 })
    writeFileSync(folder.file('logons-other-1.pcapng'), 'of another name')
    const recorder = new RecorderProcess('--to', folder.file('logons.pcapng'), '--rotate-records', '100', '--keep', '3', rings.directory)
    await recorder.says('Recording to')
    for (let i = 0; i < 10; i++) {
      append(ring, 100)
      await recorder.says(`-${i + 2}.pcapng`)
    }
    expect(await recorder.kill('SIGTERM')).toBe(0)
    expect(captures().map((file) => /\d+\.pcapng$/.exec(file)![0])).toEqual(['10.pcapng', '11.pcapng', '8.pcapng', '9.pcapng', '1.pcapng'])
    expect(readFileSync(folder.file('logons-other-1.pcapng'), 'utf8')).toBe('of another name')
    // Each file begins with where every ring stands, so that any of them can be the last that is readable.
    const newest = captures().find((file) => file.endsWith('-11.pcapng'))!
    expect([...contentOf(folder.read(newest)).packets.keys()]).toHaveLength(1)
  })

  it('rests while the disk is full, says so once, and goes on when there is room', async () => {
    const disk = await SmallDisk.mount(400)
    if (typeof disk === 'string') throw new Error(`there is no small disk: ${disk}`)
    try {
      const ring = rings.create({ slotCountLog2: 12 })
      append(ring, 500)
      const recorder = new RecorderProcess('--to', join(disk.directory, 'logons.pcapng'), rings.directory)
      await recorder.says('Recording to')
      disk.fill()
      append(ring, 2000)
      await recorder.says('the disk is full')
      const [file] = readdirSync(disk.directory).filter((name) => name.endsWith('.pcapng'))
      // Nothing half-written is there to be believed.
      const content = contentOf(new Uint8Array(readFileSync(join(disk.directory, file!))))
      expect(content.reader.fault).toBeUndefined()
      expect([...content.packets.values()].flat().every((line) => line.startsWith('record'))).toBe(true)
      await disk.resize(4000)
      disk.empty()
      await recorder.says('Recording goes on')
      await until(() => recordsIn(disk.directory) === 2500)
      expect(await recorder.kill('SIGTERM')).toBe(0)
      expect(recorder.stderr.match(/the disk is full/g)).toHaveLength(1)
      expect([...countsIn(disk.directory, 'logons').values()]).toEqual([eachOnce(2500)])
    } finally {
      disk.remove()
    }
  }, 60_000)

  it('refuses a file that exists, a FIFO, a NAME in use, and a name that is none', async () => {
    rings.create()
    run('mkfifo', folder.file('fifo.pcapng'))
    writeFileSync(folder.file('there.pcapng'), '')
    mkdirSync(folder.file('sub'))
    const refused = async (to: string) => {
      const recorder = new RecorderProcess('--to', to, rings.directory)
      expect(await recorder.ended()).toBe(2)
      return recorder.stderr
    }
    expect(await refused(folder.file('there.pcapng'))).toMatch(
      /there\.pcapng is there already, and a capture is never written into a file that exists; name another one/,
    )
    expect(await refused(folder.file('fifo.pcapng'))).toMatch(/fifo\.pcapng is not a plain file; name another one/)
    expect(await refused(folder.file('there.pcapng/below.pcapng'))).toMatch(
      /cannot be written to .*there\.pcapng \(E\w+\); name another folder/,
    )
    expect(await refused(folder.file('a b.pcapng'))).toMatch(/cannot be called "a b"/)
    const first = new RecorderProcess('--to', folder.file('sub'), rings.directory)
    await first.says('Recording to')
    expect(await refused(folder.file('sub'))).toMatch(/Another recorder writes captures called .*mprtap\.pcapng; stop it/)
    expect(await first.kill('SIGTERM')).toBe(0)
  })
})

function range(word: string, first: number, end: number): string[] {
  return Array.from({ length: end - first }, (_, i) => `${word} ${first + i}`)
}
