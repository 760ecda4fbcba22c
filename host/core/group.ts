// One group of the core's statistics, read out of its memory (assembly/abi.ts has the layout).

import {
  BY_ERROR,
  GROUP_DURATIONS,
  GROUP_HISTOGRAM,
  GROUP_KEY,
  GROUP_LONGEST,
  GROUP_NAME,
  GROUP_OUTCOMES,
  GROUP_SHORTEST,
  GROUP_SUM,
} from '../../assembly/abi.ts'
import { quantileOf } from '../model/duration-cells.ts'
import type { Durations, OperationCounts } from '../model/statistics.ts'

/** A group with its key: a name, or a status as a number. `undefined` for operations that found no room in a group of their own. */
export interface Group extends OperationCounts {
  readonly key: string | number | undefined
}

const QUANTILES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const

export function readGroup(memory: Buffer, address: number, kind: number, group: number): Group {
  const word = (offset: number) => memory.readUInt32LE(address + offset)
  const [succeeded, failed, cancelled, unfinished] = [0, 4, 8, 12].map((offset) => word(GROUP_OUTCOMES + offset)) as [
    number,
    number,
    number,
    number,
  ]
  const operations = succeeded + failed + cancelled + unfinished
  return {
    key: keyOf(memory, address, kind, group),
    operations,
    succeeded,
    failed,
    cancelled,
    unfinished,
    durationMs: durationsOf(memory, address),
  }
}

function keyOf(memory: Buffer, address: number, kind: number, group: number): string | number | undefined {
  if (group === 0) return undefined
  const key = memory.readUInt32LE(address + GROUP_KEY)
  if (kind === BY_ERROR) return key
  const name = address + GROUP_NAME
  return (key & 1) === 1 ? memory.toString('utf16le', name, name + (key & ~1)) : memory.toString('latin1', name, name + (key >>> 1))
}

function durationsOf(memory: Buffer, address: number): Durations | undefined {
  const count = memory.readUInt32LE(address + GROUP_DURATIONS)
  if (count === 0) return undefined
  const shortest = memory.readDoubleLE(address + GROUP_SHORTEST)
  const longest = memory.readDoubleLE(address + GROUP_LONGEST)
  const cell = (i: number) => memory.readUInt32LE(address + GROUP_HISTOGRAM + 4 * i)
  const quantile = (share: number) => Math.min(Math.max(quantileOf(cell, count, share), shortest), longest)
  const mean = memory.readDoubleLE(address + GROUP_SUM) / count
  return {
    count,
    mean,
    min: shortest,
    max: longest,
    p50: quantile(QUANTILES.p50),
    p90: quantile(QUANTILES.p90),
    p99: quantile(QUANTILES.p99),
  }
}
