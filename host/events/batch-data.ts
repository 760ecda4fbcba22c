// A batch's rows as the core left them, and what belongs to them.

import type { ColumnBlock } from '../core/column-block.ts'

export interface BatchData {
  readonly block: ColumnBlock
  /** Names by id. */
  readonly strings: readonly (string | undefined)[]
  /** By ring number: SID of the owner, the machine (`undefined`: this one), ring file id as 16 hexadecimal digits. */
  readonly users: readonly string[]
  readonly hosts: readonly (string | undefined)[]
  readonly fileIds: readonly string[]
}
