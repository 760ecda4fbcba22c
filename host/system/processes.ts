// Whether a process of a record has ended. A process id is used again; with its start time it names one process for good.

import { native } from './native.ts'

const PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
const ERROR_INVALID_PARAMETER = 87
const STILL_ACTIVE = 259

/** A process as its records name it; the start time is a FILETIME in halves. */
export interface ProcessName {
  readonly id: number
  readonly startLow: number
  readonly startHigh: number
}

function load() {
  const kernel32 = native().load('kernel32.dll')
  return {
    openProcess: kernel32.func('intptr_t __stdcall OpenProcess(uint32_t, int, uint32_t)'),
    processTimes: kernel32.func('int __stdcall GetProcessTimes(intptr_t, _Out_ void *, _Out_ void *, _Out_ void *, _Out_ void *)'),
    exitCode: kernel32.func('int __stdcall GetExitCodeProcess(intptr_t, _Out_ uint32_t *)'),
    closeHandle: kernel32.func('int __stdcall CloseHandle(intptr_t)'),
    lastError: kernel32.func('uint32_t __stdcall GetLastError()'),
  }
}

let api: ReturnType<typeof load> | undefined

/**
 * Whether Windows knows that this process has ended. False where it will not tell, as of a process that we may not ask about, and on other
 * systems, where the id of a Windows process means nothing.
 */
export function isProcessGone({ id, startLow, startHigh }: ProcessName): boolean {
  if (process.platform !== 'win32') return false
  api ??= load()
  const { openProcess, processTimes, exitCode, closeHandle, lastError } = api
  const handle = BigInt(openProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, id))
  if (handle === 0n) return lastError() === ERROR_INVALID_PARAMETER
  const created = Buffer.alloc(8)
  const unused = Buffer.alloc(8)
  const code: number[] = [STILL_ACTIVE]
  const isAnother =
    processTimes(handle, created, unused, unused, unused) !== 0 &&
    (created.readUInt32LE(0) !== startLow || created.readUInt32LE(4) !== startHigh)
  const hasEnded = exitCode(handle, code) !== 0 && code[0] !== STILL_ACTIVE
  closeHandle(handle)
  return isAnother || hasEnded
}
