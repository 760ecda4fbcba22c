/** Stable codes of the errors that mprtap throws, and what each says. docs/errors.md has the same table, with what to do. */
export const ERROR_CODES = {
  MPRTAP_FOLDER_MISSING: 'The folder with the rings does not exist.',
  MPRTAP_FOLDER_UNREADABLE: 'The folder is there but cannot be listed.',
  MPRTAP_RING_INVALID: 'A ring named by path is missing, unreadable, or not a ring.',
  MPRTAP_CAPTURE_INVALID: 'A capture cannot be opened, or is not one.',
  MPRTAP_INVALID_ARGUMENT: 'An option has a value of the wrong kind.',
  MPRTAP_FILTER_SYNTAX: 'The filter cannot be parsed; `column` says where.',
  MPRTAP_CONSUMER: "A named consumer's checkpoint cannot be read or saved, or another tap has that name.",
  MPRTAP_NATIVE_MISSING: 'Live rings need native code (koffi), which cannot be loaded here.',
  MPRTAP_SNAPSHOT: 'Windows does not list its connections, or not in time.',
  MPRTAP_WEBASSEMBLY_MISSING: 'Node runs without WebAssembly, as with `--jitless`.',
  MPRTAP_SHORTAGE: 'This process lacks memory for another reader of records.',
  MPRTAP_CLOSED: 'The tap was used after it was closed.',
  MPRTAP_STALE_ROW: "A batch's cursor was read after the batch had passed, or while it was on no row.",
} as const

/** The names of errors; they stay. docs/errors.md says what each means and what to do. */
export type MprtapErrorCode = keyof typeof ERROR_CODES

/** The one error class of mprtap. `code` is stable; `message` is a sentence that says what was wrong, where, and what to do next. */
export class MprtapError extends Error {
  /** Which error it is: stable, for programs. */
  readonly code: MprtapErrorCode

  constructor(code: MprtapErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'MprtapError'
    this.code = code
  }
}
