// What a status means for somebody who maps drives, and what to look at next.

import type { Check } from './explanation-checks.ts'
import { EXPLANATIONS } from './explanation-table.ts'
import { statusName, win32StatusOf } from './status.ts'

export type { Check } from './explanation-checks.ts'

/** What is known about one status. */
export interface Explanation {
  /** The Win32 error code; that within it, for an HRESULT. */
  readonly status: number
  /** For example `ERROR_BAD_NETPATH`. */
  readonly name: string
  /** What it says about a mapping. */
  readonly meaning: string
  /** The usual causes, the most likely first; empty where nothing is wrong. */
  readonly causes: readonly string[]
  /** What to look at next, in this order. */
  readonly checks: readonly Check[]
  /** Titles of published pages that the statements above rest on, beside "System Error Codes". */
  readonly sources: readonly string[]
}

/**
 * What a status means for a drive mapping, and what to check next. HRESULTs that hold a Win32 error code (`0x8007…`) are explained as that code.
 * @returns `undefined` for codes that mprtap knows nothing about.
 */
export function explainStatus(status: number): Explanation | undefined {
  if (typeof status !== 'number') return undefined
  const code = win32StatusOf(status)
  const entry = EXPLANATIONS.get(code)
  return entry && { status: code, name: statusName(code)!, ...entry }
}
