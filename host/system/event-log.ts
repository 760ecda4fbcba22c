// Windows' event log, as one source writes into it. Fails silently: the program that writes there has other work.

import { failWithLastError, windowsFunctions } from './windows-api.ts'

/** "ReportEventW function": a string has 31,839 characters at most. */
const TEXT_MAX = 30_000
const TYPES = { error: 1, warning: 2, information: 4 } as const

export type EventKind = keyof typeof TYPES

export interface EventLog {
  /** False when Windows did not take it. */
  write(kind: EventKind, id: number, text: string): boolean
  close(): void
}

const advapi32 = windowsFunctions('advapi32.dll', {
  register: 'intptr_t __stdcall RegisterEventSourceW(str16, str16)',
  report: 'int __stdcall ReportEventW(intptr_t, uint16_t, uint16_t, uint32_t, void *, uint16_t, uint32_t, str16 *, void *)',
  deregister: 'int __stdcall DeregisterEventSource(intptr_t)',
})

/** @throws WindowsError when there is no event log. */
export function openEventLog(source: string): EventLog {
  const handle = BigInt(advapi32.register(null, source))
  if (handle === 0n) failWithLastError(`opening the event log for ${source}`)
  return {
    write: (kind, id, text) => advapi32.report(handle, TYPES[kind], 0, id, null, 1, 0, [text.slice(0, TEXT_MAX)], null) !== 0,
    close: () => void advapi32.deregister(handle),
  }
}
