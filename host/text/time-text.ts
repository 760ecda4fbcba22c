// Times and durations for people.

/** Local wall-clock time, `HH:MM:SS.mmm`; dashes for a time that no clock can have shown. */
export function formatTime(epochMs: number): string {
  const time = new Date(epochMs)
  if (Number.isNaN(time.getTime())) return '--:--:--.---'
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

/** `0.3 ms`, `38 ms`, `2.4 s`, `184 s`; `-` when it is not known. */
export function formatDuration(durationMs: number | undefined): string {
  if (durationMs === undefined) return '-'
  if (durationMs < 9.95) return `${durationMs.toFixed(1)} ms`
  if (durationMs < 999.5) return `${durationMs.toFixed(0)} ms`
  const seconds = durationMs / 1_000
  return seconds < 99.95 ? `${seconds.toFixed(1)} s` : `${seconds.toFixed(0)} s`
}
