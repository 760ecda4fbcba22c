// When a record of the last turn was written, as a capture counts time.

import { COLUMN_TIME, COLUMN_TIME_TICKS, ROWS_MAX } from '../../assembly/abi.ts'
import type { CaptureTime } from '../captures/block-writer.ts'
import type { Core } from '../core/core.ts'

const TWO_32 = 2 ** 32
const TICKS_A_MS = 10_000

export function timeOfRow(core: Core, row: number): CaptureTime {
  const ms = Math.max(core.columns.f64[COLUMN_TIME * ROWS_MAX + row]!, 0)
  const ticks = core.columns.u32[COLUMN_TIME_TICKS * ROWS_MAX + row]!
  // ms * 10,000 has more bits than a double keeps: it is split first.
  const high = Math.floor(ms / TWO_32)
  const low = (ms - high * TWO_32) * TICKS_A_MS + ticks
  return { high: (high * TICKS_A_MS + Math.floor(low / TWO_32)) % TWO_32, low: low % TWO_32 }
}
