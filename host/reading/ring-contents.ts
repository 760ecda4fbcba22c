// When a ring was last written to.

import { COLUMN_TIME, LEVEL_NOTIFICATION, ROWS_MAX } from '../../assembly/abi.ts'
import { HOLE_WAIT_MS } from '../../format/layout.ts'
import { Core } from '../core/core.ts'
import { RingReader } from './ring-reader.ts'

/** How far ahead of ours a clock may be and be believed, ms. A record from the far future would keep a ring for ever. */
const CLOCK_SKEW_MS = 86_400_000

/** What is in a ring's file. A file that is no ring has no records. */
export interface RingContent {
  /** Epoch ms of the newest record; `undefined` when there is none that can be believed. */
  readonly newest: number | undefined
  /** Next sequence to claim. */
  readonly head: number
  /** `undefined`: the file is no ring, or none yet. */
  readonly fileId: string | undefined
}

const NO_RING: RingContent = { newest: undefined, head: 0, fileId: undefined }

/** Reads whole rings for the times of their records. One of them serves for any number of rings. */
export class RingContents {
  readonly #core = new Core(LEVEL_NOTIFICATION, { unfinishedAfterMs: 1 })

  /** @throws Node's system errors when the file cannot be opened. */
  of(path: string): RingContent {
    const reader = new RingReader(this.#core, 0, path, '')
    const opened = reader.open('oldest')
    if (opened !== 'open') {
      // What cannot be opened may be anything; what can be, and is no ring, is none.
      if (typeof opened === 'object' && opened.cause) throw opened.cause
      return NO_RING
    }
    try {
      const end = this.#core.account(0).head
      let newest: number | undefined
      // Nobody waits for a hole here: the reader is told that its time is up.
      for (let now = 0; reader.isOpen && reader.position().next < end; now += 2 * HOLE_WAIT_MS) {
        const rows = reader.turn(now)
        const times = this.#core.columns.f64.subarray(COLUMN_TIME * ROWS_MAX, COLUMN_TIME * ROWS_MAX + Math.max(rows, 0))
        for (const time of times) if (time < Date.now() + CLOCK_SKEW_MS) newest = Math.max(time, newest ?? time)
      }
      return { newest, head: end, fileId: reader.cursor([])?.fileId }
    } finally {
      reader.close()
    }
  }
}
