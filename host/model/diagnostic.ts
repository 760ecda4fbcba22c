// What a tap tells beside events: a source that cannot be read, a consumer that cannot be saved. The tap goes on.

/** Stable names of what `onDiagnostic` is told. */
export type DiagnosticCode =
  /** A source cannot be opened or read. */
  | 'SOURCE_UNREADABLE'
  /** A source is there, and its bytes are not those of a ring (a capture, a stream). */
  | 'SOURCE_INVALID'
  /** A source belongs to somebody other than its name says. */
  | 'SOURCE_FOREIGN'
  /** A source was spoiled, or went away, before it was read to its end. */
  | 'SOURCE_SPOILED'
  /** A folder cannot be listed. */
  | 'FOLDER_UNREADABLE'
  /** There are more sources than one tap reads. */
  | 'TOO_MANY_SOURCES'
  /** This process has too few files, mappings or memory left. */
  | 'SHORTAGE'
  /** A named consumer did not resume where it was. */
  | 'CONSUMER_RESUMED'
  /** The checkpoint of a named consumer cannot be saved. */
  | 'CONSUMER_UNSAVED'

/** One thing that `onDiagnostic` is told. */
export interface Diagnostic {
  readonly code: DiagnosticCode
  /** The file or folder that it is about; `undefined` when it is about none. */
  readonly path: string | undefined
  /** A sentence for people: what is wrong, where, and what to do next. Names in it come from strangers; escape it for a terminal. */
  readonly text: string
}
