// A ring is not pruned while somebody still has to read it. Forwarders keep their positions beside those of consumers, in a form of their own.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { checkpointText } from '../../host/consumers/checkpoint-file.ts'
import { KnownConsumers } from '../../host/consumers/known-consumers.ts'
import { NO_COUNTS, stateText } from '../../host/forwarding/forward-state.ts'

const folder = mkdtempSync(join(tmpdir(), 'mprtap-known-'))
const consumers = join(folder, 'consumers')
const ring = join(folder, 'users', 'S-1-5-21-1-2-3-1104.v1.ring')
const fileId = '00000000000000aa'

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function waiting(text: string, head: number, id: string | undefined): string[] {
  mkdirSync(consumers, { recursive: true })
  writeFileSync(join(consumers, 'forward.1f.json'), text)
  return new KnownConsumers(folder, undefined).waitingFor(ring, id, head)
}

function forwarded(next: number): string {
  return stateText({ rings: [{ fileId, next, lastChecksum: 1n, start: 0, counts: NO_COUNTS, ends: [] }], stored: [], lost: 0 })
}

it('a forwarder waits for a ring until it has forwarded all of it', () => {
  expect(waiting(forwarded(39), 40, fileId)).toEqual(['forward.1f'])
  expect(waiting(forwarded(40), 40, fileId)).toEqual([])
})

it('a forwarder waits for a ring that it has not met, or that was made anew', () => {
  expect(waiting(forwarded(40), 40, '00000000000000bb')).toEqual(['forward.1f'])
  expect(waiting(forwarded(40), 40, undefined)).toEqual(['forward.1f'])
})

it('what counts for a forwarder keeps no paths; it waits as the forwarder does', () => {
  const totals = { delivered: 40, overrun: 0, abandoned: 0, late: 0, corrupt: 0, rewinds: 0 }
  const counted = (next: number) =>
    checkpointText(
      'statistics',
      [fileId, '00000000000000cc'].map((id) => ({ path: '', fileId: id, next, waiting: [], totals })),
      { statistics: {} },
    )
  expect(waiting(counted(39), 40, fileId)).toEqual(['forward.1f'])
  expect(waiting(counted(40), 40, fileId)).toEqual([])
  expect(waiting(counted(40), 40, '00000000000000bb')).toEqual(['forward.1f'])
})

it.each([
  '{}',
  '[]',
  'null',
  '{"format":1,"rings":[null],"stored":[]}',
  '{"format":1,"rings":[{"fileId":"x","next":40}],"stored":[]}',
  forwarded(40).replace('"format":1', '"format":2'),
])('what says nothing, or is newer, may wait for anything: %s', (text) => {
  expect(waiting(text, 40, fileId)).toEqual(['forward.1f'])
})
