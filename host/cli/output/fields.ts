// The fields of operations and notifications as --fields can choose them: those of the JSON output, by the same names.
import { MprtapError } from '../../model/errors.ts'
import type { Notification, Operation } from '../../model/events.ts'
import { notificationJson, operationJson } from '../../text/event-json.ts'
import { type JsonOptions, safeJson, safeText } from '../../text/safe-text.ts'
import { formatDuration, formatTime } from '../../text/time-text.ts'
import { fit, padEnd, padStart, widthOf } from '../../text/width.ts'
import type { LineStyle } from './format-operation.ts'

export interface OutputField {
  readonly name: string
  readonly of: 'both' | 'operations' | 'notifications'
  readonly meaning: string
  /** Columns that it usually takes in a line for people. */
  readonly width: number
}

const both = (name: string, width: number, meaning: string): OutputField => ({ name, of: 'both', width, meaning })
const operations = (name: string, width: number, meaning: string): OutputField => ({ name, of: 'operations', width, meaning })
const notifications = (name: string, width: number, meaning: string): OutputField => ({ name, of: 'notifications', width, meaning })

/** All fields, in the order of `mprtap fields`. docs/cli.md has the same table. */
export const OUTPUT_FIELDS: readonly OutputField[] = [
  both('level', 2, '30; 40: failed or unfinished, or a notification with an error'),
  both('time', 23, 'when the call was made'),
  both('timestamp', 28, 'the same, exact: ISO 8601, UTC, with seven digits'),
  both('msg', 60, 'the line in short'),
  both('type', 12, 'operation or notification'),
  both('id', 24, 'names the record for good: ring file id and sequence'),
  both('host', 12, 'the machine that the record comes from, if it is another one'),
  both('kind', 6, 'add or cancel'),
  notifications('phase', 5, 'pre or post: before or after'),
  operations('outcome', 10, 'succeeded, failed, cancelled or unfinished'),
  operations('durationMs', 8, 'from PRE to POST'),
  notifications('notifyStatus', 4, 'dwNotifyStatus as it came'),
  both('status', 5, 'dwOperationStatus as it came'),
  both('error.code', 5, 'the status, when it is not a success'),
  both('error.name', 24, 'its Win32 name'),
  notifications('context', 10, 'lpContext as it came'),
  operations('completes', 24, 'id of the operation, given up before, that this late end belongs to'),
  both('remoteName', 36, 'the server and share, or what else was named'),
  both('localName', 4, 'the drive letter or port'),
  both('provider', 24, 'who cancelled the connection: successful cancels only'),
  both('flags', 5, 'dwAddFlags or dwFlags as they came'),
  both('resourceType', 5, 'any, disk, print or a number: adds only'),
  both('force', 5, 'true or false: cancels only'),
  both('ownerWindow', 5, 'whether a window was given to ask in'),
  both('process.id', 6, 'number of the process'),
  both('process.threadId', 6, 'number of its thread'),
  both('process.image', 18, 'file name of the program'),
  both('process.startTime', 23, 'when the process began'),
  both('process.bits', 2, '32 or 64'),
  both('impersonated', 5, 'whether the thread acted for another account than its process'),
  both('sessionId', 4, 'remote desktop session'),
  both('logonId', 10, 'whose drive letters these are'),
  both('user', 46, 'SID of the owner of the ring'),
  both('truncated', 20, 'names that were cut, with their full lengths'),
  both('unreadable', 20, 'names that could not be read to their end'),
  both('sequence', 8, 'of the record in its ring'),
]

const BY_NAME: ReadonlyMap<string, OutputField> = new Map(OUTPUT_FIELDS.map((field) => [field.name, field]))
const TIMES: ReadonlySet<string> = new Set(['time', 'process.startTime'])
const NUMBERS: ReadonlySet<string> = new Set([
  'durationMs',
  'status',
  'error.code',
  'process.id',
  'process.threadId',
  'sessionId',
  'sequence',
])

/**
 * The fields that a comma-separated list names.
 *
 * @throws MprtapError MPRTAP_INVALID_ARGUMENT when there is no such field.
 */
export function chosenFields(list: string): OutputField[] {
  return list.split(',').map((text) => {
    const name = text.trim()
    const chosen = BY_NAME.get(name)
    if (!chosen) throw new MprtapError('MPRTAP_INVALID_ARGUMENT', `There is no field "${name}"; "mprtap fields" lists all of them.`)
    return chosen
  })
}

type Plain = Readonly<Record<string, unknown>>

function plainOf(event: Operation | Notification): Plain {
  return JSON.parse(event.type === 'operation' ? operationJson(event) : notificationJson(event)) as Plain
}

function fieldValue(plain: Plain, name: string): unknown {
  const [first, second] = name.split('.') as [string, string?]
  const value = plain[first]
  return second === undefined ? value : (value as Plain | undefined)?.[second]
}

/** NDJSON with the chosen fields only. */
export function chosenJson(event: Operation | Notification, fields: readonly OutputField[], options?: JsonOptions): string {
  const plain = plainOf(event)
  const chosen: Record<string, unknown> = {}
  for (const { name } of fields) {
    const [first, second] = name.split('.') as [string, string?]
    const value = fieldValue(plain, name)
    if (second === undefined) chosen[first] = value
    else if (value !== undefined) chosen[first] = { ...(chosen[first] as object | undefined), [second]: value }
  }
  return safeJson(chosen, options)
}

/** A line for people with the chosen fields in columns; `-` is what is not known. */
export function chosenLine(event: Operation | Notification, fields: readonly OutputField[], { width, utc }: LineStyle): string {
  const plain = plainOf(event)
  const line = fields
    .map(({ name, width: usual }) => {
      const text = textOf(name, fieldValue(plain, name), utc)
      return NUMBERS.has(name) ? padStart(text, usual) : padEnd(text, usual)
    })
    .join('  ')
    .trimEnd()
  return width === undefined || widthOf(line) <= width ? line : fit(line, width)
}

/** The titles of those columns. */
export function chosenTitles(fields: readonly OutputField[], { width }: LineStyle): string {
  const line = fields
    .map(({ name, width: usual }) => (NUMBERS.has(name) ? padStart(name, usual) : padEnd(name, usual)))
    .join('  ')
    .trimEnd()
  return width === undefined ? line : fit(line, width)
}

function textOf(name: string, value: unknown, utc: boolean): string {
  if (value === undefined) return '-'
  if (TIMES.has(name)) return formatTime(value as number, { date: true, utc })
  if (name === 'durationMs') return formatDuration(value as number)
  if (name === 'flags' || name === 'notifyStatus') return `0x${(value as number).toString(16)}`
  return safeText(typeof value === 'object' ? JSON.stringify(value) : String(value))
}
