// What a service writes into Windows' event log: that it has started and ended, what was lost, what is wrong. Bounded, since others look there too.

import type { EventLog } from '../system/event-log.ts'

/** Numbers of events; docs/service.md has the same table. `eventcreate`, whose messages they use, has numbers to 1000. */
export const EVENTS = { started: 1, ended: 2, loss: 3, fault: 4, failed: 5 } as const
/** Losses and faults that are written in an hour. */
const HOURLY_MAX = 60
const HOUR_MS = 3_600_000

export class ServiceEvents {
  readonly #log: Pick<EventLog, 'write'>
  readonly #now: () => number
  #hourBegan = Number.NEGATIVE_INFINITY
  #written = 0
  #leftOut = 0

  /** @param now ms. */
  constructor(log: Pick<EventLog, 'write'>, now: () => number) {
    this.#log = log
    this.#now = now
  }

  started(verb: string, version: string): void {
    this.#log.write('information', EVENTS.started, `mprtap ${verb} ${version} has started, process ${process.pid}.`)
  }

  ended(verb: string, exitCode: number): void {
    this.#tellLeftOut()
    const isWell = exitCode === 0
    this.#log.write(
      isWell ? 'information' : 'error',
      isWell ? EVENTS.ended : EVENTS.failed,
      `mprtap ${verb} has ended with exit code ${exitCode}.`,
    )
  }

  loss(text: string): void {
    this.#bounded(EVENTS.loss, text)
  }

  fault(text: string): void {
    this.#bounded(EVENTS.fault, text)
  }

  #bounded(id: number, text: string): void {
    const now = this.#now()
    if (now - this.#hourBegan >= HOUR_MS) {
      this.#tellLeftOut()
      this.#hourBegan = now
      this.#written = 0
    }
    if (this.#written >= HOURLY_MAX) this.#leftOut++
    else {
      this.#written++
      this.#log.write('warning', id, text)
    }
  }

  #tellLeftOut(): void {
    if (this.#leftOut > 0) this.#log.write('warning', EVENTS.fault, `${this.#leftOut} more losses and faults were not written here.`)
    this.#leftOut = 0
  }
}
