// A time as ISO 8601, UTC, with the seven digits that a FILETIME has. Most of it stays the same for a second: that is kept, and joined with digits
// that are at hand.

const MS = Array.from({ length: 1000 }, (_, ms) => String(ms).padStart(3, '0'))
const TICKS = Array.from({ length: 10_000 }, (_, ticks) => `${String(ticks).padStart(4, '0')}Z`)

/** Seconds whose text is kept; a power of two. */
const KEPT = 16
const secondOf = new Float64Array(KEPT).fill(Number.NaN)
const textOf = new Array<string>(KEPT).fill('')

/** @param time whole epoch ms; @param ticks of 100 ns past them, 0 to 9,999. */
export function timestamp(time: number, ticks: number): string {
  const second = Math.floor(time / 1000)
  const at = second & (KEPT - 1)
  if (secondOf[at] !== second) {
    secondOf[at] = second
    textOf[at] = `${new Date(second * 1000).toISOString().slice(0, -5)}.`
  }
  return textOf[at]! + MS[time - 1000 * second]! + TICKS[ticks]!
}
