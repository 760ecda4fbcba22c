// The facts and the reading of an open file, the same on every system.

/** The facts of an open file. */
export interface FileFacts {
  /** SID in string form; `undefined` where files have none, as on Linux. */
  readonly owner: string | undefined
  /** FILE_ATTRIBUTE_*. */
  readonly attributes: number
  readonly linkCount: number
}

/** An open file. */
export interface OpenFile {
  /** Bytes, as found when it was opened. */
  readonly size: number
  /**
   * Copies `target.length` bytes from `offset` into `target`. False if the file no longer has them (truncated, or an I/O error):
   * reading goes through a call that fails, never through a mapping whose loss would kill the process (docs/adr/0004).
   */
  copy(offset: number, target: Uint8Array): boolean
  close(): void
}

/** Throws to refuse a file that has these facts. */
export type FileCheck = (facts: FileFacts) => void

/** FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_REPARSE_POINT. */
export const ATTRIBUTE_DIRECTORY = 0x10
export const ATTRIBUTE_REPARSE_POINT = 0x400
