// The same faults as in file-faults.test.ts while everybody is at work: two programs record without a pause, a tap reads, a third program comes
// after the fault.

import { chmodSync, linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync } from 'node:fs'
import { expect, it } from 'vitest'
import { HEADER_SIZE, SLOT_SIZE } from '../../format/layout.ts'
import { type JournalEntry, NotifierBed } from './notifier.ts'
import { Witness } from './witness.ts'

const bed = new NotifierBed()
const UNTIL_INTERRUPTED = 1_000_000
/** Seldom, a program maps the old file once more while another one makes the new one. It goes on with that until its next look, after a minute (ADR 10). */
const A_LOOK_LATER_MS = 120_000
/** So large that nobody is lapped meanwhile. */
const SLOTS = ['--slots-log2', '14']

/** Committed records that did not arrive although a later one of the same file did: the tap must have counted them. */
function passedOver(journal: readonly JournalEntry[], witness: Witness): number {
  const last = new Map<string, number>()
  for (const { fileId, sequence } of journal.filter((entry) => witness.has(entry))) {
    last.set(fileId, Math.max(sequence, last.get(fileId) ?? 0))
  }
  return journal.filter((entry) => entry.sequence < (last.get(entry.fileId) ?? 0) && !witness.has(entry)).length
}

it.concurrent.each<[string, (ring: string) => void]>([
  ['removed', (ring) => rmSync(ring)],
  ['truncated to nothing', (ring) => truncateSync(ring, 0)],
  ['truncated within its header', (ring) => truncateSync(ring, 100)],
  ['truncated to its header', (ring) => truncateSync(ring, HEADER_SIZE)],
  ['truncated to the middle of a slot', (ring) => truncateSync(ring, HEADER_SIZE + 300 * SLOT_SIZE + 17)],
  ['made read-only', (ring) => chmodSync(ring, 0o444)],
  ['renamed', (ring) => renameSync(ring, `${ring}.aside`)],
  ['given a second name', (ring) => linkSync(ring, `${ring}.link`)],
  [
    'replaced by a directory',
    (ring) => {
      renameSync(ring, `${ring}.aside`)
      mkdirSync(ring)
    },
  ],
  [
    'replaced by a symbolic link',
    (ring) => {
      renameSync(ring, `${ring}.aside`)
      symlinkSync(`${ring}.aside`, ring)
    },
  ],
])(
  'a ring that is %s while it is written and read: nobody fails, nothing is torn or left out in silence, the tap goes on',
  async (_, fault) => {
    const place = bed.place()
    const busy = [0, 1].map(() => place.start(...SLOTS, '--pause', '150'))
    await busy[0]!.notify(1)
    const witness = await Witness.open(place.directory)
    witness.follow()
    const notified = busy.map((notifier) => notifier.notify(UNTIL_INTERRUPTED))
    await witness.until(() => witness.delivered > 500)
    fault(place.ring)
    const late = place.start(...SLOTS)
    expect(await late.notify(20)).toMatchObject({ written: 20, faults: 0 })
    const seen = witness.delivered
    await witness.until(() => witness.delivered > seen + 500)
    for (const notifier of busy) notifier.interrupt()
    for (const { written } of await Promise.all(notified)) expect(written).toBeGreaterThan(0)
    const lateJournal = await late.end()
    const journal = [...lateJournal, ...(await Promise.all(busy.map((notifier) => notifier.end()))).flat()]
    await witness.until(() => lateJournal.every((entry) => witness.has(entry)) && witness.tap.stats().pending === 0)
    await witness.close(() => true, journal)
    expect(witness.lost).toBeGreaterThanOrEqual(passedOver(journal, witness))
  },
  A_LOOK_LATER_MS,
)
