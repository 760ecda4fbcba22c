// Network connections through mpr.dll: made and cancelled as programs do it. Each call runs on a thread of its own, because a provider may take
// its time.

import koffi from 'koffi'
import { type LoadedFunction, windowsFunction } from './windows-api.ts'

/** NETRESOURCEW. */
const resource = koffi.struct('MPRTAP_NETRESOURCEW', {
  scope: 'uint32_t',
  type: 'uint32_t',
  displayType: 'uint32_t',
  usage: 'uint32_t',
  localName: 'str16',
  remoteName: 'str16',
  comment: 'str16',
  provider: 'str16',
})
const RESOURCE = `${resource.name} *`
const RESOURCETYPE_DISK = 1

/** Calls on another thread, and gives what the function returns. */
function later(found: LoadedFunction, ...args: unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    found.async(...args, (error: Error | null, status: number) => (error ? reject(error) : resolve(status)))
  })
}

/** The ways to connect that a program has; each gives the status of the call. */
export const connectors: Readonly<Record<string, (remoteName: string) => Promise<number>>> = {
  WNetAddConnection2: (remoteName) => {
    const add = windowsFunction('mpr.dll', `uint32_t __stdcall WNetAddConnection2W(${RESOURCE}, str16, str16, uint32_t)`)
    return later(add, { type: RESOURCETYPE_DISK, remoteName }, null, null, 0)
  },
  WNetAddConnection3: (remoteName) => {
    const add = windowsFunction('mpr.dll', `uint32_t __stdcall WNetAddConnection3W(intptr_t, ${RESOURCE}, str16, str16, uint32_t)`)
    return later(add, 0, { type: RESOURCETYPE_DISK, remoteName }, null, null, 0)
  },
  WNetUseConnection: (remoteName) => {
    const declaration = `uint32_t __stdcall WNetUseConnectionW(intptr_t, ${RESOURCE}, str16, str16, uint32_t, void *, void *, void *)`
    return later(windowsFunction('mpr.dll', declaration), 0, { type: RESOURCETYPE_DISK, remoteName }, null, null, 0, null, null, null)
  },
}

/** Cancels a connection; what is open on it stays. @returns the status of the call. */
export function cancelConnection(name: string): Promise<number> {
  return later(windowsFunction('mpr.dll', 'uint32_t __stdcall WNetCancelConnection2W(str16, uint32_t, int)'), name, 0, 0)
}
