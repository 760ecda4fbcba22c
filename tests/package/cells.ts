// What a test of the package has found out about one way to use it: a cell of the table that `node tests/package/table.mjs` prints.

import type { TestContext } from 'vitest'

/** `rest`: rings at rest and captures, which need no native code; `live`: rings that live. */
export type Column = 'import' | 'require' | 'types' | 'rest' | 'live'

export interface Cell {
  readonly where: string
  readonly column: Column
  /** `yes`, or what people are told. */
  readonly said: string
}

declare module 'vitest' {
  interface TaskMeta {
    cells?: Cell[]
  }
}

/** Notes a cell. A test calls it before it judges: the table says FAILED in the cells of a test that failed. */
export function cell({ task }: Pick<TestContext, 'task'>, where: string, column: Column, said = 'yes'): void {
  task.meta.cells ??= []
  task.meta.cells.push({ where, column, said: said.trim() })
}
