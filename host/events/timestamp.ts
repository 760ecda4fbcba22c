// A time as ISO 8601, UTC, with the seven digits that a FILETIME has. The part up to the second is kept from one call to the next, and joined with
// digits that are at hand: many events come within a second of the one before, and most within an hour.

const two = (value: number) => String(value).padStart(2, '0')
/** Of a second within its hour. */
const MINUTES = Array.from({ length: 3600 }, (_, second) => `${two(Math.floor(second / 60))}:${two(second % 60)}.`)
const MS = Array.from({ length: 1000 }, (_, ms) => String(ms).padStart(3, '0'))
const TICKS = Array.from({ length: 10_000 }, (_, ticks) => `${String(ticks).padStart(4, '0')}Z`)

const MS_OF_HOUR = 3_600_000
let hourBegin = Number.NaN
let hour = ''
let begin = Number.NaN
let second = ''

/** @param time whole epoch ms; @param ticks of 100 ns past them, 0 to 9,999. */
export function timestamp(time: number, ticks: number): string {
  // NaN at first: no comparison holds.
  if (!(time >= begin && time < begin + 1000)) beginSecond(time)
  return second + MS[time - begin]! + TICKS[ticks]!
}

function beginSecond(time: number): void {
  if (!(time >= hourBegin && time < hourBegin + MS_OF_HOUR)) {
    hourBegin = Math.floor(time / MS_OF_HOUR) * MS_OF_HOUR
    hour = new Date(hourBegin).toISOString().slice(0, -'00:00.000Z'.length)
  }
  const secondOfHour = Math.floor((time - hourBegin) / 1000)
  begin = hourBegin + 1000 * secondOfHour
  second = hour + MINUTES[secondOfHour]!
}
