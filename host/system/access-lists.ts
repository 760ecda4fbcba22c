// Security descriptors through advapi32: given as SDDL text, read as bytes. What they mean is judged elsewhere (host/windows/descriptor.ts).

import koffi from 'koffi'
import { failWithLastError, localFree, windowsFunctions } from './windows-api.ts'

const SDDL_REVISION_1 = 1
const OWNER_GROUP_AND_DACL = 7
const OWNER_AND_DACL = 5
/** Bytes of a descriptor that are read: 64 KiB is what an access list has at most (ACL structure, AclSize). */
const DESCRIPTOR_MAX = 0x10400
const PROTECTED_DACL = 0x80000000

const advapi32 = windowsFunctions('advapi32.dll', {
  fromText: 'int __stdcall ConvertStringSecurityDescriptorToSecurityDescriptorW(str16, uint32_t, _Out_ intptr_t *, _Out_ uint32_t *)',
  objectSecurity: 'int __stdcall GetKernelObjectSecurity(intptr_t, uint32_t, _Out_ void *, uint32_t, _Out_ uint32_t *)',
  setObjectSecurity: 'int __stdcall SetKernelObjectSecurity(intptr_t, uint32_t, intptr_t)',
})

/** SECURITY_ATTRIBUTES. */
const attributesType = koffi.struct('MPRTAP_SECURITY_ATTRIBUTES', { length: 'uint32_t', descriptor: 'intptr_t', inherit: 'int' })
export const SECURITY_ATTRIBUTES = `${attributesType.name} *`

/**
 * Calls `use` with the address of the descriptor that an SDDL text means, and frees it.
 * @throws WindowsError when it is not SDDL.
 */
export function withDescriptor<T>(sddl: string, use: (descriptor: bigint, size: number) => T): T {
  const address: (number | bigint)[] = [0]
  const size = [0]
  if (advapi32.fromText(sddl, SDDL_REVISION_1, address, size) === 0) failWithLastError(`reading the access list ${sddl}`)
  const descriptor = BigInt(address[0]!)
  try {
    return use(descriptor, size[0]!)
  } finally {
    localFree(descriptor)
  }
}

/** What CreateFile and CreateDirectory take, so that an object has its access list from its first moment. */
export function withSecurityAttributes<T>(sddl: string, use: (attributes: object) => T): T {
  return withDescriptor(sddl, (descriptor) => use({ length: koffi.sizeof(attributesType), descriptor, inherit: 0 }))
}

/** The bytes of the descriptor that an SDDL text means. */
export function descriptorOfText(sddl: string): Uint8Array {
  return withDescriptor(sddl, (descriptor, size) => new Uint8Array(koffi.decode(descriptor, koffi.array('uint8_t', size, 'Typed'))))
}

/** Owner and DACL of an open object; `undefined` when Windows will not tell. Zeros may follow the descriptor. */
export function descriptorOfHandle(handle: bigint): Uint8Array | undefined {
  const needed = [1024]
  // Once more with the room that the first call asked for.
  for (let attempt = 0; attempt < 2 && needed[0]! <= DESCRIPTOR_MAX; attempt++) {
    const data = new Uint8Array(needed[0]!)
    if (advapi32.objectSecurity(handle, OWNER_AND_DACL, data, data.length, needed) !== 0) return data
  }
  return undefined
}

/** Gives an open object this owner, group and DACL, which is cut off from its folder's. */
export function setDescriptor(handle: bigint, sddl: string, what: string): void {
  withDescriptor(sddl, (descriptor) => {
    if (advapi32.setObjectSecurity(handle, OWNER_GROUP_AND_DACL | PROTECTED_DACL, descriptor) === 0) failWithLastError(what)
  })
}
