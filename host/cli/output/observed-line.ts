// A connection that a snapshot saw, as a line for people.

import type { Observed } from '../../model/observed.ts'
import { formatObserved } from '../../text/event-text.ts'
import { formatTime, isSameDay } from '../../text/time-text.ts'
import { padEnd } from '../../text/width.ts'
import type { LineStyle } from './format-operation.ts'

const STATE_WIDTH = 10
const LOCAL_WIDTH = 4

export function observedLine(observed: Observed, { colours, width, utc, now }: LineStyle): string {
  const date = width === undefined || !isSameDay(observed.time, now(), utc)
  const time = formatTime(observed.time, { date, utc, short: false })
  const state = padEnd('observed', STATE_WIDTH)
  return [
    colours.dim(time),
    observed.change === 'present' ? state : colours.yellow(state),
    formatObserved(observed, (local) => padEnd(local, LOCAL_WIDTH)),
  ].join('  ')
}
