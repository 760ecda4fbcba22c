// Questions of the host to Windows: where does the DLL keep its rings, and which user is this?

import { win32 } from 'node:path'
import { native } from './native.ts'
import { sidText } from './sid-text.ts'

const HKEY_LOCAL_MACHINE = 0x80000002
const RRF_RT_REG_SZ = 0x00000002
const RRF_NOEXPAND = 0x10000000
const RRF_SUBKEY_WOW6464KEY = 0x00010000
const ERROR_FILE_NOT_FOUND = 2
const DRIVE_FIXED = 3
const TOKEN_QUERY = 8
const TOKEN_USER = 1
const PATH_UNITS = 1024

function text(buffer: Buffer): string {
  const whole = buffer.toString('utf16le')
  const end = whole.indexOf('\0')
  return end < 0 ? whole : whole.slice(0, end)
}

/** The setting of an administrator: its text, or the error with which Windows refused to give it; `undefined`: there is none. */
export type DirectorySetting = { readonly text: string } | { readonly error: number } | undefined

/**
 * The value `Directory` of HKLM\SOFTWARE\mprtap, in the 64-bit registry. Only REG_SZ: of REG_EXPAND_SZ Windows would make what this process's
 * environment says ("RegGetValueW function", RRF_NOEXPAND), which is not what another process makes of it.
 */
export function directorySetting(): DirectorySetting {
  const advapi32 = native().load('advapi32.dll')
  const getValue = advapi32.func(
    'int32_t __stdcall RegGetValueW(uintptr_t, str16, str16, uint32_t, void *, _Out_ void *, _Inout_ uint32_t *)',
  ) as (key: number, subKey: string, value: string, flags: number, type: null, data: Buffer, size: number[]) => number
  const data = Buffer.alloc(PATH_UNITS * 2)
  const flags = RRF_RT_REG_SZ | RRF_NOEXPAND | RRF_SUBKEY_WOW6464KEY
  const error = getValue(HKEY_LOCAL_MACHINE, 'SOFTWARE\\mprtap', 'Directory', flags, null, data, [data.length])
  if (error === 0) return { text: text(data) }
  return error === ERROR_FILE_NOT_FOUND ? undefined : { error }
}

/** The root of the drive that Windows is on, for example `C:\`. */
export function systemDrive(): string {
  const windowsDirectory = native().load('kernel32.dll').func('uint32_t __stdcall GetSystemWindowsDirectoryW(_Out_ void *, uint32_t)')
  const data = Buffer.alloc(PATH_UNITS * 2)
  windowsDirectory(data, PATH_UNITS)
  return win32.parse(text(data)).root || 'C:\\'
}

/** Whether the drive with that root is a disk of this machine, and not, for example, a mapped one. */
export function isFixedDrive(root: string): boolean {
  return native().load('kernel32.dll').func('uint32_t __stdcall GetDriveTypeW(str16)')(root) === DRIVE_FIXED
}

/** The SID of the user this process runs as, in string form, or `undefined` if Windows will not tell. */
export function currentUserSid(): string | undefined {
  const advapi32 = native().load('advapi32.dll')
  const kernel32 = native().load('kernel32.dll')
  const openProcessToken = advapi32.func('int __stdcall OpenProcessToken(intptr_t, uint32_t, _Out_ intptr_t *)')
  const tokenInformation = advapi32.func('int __stdcall GetTokenInformation(intptr_t, int, _Out_ void *, uint32_t, _Out_ uint32_t *)')
  const closeHandle = kernel32.func('int __stdcall CloseHandle(intptr_t)')
  const token: (number | bigint)[] = [0]
  if (openProcessToken(-1, TOKEN_QUERY, token) === 0) return undefined
  const data = Buffer.alloc(256)
  const known = tokenInformation(token[0], TOKEN_USER, data, data.length, [0]) !== 0
  closeHandle(token[0])
  // TOKEN_USER is a pointer to the SID and its attributes; the SID itself follows in the same buffer.
  return known ? sidText(data, process.arch === 'ia32' ? 8 : 16) : undefined
}
