// Windows' functions, looked up when they are first called: a Windows, or a Wine, that lacks one fails there and nowhere else.

import koffi from 'koffi'
import { WindowsError } from '../model/machine.ts'

/** A function of a DLL. BOOL is declared as int: any value but 0 is true, and koffi's bool looks at one bit only. */
// biome-ignore lint/suspicious/noExplicitAny: what it takes and gives is what the declaration says
export type WindowsFunction = (...args: any[]) => any

/** The same, which can also be called on a thread of its own; the last argument then takes the result. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type LoadedFunction = WindowsFunction & { readonly async: (...args: any[]) => void }

const libraries = new Map<string, ReturnType<typeof koffi.load>>()
const functions = new Map<string, LoadedFunction>()

function libraryOf(name: string): ReturnType<typeof koffi.load> {
  const known = libraries.get(name)
  if (known) return known
  const library = koffi.load(name)
  libraries.set(name, library)
  return library
}

/**
 * The function of a declaration such as `uint32_t __stdcall GetLastError()`.
 * @throws Error when the DLL, or the function in it, is not there.
 */
export function windowsFunction(dll: string, declaration: string): LoadedFunction {
  const known = functions.get(declaration)
  if (known) return known
  const found = libraryOf(dll).func(declaration) as LoadedFunction
  functions.set(declaration, found)
  return found
}

/** Declares functions of a DLL once; each is looked up when it is first called. */
export function windowsFunctions<Name extends string>(
  dll: string,
  declarations: Readonly<Record<Name, string>>,
): Record<Name, WindowsFunction> {
  const result = {} as Record<Name, WindowsFunction>
  for (const name of Object.keys(declarations) as Name[]) result[name] = (...args) => windowsFunction(dll, declarations[name])(...args)
  return result
}

/** Whether a DLL has a function of this name. */
export function hasFunction(dll: string, name: string): boolean {
  try {
    libraryOf(dll).func(`void ${name}()`)
    return true
  } catch {
    return false
  }
}

const kernel32 = windowsFunctions('kernel32.dll', {
  lastError: 'uint32_t __stdcall GetLastError()',
  closeHandle: 'int __stdcall CloseHandle(intptr_t)',
  localFree: 'intptr_t __stdcall LocalFree(intptr_t)',
})

export const lastError = (): number => kernel32.lastError()
export const closeHandle = (handle: bigint): void => void kernel32.closeHandle(handle)
export const localFree = (address: bigint): void => void kernel32.localFree(address)

/** @throws WindowsError with the error of the call that was made last. */
export function failWithLastError(what: string): never {
  throw new WindowsError(what, lastError())
}

/** UTF-16 text up to its first NUL. */
export function textOf(buffer: Uint8Array): string {
  const whole = Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength & ~1).toString('utf16le')
  const end = whole.indexOf('\0')
  return end < 0 ? whole : whole.slice(0, end)
}
