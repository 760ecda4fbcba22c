// When to look again: at once while there is work, then after 1 ms, doubling to 50 ms. Rings that have been quiet for long are looked at on
// every fifth pass only, in turn, so that a thousand of them cost little.

import { setImmediate } from 'node:timers/promises'
import type { RingReader } from './ring-reader.ts'

const REST_MIN_MS = 1
const REST_MAX_MS = 50
/** The event loop gets a chance at least this often, ms. */
const BREATH_MS = 10
/** Passes without news after which a ring is quiet: about five seconds at the longest rest. */
const QUIET_PASSES = 100
const QUIET_EVERY = 5
/** With few rings there is nothing to save. */
const QUIET_RINGS_MIN = 16

export class Pace {
  #restMs = 0
  #breathedAt = performance.now()
  #pass = 0
  #wake: (() => void) | undefined

  /** Whether other work of this process has waited long enough. */
  isOutOfBreath(): boolean {
    return performance.now() - this.#breathedAt > BREATH_MS
  }

  async breathe(): Promise<void> {
    await setImmediate()
    this.#breathedAt = performance.now()
  }

  isDue(reader: RingReader, index: number): boolean {
    return reader.idlePasses < QUIET_PASSES || index < QUIET_RINGS_MIN || (index + this.#pass) % QUIET_EVERY === 0
  }

  busy(reader: RingReader): void {
    reader.idlePasses = 0
    this.#restMs = 0
  }

  /** Waits until the next pass is due or wake() is called. */
  async rest(): Promise<void> {
    this.#pass++
    this.#restMs = Math.min(Math.max(REST_MIN_MS, this.#restMs * 2), REST_MAX_MS)
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#restMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
    this.#breathedAt = performance.now()
  }

  wake(): void {
    this.#wake?.()
  }
}
