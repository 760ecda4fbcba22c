// Times and durations for people.

/** How a time is shown. */
export interface TimeStyle {
  /** With the day before it. */
  readonly date?: boolean
  /** In UTC, with a `Z` after it, instead of this machine's time zone. */
  readonly utc?: boolean
  /** Whole seconds, and the day without its year. */
  readonly short?: boolean
}

/** `HH:MM:SS.mmm`, or `YYYY-MM-DD HH:MM:SS.mmm`; dashes for a time that no clock can have shown. */
export function formatTime(epochMs: number, { date = false, utc = false, short = false }: TimeStyle = {}): string {
  const instant = new Date(utc ? epochMs : epochMs - offsetMs(epochMs))
  if (Number.isNaN(instant.getTime())) return short ? '--:--:--' : '--:--:--.---'
  const [day, time] = instant.toISOString().split('T') as [string, string]
  const clock = time.slice(0, short ? 8 : 12) + (utc ? 'Z' : '')
  return date ? `${short ? day.slice(5) : day} ${clock}` : clock
}

/** What getTimezoneOffset() says, ms; NaN for a time that no clock can have shown. */
function offsetMs(epochMs: number): number {
  return new Date(epochMs).getTimezoneOffset() * 60_000
}

/** Whether both are on the same day, here or in UTC. */
export function isSameDay(a: number, b: number, utc = false): boolean {
  const dayOf = (epochMs: number) => Math.floor((utc ? epochMs : epochMs - offsetMs(epochMs)) / 86_400_000)
  return dayOf(a) === dayOf(b)
}

/** Above the seconds: unit, milliseconds in it, and from where it is used. */
const LONG_UNITS = [
  ['d', 86_400_000, 2 * 86_400_000],
  ['h', 3_600_000, 99.5 * 60_000],
  ['min', 60_000, 99_950],
] as const

/** `0.3 ms`, `38 ms`, `2.4 s`, `3.1 min`, `24 h`, `12 d`; `-` when it is not known. */
export function formatDuration(durationMs: number | undefined): string {
  if (durationMs === undefined) return '-'
  if (durationMs < 999.5) return `${inShort(durationMs)} ms`
  for (const [unit, length, from] of LONG_UNITS) if (durationMs >= from) return `${inShort(durationMs / length)} ${unit}`
  return `${(durationMs / 1_000).toFixed(1)} s`
}

/** Two digits that count: one decimal below ten. */
function inShort(value: number): string {
  return value.toFixed(value < 9.95 ? 1 : 0)
}
