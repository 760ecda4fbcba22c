// Names of accounts. To find one may take as long as a domain controller takes to answer ("LookupAccountSidW function").

import { textOf, windowsFunctions } from './windows-api.ts'

const NAME_UNITS = 512

const advapi32 = windowsFunctions('advapi32.dll', {
  lookUpSid:
    'int __stdcall LookupAccountSidW(str16, void *, _Out_ void *, _Inout_ uint32_t *, _Out_ void *, _Inout_ uint32_t *, _Out_ int *)',
})

/** The binary form of a SID's text; `undefined` when it is none. Bounded: 15 sub-authorities at most. */
export function sidBytes(sid: string): Uint8Array | undefined {
  const parts = /^S-1-(\d{1,15})((?:-\d{1,10}){1,15})$/.exec(sid)
  if (!parts) return undefined
  const subs = parts[2]!.slice(1).split('-').map(Number)
  const authority = Number(parts[1])
  if (authority >= 2 ** 48 || subs.some((sub) => sub >= 2 ** 32)) return undefined
  const bytes = Buffer.alloc(8 + 4 * subs.length)
  bytes[0] = 1
  bytes[1] = subs.length
  bytes.writeUIntBE(authority, 2, 6)
  subs.forEach((sub, index) => {
    bytes.writeUInt32LE(sub, 8 + 4 * index)
  })
  return bytes
}

interface NameCall {
  readonly args: readonly unknown[]
  readonly result: () => string
}

function nameCall(sid: string): NameCall | undefined {
  const bytes = sidBytes(sid)
  if (!bytes) return undefined
  const name = Buffer.alloc(2 * NAME_UNITS)
  const domain = Buffer.alloc(2 * NAME_UNITS)
  return {
    args: [null, bytes, name, [NAME_UNITS], domain, [NAME_UNITS], [0]],
    result: () => (textOf(domain) === '' ? textOf(name) : `${textOf(domain)}\\${textOf(name)}`),
  }
}

/** `DOMAIN\name` of a SID; `undefined` when Windows does not know it, or cannot ask whoever does. */
export function accountName(sid: string): string | undefined {
  const call = nameCall(sid)
  return call && advapi32.lookUpSid(...call.args) !== 0 ? call.result() : undefined
}
