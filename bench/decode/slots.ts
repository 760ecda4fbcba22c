// How JavaScript reads a slot without mprtap: constants and small steps that all such variants share. None of them looks at stamp or
// checksum, and none checks a length: they trust the ring, which mprtap does not.

import type { Notification, ResourceType } from '../../host/api/types.ts'
import { outcomeOf, statusName } from '../../host/win32/status.ts'

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

export function hexadecimal(low: number, high: number): string {
  return high === 0 ? `0x${low.toString(16)}` : `0x${high.toString(16)}${low.toString(16).padStart(8, '0')}`
}

export function resourceType(type: number): ResourceType {
  return RESOURCE_TYPES[type] ?? type
}

export function errorOf(status: number | undefined): Notification['error'] {
  return status === undefined || outcomeOf(status) === 'succeeded' ? undefined : { code: status, name: statusName(status) }
}

/** The name of a cancel is a device's or a resource's. */
export function isDevice(name: string): boolean {
  return name.length <= 6 && DEVICE.test(name)
}

/** @param cut bit i: string i was cut. */
export function truncatedNames(cut: number, fullUnits: readonly number[]): Notification['truncated'] {
  return Object.fromEntries(NAMES.flatMap((name, i) => ((cut >> i) & 1 ? [[name, fullUnits[i]!]] : [])))
}
