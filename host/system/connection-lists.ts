// Lists connections through mpr.dll, in a process of its own (helper.ts): a provider may wait for its network. The helper has this process's
// token, and so its logon session.

import { Helper } from './helper.ts'

/** More connections than a logon session can have letters and printers for, by far. */
const CONNECTIONS_MAX = 10_000

const ANSWER = `
const resource = koffi.struct({ scope: 'uint32_t', type: 'uint32_t', displayType: 'uint32_t', usage: 'uint32_t',
  localName: 'str16', remoteName: 'str16', comment: 'str16', provider: 'str16' })
const mpr = koffi.load('mpr.dll')
const open = mpr.func('uint32_t __stdcall WNetOpenEnumW(uint32_t, uint32_t, uint32_t, void *, _Out_ intptr_t *)')
const next = mpr.func('uint32_t __stdcall WNetEnumResourceW(intptr_t, _Inout_ uint32_t *, void *, _Inout_ uint32_t *)')
const close = mpr.func('uint32_t __stdcall WNetCloseEnum(intptr_t)')
const MORE_DATA = 234, NO_MORE_ITEMS = 259, ROOM_MAX = 1 << 20
function listOf(scope) {
  const handle = [0]
  const status = open(scope, 0, 0, null, handle)
  const connections = []
  if (status !== 0) return { status, connections }
  try {
    let room = 16384
    while (connections.length < ${CONNECTIONS_MAX}) {
      // No buffer is used twice: texts point into it.
      const buffer = Buffer.alloc(room)
      const count = [0xffffffff]
      const size = [room]
      const found = next(handle[0], count, buffer, size)
      if (found === NO_MORE_ITEMS) break
      if (found === MORE_DATA && room < ROOM_MAX && size[0] <= ROOM_MAX) {
        room = Math.max(size[0], 2 * room)
        continue
      }
      if (found !== 0) return { status: found, connections }
      const items = Math.min(count[0], Math.floor(room / koffi.sizeof(resource)))
      if (items === 0) break
      for (const { type, localName, remoteName, provider } of koffi.decode(buffer, koffi.array(resource, items)))
        connections.push({ type, localName: localName ?? '', remoteName: remoteName ?? '', provider: provider ?? '' })
    }
  } finally {
    close(handle[0])
  }
  return { status: 0, connections }
}
const answer = () => ({ connected: listOf(1), remembered: listOf(3) })
`

/** A connection that Windows lists; what it does not have is empty. */
export interface ListedConnection {
  /** RESOURCETYPE_*. */
  readonly type: number
  readonly localName: string
  readonly remoteName: string
  readonly provider: string
}

/** The connections that were listed before `status` ended the listing; with status 0 all of them. */
export interface ConnectionList {
  readonly status: number
  readonly connections: readonly ListedConnection[]
}

export interface ConnectionLists {
  /** RESOURCE_CONNECTED: the connections of this logon session. */
  readonly connected: ConnectionList
  /** RESOURCE_REMEMBERED: what Windows remembers for its user. */
  readonly remembered: ConnectionList
}

/**
 * Lists the connections of this logon session, and what Windows remembers for its user.
 * @returns `late`: not within `limitMs`; `undefined`: nobody can be asked.
 */
export async function listConnections(limitMs: number): Promise<ConnectionLists | 'late' | undefined> {
  const helper = new Helper<string, ConnectionLists>(ANSWER)
  try {
    return await helper.ask('list', limitMs)
  } finally {
    helper.stop()
  }
}
