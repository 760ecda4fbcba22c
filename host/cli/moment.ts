// Moments as people write them on a command line.

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** What --since and --until take, for messages and help. */
export const MOMENT_FORMS = 'a time such as -1h, -30m, today, yesterday, 08:00, 2026-01-31, 2026-01-31T08:00 or 2026-01-31T08:00:00Z'

/**
 * Epoch ms of a moment: `now`, `today` and `yesterday` (their beginning), `-90s`, `-30m`, `-1h`, `-2d`, `-1w` (so long ago), `08:00` (today), a day, or ISO 8601.
 * Without an offset it is local time, or UTC with `utc`. `undefined`: it has another form.
 */
export function momentOf(text: string, now: number, utc: boolean): number | undefined {
  const ago = /^-(\d{1,6})([smhdw])$/.exec(text)
  if (ago) return now - Number(ago[1]) * UNITS[ago[2]!]!
  if (text === 'now') return now
  if (text === 'today') return startOfDay(now, 0, utc)
  if (text === 'yesterday') return startOfDay(now, -1, utc)
  const clock = /^(\d\d):(\d\d)(?::(\d\d))?$/.exec(text)
  if (clock) {
    const [hours, minutes, seconds] = [clock[1], clock[2], clock[3] ?? 0].map(Number) as [number, number, number]
    if (hours > 23 || minutes > 59 || seconds > 59) return undefined
    const day = new Date(now)
    return utc ? day.setUTCHours(hours, minutes, seconds, 0) : day.setHours(hours, minutes, seconds, 0)
  }
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text)
  if (!iso) return undefined
  const [, day, time = '00:00', offset = utc ? 'Z' : ''] = iso
  // Date takes the 30th of February for the second of March.
  const start = new Date(`${day}T00:00Z`)
  if (Number.isNaN(start.getTime()) || !start.toISOString().startsWith(day!)) return undefined
  const moment = Date.parse(`${day}T${time}${offset}`)
  return Number.isNaN(moment) ? undefined : moment
}

function startOfDay(now: number, days: number, utc: boolean): number {
  const day = new Date(now)
  return utc
    ? Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate() + days)
    : new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime()
}
