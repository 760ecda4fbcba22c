// Names of accounts, and accounts of names. Both may ask a domain controller, and take as long as it does ("LookupAccountSidW function").

import { sidText } from './windows.ts'
import { textOf, windowsFunction, windowsFunctions } from './windows-api.ts'

const NAME_UNITS = 512
const SID_MAX = 68

const LOOK_UP_SID =
  'int __stdcall LookupAccountSidW(str16, void *, _Out_ void *, _Inout_ uint32_t *, _Out_ void *, _Inout_ uint32_t *, _Out_ int *)'

const advapi32 = windowsFunctions('advapi32.dll', {
  lookUpSid: LOOK_UP_SID,
  lookUpName:
    'int __stdcall LookupAccountNameW(str16, str16, _Out_ void *, _Inout_ uint32_t *, _Out_ void *, _Inout_ uint32_t *, _Out_ int *)',
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

/** The same on a thread of its own, so that nobody waits who does not want to. */
export function accountNameLater(sid: string): Promise<string | undefined> {
  const call = nameCall(sid)
  if (!call) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const done = (error: Error | null, found: number) => resolve(!error && found !== 0 ? call.result() : undefined)
    windowsFunction('advapi32.dll', LOOK_UP_SID).async(...call.args, done)
  })
}

/** SID of an account such as `CORP\m.berger`, `m.berger@corp.example` or `Administrators`; `undefined` when Windows does not know it. */
export function accountSid(name: string): string | undefined {
  const sid = Buffer.alloc(SID_MAX)
  const domain = Buffer.alloc(2 * NAME_UNITS)
  const found = advapi32.lookUpName(null, name, sid, [SID_MAX], domain, [NAME_UNITS], [0])
  return found !== 0 ? sidText(sid, 0) : undefined
}
