// Names of accounts. To find one may take as long as a domain controller takes to answer ("LookupAccountSidW function").

import { sidBytes } from './sid-text.ts'
import { textOf, windowsFunctions } from './windows-api.ts'

const NAME_UNITS = 512

const advapi32 = windowsFunctions('advapi32.dll', {
  lookUpSid:
    'int __stdcall LookupAccountSidW(str16, void *, _Out_ void *, _Inout_ uint32_t *, _Out_ void *, _Inout_ uint32_t *, _Out_ int *)',
})

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

/** `DOMAIN\name` of a SID; `undefined` when Windows does not know it, or cannot ask the machine that does. */
export function accountName(sid: string): string | undefined {
  const call = nameCall(sid)
  return call && advapi32.lookUpSid(...call.args) !== 0 ? call.result() : undefined
}
