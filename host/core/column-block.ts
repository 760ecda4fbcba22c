// A batch's columns in the core's memory, valid until the next turn.

import { F64_COLUMNS, ROWS_MAX, U8_COLUMNS, U32_COLUMNS } from '../../assembly/abi.ts'

const U32_OFFSET = F64_COLUMNS * ROWS_MAX * 8
const U16_OFFSET = U32_OFFSET + U32_COLUMNS * ROWS_MAX * 4
const U8_OFFSET = U16_OFFSET + 4 * ROWS_MAX * 2

/** Column c of width w starts at element c * ROWS_MAX of the view of that width (assembly/abi.ts has the diagram). */
export class ColumnBlock {
  readonly f64: Float64Array
  readonly u32: Uint32Array
  /** Full lengths of the four strings, four a row. */
  readonly fullUnits: Uint16Array
  readonly u8: Uint8Array

  constructor(buffer: ArrayBuffer, offset: number) {
    this.f64 = new Float64Array(buffer, offset, F64_COLUMNS * ROWS_MAX)
    this.u32 = new Uint32Array(buffer, offset + U32_OFFSET, U32_COLUMNS * ROWS_MAX)
    this.fullUnits = new Uint16Array(buffer, offset + U16_OFFSET, 4 * ROWS_MAX)
    this.u8 = new Uint8Array(buffer, offset + U8_OFFSET, U8_COLUMNS * ROWS_MAX)
  }
}
