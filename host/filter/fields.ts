// The fields that a filter can name: exactly those of the JSON output, with their types.

import { CONNECT_FLAGS } from '../model/connect-flags.ts'

export type FieldType =
  | 'string'
  | 'number'
  | 'boolean'
  | 'time'
  | 'duration'
  | 'hexadecimal'
  /** Bits with CONNECT_* names. */
  | 'flags'
  /** Bits without names. */
  | 'bits'
  /** The Win32 name of a status. */
  | 'statusName'
  /** One of these names. */
  | readonly string[]

/** What a tap delivers. */
export type Level = 'operation' | 'notification'

interface Field {
  readonly type: FieldType
  /** Where the field exists; both when left out. */
  readonly level?: Level
}

const FIELDS = {
  kind: { type: ['add', 'cancel'] },
  outcome: { type: ['succeeded', 'failed', 'cancelled', 'unfinished'], level: 'operation' },
  phase: { type: ['pre', 'post'], level: 'notification' },
  time: { type: 'time' },
  durationMs: { type: 'duration', level: 'operation' },
  remoteName: { type: 'string' },
  localName: { type: 'string' },
  provider: { type: 'string' },
  flags: { type: 'flags' },
  resourceType: { type: ['any', 'disk', 'print'] },
  force: { type: 'boolean' },
  ownerWindow: { type: 'boolean' },
  'process.id': { type: 'number' },
  'process.threadId': { type: 'number' },
  'process.image': { type: 'string' },
  'process.startTime': { type: 'time' },
  'process.bits': { type: 'number' },
  sessionId: { type: 'number' },
  logonId: { type: 'hexadecimal' },
  user: { type: 'string' },
  status: { type: 'number' },
  'error.code': { type: 'number' },
  'error.name': { type: 'statusName' },
  sequence: { type: 'number' },
  notifyStatus: { type: 'bits', level: 'notification' },
  context: { type: 'hexadecimal', level: 'notification' },
} as const satisfies Readonly<Record<string, Field>>

export type FieldName = keyof typeof FIELDS

/** The type of each field, for the compiler. */
export type FieldTypes = { readonly [Name in FieldName]: (typeof FIELDS)[Name]['type'] }

export function isField(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name)
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
  return (Object.keys(FIELDS) as FieldName[]).filter((name) => hasField(level, name))
}

/** Why the field cannot be asked for, as the end of a sentence. */
export function otherLevel(level: Level, name: FieldName): string {
  return `${name} is a field of ${fieldOf(name).level}s; this tap delivers ${level}s`
}

/** What a literal for the field looks like, for error messages. */
export function literalHint(name: FieldName): string {
  const { type } = fieldOf(name)
  if (typeof type === 'string') return HINTS[type].replace('%', `for ${name}`)
  const names = `one of ${type.map((value) => JSON.stringify(value)).join(', ')}`
  return `${names}${name === 'resourceType' ? ', or a number,' : ''} for ${name}`
}

const HINTS: Readonly<Record<Extract<FieldType, string>, string>> = {
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
