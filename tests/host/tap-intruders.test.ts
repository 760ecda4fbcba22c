import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Operation, openTap, type Tap } from '../../host/api/index.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { OTHER_SID, post, pre, SID } from './records.ts'
import { RingsOnDisk, take } from './rings-on-disk.ts'

const rings = new RingsOnDisk()
let faults: string[]

beforeEach(() => {
  faults = []
})

const open = (options: object = {}) =>
  openTap({ directory: rings.directory, onDiagnostic: (text) => void faults.push(text), ...options }) as Promise<Tap<Operation>>
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

  it('more than 2,048 of them: told once, whatever their number', async () => {
    for (let i = 0; i < 2060; i++) writeFileSync(rings.path({ sid: `S-1-5-21-1-2-3-${i}` }), '')
    const tap = await open()
    const waiting = tap[Symbol.asyncIterator]().next()
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(faults).toEqual([expect.stringContaining('more than 2048 rings')])
    await tap.close()
    await waiting
  })
})

function versionTwo(): Uint8Array {
  const { bytes } = RingWriter.create({ sid: SID })
  bytes[4] = 2
  return bytes
}
