// A time as ISO 8601, UTC, with the seven digits that a FILETIME has. The part up to the hour is kept from one call to the next, and joined with
// digits that are at hand: most events come within an hour of the one before.

const two = (value: number) => String(value).padStart(2, '0')
/** Of a second within its hour. */
const MINUTES = Array.from({ length: 3600 }, (_, second) => `${two(Math.floor(second / 60))}:${two(second % 60)}.`)
const MS = Array.from({ length: 1000 }, (_, ms) => String(ms).padStart(3, '0'))
const TICKS = Array.from({ length: 10_000 }, (_, ticks) => `${String(ticks).padStart(4, '0')}Z`)

const MS_OF_HOUR = 3_600_000
let begin = Number.NaN
let hour = ''

/** @param time whole epoch ms; @param ticks of 100 ns past them, 0 to 9,999. */
export function timestamp(time: number, ticks: number): string {
  // NaN at first: no comparison holds.
  if (!(time >= begin && time < begin + MS_OF_HOUR)) {
    begin = Math.floor(time / MS_OF_HOUR) * MS_OF_HOUR
    hour = new Date(begin).toISOString().slice(0, -'00:00.000Z'.length)
  }
  const rest = time - begin
  const second = (rest / 1000) | 0
  return hour + MINUTES[second]! + MS[rest - 1000 * second]! + TICKS[ticks]!
}
