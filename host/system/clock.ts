// The real clock. Nothing else in host/ asks the system for a time or a timer (the command line excepted, where it is about the terminal).

import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises'
import type { Clock, Timer } from '../model/clock.ts'

class SystemTimer implements Timer {
  readonly #run: () => void
  readonly #idle: boolean
  #delayMs: number
  #timeout: NodeJS.Timeout

  constructor(run: () => void, delayMs: number, idle: boolean) {
    this.#run = run
    this.#idle = idle
    this.#delayMs = delayMs
    this.#timeout = this.#start()
  }

  /** One object for any number of equal delays: a look in vain makes no garbage (docs/adr/0007). */
  again(delayMs: number): void {
    if (delayMs === this.#delayMs) {
      this.#timeout.refresh()
      return
    }
    clearTimeout(this.#timeout)
    this.#delayMs = delayMs
    this.#timeout = this.#start()
  }

  stop(): void {
    clearTimeout(this.#timeout)
  }

  #start(): NodeJS.Timeout {
    const timeout = setTimeout(this.#run, this.#delayMs)
    return this.#idle ? timeout.unref() : timeout
  }
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  timer: (run, delayMs, { idle = false } = {}) => new SystemTimer(run, delayMs, idle),
  breathe: () => immediate(),
  sleep: (ms) => delay(ms),
}
