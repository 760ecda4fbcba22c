// Which processes refuse DLLs like ours: their mitigation policies, as far as Windows lets us ask ("GetProcessMitigationPolicy function").

import { win32 } from 'node:path'
import { closeHandle, textOf, windowsFunctions } from './windows-api.ts'

const PROCESS_QUERY_INFORMATION = 0x400
const PROCESSES_MAX = 65_536
const PATH_UNITS = 1024
const CONTROL_FLOW_GUARD_POLICY = 7
const SIGNATURE_POLICY = 8
const STRICT_MODE = 4
const MICROSOFT_OR_STORE_ONLY = 3

const kernel32 = windowsFunctions('kernel32.dll', {
  openProcess: 'intptr_t __stdcall OpenProcess(uint32_t, int, uint32_t)',
  processes: 'int __stdcall K32EnumProcesses(_Out_ void *, uint32_t, _Out_ uint32_t *)',
  policy: 'int __stdcall GetProcessMitigationPolicy(intptr_t, int, _Out_ void *, size_t)',
  imageName: 'int __stdcall QueryFullProcessImageNameW(intptr_t, uint32_t, _Out_ void *, _Inout_ uint32_t *)',
})

/** A process, and what it asks of a DLL. */
export interface ProcessPolicy {
  readonly processId: number
  readonly image: string
  /** Microsoft's or the Store's signature only. */
  readonly needsSignature: boolean
  /** Control Flow Guard in strict mode. */
  readonly needsControlFlowGuard: boolean
}

/** Processes that ask something of a DLL, how many were asked, and how many do not let us ask. */
export function strictProcesses(): { strict: ProcessPolicy[]; asked: number; closed: number } {
  const ids = Buffer.alloc(4 * PROCESSES_MAX)
  const bytes = [0]
  const strict: ProcessPolicy[] = []
  let asked = 0
  let closed = 0
  if (kernel32.processes(ids, ids.length, bytes) === 0) return { strict, asked, closed }
  for (let index = 0; index < bytes[0]! / 4; index++) {
    const processId = ids.readUInt32LE(4 * index)
    const handle = processId === 0 ? 0n : BigInt(kernel32.openProcess(PROCESS_QUERY_INFORMATION, 0, processId))
    if (handle === 0n) {
      if (processId !== 0) closed++
      continue
    }
    asked++
    const flagsOf = (policy: number) => {
      const flags = Buffer.alloc(4)
      return kernel32.policy(handle, policy, flags, flags.length) === 0 ? 0 : flags.readUInt32LE(0)
    }
    const needsSignature = (flagsOf(SIGNATURE_POLICY) & MICROSOFT_OR_STORE_ONLY) !== 0
    const needsControlFlowGuard = (flagsOf(CONTROL_FLOW_GUARD_POLICY) & STRICT_MODE) !== 0
    if (needsSignature || needsControlFlowGuard) {
      const path = Buffer.alloc(2 * PATH_UNITS)
      kernel32.imageName(handle, 0, path, [PATH_UNITS])
      strict.push({ processId, image: win32.basename(textOf(path)), needsSignature, needsControlFlowGuard })
    }
    closeHandle(handle)
  }
  return { strict, asked, closed }
}
