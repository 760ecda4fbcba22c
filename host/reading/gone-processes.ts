// Operations whose process is gone: their POST will never come, so they need not wait out their time.

import { ROWS_MAX } from '../../assembly/abi.ts'
import type { Core, WaitingProcess } from '../core/core.ts'

/** What of the core is asked. */
type Waiting = Pick<Core, 'account' | 'waitingProcesses' | 'endProcesses'>

interface Suspect {
  readonly process: WaitingProcess
  /** When it was found to be gone, ms. */
  readonly since: number
}

export class GoneProcesses {
  readonly #core: Waiting
  readonly #isGone: (process: WaitingProcess) => boolean
  #suspects: Suspect[] = []
  #skip = 0

  constructor(core: Waiting, isGone: (process: WaitingProcess) => boolean) {
    this.#core = core
    this.#isGone = isGone
  }

  /** Ends the operations of processes that are gone. Returns the rows of the batch that they make; 0: there are none. */
  look(now: number): number {
    // A process leaves in its ring what it wrote before it ended. Nothing more is to come only when that ring was read to its end after the process had gone.
    const sure = this.#suspects.filter(({ process, since }) => this.#core.account(process.ring).readAt > since)
    const rows = sure.length === 0 ? 0 : this.#core.endProcesses(sure.map(({ process }) => process))
    if (rows < ROWS_MAX) this.#suspects = this.#suspects.filter((suspect) => !sure.includes(suspect))
    if (this.#suspects.length === 0) this.#suspect(now)
    return rows
  }

  /** Some of those who wait, others each time. */
  #suspect(now: number): void {
    const { processes, looked } = this.#core.waitingProcesses(this.#skip)
    this.#skip = looked === 0 ? 0 : this.#skip + looked
    this.#suspects = processes.filter(this.#isGone).map((process) => ({ process, since: now }))
  }
}
