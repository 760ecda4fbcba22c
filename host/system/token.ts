// Who this process is, and what Windows lets it do.

import type { Elevation } from '../model/machine.ts'
import { closeHandle, windowsFunctions } from './windows-api.ts'

const TOKEN_QUERY = 8
const TOKEN_STATISTICS = 10
const TOKEN_SESSION_ID = 12
const TOKEN_ELEVATION_TYPE = 18
const TOKEN_ELEVATION = 20
/** TOKEN_ELEVATION_TYPE: an administrator's token without the rights, beside one that has them. */
const TYPE_LIMITED = 3

const advapi32 = windowsFunctions('advapi32.dll', {
  openProcessToken: 'int __stdcall OpenProcessToken(intptr_t, uint32_t, _Out_ intptr_t *)',
  tokenInformation: 'int __stdcall GetTokenInformation(intptr_t, int, _Out_ void *, uint32_t, _Out_ uint32_t *)',
})

/** A part of this process's token; `undefined` when Windows will not tell. */
function tokenInformation(kind: number, size: number): Buffer | undefined {
  const token: (number | bigint)[] = [0]
  if (advapi32.openProcessToken(-1, TOKEN_QUERY, token) === 0) return undefined
  const data = Buffer.alloc(size)
  const known = advapi32.tokenInformation(token[0], kind, data, size, [0]) !== 0
  closeHandle(BigInt(token[0]!))
  return known ? data : undefined
}

/** Whether this process may change the machine. */
export function elevation(): Elevation {
  if (tokenInformation(TOKEN_ELEVATION, 4)?.readUInt32LE(0)) return 'elevated'
  return tokenInformation(TOKEN_ELEVATION_TYPE, 4)?.readUInt32LE(0) === TYPE_LIMITED ? 'limited' : 'none'
}

/** The logon session of this process, but for its user; `undefined` when Windows will not tell. */
export function logonSession(): { readonly sessionId: number; readonly logonId: string } | undefined {
  // TOKEN_STATISTICS: after the token's own LUID, that of the logon session.
  const statistics = tokenInformation(TOKEN_STATISTICS, 56)
  const session = tokenInformation(TOKEN_SESSION_ID, 4)
  if (!statistics || !session) return undefined
  return { sessionId: session.readUInt32LE(0), logonId: `0x${statistics.readBigUInt64LE(8).toString(16)}` }
}
