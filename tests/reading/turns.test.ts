// Whose turn it is while rings are being written (docs/order.md): what was written after a lap began waits until every ring was looked at again.

import { expect, it } from 'vitest'
import { ORDER_EPOCH } from '../../assembly/abi.ts'
import type { Clock } from '../../host/model/clock.ts'
import type { Reader } from '../../host/reading/reader.ts'
import { TimeOrder } from '../../host/reading/time-order.ts'
import { fileTimeOf } from '../../host/testing/index.ts'

const START = Date.UTC(2026, 0, 5, 8)
const ticksOf = (time: number) => Number(fileTimeOf(time)) - ORDER_EPOCH
/** The monotonic clock, ms. No ring was read to its end within the last hour. */
const NOW = 3_600_000
let wall = START
const clock = { wall: () => wall } as Clock

/** A live ring as far as TimeOrder knows one; its records are the times at which they were written. */
class WrittenRing {
  readonly isLive = true
  readonly isOpen = true
  readonly isPressed = false
  readonly readAt = 0
  passed = 0
  nextTime = Number.NaN
  readonly #records: number[] = []

  get hasMore(): boolean {
    return this.#records.length > 0
  }

  write(...times: readonly number[]): void {
    this.#records.push(...times.map(ticksOf))
  }

  /** As Reader.turn(): takes what was written until then, and learns when the next record was. */
  turn(until: number): number[] {
    const taken: number[] = []
    while (this.hasMore && this.#records[0]! <= until) taken.push(this.#records.shift()!)
    this.passed = taken.length
    this.nextTime = this.#records[0] ?? Number.NaN
    return taken
  }
}

/** Turns until all is quiet; `between` is called after each with how many there were. Returns the times of the records as they came. */
function readAll(rings: readonly WrittenRing[], between: (turns: number) => void): number[] {
  const order = new TimeOrder(clock)
  const readers = rings as unknown as readonly Reader[]
  const came: number[] = []
  for (let turns = 1; ; turns++) {
    const reader = order.next(readers, () => true)
    if (!reader) return came
    const taken = (reader as unknown as WrittenRing).turn(order.until)
    came.push(...taken)
    order.turned(reader, taken.length > 0, NOW)
    between(turns)
  }
}

it('leaves a record that is younger than the lap to the next one, since a ring that was looked at before may have an older one by now', () => {
  wall = START
  const [a, b] = [new WrittenRing(), new WrittenRing()]
  a.write(START - 10, START - 5)
  const came = readAll([a, b], (turns) => {
    // Both rings were looked at; the second was empty. Now both get a record, the second the older one.
    if (turns !== 2) return
    wall = START + 100
    b.write(START + 40)
    a.write(START + 50)
  })
  expect(came).toEqual([START - 10, START - 5, START + 40, START + 50].map(ticksOf))
})

it('goes on with younger records in the next lap, whichever ring they are in', () => {
  wall = START
  const [a, b] = [new WrittenRing(), new WrittenRing()]
  a.write(START + 20, START + 60)
  b.write(START + 40)
  wall = START + 100
  expect(readAll([a, b], () => undefined)).toEqual([START + 20, START + 40, START + 60].map(ticksOf))
})
