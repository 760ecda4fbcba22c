// Operations for tests of analysis: what a test does not say is ordinary.
import type { OperationRow } from '../../host/analysis/operation-row.ts'

let sequence = 0

export const T0 = Date.UTC(2026, 5, 1, 8, 0, 0)

/** An add that succeeded in 10 ms. `at` and the duration in ms; `at` counts from T0. */
export function row(at: number, given: Partial<Omit<OperationRow, 'time'>> = {}): OperationRow {
  return {
    id: `00000000000000aa-${sequence++}`,
    completes: undefined,
    host: undefined,
    user: 'S-1-5-21-1-2-3-1001',
    sessionId: 2,
    logonId: '0x1f2e3',
    kind: 'add',
    outcome: given.status ? 'failed' : 'succeeded',
    time: T0 + at,
    durationMs: 10,
    status: 0,
    localName: 'H:',
    remoteName: '\\\\fs01\\home',
    flags: 0,
    image: 'logon.exe',
    processId: 100,
    ...given,
  }
}

export const cancel = (at: number, given: Partial<Omit<OperationRow, 'time'>> = {}): OperationRow =>
  row(at, { kind: 'cancel', remoteName: undefined, ...given })
