// Numbers, times and names as the page says them.

import { explainStatus } from '../model/explanations.ts'
import { statusName } from '../model/status.ts'
import { formatDuration } from '../text/time-text.ts'

/** How the page speaks of accounts and times. */
export interface Wording {
  /** An account's name, as far as it is known. @param sid in string form */
  readonly userName: (sid: string) => string
  /** Minutes that local time is ahead of UTC; 0 for UTC. */
  readonly offsetMinutes: number
}

export const count = (number: number): string => number.toLocaleString('en-US')

export const plural = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`

export const percent = (part: number, whole: number): string => (whole === 0 ? '0 %' : `${((100 * part) / whole).toFixed(1)} %`)

export const duration = (ms: number | undefined): string => (ms === undefined ? '–' : formatDuration(ms))

/** `2026-06-01 08:00:03` in the wording's time zone. */
export function moment(epochMs: number, { offsetMinutes }: Wording): string {
  const time = new Date(epochMs + offsetMinutes * 60_000)
  return Number.isNaN(time.getTime()) ? 'an impossible time' : time.toISOString().slice(0, 19).replace('T', ' ')
}

/** `UTC`, or `UTC+02:00`. */
export function zone({ offsetMinutes }: Wording): string {
  if (offsetMinutes === 0) return 'UTC'
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.abs(offsetMinutes)
  return `UTC${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** `ERROR_BAD_NETPATH (53)`, or the number alone. */
export function statusText(status: number): string {
  const name = statusName(status)
  return name === undefined ? `status ${status}` : `${name} (${status})`
}

export { explainStatus }
