import { MprtapError } from '../model/errors.ts'

/** A filter that cannot be understood (MPRTAP_FILTER_SYNTAX). */
export class FilterSyntaxError extends MprtapError {
  /** Where in the text, 1 is the first character; 0 for filters that were built in code, and where the whole filter is at fault. */
  readonly column: number

  constructor(message: string, column: number) {
    super('MPRTAP_FILTER_SYNTAX', message)
    this.column = column
  }
}

/** A filter that is understood, yet more than the core can hold. */
export function tooMuch(what: string): FilterSyntaxError {
  return new FilterSyntaxError(`This filter has ${what}; split it over several taps.`, 0)
}

/** What was found, for an error: short enough for a line, and with the backslashes of a UNC path as they were written. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text).replaceAll('\\\\', '\\')
}
