// A disk with no room: for a ring, for a page of one, for a named consumer's cursor.

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it, type TestContext } from 'vitest'
import { type Notification, openTap, type Tap } from '../../host/index.ts'
import type { Diagnostic } from '../../host/model/diagnostic.ts'
import { SmallDisk } from '../../scripts/lib/small-disk.mjs'
import { NotifierBed } from './notifier.ts'
import { pre } from './records.ts'
import { RingsOnDisk, take, until } from './rings-on-disk.ts'
import { Witness } from './witness.ts'

const bed = new NotifierBed()
const rings = new RingsOnDisk()
const disks: SmallDisk[] = []
const nothingLost = { overrun: 0, abandoned: 0, corrupt: 0 }

afterEach(() => {
  for (const disk of disks.splice(0)) disk.remove()
})

/** A disk, or else the test counts as skipped. */
async function diskOf(kibibytes: number, { skip, task }: TestContext): Promise<SmallDisk> {
  const disk = await SmallDisk.mount(kibibytes)
  if (disk instanceof SmallDisk) {
    disks.push(disk)
    return disk
  }
  process.stderr.write(`NOT RUN: "${task.name}", because this machine lets nobody mount a small disk (${disk}).\n`)
  return skip(disk)
}

it('a disk without room for a ring: programs give up cleanly and try again; once there is room, all is as ever', async (context) => {
  const disk = await diskOf(256, context)
  const place = bed.place(disk.directory)
  const notifier = place.start() // its ring wants 516 KiB
  const witness = await Witness.open(place.directory)
  witness.follow()
  expect(await notifier.notify(20)).toEqual({ written: 0, unwritten: 20, faults: 0 })
  expect(statSync(place.ring).size).toBe(0)
  expect(await place.start().notify(1)).toEqual({ written: 0, unwritten: 1, faults: 0 })
  await disk.resize(2048)
  while ((await notifier.notify(1)).written === 0) {}
  await notifier.notify(9)
  expect(await witness.close(() => witness.delivered === 10, await notifier.end())).toEqual({ delivered: 10, ...nothingLost })
  expect(witness.diagnostics).toEqual([])
})

it('a disk that fills up under a ring whose pages were not there yet: what finds no page is abandoned, the rest is read', async (context) => {
  const disk = await diskOf(64, context)
  const place = bed.place(disk.directory)
  const notifier = place.start('--sparse', '1')
  const full = await notifier.notify(300)
  expect(full.written).toBeGreaterThan(50)
  expect(full.written).toBeLessThan(130)
  expect(full.faults).toBeGreaterThan(0)
  const witness = await Witness.open(place.directory)
  witness.follow()
  await witness.until(() => witness.delivered === full.written && witness.lost > 0)
  await disk.resize(2048)
  while ((await notifier.notify(1)).written === full.written) {}
  const { written, faults } = await notifier.notify(9)
  // A notification that finds no page has claimed its sequence before.
  const account = await witness.close(() => witness.delivered === written && witness.lost === faults, await notifier.end())
  expect(account).toEqual({ delivered: written, ...nothingLost, abandoned: faults })
})

/** Opens a tap of a consumer whose cursor is on the disk. */
function open(disk: SmallDisk, diagnostics: string[], consumer = 'audit'): Promise<Tap<Notification>> {
  const onDiagnostic = ({ text }: Diagnostic) => void diagnostics.push(text)
  const cursor = { from: { consumer }, checkpointFolder: join(disk.directory, 'cursors') }
  return openTap({ sources: [rings.directory], level: 'notification', onDiagnostic, ...cursor })
}

it('a disk that fills up under a cursor: the old cursor stays, the tap says so, and a later tap repeats what was not saved', async (context) => {
  const disk = await diskOf(256, context)
  const path = join(disk.directory, 'cursors', 'audit.json')
  const ring = rings.create()
  for (let i = 0; i < 5; i++) ring.append(pre())
  const diagnostics: string[] = []
  const first = await open(disk, diagnostics)
  await take(first[Symbol.asyncIterator](), 5)
  await first.close()
  const saved = readFileSync(path, 'utf8')
  expect(JSON.parse(saved).rings[0].next).toBe(5)

  for (let i = 0; i < 5; i++) ring.append(pre())
  const second = await open(disk, diagnostics)
  disk.fill()
  const events = second[Symbol.asyncIterator]()
  await take(events, 3)
  await until(() => diagnostics.length > 0)
  const complaint = `The checkpoint of consumer "audit" cannot be saved in ${path} (ENOSPC); what is delivered meanwhile will be delivered again after a restart.`
  expect(diagnostics).toEqual([complaint])
  expect(await take(events, 2)).toHaveLength(2)
  await expect(second.close()).rejects.toMatchObject({ code: 'MPRTAP_CONSUMER', message: complaint })
  expect(readFileSync(path, 'utf8')).toBe(saved)
  expect(readdirSync(join(disk.directory, 'cursors')).sort()).toEqual(['audit.json', 'audit.lock'])

  // Another tap of the name can be opened on the full disk, too, and saves as soon as there is room.
  const third = await open(disk, diagnostics)
  expect((await take(third[Symbol.asyncIterator](), 5)).map(({ sequence }) => sequence)).toEqual([5, 6, 7, 8, 9])
  const refusal = { code: 'MPRTAP_CONSUMER', message: expect.stringContaining('cannot be kept in') }
  await expect(open(disk, diagnostics, 'a-new-one')).rejects.toMatchObject(refusal)
  disk.empty()
  await (await open(disk, diagnostics, 'a-new-one')).close()
  await third.close()
  expect(JSON.parse(readFileSync(path, 'utf8')).rings[0].next).toBe(10)
})
