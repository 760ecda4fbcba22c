// Text in registry values, in both directions.

import { REG_DWORD, REG_EXPAND_SZ, REG_MULTI_SZ, REG_SZ, type RegistryValue } from '../model/machine.ts'

const bytesOf = (text: string) => new Uint8Array(Buffer.from(`${text}\0`, 'utf16le'))

export const textValue = (name: string, text: string): RegistryValue => ({ name, type: REG_SZ, data: bytesOf(text) })
export const pathValue = (name: string, text: string): RegistryValue => ({ name, type: REG_EXPAND_SZ, data: bytesOf(text) })

export function numberValue(name: string, number: number): RegistryValue {
  const data = new Uint8Array(4)
  new DataView(data.buffer).setUint32(0, number, true)
  return { name, type: REG_DWORD, data }
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: 'REG_NONE',
  [REG_SZ]: 'REG_SZ',
  [REG_EXPAND_SZ]: 'REG_EXPAND_SZ',
  3: 'REG_BINARY',
  [REG_DWORD]: 'REG_DWORD',
  [REG_MULTI_SZ]: 'REG_MULTI_SZ',
  11: 'REG_QWORD',
}

export const typeName = (type: number): string => TYPE_NAMES[type] ?? `type ${type}`

/** A value's text up to its first NUL; `undefined` when it is of another type, or too long. Nothing is expanded. */
export function textOfValue(value: RegistryValue | undefined): string | undefined {
  if (!value || value.isTooLong || ![REG_SZ, REG_EXPAND_SZ, REG_MULTI_SZ].includes(value.type)) return undefined
  return stringsOf(value.data)[0] ?? ''
}

/** A number, or `undefined`. */
export function numberOfValue(value: RegistryValue | undefined): number | undefined {
  return value?.type === REG_DWORD && value.data.length === 4
    ? new DataView(value.data.buffer, value.data.byteOffset).getUint32(0, true)
    : undefined
}

/** All strings of a value, empty ones too: PendingFileRenameOperations has some in its middle. */
export function stringsOf(data: Uint8Array): string[] {
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength & ~1).toString('utf16le')
  const strings = text.split('\0')
  // Nothing follows the last NUL, unless somebody forgot that NUL.
  if (strings.at(-1) === '') strings.pop()
  return strings
}
