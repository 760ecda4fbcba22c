// The fields that a filter can name: exactly those of the JSON output, with their types.

import { CONNECT_FLAGS } from '../win32/connect-flags.ts'

export type FieldType = 'string' | 'number' | 'boolean' | 'time' | 'duration' | 'hexadecimal' | 'flags' | readonly string[]

interface Field {
  readonly type: FieldType
  /** Where the field exists; both when left out. */
  readonly level?: 'operation' | 'notification'
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
  'error.name': { type: 'string' },
  sequence: { type: 'number' },
  notifyStatus: { type: 'flags', level: 'notification' },
  context: { type: 'hexadecimal', level: 'notification' },
} as const satisfies Readonly<Record<string, Field>>

export type FieldName = keyof typeof FIELDS

export function isField(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name)
}

export function fieldOf(name: FieldName): Field {
  return FIELDS[name]
}

/** Names of the fields that a level has. */
export function fieldNames(level: 'operation' | 'notification'): FieldName[] {
  return (Object.keys(FIELDS) as FieldName[]).filter((name) => (fieldOf(name).level ?? level) === level)
}

/** What a literal for the field looks like, for error messages. */
export function literalHint(name: FieldName): string {
  const { type } = fieldOf(name)
  if (Array.isArray(type)) return `one of ${type.map((value) => JSON.stringify(value)).join(', ')}`
  return HINTS[type as Exclude<FieldType, readonly string[]>]
}

const HINTS: Readonly<Record<Exclude<FieldType, readonly string[]>, string>> = {
  string: 'a text in quotes, for example "\\\\server\\share"',
  number: 'a number',
  boolean: 'true or false',
  time: 'a time in quotes, for example "2026-01-31T08:00:00Z", or epoch ms',
  duration: 'a duration, for example 1500, 800ms, 1.5s or 2m',
  hexadecimal: 'a hexadecimal number, for example 0x3e7',
  flags: `a number, for example 0x8, or a name, for example ${CONNECT_FLAGS[0]![1]}`,
}
