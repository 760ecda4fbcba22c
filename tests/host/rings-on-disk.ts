// A directory of rings for one test, as the notifyee DLL keeps it.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
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
