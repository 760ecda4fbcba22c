// Operations and notifications as lines for people: pure functions, no input or output.
import type { EventFields, Notification, Operation, OperationError } from '../../model/events.ts'
import { outcomeOf } from '../../model/status.ts'
import { formatError, formatMapping, formatProcess } from '../../text/event-text.ts'
import { formatDuration, formatTime } from '../../text/time-text.ts'
import { padEnd, padStart } from '../../text/width.ts'
import type { Colours } from './colours.ts'

const OUTCOME_WIDTH = 10
const KIND_WIDTH = 6
const LOCAL_WIDTH = 4
const MAPPING_WIDTH = 44
const PROCESS_WIDTH = 24
const DURATION_WIDTH = 8
const GAP = '  '

const COLOUR_OF = { succeeded: 'green', failed: 'red', cancelled: 'yellow', unfinished: 'magenta' } as const

/** One line of an operation: time, outcome, kind, local -> remote, process and its id, duration, error. */
export function formatOperation(operation: Operation, colours: Colours): string {
  const { outcome, durationMs, error } = operation
  const colour = colours[COLOUR_OF[outcome]]
  return line(operation, colour(padEnd(outcome, OUTCOME_WIDTH)), padStart(formatDuration(durationMs), DURATION_WIDTH), error, colours)
}

/** One line of a notification: the phase stands where an operation has its outcome, and there is no duration. */
export function formatNotification(notification: Notification, colours: Colours): string {
  const { phase, status, error } = notification
  const text = padEnd(phase, OUTCOME_WIDTH)
  const shown = status === undefined ? text : colours[COLOUR_OF[outcomeOf(status)]](text)
  return line(notification, shown, '', error, colours)
}

function line(event: EventFields, state: string, duration: string, error: OperationError | undefined, colours: Colours): string {
  const cells = [
    colours.dim(formatTime(event.time)),
    state,
    padEnd(event.kind, KIND_WIDTH),
    padEnd(formatMapping(event, LOCAL_WIDTH), MAPPING_WIDTH),
    colours.dim(padEnd(formatProcess(event), PROCESS_WIDTH)),
    duration,
    error ? colours.red(formatError(error)) : '',
  ]
  return cells.join(GAP).trimEnd()
}
