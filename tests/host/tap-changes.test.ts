import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
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

describe('a ring that appears while the tap is open', () => {
  it('is read from its beginning, although the tap reads from now', async () => {
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    const waiting = events.next()
    write(rings.create(), '\\\\s\\first')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\first', user: SID })
    expect(faults).toEqual([])
    await tap.close()
  })

  it('does not disturb those that are open', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\1')
    await take(events, 1)
    const other = rings.create({ sid: OTHER_SID, folder: 'administrators' })
    write(other, '\\\\s\\2')
    expect(await take(events, 1)).toMatchObject([{ remoteName: '\\\\s\\2', user: OTHER_SID }])
    write(ring, '\\\\s\\3')
    expect(await take(events, 1)).toMatchObject([{ remoteName: '\\\\s\\3', user: SID }])
    await tap.close()
  })

  it('or was all zeros at first, by directory or by path, is read once it has a header', async () => {
    const blank = Buffer.alloc(4096 + 512 * 1024)
    writeFileSync(rings.path(), blank)
    const taps = [await open(), await openTap({ sources: [rings.path()] })]
    const waiting = taps.map((tap) => tap[Symbol.asyncIterator]().next())
    const ring = RingWriter.create({ sid: SID })
    write(ring, '\\\\s\\late')
    writeFileSync(rings.path(), ring.bytes)
    for (const { value } of await Promise.all(waiting)) expect(value).toMatchObject({ remoteName: '\\\\s\\late' })
    expect(faults).toEqual([])
    for (const tap of taps) await tap.close()
  })

  it('in a folder that did not exist before', async () => {
    rmSync(join(rings.directory, 'administrators'), { recursive: true })
    const tap = await open()
    const waiting = tap[Symbol.asyncIterator]().next()
    mkdirSync(join(rings.directory, 'administrators'))
    write(rings.create({ sid: 'S-1-5-18', folder: 'administrators' }), '\\\\s\\system')
    expect((await waiting).value).toMatchObject({ user: 'S-1-5-18' })
    await tap.close()
  })
})

describe('a ring that is replaced while the tap is open', () => {
  it('by renaming it aside: the old one is read to its end, then the new one from its beginning', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\old')
    await take(events, 1)
    renameSync(rings.path(), `${rings.path()}.bad`)
    write(ring, '\\\\s\\old, after')
    write(rings.create({ slotCountLog2: 4 }), '\\\\s\\new')
    expect(names(await take(events, 2))).toEqual(['\\\\s\\old, after', '\\\\s\\new'])
    expect(tap.stats()).toMatchObject({ operations: 3, notifications: 6, lost: 0, rewinds: 0, rings: 1 })
    expect(faults).toEqual([])
    await tap.close()
  })

  it('by removing it, and making it anew later', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\old')
    await take(events, 1)
    rmSync(rings.path())
    const meanwhile = events.next()
    await until(() => tap.stats().rings === 0)
    // Once this one is found, the removed one was looked for, too.
    write(rings.create({ sid: OTHER_SID }), '\\\\s\\other')
    expect((await meanwhile).value).toMatchObject({ remoteName: '\\\\s\\other' })
    const waiting = events.next()
    write(rings.create(), '\\\\s\\new')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\new', user: SID })
    expect(faults).toEqual([])
    await tap.close()
  })

  it('by truncating it, then restoring it: it goes on where it was', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\1')
    await take(events, 1)
    const waiting = events.next()
    truncateSync(rings.path(), 100)
    await until(() => tap.stats().rings === 0)
    await until(() => faults.length > 0)
    write(ring, '\\\\s\\2')
    writeFileSync(rings.path(), ring.bytes)
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\2' })
    expect(faults).toEqual([expect.stringContaining('not as long as its header says')])
    await tap.close()
  })

  it('by garbage in the same file: that is told once, and the tap goes on with the others', async () => {
    const ring = rings.create()
    const other = rings.create({ sid: OTHER_SID })
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\1')
    await take(events, 1)
    const waiting = events.next()
    ring.poke(0, Buffer.from('garbage!'))
    await until(() => faults.length > 0)
    write(other, '\\\\s\\2')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\2', user: OTHER_SID })
    expect(faults).toEqual([`${rings.path()} is not a ring: its first bytes are not "MPRT".`])
    await tap.close()
  })

  it('by a head that cannot be: that is told, and the ring is left alone', async () => {
    const ring = rings.create()
    const tap = await open()
    const waiting = tap[Symbol.asyncIterator]().next()
    ring.setHead(2n ** 62n)
    await until(() => faults.length > 0)
    expect(faults).toEqual([expect.stringContaining('claims more records than can ever have been written')])
    ring.setHead(0n)
    write(ring, '\\\\s\\1')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\1' })
    await tap.close()
  })

  it('by an older copy of itself: a rewind, flagged, and reading goes on from there', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\1')
    const older = Uint8Array.from(readFileSync(rings.path()))
    write(ring, '\\\\s\\2')
    await take(events, 2)
    const waiting = events.next()
    ring.poke(0, older)
    await until(() => tap.stats().rewinds === 1)
    write(ring, '\\\\s\\3')
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\3' })
    await tap.close()
  })
})

describe('a directory that goes away', () => {
  it('is told once; when it is back, its rings are read on where they were', async () => {
    const ring = rings.create()
    const tap = await open()
    const events = tap[Symbol.asyncIterator]()
    write(ring, '\\\\s\\1')
    await take(events, 1)
    const aside = `${rings.directory}.aside`
    renameSync(rings.directory, aside)
    const waiting = events.next()
    await until(() => faults.length > 0 && tap.stats().rings === 0)
    expect(faults).toEqual([expect.stringContaining('has no folder')])
    write(ring, '\\\\s\\2')
    renameSync(aside, rings.directory)
    expect((await waiting).value).toMatchObject({ remoteName: '\\\\s\\2' })
    expect(tap.stats()).toMatchObject({ operations: 2, lost: 0 })
    expect(faults).toHaveLength(1)
    await tap.close()
  })
})
