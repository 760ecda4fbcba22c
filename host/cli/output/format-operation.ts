// Operations and notifications as lines for people: pure functions, no input or output.
import type { EventFields, Notification, Operation, OperationError } from '../../model/events.ts'
import { outcomeOf } from '../../model/status.ts'
import { formatError, formatErrorShort, formatMapping, formatProcess } from '../../text/event-text.ts'
import { formatDuration, formatTime, isSameDay } from '../../text/time-text.ts'
import { fit, padEnd, padStart, widthOf } from '../../text/width.ts'
import type { Colours } from './colours.ts'

/** How lines are to look. */
export interface LineStyle {
  readonly colours: Colours
  /** Columns of the terminal. `undefined` in a pipe or file: nothing is shortened, and every line has its date. */
  readonly width: number | undefined
  /** Times in UTC. */
  readonly utc: boolean
  /** The name of an account, as far as it is known now. */
  readonly nameOf?: (sid: string) => string | undefined
  /** The machine from which the event's session is used, as far as it is known now. */
  readonly clientOf?: (event: EventFields) => string | undefined
  /** The current time, epoch ms: a terminal's line has its date when it is not today. */
  readonly now: () => number
}

const OUTCOME_WIDTH = 10
const KIND_WIDTH = 6
const LOCAL_WIDTH = 4
const MAPPING_WIDTH = 44
const MAPPING_LEAST = 24
/** The same where the terminal is so narrow that nothing else but a failure's number fits. */
const MAPPING_FEWEST = 8
const DURATION_WIDTH = 8
const PROCESS_WIDTH = 24
/** A program's name that is cut shorter than this is left out. */
const PROCESS_LEAST = 8
/** Columns that a cut text needs after a number. */
const CUT_LEAST = 3
/** From this width on there is room for milliseconds and wide gaps. */
const WIDE = 100
const DATE_WIDTH = 11

const COLOUR_OF = { succeeded: 'green', failed: 'red', cancelled: 'yellow', unfinished: 'magenta' } as const

/** One line of an operation: time, outcome, kind, local -> remote, duration, process and its id, error. */
export function formatOperation(operation: Operation, style: LineStyle): string {
  const { outcome, durationMs, error } = operation
  const state = style.colours[COLOUR_OF[outcome]](padEnd(outcome, OUTCOME_WIDTH))
  return line(operation, state, formatDuration(durationMs), error, style)
}

/** One line of a notification: the phase stands where an operation has its outcome, and there is no duration. */
export function formatNotification(notification: Notification, style: LineStyle): string {
  const { phase, status, error } = notification
  const text = padEnd(phase, OUTCOME_WIDTH)
  const state = status === undefined ? text : style.colours[COLOUR_OF[outcomeOf(status)]](text)
  return line(notification, state, undefined, error, style)
}

function line(
  event: EventFields,
  state: string,
  duration: string | undefined,
  error: OperationError | undefined,
  style: LineStyle,
): string {
  const { colours, width, utc, now } = style
  const date = width === undefined || !isSameDay(event.time, now(), utc)
  const isNarrow = width !== undefined && width < WIDE + (date ? DATE_WIDTH : 0)
  const gap = isNarrow ? ' ' : '  '
  const time = formatTime(event.time, { date, utc, short: isNarrow })
  const tail = duration === undefined ? '' : padStart(duration, DURATION_WIDTH) + gap
  const fixed = widthOf(time) + OUTCOME_WIDTH + KIND_WIDTH + widthOf(tail) + 3 * gap.length
  const [mapping, details] = fitted(event, error, style, width === undefined ? undefined : width - fixed, gap)
  const text = [colours.dim(time), state, padEnd(event.kind, KIND_WIDTH), mapping, tail + coloured(details, colours)].join(gap).trimEnd()
  return width === undefined ? text : fit(text, width)
}

interface Details {
  readonly process: string
  readonly error: string
}

/** The mapping and what stands after the duration, in `room` columns. Of a failure the error matters more than the process. */
function fitted(
  event: EventFields,
  error: OperationError | undefined,
  { nameOf, clientOf }: LineStyle,
  room: number | undefined,
  gap: string,
): [string, Details] {
  const process = formatProcess(event, nameOf?.(event.user), clientOf?.(event))
  const errorText = error === undefined ? '' : formatError(error)
  const whole = { process: error === undefined ? process : padEnd(process, PROCESS_WIDTH) + gap, error: errorText }
  // However narrow the terminal, a failure's number is there.
  const kept = error === undefined ? 0 : gap.length + String(error.code).length
  const least = room === undefined ? MAPPING_LEAST : Math.max(MAPPING_FEWEST, Math.min(MAPPING_LEAST, room - kept))
  const column = room === undefined ? MAPPING_WIDTH : Math.max(least, Math.min(MAPPING_WIDTH, room - PROCESS_WIDTH - gap.length))
  const mapping = formatMapping(event, column === MAPPING_WIDTH ? (local) => padEnd(local, LOCAL_WIDTH) : undefined)
  if (room === undefined) return [padEnd(mapping, MAPPING_WIDTH), whole]

  const wanted = widthOf(whole.process) + widthOf(whole.error)
  const mappingWidth = Math.max(column, Math.min(widthOf(mapping), room - gap.length - wanted))
  const left = Math.max(0, room - gap.length - mappingWidth)
  const shown = padEnd(fit(mapping, mappingWidth, 'middle'), mappingWidth)
  if (wanted <= left) return [shown, whole]
  if (error === undefined) return [shown, { process: fit(process, left), error: '' }]
  const number = String(error.code)
  // A number that is cut is another number.
  const shorter = left < number.length + CUT_LEAST ? number : fit(formatErrorShort(error), left)
  const short = widthOf(errorText) <= left ? errorText : shorter
  const rest = left - widthOf(short) - gap.length
  return [shown, { process: rest < PROCESS_LEAST ? '' : padEnd(fit(process, rest), rest) + gap, error: short }]
}

function coloured({ process, error }: Details, colours: Colours): string {
  return (process && colours.dim(process)) + (error && colours.red(error))
}
