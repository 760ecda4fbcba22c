// Operations and notifications as lines for people: pure functions, no input or output.
import stringWidth from 'string-width'
import type { EventFields, Notification, Operation, OperationError } from '../../model/events.ts'
import { outcomeOf } from '../../model/status.ts'
import { safeText } from '../../text/safe-text.ts'
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
  return line(operation, colour(pad(outcome, OUTCOME_WIDTH)), padStart(formatDuration(durationMs), DURATION_WIDTH), error, colours)
}

/** One line of a notification: the phase stands where an operation has its outcome, and there is no duration. */
export function formatNotification(notification: Notification, colours: Colours): string {
  const { phase, status, error } = notification
  const text = pad(phase, OUTCOME_WIDTH)
  const shown = status === undefined ? text : colours[COLOUR_OF[outcomeOf(status)]](text)
  return line(notification, shown, '', error, colours)
}

function line(event: EventFields, state: string, duration: string, error: OperationError | undefined, colours: Colours): string {
  const cells = [
    colours.dim(formatTime(event.time)),
    state,
    pad(event.kind, KIND_WIDTH),
    pad(formatMapping(event, LOCAL_WIDTH), MAPPING_WIDTH),
    colours.dim(pad(formatProcess(event), PROCESS_WIDTH)),
    duration,
    error ? colours.red(formatError(error)) : '',
  ]
  return cells.join(GAP).trimEnd()
}

/** Local wall-clock time, `HH:MM:SS.mmm`; dashes for a time that no clock can have shown. */
export function formatTime(epochMs: number): string {
  const time = new Date(epochMs)
  if (Number.isNaN(time.getTime())) return '--:--:--.---'
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, '0')}`
}

/** `P: -> \\server\share`; `-` for no device; the one name that a cancel has. Names of which there was more end in `…`. */
export function formatMapping(event: EventFields, localWidth = 0): string {
  const { kind } = event
  const local = nameText(event, 'localName', event.localName)
  const remote = nameText(event, 'remoteName', event.remoteName)
  if (kind === 'cancel' && (local === '' || remote === '')) return local || remote || '-'
  return `${pad(local || '-', localWidth)} -> ${remote || '-'}`
}

function formatProcess(event: EventFields): string {
  return `${nameText(event, 'image', event.process.image) || '-'} ${event.process.id}`
}

function nameText({ truncated, unreadable }: EventFields, which: 'localName' | 'remoteName' | 'image', name: string | undefined): string {
  const isWhole = truncated?.[which] === undefined && !unreadable?.includes(which)
  return safeText(name ?? '') + (isWhole ? '' : '…')
}

/** `0.3 ms`, `38 ms`, `2.4 s`, `184 s`; `-` when it is not known. */
export function formatDuration(durationMs: number | undefined): string {
  if (durationMs === undefined) return '-'
  if (durationMs < 9.95) return `${durationMs.toFixed(1)} ms`
  if (durationMs < 999.5) return `${durationMs.toFixed(0)} ms`
  const seconds = durationMs / 1_000
  return seconds < 99.95 ? `${seconds.toFixed(1)} s` : `${seconds.toFixed(0)} s`
}

/** `ERROR_BAD_NETPATH (53)`, or the number alone, in both notations when it looks like an NTSTATUS or HRESULT. */
export function formatError({ code, name }: OperationError): string {
  if (name !== undefined) return `${name} (${code})`
  return code >= 0x80000000 ? `error ${code} (0x${code.toString(16)})` : `error ${code}`
}

/** Pads to a width in terminal columns, where a CJK character takes two. */
function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)))
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - stringWidth(text))) + text
}
