// How JavaScript reads a slot without mprtap: constants and small steps that all such variants share. None of them looks at stamp or
// checksum, and none checks a length: they trust the ring, which mprtap does not.

import type { ResourceType } from '../../host/model/events.ts'
import { outcomeOf, statusName } from '../../host/model/status.ts'
import type { RecordFields } from './truth.ts'

const TWO_32 = 2 ** 32
/** FILETIME of 1970-01-01, its two halves. */
const EPOCH_HIGH = 27_111_902
const EPOCH_LOW = 3_577_643_008
const RESOURCE_TYPES = ['any', 'disk', 'print'] as const
const NAMES = ['remoteName', 'localName', 'provider', 'image'] as const
const DEVICE = /^(?:[a-z]:|(?:lpt|com)\d+:?)$/i

/** Epoch ms of a FILETIME given as two u32s. */
export function epochMs(low: number, high: number): number {
  return ((high - EPOCH_HIGH) * TWO_32 + (low - EPOCH_LOW)) * 0.0001
}

/** `0x` and digits. Halves of 16 bits: toString(16) is ten times slower on numbers that are no small integers. */
export function hexadecimal(low: number, high: number): string {
  const lower = low >>> 16 === 0 && high === 0 ? low.toString(16) : `${(low >>> 16).toString(16)}${sixteen(low & 0xffff)}`
  if (high === 0) return `0x${lower}`
  const upper = high >>> 16 === 0 ? high.toString(16) : `${(high >>> 16).toString(16)}${sixteen(high & 0xffff)}`
  return `0x${upper}${lower.padStart(8, '0')}`
}

function sixteen(half: number): string {
  return half.toString(16).padStart(4, '0')
}

export function resourceType(type: number): ResourceType {
  return RESOURCE_TYPES[type] ?? type
}

export function errorOf(status: number | undefined): RecordFields['error'] {
  return status === undefined || outcomeOf(status) === 'succeeded' ? undefined : { code: status, name: statusName(status) }
}

/** The name of a cancel is a device's or a resource's. */
export function isDevice(name: string): boolean {
  return name.length <= 6 && DEVICE.test(name)
}

/** @param faults bit i: string i could not be read to its end. */
export function unreadableNames(faults: number): RecordFields['unreadable'] {
  return NAMES.filter((_, i) => (faults >> i) & 1)
}

/** @param cut bit i: string i was cut. */
export function truncatedNames(cut: number, fullUnits: readonly number[]): RecordFields['truncated'] {
  return Object.fromEntries(NAMES.flatMap((name, i) => ((cut >> i) & 1 ? [[name, fullUnits[i]!]] : [])))
}
