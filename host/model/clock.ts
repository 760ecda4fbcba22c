// The clock, as everything in host/ asks for it: one real implementation (host/system/clock.ts), one for tests (host/testing/clock.ts).

/** A timer that runs until it is stopped. */
export interface Timer {
  /** Runs once more, after `delayMs` from now. */
  again(delayMs: number): void
  stop(): void
}

/** What a tap reads the time from and waits with: the system, or a clock that a test moves. */
export interface Clock {
  /** Monotonic, ms. */
  now(): number
  /** The wall, ms since 1970. */
  wall(): number
  /** Calls `run` once after `delayMs`. A timer that is `idle` keeps no process alive. */
  timer(run: () => void, delayMs: number, options?: { readonly idle?: boolean }): Timer
  /** Lets other work of this process have its turn. */
  breathe(): Promise<void>
  sleep(ms: number): Promise<void>
}
