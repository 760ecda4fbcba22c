/** What a report says besides its rows. */
export interface ReportedRest {
  /** Of the last line of `--json`. */
  readonly summary: { readonly operations: number; readonly [name: string]: unknown }
  readonly level: number
  /** The end of the summary's sentence. */
  readonly loss: string
  /** The line after the summary. */
  readonly more: string
  readonly code: number
  /** What an account is called, as the sources say. */
  readonly accountName?: ((sid: string) => string | undefined) | undefined
}
