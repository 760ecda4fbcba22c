import type { Wording } from '../report/wording.ts'

/** How reports of this machine speak: its time zone, or UTC, and accounts by their SID. */
export function wordingOf(utc = false): Wording {
  return { userName: (sid) => sid || '(unknown)', offsetMinutes: utc ? 0 : -new Date().getTimezoneOffset() }
}
