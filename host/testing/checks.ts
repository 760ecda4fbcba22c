// What the writers of mprtap/testing are given: a wrong type, or a number out of its range, is told as every wrong argument is.

import { MprtapError } from '../model/errors.ts'
import { invalidOption } from '../model/options.ts'
import type { RecordInput } from '../model/record.ts'

const U32_MAX = 2 ** 32 - 1
const U64_MAX = 2n ** 64n - 1n
/** Ms that fit a FILETIME, also as the sum of two. */
const MS_MAX = 9e14

export function mustBeWhole(name: string, value: unknown, least = 0, most = U32_MAX): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return
  invalidOption(name, value, `a whole number from ${least} to ${most}`)
}

export function mustBeLong(name: string, value: unknown, least = 0n): void {
  if (typeof value !== 'bigint' || value < least || value > U64_MAX) invalidOption(name, value, `a bigint from ${least}n to ${U64_MAX}n`)
}

export function mustBeMs(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0 && value <= MS_MAX)) invalidOption(name, value, `a number of ms, 0 to ${MS_MAX}`)
}

export function mustBeText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') invalidOption(name, value, 'a text that is not empty')
}

export function mustBeName(name: string, value: unknown): void {
  if (value !== null && typeof value !== 'string') invalidOption(name, value, 'a text, or null')
}

export function mustBeFlag(name: string, value: unknown): void {
  if (typeof value !== 'boolean') invalidOption(name, value, 'true or false')
}

export function mustBeOneOf(name: string, value: unknown, values: readonly unknown[]): void {
  if (!values.includes(value)) invalidOption(name, value, `one of ${values.join(', ')}`)
}

const WHOLE = ['notifyStatus', 'operationStatus', 'flags', 'processId', 'threadId', 'sessionId', 'resourceType'] as const
const LONG = ['wallTime', 'ticks', 'ticksPerSecond', 'context', 'processStartTime', 'logonId'] as const
const FLAGS = ['force', 'ownerWindow', 'pointer32', 'impersonated'] as const
const NAMES = ['remoteName', 'localName', 'provider', 'imageName'] as const

/** @throws MprtapError MPRTAP_INVALID_ARGUMENT for a record that no slot can hold. */
export function checkRecord(record: RecordInput): void {
  if (typeof record !== 'object' || record === null) invalidOption('record', record, 'an object')
  try {
    checkFields(record)
  } catch (cause) {
    if (cause instanceof MprtapError) throw cause
    invalidOption('record', record, 'an object that can be read', cause)
  }
}

function checkFields(record: RecordInput): void {
  mustBeOneOf('kind', record.kind, ['add', 'cancel'])
  for (const name of WHOLE) mustBeWhole(name, record[name])
  for (const name of LONG) mustBeLong(name, record[name])
  for (const name of FLAGS) mustBeFlag(name, record[name])
  for (const name of NAMES) mustBeName(name, record[name])
}
