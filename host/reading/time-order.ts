// Whose turn it is when several sources are read: what was written first is read first (docs/order.md).
//
// A lap looks at every source and learns when its next record was written. Then sources have their turns by that time, and each turn ends where
// another source has an older record:
//
//     ring A   08:00:01  08:00:02            08:00:05
//     ring B                       08:00:03            08:00:06
//     turns    └───────A────────┘  └───B──┘  └───A──┘  └───B──┘
//
// Records that were written since the lap began may be newer than others that nobody has looked for: they wait for the next lap. Nothing is held back
// for that but unread: what a turn reads is handed out.

import { ORDER_EPOCH } from '../../assembly/abi.ts'
import type { Clock } from '../model/clock.ts'
import type { Reader } from './reader.ts'

/** Records after which all sources are looked at again, however much is left to read of those that are known. */
const LAP_RECORDS = 4096
const TICKS_PER_MS = 10_000
/** ORDER_EPOCH, epoch ms. */
const EPOCH_MS = ORDER_EPOCH / TICKS_PER_MS - 11_644_473_600_000
/** Only to learn what comes next: nothing was written before. */
const LOOK = Number.NEGATIVE_INFINITY

interface Waiting {
  readonly reader: Reader
  /** By which it has its turn: ticks since ORDER_EPOCH. */
  readonly key: number
  /** When its next record was written, as that says. */
  readonly time: number
}

export class TimeOrder {
  /** Up to when the source that has its turn is read. */
  until = LOOK
  readonly #clock: Clock
  /** The one whose turn is next stands last. */
  readonly #waiting: Waiting[] = []
  readonly #known = new Set<Reader>()
  /** Those that this lap has not looked at yet. */
  readonly #unseen: Reader[] = []
  #isLap = false
  #hadNews = false
  #records = 0
  #lapTime = LOOK
  #latest = LOOK

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whose turn it is; `undefined`: a lap has looked at all sources, and none had anything. @param isDue whether to look at a source in this lap. */
  next(readers: readonly Reader[], isDue: (reader: Reader) => boolean): Reader | undefined {
    for (;;) {
      const unseen = this.#unseen.pop()
      if (unseen) {
        if (this.#known.has(unseen) || !isDue(unseen)) continue
        this.until = LOOK
        return unseen
      }
      const first = this.#waiting.at(-1)
      if (!first && this.#isLap && !this.#hadNews) {
        this.#isLap = false
        return undefined
      }
      if (first && !this.#isLapOver(first)) return this.#turnOf(first)
      this.#beginLap(readers)
    }
  }

  #isLapOver({ reader, key }: Waiting): boolean {
    return this.#records >= LAP_RECORDS || (reader.isLive && key > this.#lapTime)
  }

  #beginLap(readers: readonly Reader[]): void {
    // The last is looked at first. Always the same array: a look in vain makes no garbage (docs/adr/0007).
    for (let i = readers.length - 1; i >= 0; i--) this.#unseen.push(readers[i]!)
    this.#isLap = true
    this.#hadNews = false
    this.#records = 0
    this.#lapTime = this.#wall()
  }

  /** The wall clock, in ticks. It may be set back; here it stands still then, so that every lap comes to an end. */
  #wall(): number {
    // The clock counts whole ms: what was written in this one is not in the future.
    this.#latest = Math.max(this.#latest, (this.#clock.wall() + 1 - EPOCH_MS) * TICKS_PER_MS)
    return this.#latest
  }

  #turnOf({ reader, time }: Waiting): Reader {
    this.#waiting.pop()
    this.#known.delete(reader)
    const other = this.#waiting.at(-1)?.key ?? Number.POSITIVE_INFINITY
    // Its next record is read in any case.
    this.until = Math.max(time, reader.isLive ? Math.min(other, this.#lapTime) : other)
    return reader
  }

  /** A source had the turn that next() gave it. @param isNews it moved on. @param now as its turn was told. */
  turned(reader: Reader, isNews: boolean, now: number): void {
    if (isNews) this.#hadNews = true
    this.#records += reader.passed
    if (!reader.isOpen) return
    const { nextTime: time } = reader
    if (reader.isPressed) this.#insert({ reader, key: LOOK, time: Number.POSITIVE_INFINITY })
    else if (!Number.isNaN(time)) this.#insert({ reader, key: this.#keyOf(reader, time, now), time })
    else if (isNews && reader.hasMore) this.#unseen.push(reader)
  }

  /**
   * A ring that somebody writes at present has no records of the future, and none from before it was last read to its end: by times that cannot be true
   * nobody gets before the others for long, or is kept waiting.
   */
  #keyOf(reader: Reader, time: number, now: number): number {
    if (!reader.isLive) return time
    const wall = this.#wall()
    return Math.max(Math.min(time, wall), wall - (now - reader.readAt) * TICKS_PER_MS)
  }

  #insert(waiting: Waiting): void {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#waiting[middle]!.key > waiting.key) low = middle + 1
      else high = middle
    }
    this.#waiting.splice(low, 0, waiting)
    this.#known.add(waiting.reader)
  }

  /** Sources were read by somebody else: what is known of them is void. */
  forget(): void {
    this.#waiting.length = 0
    this.#known.clear()
    this.#unseen.length = 0
    this.#isLap = false
  }
}
