// A clock that goes only when a test says so.

import type { Clock, Timer } from '../model/clock.ts'
import { mustBeMs } from './checks.ts'

/** Lets everything run that waits for nothing but its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

class FakeTimer implements Timer {
  readonly run: () => void
  /** When it runs; `undefined`: it does not. */
  dueAt: number | undefined
  readonly #clock: FakeClock

  constructor(clock: FakeClock, run: () => void, delayMs: number) {
    this.#clock = clock
    this.run = run
    this.dueAt = clock.now() + delayMs
  }

  again(delayMs: number): void {
    this.dueAt = this.#clock.now() + delayMs
  }

  stop(): void {
    this.dueAt = undefined
  }
}

/** A clock that stands still until {@link FakeClock.advance} is called. Its times are ms; nothing on it waits for real. */
export class FakeClock implements Clock {
  #elapsed = 0
  readonly #start: number
  #timers: FakeTimer[] = []

  /** @param start what the wall clock shows at first, epoch ms. */
  constructor(start: number = Date.UTC(2026, 0, 5, 8)) {
    mustBeMs('startTime', start)
    this.#start = start
  }

  /** Ms since this clock was made. */
  now(): number {
    return this.#elapsed
  }

  /** Epoch ms. */
  wall(): number {
    return this.#start + this.#elapsed
  }

  timer(run: () => void, delayMs: number): Timer {
    this.#timers = this.#timers.filter(({ dueAt }) => dueAt !== undefined)
    const timer = new FakeTimer(this, run, delayMs)
    this.#timers.push(timer)
    return timer
  }

  breathe(): Promise<void> {
    return turn()
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.timer(resolve, ms))
  }

  /**
   * Goes on by `ms`. What falls due on the way runs in its order, each at its time; whoever waits for it has its turn before the next.
   * @throws MprtapError MPRTAP_INVALID_ARGUMENT when `ms` is negative or not a number.
   */
  async advance(ms: number): Promise<void> {
    mustBeMs('ms', ms)
    const end = this.#elapsed + ms
    await turn()
    for (let next = this.#nextUntil(end); next; next = this.#nextUntil(end)) {
      this.#elapsed = Math.max(this.#elapsed, next.dueAt!)
      next.dueAt = undefined
      next.run()
      await turn()
    }
    this.#elapsed = end
  }

  /** The timer that falls due first, if any does until `end`. */
  #nextUntil(end: number): FakeTimer | undefined {
    let first: FakeTimer | undefined
    for (const timer of this.#timers)
      if (timer.dueAt !== undefined && timer.dueAt <= end && timer.dueAt < (first?.dueAt ?? Number.POSITIVE_INFINITY)) first = timer
    return first
  }
}
