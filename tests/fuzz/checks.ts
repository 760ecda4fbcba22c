// What the fuzzer holds the core to. A check that fails throws a sentence.

import * as abi from '../../assembly/abi.ts'
import { SLOT_SIZE } from '../../format/layout.ts'
import type { Core } from '../../host/core/core.ts'
import type { Account } from '../../host/core/turn.ts'
import { type Row, referenceRecord } from '../host/reference-record.ts'

/** Sequences below this, and some hundreds more, are exact as f64s. */
export const EXACT = 2 ** 53 - 512
const NAME_COLUMNS = [abi.COLUMN_REMOTE_NAME, abi.COLUMN_LOCAL_NAME, abi.COLUMN_PROVIDER, abi.COLUMN_IMAGE_NAME]
/** Units of the longest string that a slot can hold. */
const UNITS_MAX = 384

export function equal(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${what} is ${actual}, should be ${expected}`)
}

export function within(what: string, actual: number, least: number, most: number): void {
  if (!(actual >= least && actual <= most)) throw new Error(`${what}: ${actual}, should be from ${least} to ${most}`)
}

/** Conservation, where f64s can say it. */
export function checkBalance({ next, head, delivered, overrun, abandoned, corrupt, start, startTotal, pending }: Account): void {
  if (next > EXACT || head > EXACT || overrun > EXACT) return
  equal('fates', delivered + overrun + abandoned + corrupt - startTotal, next - start)
  equal('pending', pending, head - next)
}

/** Every id of every row stands for a string that JavaScript has. */
export function checkNames(core: Core, rows: number): void {
  const { u32 } = core.columns
  const { strings } = core
  for (const column of NAME_COLUMNS) {
    for (let at = column * abi.ROWS_MAX, end = at + rows; at < end; at++) {
      const id = u32[at]!
      if (id === abi.STRING_ID_ABSENT) continue
      const text = strings[id]
      if (text === undefined) throw new Error(`string id ${id} stands for nothing`)
      within(`units of string ${id}`, text.length, 0, UNITS_MAX)
    }
  }
}

/** What was delivered of the copied slots, the first of which is that of sequence `first`, is what the reference makes of them. */
export function compareRows(rows: readonly Row[], slots: Buffer, first: number, fileId: bigint): void {
  for (const row of rows) {
    const at = SLOT_SIZE * (row.sequence - first)
    const reference = referenceRecord(slots.subarray(at, at + SLOT_SIZE), fileId, BigInt(row.sequence), row.ring)
    if (!reference) throw new Error(`sequence ${row.sequence} was delivered, and is no record`)
    for (const [field, value] of Object.entries(reference.row)) {
      const delivered = row[field as keyof Row]
      if (!same(delivered, value)) throw new Error(`${field} of sequence ${row.sequence} is ${show(delivered)}, should be ${show(value)}`)
    }
  }
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}

function show(value: unknown): string {
  return typeof value === 'bigint' ? `${value}` : JSON.stringify(value)
}
