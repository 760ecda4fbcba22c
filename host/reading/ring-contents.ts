// When a ring was last written to.

import { COLUMN_TIME, LEVEL_NOTIFICATION, RING_GOOD, ROWS_MAX } from '../../assembly/abi.ts'
import { HOLE_WAIT_MS } from '../../format/layout.ts'
import { Core } from '../core/core.ts'
import type { Origin } from '../model/source.ts'
import { fileIdOf, Reader } from './reader.ts'

/** How far ahead of ours a clock may be and be believed, ms. A record from the far future would keep a ring for ever. */
const CLOCK_SKEW_MS = 86_400_000

/** What is in a ring's file. A file that is not a ring has no records. */
export interface RingContent {
  /** Epoch ms of the newest record; `undefined` when there is none that can be believed. */
  readonly newest: number | undefined
  /** Next sequence to claim. */
  readonly head: number
  /** `undefined`: the file is not a ring, or not yet. */
  readonly fileId: string | undefined
}

const NO_RING: RingContent = { newest: undefined, head: 0, fileId: undefined }

/** Reads whole rings for the times of their records. One of them serves for any number of rings. */
export class RingContents {
  readonly #core = new Core(LEVEL_NOTIFICATION, { unfinishedAfterMs: 1 })

  /**
   * @param wallTime epoch ms.
   * @throws what made the origin refuse. A file that can be opened and is not a ring has no records.
   */
  of(origin: Origin, wallTime: number): RingContent {
    const source = origin.open()
    if ('refusal' in source) throw source.cause
    try {
      const fileId = fileIdOf(this.#core, source)
      if (typeof fileId === 'number') return NO_RING
      const reader = new Reader(this.#core, 0, fileId)
      return reader.open(source, 'oldest', 0) === RING_GOOD ? this.#read(reader, wallTime) : NO_RING
    } finally {
      source.close()
    }
  }

  #read(reader: Reader, wallTime: number): RingContent {
    const { head } = reader.position()
    let newest: number | undefined
    // Nobody waits for a hole here: the reader is told that its time is up.
    for (let now = 0; reader.isOpen && reader.position().next < head; now += 2 * HOLE_WAIT_MS) {
      const rows = reader.turn(now)
      const times = this.#core.columns.f64.subarray(COLUMN_TIME * ROWS_MAX, COLUMN_TIME * ROWS_MAX + Math.max(rows, 0))
      for (const time of times) if (time < wallTime + CLOCK_SKEW_MS) newest = Math.max(time, newest ?? time)
    }
    return { newest, head, fileId: reader.fileId }
  }
}
