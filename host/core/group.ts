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
import type { CountedDurations, CountedGroup, Outcomes } from '../model/counted-group.ts'
import { CELLS } from '../model/duration-cells.ts'

export function readGroup(memory: Buffer, address: number, kind: number, group: number): CountedGroup {
  const outcomes = [0, 4, 8, 12].map((offset) => memory.readUInt32LE(address + GROUP_OUTCOMES + offset)) as unknown as Outcomes
  return { key: keyOf(memory, address, kind, group), outcomes, durations: durationsOf(memory, address) }
}

function keyOf(memory: Buffer, address: number, kind: number, group: number): string | number | undefined {
  if (group === 0) return undefined
  const key = memory.readUInt32LE(address + GROUP_KEY)
  if (kind === BY_ERROR) return key
  const name = address + GROUP_NAME
  return (key & 1) === 1 ? memory.toString('utf16le', name, name + (key & ~1)) : memory.toString('latin1', name, name + (key >>> 1))
}

function durationsOf(memory: Buffer, address: number): CountedDurations | undefined {
  const count = memory.readUInt32LE(address + GROUP_DURATIONS)
  if (count === 0) return undefined
  const cells = new Float64Array(CELLS)
  for (let cell = 0; cell < CELLS; cell++) cells[cell] = memory.readUInt32LE(address + GROUP_HISTOGRAM + 4 * cell)
  return {
    count,
    sum: memory.readDoubleLE(address + GROUP_SUM),
    min: memory.readDoubleLE(address + GROUP_SHORTEST),
    max: memory.readDoubleLE(address + GROUP_LONGEST),
    cells,
  }
}
