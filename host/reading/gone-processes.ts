// Operations whose process is gone: their POST will never come, so they need not wait out their time.

import { ROWS_MAX } from '../../assembly/abi.ts'
import type { WaitingProcess } from '../core/core.ts'
import type { Reader } from './reader.ts'

/** What of the core is asked. */
interface Waiting {
  waitingProcesses(skip: number): WaitingProcess[]
  endProcess(process: WaitingProcess): number
}

type Read = Pick<Reader, 'lookedAt' | 'hasMore'>

interface Suspect {
  readonly process: WaitingProcess
  /** When it was found to be gone, ms. */
  readonly since: number
}

export class GoneProcesses {
  readonly #core: Waiting
  readonly #readerOf: (ring: number) => Read | undefined
  readonly #isGone: (process: WaitingProcess) => boolean
  #suspects: Suspect[] = []
  #skip = 0

  constructor(core: Waiting, readerOf: (ring: number) => Read | undefined, isGone: (process: WaitingProcess) => boolean) {
    this.#core = core
    this.#readerOf = readerOf
    this.#isGone = isGone
  }

  /** Ends the operations of one process that is gone. Returns the rows of the batch that they make; 0: there are none. */
  look(now: number): number {
    // What a process wrote before it ended is in its ring: only when that was read to its end after the process had gone is nothing to come.
    const sure = this.#suspects.findIndex(({ process, since }) => this.#isReadSince(process.ring, since))
    if (sure >= 0) {
      const rows = this.#core.endProcess(this.#suspects[sure]!.process)
      if (rows < ROWS_MAX) this.#suspects.splice(sure, 1)
      return rows
    }
    if (this.#suspects.length === 0) this.#suspect(now)
    return 0
  }

  #isReadSince(ring: number, since: number): boolean {
    const reader = this.#readerOf(ring)
    return reader === undefined || (reader.lookedAt > since && !reader.hasMore)
  }

  /** Some of those who wait, others each time. */
  #suspect(now: number): void {
    const processes = this.#core.waitingProcesses(this.#skip)
    this.#skip = processes.length === 0 ? 0 : this.#skip + processes.length
    this.#suspects = processes.filter(this.#isGone).map((process) => ({ process, since: now }))
  }
}
