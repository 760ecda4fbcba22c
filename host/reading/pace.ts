// When to look again: at once while there is work, then after 1 ms, doubling to 50 ms. What has been silent for ten seconds is looked at
// seldom: waking a process that has long slept costs far more than the look (docs/adr/0007). A program that is in no hurry looks less often while little comes, too.

import type { Clock, Timer } from '../model/clock.ts'
import { LONGEST_REST_MS } from '../model/defaults.ts'
import type { Reader } from './reader.ts'

const REST_MIN_MS = 1
/** The longest rest while there was news lately. */
const REST_LIVELY_MS = 50
/** How long there is no news until it counts as silence. */
const SILENCE_MS = 10_000
/** With more silent rings than fit into that rest at this rate, each waits longer, so that any number of them costs as much: ms a ring. */
const SILENT_RING_MS = 1
/** The event loop gets a chance at least this often, ms. */
const BREATH_MS = 10

/** A program that is in no hurry looks again before about this number of records has come: a small part of a ring. */
const FEW_RECORDS = 64

/** What of a reader says when to look at it again. Times as its turns were told them, ms. */
type Watched = Pick<Reader, 'newsAt' | 'lookedAt'>

export class Pace {
  readonly #clock: Clock
  readonly #longestRestMs: number
  readonly #calmRestMs: number
  #restMs = 0
  /** Records that were read since the last rest, and when that began. */
  #read = 0
  #restedAt: number
  #breathedAt: number
  /** Ends the rests that are being had. */
  readonly #ends = new Set<() => void>()

  /** @param calmRestMs how long to rest, at most, while little comes; for whoever is in no hurry */
  constructor(clock: Clock, longestRestMs = LONGEST_REST_MS, calmRestMs = REST_MIN_MS) {
    this.#clock = clock
    this.#breathedAt = this.#restedAt = clock.now()
    this.#longestRestMs = longestRestMs
    this.#calmRestMs = calmRestMs
  }

  /** Whether other work of this process has waited long enough. */
  isOutOfBreath(now: number): boolean {
    return now - this.#breathedAt > BREATH_MS
  }

  async breathe(): Promise<void> {
    await this.#clock.breathe()
    this.#breathedAt = this.#clock.now()
  }

  /** A silent ring, one of `rings`, is passed over as long as a later pass is soon enough, however often the others are looked at. */
  isDue(ring: Watched, rings: number, now: number): boolean {
    const interval = Math.max(this.#longestRestMs, rings * SILENT_RING_MS)
    return !isSilent(ring, now) || now - ring.lookedAt >= interval - REST_LIVELY_MS
  }

  /** There was work: this number of records. */
  busy(records: number): void {
    this.#restMs = 0
    this.#read += records
  }

  /** How long to rest when all rings were looked at and none had news, ms. */
  nextRest(rings: readonly Watched[], now: number): number {
    const lively = Math.max(REST_LIVELY_MS, this.#calmRestMs)
    const longest = rings.every((ring) => isSilent(ring, now)) ? this.#longestRestMs : Math.min(lively, this.#longestRestMs)
    this.#restMs = Math.min(Math.max(this.#leastRest(now), this.#restMs * 2), longest)
    return this.#restMs
  }

  /** A part of the time in which few records come, if they come as they did since the last rest began. */
  #leastRest(now: number): number {
    if (this.#calmRestMs <= REST_MIN_MS) return REST_MIN_MS
    const few = this.#read === 0 ? Number.POSITIVE_INFINITY : ((now - this.#restedAt) * FEW_RECORDS) / this.#read
    this.#read = 0
    this.#restedAt = now
    return Math.max(REST_MIN_MS, Math.min(few, this.#calmRestMs))
  }

  /**
   * Rests, looks, and rests again until `look` has seen something or wake() is called. Looks come straight out of the timer: a look in vain
   * makes no promise and no garbage, and no more code runs than has to. Rejects with what `look` throws.
   */
  rest(rings: readonly Watched[], look: () => boolean): Promise<void> {
    const clock = this.#clock
    return new Promise((resolve, reject) => {
      const end = () => {
        timer.stop()
        this.#ends.delete(end)
        resolve()
      }
      const tick = () => {
        this.#breathedAt = clock.now()
        try {
          if (look()) return end()
        } catch (error) {
          reject(error)
          return end()
        }
        // It may have been look() that called wake().
        if (this.#ends.has(end)) timer.again(this.nextRest(rings, clock.now()))
      }
      const timer: Timer = clock.timer(tick, this.nextRest(rings, clock.now()))
      this.#ends.add(end)
    })
  }

  /** Ends every rest. */
  wake(): void {
    for (const end of this.#ends) end()
  }
}

function isSilent({ newsAt }: Watched, now: number): boolean {
  return now - newsAt >= SILENCE_MS
}
