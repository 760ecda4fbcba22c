/** Stable codes of the errors that mprtap throws. */
export type MprtapErrorCode =
  /** The directory with the rings does not exist. */
  | 'MPRTAP_DIRECTORY_MISSING'
  /** The directory is there but cannot be listed. */
  | 'MPRTAP_DIRECTORY_UNREADABLE'
  /** A ring named by path is missing, unreadable, or not a ring. */
  | 'MPRTAP_RING_INVALID'
  /** A capture cannot be opened, or is not one. */
  | 'MPRTAP_CAPTURE_INVALID'
  /** An option has a value of the wrong kind. */
  | 'MPRTAP_INVALID_ARGUMENT'
  /** The filter expression cannot be parsed; `column` says where. */
  | 'MPRTAP_FILTER_SYNTAX'
  /** A named consumer's cursor file is unreadable, or in use by another tap. */
  | 'MPRTAP_CONSUMER'
  /** Live rings need native code (koffi), which cannot be loaded here. */
  | 'MPRTAP_NATIVE_MISSING'
  /** Node runs without WebAssembly, as with `--jitless`. */
  | 'MPRTAP_WEBASSEMBLY_MISSING'
  /** The tap was used after it was closed. */
  | 'MPRTAP_CLOSED'
  /** A batch's cursor was read after the batch had passed, or while it was on no row. */
  | 'MPRTAP_STALE_ROW'

/** The one error class of mprtap. `code` is stable; `message` is a sentence that says what was wrong, where, and what to do next. */
export class MprtapError extends Error {
  readonly code: MprtapErrorCode

  constructor(code: MprtapErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'MprtapError'
    this.code = code
  }
}
