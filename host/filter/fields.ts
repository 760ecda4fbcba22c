// The fields that a filter can name: those of the field table that may be asked for.

import { CONNECT_FLAGS } from '../model/connect-flags.ts'
import { FIELDS, type Field, type FieldType, type Level } from '../model/fields.ts'

export type { Level } from '../model/fields.ts'

export type FieldName = {
  [Name in keyof typeof FIELDS]: (typeof FIELDS)[Name] extends { readonly asked: false } ? never : Name
}[keyof typeof FIELDS]

/** The type of each field, for the compiler. */
export type FieldTypes = { readonly [Name in FieldName]: (typeof FIELDS)[Name]['type'] }

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
