import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { HEADER_FILE_ID } from '../../format/layout.ts'
import { type Operation, openTap, type Tap } from '../../host/index.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { RingsOnDisk, take, until } from './rings-on-disk.ts'

vi.mock('../../host/system/clock.ts', () => import('../hurried-clock.ts'))

const rings = new RingsOnDisk()
let faults: string[]

beforeEach(() => {
  faults = []
})

const open = (options: object = {}) =>
  openTap({ sources: [rings.directory], onDiagnostic: ({ text }) => void faults.push(text), ...options }) as Promise<Tap<Operation>>
const write = (ring: RingWriter, remoteName: string) => ring.append(post(ring.append(pre({ remoteName }))!, { remoteName }))
const names = (events: Operation[]) => events.map((event) => event.remoteName)

describe('what stands in a ring’s place and is none', () => {
  it.each([
    ['garbage', (path: string) => writeFileSync(path, 'garbage'.repeat(1000)), 'is not a ring'],
    ['a ring of another version', (path: string) => writeFileSync(path, versionTwo()), 'another format version'],
    ['a directory', (path: string) => mkdirSync(path), 'cannot be opened (EINVAL)'],
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path]), 'cannot be opened (EINVAL)'],
    ['a symbolic link', (path: string) => symlinkSync(rings.path(), path), 'cannot be opened (ELOOP)'],
  ])('%s: one sentence that names it, once; the others are read', async (_, make, reason) => {
    const ring = rings.create()
    const path = rings.path({ sid: OTHER_SID })
    make(path)
    const tap = await open()
    expect(faults).toHaveLength(1)
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\1')
    expect(names(await take(events, 1))).toEqual(['\\\\s\\1'])
    // Long enough for another look at the directory: a ring that appears now is found in it.
    const waiting = events.next()
    write(rings.create({ sid: 'S-1-5-18' }), '\\\\s\\2')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\2' })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain(path)
    expect(faults[0]).toContain(reason)
    expect(faults[0]).toMatch(/^[^\n]*\.$/)
    await tap.close()
  })

  it('and becomes a good one: it is read', async () => {
    writeFileSync(rings.path(), 'garbage')
    const tap = await open()
    const waiting = tap[Symbol.asyncIterator]().next()
    rmSync(rings.path())
    write(rings.create(), '\\\\s\\1')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\1' })
    await tap.close()
  })

  it('thousands of them take no place away from a ring', async () => {
    for (let i = 0; i < 2060; i++) writeFileSync(rings.path({ sid: `S-1-5-21-1-2-3-${i}` }), '')
    const ring = rings.create({ sid: 'S-1-5-21-9' })
    const tap = await open()
    write(ring, '\\\\s\\1')
    expect(names(await take(tap[Symbol.asyncIterator](), 1))).toEqual(['\\\\s\\1'])
    expect(faults).toEqual([])
    await tap.close()
  })

  it('more than 2,048 rings: told once, whatever their number, and those that are removed make room', async () => {
    const { bytes } = RingWriter.create({ sid: SID, slotCountLog2: 2 })
    const paths = Array.from({ length: 2060 }, (_, i) => rings.path({ sid: `S-1-5-21-1-2-3-${i}` }))
    for (const [i, path] of paths.entries()) {
      bytes.set(Buffer.from(String(i).padStart(8, '0')), HEADER_FILE_ID)
      writeFileSync(path, bytes)
    }
    const tap = await open()
    const waiting = tap[Symbol.asyncIterator]().next()
    await until(() => faults.length > 0)
    expect(faults).toEqual([expect.stringContaining('more than 2048 rings')])
    expect(tap.stats().rings).toBe(2048)
    for (const path of paths.slice(0, 100)) rmSync(path)
    await until(() => tap.stats().rings === 1960)
    const late = rings.create({ sid: 'S-1-5-21-9' })
    write(late, '\\\\s\\late')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\late', user: 'S-1-5-21-9' })
    expect(faults).toHaveLength(1)
    await tap.close()
  })
})

describe('a directory that cannot be looked at to its end', () => {
  it('because it has more than 20,000 names: told once, by name', async () => {
    for (let i = 0; i <= 20_000; i++) writeFileSync(join(rings.directory, 'users', `rubbish-${i}`), '')
    const ring = rings.create({ folder: 'administrators' })
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\1')
    expect(names(await take(events, 1))).toEqual(['\\\\s\\1'])
    // Only another look at the folders finds this ring.
    write(rings.create({ sid: OTHER_SID, folder: 'administrators' }), '\\\\s\\2')
    expect(names(await take(events, 1))).toEqual(['\\\\s\\2'])
    expect(faults).toEqual([expect.stringContaining(`${join(rings.directory, 'users')} has more than 20000 names`)])
    await tap.close()
  })

  it('unless it has exactly as many: nothing is told', async () => {
    for (let i = 0; i < 20_000; i++) writeFileSync(join(rings.directory, 'users', `rubbish-${i}`), '')
    await (await open()).close()
    expect(faults).toEqual([])
  })

  it('because a folder cannot be listed while the other one can: told, again when it happens again, and the other is read', async () => {
    const folder = join(rings.directory, 'administrators')
    const breakIt = () => {
      rmSync(folder, { recursive: true })
      writeFileSync(folder, '')
    }
    const repairIt = () => {
      rmSync(folder)
      mkdirSync(folder)
    }
    breakIt()
    const ring = rings.create()
    const tap = await open()
    expect(faults).toEqual([`${folder} cannot be listed (ENOTDIR); its rings are not read. Run as an administrator to read them.`])
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\1')
    expect(names(await take(events, 1))).toEqual(['\\\\s\\1'])
    repairIt()
    const waiting = events.next()
    write(rings.create({ sid: OTHER_SID, folder: 'administrators' }), '\\\\s\\2')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\2' })
    breakIt()
    const last = events.next()
    await until(() => faults.length > 1)
    expect(faults[1]).toBe(faults[0])
    await tap.close()
    await last
  })

  it('because one folder cannot be listed and there is no other: that is the error', async () => {
    for (const folder of ['users', 'administrators']) rmSync(join(rings.directory, folder), { recursive: true })
    writeFileSync(join(rings.directory, 'users'), '')
    await expect(open()).rejects.toMatchObject({ code: 'MPRTAP_FOLDER_UNREADABLE', cause: { code: 'ENOTDIR' } })
  })

  it('but not because a folder is missing: there may be no such rings', async () => {
    rmSync(join(rings.directory, 'administrators'), { recursive: true })
    await (await open()).close()
    expect(faults).toEqual([])
  })
})

function versionTwo(): Uint8Array {
  const { bytes } = RingWriter.create({ sid: SID })
  bytes[4] = 2
  return bytes
}
