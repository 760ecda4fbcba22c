// What the host asks Windows about itself: where the DLL keeps its rings, and whose rings are ours.

import { win32 } from 'node:path'
import koffi from 'koffi'

const HKEY_LOCAL_MACHINE = 0x80000002
const RRF_RT_REG_SZ = 0x00000002
const RRF_SUBKEY_WOW6464KEY = 0x00010000
const TOKEN_QUERY = 8
const TOKEN_USER = 1
const PATH_UNITS = 1024

function text(buffer: Buffer): string {
  const whole = buffer.toString('utf16le')
  const end = whole.indexOf('\0')
  return end < 0 ? whole : whole.slice(0, end)
}

/**
 * The directory that the notifyee DLL uses: the value `Directory` of HKLM\SOFTWARE\mprtap, else `ProgramData\mprtap` on the drive of
 * Windows. The environment has no say, as in the DLL.
 */
export function windowsRingDirectory(): string {
  const advapi32 = koffi.load('advapi32.dll')
  const kernel32 = koffi.load('kernel32.dll')
  const getValue = advapi32.func(
    'int32_t __stdcall RegGetValueW(uintptr_t, str16, str16, uint32_t, void *, _Out_ void *, _Inout_ uint32_t *)',
  ) as (key: number, subKey: string, value: string, flags: number, type: null, data: Buffer, size: number[]) => number
  const data = Buffer.alloc(PATH_UNITS * 2)
  const flags = RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY
  if (getValue(HKEY_LOCAL_MACHINE, 'SOFTWARE\\mprtap', 'Directory', flags, null, data, [data.length]) === 0) return text(data)
  const windowsDirectory = kernel32.func('uint32_t __stdcall GetSystemWindowsDirectoryW(_Out_ void *, uint32_t)')
  data.fill(0)
  windowsDirectory(data, PATH_UNITS)
  return win32.join(win32.parse(text(data)).root || 'C:\\', 'ProgramData', 'mprtap')
}

/** The SID of the user this process runs as, in string form, or `undefined` if Windows will not tell. */
export function currentUserSid(): string | undefined {
  const advapi32 = koffi.load('advapi32.dll')
  const kernel32 = koffi.load('kernel32.dll')
  const openProcessToken = advapi32.func('bool __stdcall OpenProcessToken(intptr_t, uint32_t, _Out_ intptr_t *)')
  const tokenInformation = advapi32.func('bool __stdcall GetTokenInformation(intptr_t, int, _Out_ void *, uint32_t, _Out_ uint32_t *)')
  const closeHandle = kernel32.func('bool __stdcall CloseHandle(intptr_t)')
  const token: (number | bigint)[] = [0]
  if (!openProcessToken(-1, TOKEN_QUERY, token)) return undefined
  const data = Buffer.alloc(256)
  const known = tokenInformation(token[0], TOKEN_USER, data, data.length, [0])
  closeHandle(token[0])
  // TOKEN_USER is a pointer to the SID and its attributes; the SID itself follows in the same buffer.
  return known ? sidText(data, process.arch === 'ia32' ? 8 : 16) : undefined
}

/** "S-1-…" of the binary SID at `offset`. */
export function sidText(data: Buffer, offset: number): string {
  const parts = ['S', data[offset]!, data.readUIntBE(offset + 2, 6)]
  const count = Math.min(data[offset + 1]!, 15)
  for (let i = 0; i < count; i++) parts.push(data.readUInt32LE(offset + 8 + 4 * i))
  return parts.join('-')
}
