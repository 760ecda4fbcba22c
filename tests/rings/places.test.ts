// A tap has places for 2,048 rings. Files that come and go take none for good.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { RINGS_MAX } from '../../assembly/abi.ts'
import { type Operation, openTap, type Tap } from '../../host/index.ts'
import { RingWriter } from '../../host/testing/index.ts'
import { post, pre } from '../host/records.ts'
import { openFiles, RingsOnDisk, take } from '../host/rings-on-disk.ts'

const rings = new RingsOnDisk()
const sidOf = (user: number) => `S-1-5-21-1-2-3-${1000 + user}`
const IN_ALL = RINGS_MAX + 52
const AT_ONCE = 300

/** The bytes of a ring with one operation. */
function ringOf(user: number, remoteName: string): Uint8Array {
  const ring = RingWriter.create({ sid: sidOf(user), slotCountLog2: 2 })
  ring.append(post(ring.append(pre({ remoteName }))!, { remoteName }))
  return ring.bytes
}

it('2,100 ring files that come and go give their places back: a new user’s ring is read afterwards', { timeout: 120_000 }, async () => {
  const told: string[] = []
  const tap = (await openTap({ sources: [rings.directory], onDiagnostic: ({ text }) => told.push(text) })) as Tap<Operation>
  const events = tap[Symbol.asyncIterator]()
  const seen = new Set<string | undefined>()
  for (let first = 0; first < IN_ALL; first += AT_ONCE) {
    const users = Array.from({ length: Math.min(AT_ONCE, IN_ALL - first) }, (_, i) => first + i)
    for (const user of users) writeFileSync(rings.path({ sid: sidOf(user) }), ringOf(user, `\\\\s\\${user}`))
    for (const { remoteName } of await take(events, users.length)) seen.add(remoteName)
    for (const user of users) rmSync(rings.path({ sid: sidOf(user) }))
  }
  expect(seen.size).toBe(IN_ALL)
  writeFileSync(rings.path({ sid: sidOf(IN_ALL) }), ringOf(IN_ALL, '\\\\s\\new'))
  expect(await take(events, 1)).toMatchObject([{ remoteName: '\\\\s\\new', user: sidOf(IN_ALL) }])
  expect(told).toEqual([])
  expect(tap.stats()).toMatchObject({ operations: IN_ALL + 1, lost: 0, unread: 0 })
  await tap.close()
  expect(openFiles()).toEqual([])
})

it('files that are no rings take no places either, and keep no ring from being read', { timeout: 120_000 }, async () => {
  for (let user = 0; user < IN_ALL; user++) writeFileSync(rings.path({ sid: sidOf(user) }), 'no ring')
  const tap = (await openTap({ sources: [rings.directory] })) as Tap<Operation>
  const events = tap[Symbol.asyncIterator]()
  writeFileSync(rings.path({ sid: sidOf(IN_ALL) }), ringOf(IN_ALL, '\\\\s\\new'))
  expect(await take(events, 1)).toMatchObject([{ remoteName: '\\\\s\\new' }])
  expect(readFileSync(rings.path({ sid: sidOf(0) }), 'utf8')).toBe('no ring')
  await tap.close()
})
