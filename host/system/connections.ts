// Network connections through mpr.dll: made and cancelled as programs do it, and listed as documented ("WNetOpenEnumW function"). Each call runs on a
// thread of its own, because a provider may take its time.

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
export const RESOURCE_CONNECTED = 1
export const RESOURCE_REMEMBERED = 3
const ERROR_NO_MORE_ITEMS = 259
const ERROR_MORE_DATA = 234
const BUFFER_SIZE = 1 << 18
const CONNECTIONS_MAX = 4096

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

/** A connection that Windows lists. */
export interface ListedConnection {
  readonly localName: string
  readonly remoteName: string
  readonly provider: string
}

/**
 * Lists the connections of this logon session.
 * @param scope RESOURCE_CONNECTED or RESOURCE_REMEMBERED.
 * @throws Error with the status when Windows does not list them.
 */
export async function listConnections(scope: number): Promise<ListedConnection[]> {
  const open = windowsFunction('mpr.dll', 'uint32_t __stdcall WNetOpenEnumW(uint32_t, uint32_t, uint32_t, void *, _Out_ intptr_t *)')
  const next = windowsFunction('mpr.dll', 'uint32_t __stdcall WNetEnumResourceW(intptr_t, _Inout_ uint32_t *, void *, _Inout_ uint32_t *)')
  const close = windowsFunction('mpr.dll', 'uint32_t __stdcall WNetCloseEnum(intptr_t)')
  const handle: (number | bigint)[] = [0]
  const opened = await later(open, scope, 0, 0, null, handle)
  if (opened !== 0) throw new Error(`Windows does not list connections (WNetOpenEnum answers ${opened})`)
  const found: ListedConnection[] = []
  try {
    while (found.length < CONNECTIONS_MAX) {
      const buffer = Buffer.alloc(BUFFER_SIZE)
      const count = [0xffffffff]
      const status = await later(next, handle[0], count, buffer, [BUFFER_SIZE])
      if (status !== 0 && status !== ERROR_MORE_DATA) {
        if (status === ERROR_NO_MORE_ITEMS) break
        throw new Error(`Windows does not list connections to the end (WNetEnumResource answers ${status})`)
      }
      const room = Math.min(count[0]!, Math.floor(BUFFER_SIZE / koffi.sizeof(resource)))
      if (room === 0) break
      for (const item of koffi.decode(buffer, koffi.array(resource, room)) as Record<string, string | null>[]) {
        found.push({ localName: item.localName ?? '', remoteName: item.remoteName ?? '', provider: item.provider ?? '' })
      }
    }
  } finally {
    close(handle[0])
  }
  return found
}
