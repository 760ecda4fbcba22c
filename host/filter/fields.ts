// The fields that a filter can name: those of the field table that may be asked for.

import { CONNECT_FLAGS } from '../model/connect-flags.ts'
import { FIELDS, type Field, type FieldType, type Level } from '../model/fields.ts'

export type { Level } from '../model/fields.ts'

/** The fields that a filter can ask for, and the type of each, for the compiler: a list has the values that there are. */
export interface FieldTypes {
  // <generated types>
  /** What was asked for. */
  readonly kind: readonly ['add', 'cancel']
  /** How the operation ended. */
  readonly outcome: readonly ['succeeded', 'failed', 'cancelled', 'unfinished']
  /** Whether MPR made the call before or after the operation. */
  readonly phase: readonly ['pre', 'post']
  /** Epoch ms, whole: when the first call was made, by the wall clock of the mapping process's machine. */
  readonly time: 'time'
  /** How long the operation took; absent when one half is missing or the clock readings contradict each other. */
  readonly durationMs: 'duration'
  /** Raw `dwNotifyStatus`. */
  readonly notifyStatus: 'bits'
  /** Raw `dwOperationStatus` of the POST; absent when there was none. */
  readonly status: 'number'
  /** The status, unless it says success. */
  readonly 'error.code': 'number'
  /** Its Win32 name; absent for codes without a name here. */
  readonly 'error.name': 'statusName'
  /** `lpContext` as MPR passed it. */
  readonly context: 'hexadecimal'
  /** What was mapped. */
  readonly remoteName: 'string'
  /** The drive letter or port. */
  readonly localName: 'string'
  /** The provider that cancelled the connection; present in a successful cancel's POST only. */
  readonly provider: 'string'
  /** Raw `dwAddFlags` or `dwFlags`; `flagNames()` has their names. */
  readonly flags: 'flags'
  /** RESOURCETYPE_*, a number where the value has no documented name; absent for cancels. */
  readonly resourceType: readonly ['any', 'disk', 'print']
  /** `fForce`: open files did not prevent it; absent for adds. */
  readonly force: 'boolean'
  /** Whether an owner window was given (`hwndOwner` was not NULL). */
  readonly ownerWindow: 'boolean'
  /** The process that made the WNet call. */
  readonly 'process.id': 'number'
  /** Its thread. */
  readonly 'process.threadId': 'number'
  /** Base name of the executable. */
  readonly 'process.image': 'string'
  /** Epoch ms; with the id it names a process for good. */
  readonly 'process.startTime': 'time'
  /** Pointer width of the process: 32 or 64. */
  readonly 'process.bits': 'number'
  /** Whether the thread impersonated: user, session and logon are then those of its own token, not of its process. */
  readonly impersonated: 'boolean'
  /** Remote desktop session. */
  readonly sessionId: 'number'
  /** Authentication LUID: drive letters belong to a logon, so this says whose `Z:` it is. */
  readonly logonId: 'hexadecimal'
  /** SID of the ring's owner; empty when the ring was named by a path without one. */
  readonly user: 'string'
  /** Of an operation: sequence of the PRE, or of the POST when the PRE was lost. */
  readonly sequence: 'number'
  // </generated>
}

/** Names of the fields that a filter can ask for, as in the JSON output. */
export type FieldName = keyof FieldTypes

export function isField(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name) && fieldOf(name as FieldName).asked !== false
}

/** Whether an event of the level has the field. */
export function hasField(level: Level, name: FieldName): boolean {
  return (fieldOf(name).level ?? level) === level
}

export function fieldOf(name: FieldName): Field {
  return FIELDS[name]
}

/** Names of the fields that a level has. */
export function fieldNames(level: Level): FieldName[] {
  return Object.keys(FIELDS).filter((name) => isField(name) && hasField(level, name)) as FieldName[]
}

/** Why the field cannot be asked for, as the end of a sentence. */
export function otherLevel(level: Level, name: FieldName): string {
  return `${name} is a field of ${fieldOf(name).level}s; this tap delivers ${level}s`
}

/** What a literal for the field looks like, for error messages. */
export function literalHint(name: FieldName): string {
  const { type } = fieldOf(name)
  if (typeof type === 'string') return HINTS[type as keyof typeof HINTS].replace('%', `for ${name}`)
  const names = `one of ${type.map((value) => JSON.stringify(value)).join(', ')}`
  return `${names}${name === 'resourceType' ? ', or a number,' : ''} for ${name}`
}

const HINTS: Readonly<Record<Exclude<Extract<FieldType, string>, 'object'>, string>> = {
  string: 'a text in quotes %',
  number: 'a number %',
  boolean: 'true or false %',
  time: 'a time in quotes %, for example "2026-01-31T08:00:00Z" or "2026-01-31", or epoch ms',
  duration: 'a duration %, for example 1500, 800ms, 1.5s or 2m',
  hexadecimal: 'a hexadecimal number %, for example 0x3e7',
  flags: `a number or a name %, for example 0x8 or ${CONNECT_FLAGS[0]![1]}`,
  bits: 'a number %, for example 0x2',
  statusName: 'the name of an error %, for example "ERROR_BAD_NETPATH"',
}
