// What is decoded: a ring of generated traffic, the same events in other formats, and the truth about them, taken from the traffic itself.

import type { Fields, RecordFields } from './truth.ts'

/** The same events in the formats that programs use instead: one buffer a slice. */
export interface Encodings {
  readonly jsonLines: readonly Buffer[]
  readonly messagePack: readonly Buffer[]
  readonly messagePackBundled: readonly Buffer[]
  readonly protobuf: readonly Uint8Array[]
  readonly flatBuffers: readonly Uint8Array[]
}

export interface Corpus {
  readonly sid: string
  readonly records: number
  /** The ring file's bytes. */
  readonly ring: Uint8Array
  readonly encodings: Encodings
  /** The first notifications; dropped once they are compared. */
  truth: RecordFields[]
  /** Of every record: what the filter and count groups judge by. */
  readonly fields: readonly Fields[]
  /** Sum of the tallies of all operations; those without a POST in the ring are unfinished. */
  readonly operationsTally: number
  readonly operations: number
  /** Sum of the tallies of `count` notifications from `first` on. */
  tallyOf(first: number, count: number): number
}
