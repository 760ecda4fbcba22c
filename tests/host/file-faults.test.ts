// What may happen to a ring's file while programs record into it and a tap reads it. Programs never notice; the tap says what happened, reads
// on, and has a number for what is lost.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
} from 'node:fs'
import { expect, it } from 'vitest'
import { HEADER_HEAD, HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import { programPath } from '../programs.mjs'
import { NotifierBed } from './notifier.ts'
import { Witness } from './witness.ts'

const bed = new NotifierBed()
const WINDOW = 256
const nothingLost = { overrun: 0, abandoned: 0, corrupt: 0 }

it.concurrent('a ring that is removed is read to its end, although programs still write into it; the next one from its beginning', async () => {
  const place = bed.place()
  const old = place.start()
  await old.notify(100)
  const witness = await Witness.open(place.directory)
  await witness.read(100)
  rmSync(place.ring)
  await old.notify(50)
  await witness.read(50)
  const next = place.start()
  await next.notify(30)
  await witness.read(30)
  const journal = [...(await old.end()), ...(await next.end())]
  expect(await witness.close(() => true, journal)).toEqual({ delivered: 180, ...nothingLost })
  expect(witness.diagnostics).toEqual([])
})

it.concurrent('a ring that is removed and made anew before the tap looks: both are read, nothing is lost', async () => {
  const place = bed.place()
  const old = place.start()
  await old.notify(300)
  const witness = await Witness.open(place.directory)
  await witness.read(1)
  rmSync(place.ring)
  const next = place.start()
  await next.notify(40)
  await old.notify(60)
  witness.follow()
  const journal = [...(await old.end()), ...(await next.end())]
  expect(await witness.close(() => witness.delivered === 400, journal)).toEqual({ delivered: 400, ...nothingLost })
  expect(witness.diagnostics).toEqual([])
})

// A window was read, 44 records had been seen behind it. A program that has the file mapped faults at its next notification: it claims one
// sequence more if the header is still there.
it.concurrent.each([
  ['nothing', 0, 0, 44, 0],
  ['its header', HEADER_SIZE, 0, 44, 1],
  ['the middle of a slot', HEADER_SIZE + 280 * SLOT_SIZE + 200, 24, 20, 1],
])(
  'a ring that is truncated to %s: what was promised is read or counted, and programs get a new one',
  async (_, length, left, promised, claimed) => {
    const place = bed.place()
    const notifier = place.start()
    await notifier.notify(300)
    const witness = await Witness.open(place.directory)
    await witness.read(WINDOW)
    truncateSync(place.ring, length)
    const next = await notifier.notify(1)
    // A program that looks at the file just then finds out without a fault.
    const faulted = next.written === 300
    expect(next).toEqual(faulted ? { written: 300, unwritten: 1, faults: 1 } : { written: 301, unwritten: 0, faults: 0 })
    const lost = promised + (faulted ? claimed : 0)
    witness.follow()
    // Until the next try, a twentieth of a second later, there is no ring to write to.
    while (faulted && (await notifier.notify(1)).written === 300) {}
    await notifier.notify(9)
    const journal = await notifier.end()
    const delivered = WINDOW + left + 10
    const account = await witness.close(() => witness.delivered === delivered && witness.lost === lost, journal)
    expect(account).toEqual({ delivered, ...nothingLost, abandoned: lost })
    expect(witness.losses[0]).toMatchObject({ ring: place.ring, first: WINDOW + left })
    expect(witness.diagnostics).toEqual([
      `${place.ring} was truncated, or its header overwritten, before it was read to its end; ${lost} of the records that it promised are lost, and counted as abandoned.`,
    ])
  },
)

it.concurrent('a ring that is emptied after all of it was read, and stays so: the tap says so once, and reads the next one', async () => {
  const place = bed.place()
  const notifier = place.start()
  await notifier.notify(10)
  const witness = await Witness.open(place.directory)
  witness.follow()
  await witness.until(() => witness.delivered === 10)
  truncateSync(place.ring, 0)
  await witness.until(() => witness.diagnostics.length > 0)
  while ((await notifier.notify(1)).written === 10) {}
  expect(await witness.close(() => witness.delivered === 11, await notifier.end())).toEqual({ delivered: 11, ...nothingLost })
  expect(witness.diagnostics).toEqual([`${place.ring} was emptied; the DLL makes a ring of it when its owner next connects something.`])
})

it.concurrent('a ring that is cut short and then made anew: what the new one had overwritten before it was found is lost, and counted', async () => {
  const place = bed.place()
  const notifier = place.start('--slots-log2', '4')
  await notifier.notify(10)
  const witness = await Witness.open(place.directory)
  await witness.read(10)
  truncateSync(place.ring, 100)
  witness.follow()
  await witness.until(() => witness.diagnostics.length > 0)
  while ((await notifier.notify(1)).written === 10) {}
  await notifier.notify(99)
  const account = await witness.close(() => witness.delivered + witness.lost === 110, await notifier.end())
  expect(account).toMatchObject({ abandoned: 0, corrupt: 0 })
  expect(witness.diagnostics).toEqual([expect.stringContaining('is not as long as its header says')])
})

it.concurrent('a ring that becomes read-only: programs that have it go on, others take the next name; both are read', async () => {
  const place = bed.place()
  const before = place.start()
  await before.notify(10)
  const witness = await Witness.open(place.directory)
  witness.follow()
  chmodSync(place.ring, 0o444)
  const after = place.start()
  expect(await after.notify(20)).toMatchObject({ written: 20 })
  expect(await before.notify(30)).toMatchObject({ written: 40 })
  const journal = [...(await before.end()), ...(await after.end())]
  expect(await witness.close(() => witness.delivered === 60, journal)).toEqual({ delivered: 60, ...nothingLost })
  expect(witness.diagnostics).toEqual([])
})

it.concurrent.each<[string, (ring: string) => void, RegExp]>([
  ['a directory', (ring) => mkdirSync(ring), /cannot be opened \(EINVAL\)/],
  ['a symbolic link to it', (ring) => symlinkSync(`${ring}.aside`, ring), /cannot be opened \(ELOOP\)/],
  ['a symbolic link to another file', (ring) => symlinkSync('/etc/hostname', ring), /cannot be opened \(ELOOP\)/],
])('a ring that is replaced by %s: it is read to its end, programs that come later take the next name', async (_, replace, reason) => {
  const place = bed.place()
  const before = place.start()
  await before.notify(300)
  const witness = await Witness.open(place.directory)
  await witness.read(WINDOW)
  renameSync(place.ring, `${place.ring}.aside`)
  replace(place.ring)
  await before.notify(10)
  const after = place.start()
  expect(await after.notify(20)).toMatchObject({ written: 20, faults: 0 })
  witness.follow()
  await witness.until(() => witness.delivered === 330)
  await witness.until(() => witness.diagnostics.length > 0)
  const journal = [...(await before.end()), ...(await after.end())]
  expect(await witness.close(() => true, journal)).toEqual({ delivered: 330, ...nothingLost })
  expect(witness.diagnostics).toEqual([expect.stringMatching(reason)])
})

it.concurrent('a ring that gets a second name: it is read to its end; later programs, and later taps, leave it alone', async () => {
  const place = bed.place()
  const before = place.start()
  await before.notify(10)
  const witness = await Witness.open(place.directory)
  witness.follow()
  linkSync(place.ring, `${place.ring}.link`)
  await before.notify(10)
  const after = place.start()
  await after.notify(20)
  await witness.until(() => witness.delivered === 40)
  const second = await Witness.open(place.directory)
  expect(second.diagnostics).toEqual([expect.stringMatching(/cannot be opened \(EINVAL\)/)])
  await second.read(20)
  // With one name again, it is read as if nothing had been.
  unlinkSync(`${place.ring}.link`)
  await second.read(20)
  const journal = [...(await before.end()), ...(await after.end())]
  expect(await second.close(() => true, journal)).toEqual({ delivered: 40, ...nothingLost })
  expect(await witness.close(() => true, journal)).toEqual({ delivered: 40, ...nothingLost })
  expect(witness.diagnostics).toEqual([])
})

/** Holds a lock on the ring in a process of its own. */
async function lock(kind: string, ring: string): Promise<{ holder: ChildProcess; said: string }> {
  const holder = spawn(programPath('lock'), [kind, ring], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = await once(holder.stdout!, 'data')
  return { holder, said: String(said).trim() }
}

it.concurrent.each(['flock', 'record'])(
  'a %s lock on a ring stops nobody: programs write, old and new ones, and the tap reads',
  async (kind) => {
    const place = bed.place()
    const before = place.start()
    await before.notify(10)
    const { holder, said } = await lock(kind, place.ring)
    expect(said).toBe('locked')
    const witness = await Witness.open(place.directory)
    witness.follow()
    const after = place.start()
    expect(await after.notify(20)).toMatchObject({ written: 20 })
    expect(await before.notify(30)).toMatchObject({ written: 40 })
    const journal = [...(await before.end()), ...(await after.end())]
    expect(await witness.close(() => witness.delivered === 60, journal)).toEqual({ delivered: 60, ...nothingLost })
    holder.kill()
  },
)

it.concurrent('a ring that nobody may open at present: programs take the next name at once and come back, the tap says so and tries again; nothing is lost', async ({
  skip,
}) => {
  const place = bed.place()
  const before = place.start()
  await before.notify(10)
  const journal = await before.end()
  const { holder, said } = await lock('lease', place.ring)
  if (said !== 'locked') {
    process.stderr.write(`NOT RUN: a ring that nobody may open, because this file system gives no leases (${said}).\n`)
    skip(said)
  }
  const witness = await Witness.open(place.directory)
  expect(witness.diagnostics).toEqual([expect.stringMatching(/cannot be opened at present \(EAGAIN\)/)])
  witness.follow()
  const notifier = place.start()
  expect(await notifier.notify(5)).toEqual({ written: 5, unwritten: 0, faults: 0 })
  holder.stdin!.end()
  await once(holder, 'close')
  const head = () => {
    const bytes = Buffer.alloc(8)
    const file = openSync(place.ring, 'r')
    readSync(file, bytes, 0, 8, HEADER_HEAD)
    closeSync(file)
    return Number(bytes.readBigUInt64LE())
  }
  // Programs come back to it within seconds. A ring is found within a second, and holds 1,024 records: nobody writes more than the tap has read.
  for (let written = 15; head() === 10; ) {
    written += 1
    await notifier.notify(1)
    await witness.until(() => witness.delivered === written)
  }
  await notifier.notify(9)
  journal.push(...(await notifier.end()))
  const written = journal.length
  expect(await witness.close(() => witness.delivered === written, journal)).toEqual({ delivered: written, ...nothingLost })
  expect(witness.diagnostics).toHaveLength(1)
})
