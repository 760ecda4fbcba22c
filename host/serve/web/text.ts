// Numbers, times and names for the page: as everywhere, but for how a missing one looks.

import { escapedText } from '../../text/safe-text.ts'
import { formatDuration, formatTime } from '../../text/time-text.ts'

/** Characters that hide, or that turn the order of others around, as `<U+XXXX>`: names come from strangers. */
export const shown = (name: string | undefined): string => escapedText(name ?? '')

export const duration = (ms: number | undefined): string => (ms === undefined ? '–' : formatDuration(ms))

export const count = (value: number): string => value.toLocaleString('en-US')

export const clock = (epochMs: number): string => formatTime(epochMs, { short: true })

/** A text of the filter language. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
