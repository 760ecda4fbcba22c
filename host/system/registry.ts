// The registry through advapi32: values as they are stored, in the view that 64-bit programs have.

import {
  ERROR_FILE_NOT_FOUND,
  REGISTRY_NAMES_MAX,
  REGISTRY_VALUE_MAX,
  type Registry,
  type RegistryValue,
  WindowsError,
} from '../model/machine.ts'
import { textOf, windowsFunctions } from './windows-api.ts'

const ROOTS: Readonly<Record<string, number>> = { HKCU: 0x80000001, HKLM: 0x80000002, HKU: 0x80000003 }
const KEY_READ = 0x20019
const KEY_WRITE = 0x20006
const KEY_WOW64_64KEY = 0x100
const ERROR_MORE_DATA = 234
const ERROR_NO_MORE_ITEMS = 259
/** "Registry Element Size Limits": a value's name has 16,383 units at most, a key's 255. */
const NAME_UNITS = 16_384

const advapi32 = windowsFunctions('advapi32.dll', {
  openKey: 'int32_t __stdcall RegOpenKeyExW(uintptr_t, str16, uint32_t, uint32_t, _Out_ uintptr_t *)',
  createKey: 'int32_t __stdcall RegCreateKeyExW(uintptr_t, str16, uint32_t, void *, uint32_t, uint32_t, void *, _Out_ uintptr_t *, void *)',
  closeKey: 'int32_t __stdcall RegCloseKey(uintptr_t)',
  queryValue: 'int32_t __stdcall RegQueryValueExW(uintptr_t, str16, void *, _Out_ uint32_t *, _Out_ void *, _Inout_ uint32_t *)',
  setValue: 'int32_t __stdcall RegSetValueExW(uintptr_t, str16, uint32_t, uint32_t, void *, uint32_t)',
  deleteValue: 'int32_t __stdcall RegDeleteValueW(uintptr_t, str16)',
  deleteKey: 'int32_t __stdcall RegDeleteKeyExW(uintptr_t, str16, uint32_t, uint32_t)',
  enumValue: 'int32_t __stdcall RegEnumValueW(uintptr_t, uint32_t, _Out_ void *, _Inout_ uint32_t *, void *, void *, void *, void *)',
  enumKey: 'int32_t __stdcall RegEnumKeyExW(uintptr_t, uint32_t, _Out_ void *, _Inout_ uint32_t *, void *, void *, void *, void *)',
})

type Key = number | bigint

function split(key: string): { root: number; path: string } {
  const at = key.includes('\\') ? key.indexOf('\\') : key.length
  const root = ROOTS[key.slice(0, at)]
  if (root === undefined) throw new Error(`${key} begins with none of ${Object.keys(ROOTS).join(', ')}`)
  return { root, path: key.slice(at + 1) }
}

/** Calls `use` with the opened key, and closes it. `undefined` when it is not there. */
function withKey<T>(key: string, access: number, use: (handle: Key) => T): T | undefined {
  const { root, path } = split(key)
  const handle: Key[] = [0]
  const error = advapi32.openKey(root, path, 0, access | KEY_WOW64_64KEY, handle)
  if (error === ERROR_FILE_NOT_FOUND) return undefined
  if (error !== 0) throw new WindowsError(`opening the registry key ${key}`, error)
  try {
    return use(handle[0]!)
  } finally {
    advapi32.closeKey(handle[0])
  }
}

function readValue(handle: Key, key: string, name: string): RegistryValue | undefined {
  let room = 1024
  // It may grow between two calls.
  for (let attempt = 0; attempt < 4; attempt++) {
    const data = Buffer.alloc(room)
    const type = [0]
    const size = [room]
    const error = advapi32.queryValue(handle, name, null, type, data, size)
    if (error === 0) return { name, type: type[0]!, data: new Uint8Array(data.subarray(0, Math.min(size[0]!, room))) }
    if (error === ERROR_FILE_NOT_FOUND) return undefined
    if (error !== ERROR_MORE_DATA) throw new WindowsError(`reading the registry value ${name} of ${key}`, error)
    if (size[0]! > REGISTRY_VALUE_MAX) return { name, type: type[0]!, data: new Uint8Array(), isTooLong: true }
    room = Math.max(size[0]!, 2 * room)
  }
  return undefined
}

function names(handle: Key, enumerate: (...args: unknown[]) => number, what: string): string[] {
  const found: string[] = []
  const buffer = Buffer.alloc(2 * NAME_UNITS)
  for (let index = 0; index < REGISTRY_NAMES_MAX; index++) {
    const units = [NAME_UNITS]
    const error = enumerate(handle, index, buffer, units, null, null, null, null)
    if (error === ERROR_NO_MORE_ITEMS) break
    if (error !== 0) throw new WindowsError(what, error)
    found.push(textOf(buffer.subarray(0, 2 * units[0]!)))
  }
  return found
}

/** The registry of this machine. */
export const windowsRegistry: Registry = {
  read: (key, name) => withKey(key, KEY_READ, (handle) => readValue(handle, key, name)),

  values: (key) =>
    withKey(key, KEY_READ, (handle) =>
      names(handle, advapi32.enumValue, `listing the registry key ${key}`)
        .map((name) => readValue(handle, key, name))
        .filter((value) => value !== undefined),
    ),

  keys: (key) => withKey(key, KEY_READ, (handle) => names(handle, advapi32.enumKey, `listing the registry key ${key}`)),

  write(key, { name, type, data }) {
    const { root, path } = split(key)
    const handle: Key[] = [0]
    const opened = advapi32.createKey(root, path, 0, null, 0, KEY_WRITE | KEY_WOW64_64KEY, null, handle, null)
    if (opened !== 0) throw new WindowsError(`making the registry key ${key}`, opened)
    const error = advapi32.setValue(handle[0], name, 0, type, Buffer.from(data), data.length)
    advapi32.closeKey(handle[0])
    if (error !== 0) throw new WindowsError(`writing the registry value ${name} of ${key}`, error)
  },

  remove(key, name) {
    withKey(key, KEY_WRITE, (handle) => {
      const error = advapi32.deleteValue(handle, name)
      if (error !== 0 && error !== ERROR_FILE_NOT_FOUND) throw new WindowsError(`removing the registry value ${name} of ${key}`, error)
    })
  },

  removeKey(key) {
    const { root, path } = split(key)
    const error = advapi32.deleteKey(root, path, KEY_WOW64_64KEY, 0)
    if (error !== 0 && error !== ERROR_FILE_NOT_FOUND) throw new WindowsError(`removing the registry key ${key}`, error)
  },
}
