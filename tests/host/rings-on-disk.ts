// A directory of rings for one test, as the notifyee DLL keeps it.

import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { HEADER_FAULTS, HEADER_GAVE_UP } from '../../format/layout.ts'
import { RingWriter, ringFileName } from '../../host/testing/index.ts'
import { SID } from './records.ts'

export interface RingPlace {
  readonly sid?: string
  readonly folder?: 'users' | 'administrators'
  /** `.1` to `.3`: the name was taken. */
  readonly variant?: string
  readonly slotCountLog2?: number
  readonly fileId?: bigint
}

export class RingsOnDisk {
  directory = ''
  #writers: RingWriter[] = []

  /** Registers making and removing the directory with the test file that calls it. */
  constructor() {
    beforeEach(() => {
      this.directory = mkdtempSync(join(tmpdir(), 'mprtap-tap-'))
      for (const folder of ['users', 'administrators']) mkdirSync(join(this.directory, folder))
    })
    afterEach(() => {
      for (const writer of this.#writers.splice(0)) writer.close()
      rmSync(this.directory, { recursive: true, force: true })
    })
  }

  path({ sid = SID, folder = 'users', variant = '' }: RingPlace = {}): string {
    return join(this.directory, folder, ringFileName(sid).replace('.ring', `${variant}.ring`))
  }

  /** A new ring file; every write is in it at once. */
  create(place: RingPlace = {}): RingWriter {
    const { sid = SID, slotCountLog2 = 10, fileId } = place
    const writer = RingWriter.create({ sid, slotCountLog2, ...(fileId === undefined ? {} : { fileId }) }, this.path(place))
    this.#writers.push(writer)
    return writer
  }
}

/** What the writers of a ring say that they could not record. */
export function setWriterCounts(ring: RingWriter, { gaveUp, faults }: { readonly gaveUp: bigint; readonly faults: bigint }): void {
  const bytes = (value: bigint) => new Uint8Array(BigUint64Array.of(value).buffer)
  ring.poke(HEADER_GAVE_UP, bytes(gaveUp))
  ring.poke(HEADER_FAULTS, bytes(faults))
}

/** The next `count` events, leaving the tap open. */
export async function take<Event>(iterator: AsyncIterator<Event>, count: number): Promise<Event[]> {
  const events: Event[] = []
  while (events.length < count) {
    const { value, done } = await iterator.next()
    if (done) throw new Error(`the tap ended after ${events.length} of ${count} events`)
    events.push(value)
  }
  return events
}

/** Resolves once `condition` holds; the test's own time limit is the only one. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** What this process has open below the temporary directory. */
export function openFiles(): string[] {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return '' // the descriptor that listed them
    }
  })
  return targets.filter((target) => target.startsWith(tmpdir())).sort()
}
